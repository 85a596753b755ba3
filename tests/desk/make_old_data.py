"""Makes the data directory of an older version that the tests of upgrades open.

    .venv/bin/python tests/desk/make_old_data.py tests/desk/upkeep/fixtures/data-0.1.tar.gz

Run it with the code of the version that the name says, before the layout changes again; the file is kept for good.
"""

import io
import sys
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from desk.container import Desk
from desk.roles.index import bring_up_to_date
from model.page import Link, Page
from model.story import Caption, Story
from store.sql.crawl_state import EndpointState, SourceState, UrlState
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORIES = 6


def fill(desk: Desk) -> None:
    """Some stories, one of them corrected, one withdrawn; crawl state of each kind."""
    store = desk.store
    for number in range(STORIES):
        for version in range(2 if number == 0 else 1):
            url = f"https://old.example.org/{number}.html"
            seen_at = NOW + timedelta(hours=version)
            content = f"<html><body><h1>Old story {number}</h1><p>Reading {version}.</p></body></html>".encode()
            link = Link(url=url, source="old", title=f"Old story {number}", published_at=NOW)
            page = Page(link=link, url=url, final_url=url, fetched_at=seen_at, content=content, headers={"etag": '"1"'})
            story = Story(
                source="old",
                headline=f"Old story number {number}",
                url=url,
                body=(f"A paragraph about sorghum, reading {version}.",),
                captions=(Caption(text="A field of sorghum.", credit="AP/A. Photographer"),),
                published_at=NOW,
                language="en",
                parser_version=1,
            )
            saved = store_reading(store, story, urls=[url], seen_at=seen_at, page=page)
        store.crawl.save_urls([UrlState(url, "old", "NEW", NOW, recheck_at=NOW, story_id=saved.id)])
    store.stories.set_status(saved.id, "withdrawn", NOW)
    store.crawl.save_endpoint(EndpointState("old", "https://old.example.org/rss", NOW, etag='"feed"'))
    due = SourceState("old", next_due_at=NOW, last_round_at=NOW, last_success_at=NOW)
    store.crawl.change_source("old", lambda state: due)
    store.crawl.save_host("old.example.org:443", retry_at=NOW, failures=2)


def main(target: Path) -> None:
    """Fill a data directory and pack it, without locks and logs."""
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "config.yaml"
        config.write_text("data_dir: data")
        desk = Desk(config)
        fill(desk)
        bring_up_to_date(desk.indexer)
        desk.store.checkpoint()
        desk.store.close()
        with tarfile.open(target, "w:gz") as archive:
            for path in sorted((Path(directory) / "data").rglob("*")):
                if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm")):
                    member = tarfile.TarInfo(str(path.relative_to(directory)))
                    content = path.read_bytes()
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
