"""Pages of an archive that no reader survived, or whose readers were killed: told, and read again by another import."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import Config
from crawler.extraction import parse
from desk.container import importer_of
from desk.importing.importer import Imported
from model.errors import CrawlError, PoisonError, ReaderKilledError
from model.outcomes import Outcome
from model.page import Page
from model.story import Story
from store.opening import Store, open_store
from tests.desk.importing.archive_files import Warc, article

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FailingReaders:
    """Fails on one page while `error` is set."""

    size = 1

    def __init__(self, error: type[CrawlError]) -> None:
        self.error: type[CrawlError] | None = error

    def parse(self, page: Page) -> Story:
        if self.error is not None and page.url.endswith("report-1.html"):
            raise self.error("it died", url=page.url)
        return parse(page)


def take_in(store: Store, data: Path, readers: FailingReaders, path: Path) -> Imported:
    importer = importer_of(store, Config.model_validate({"data_dir": data}), readers, lambda: NOW)
    return importer.take_in([path], lambda what, done, total: None)


@pytest.mark.parametrize(
    ("error", "outcome"), [(PoisonError, Outcome.POISON), (ReaderKilledError, Outcome.FAILED)], ids=["poison", "killed"]
)
def test_a_page_that_could_not_be_judged_is_told_and_read_again(
    tmp_path: Path, error: type[CrawlError], outcome: Outcome
) -> None:
    warc = Warc(tmp_path / "news.warc.gz")
    for number in range(3):
        warc.add(f"https://news.example.org/report-{number}.html", article(number))
    path, store, readers = warc.close(), open_store(tmp_path / "data"), FailingReaders(error)
    first = take_in(store, tmp_path / "data", readers, path)
    assert first.summaries[0].counts == {Outcome.NEW: 2, outcome: 1}
    assert first.notes == ("https://news.example.org/report-1.html: it died; another import tries it again",)
    readers.error = None
    again = take_in(store, tmp_path / "data", readers, path)
    assert again.summaries[0].counts == {Outcome.NEW: 1, Outcome.UNCHANGED: 2}
    store.close()
