"""Importer of files and folders, each path by its kind.

Lines go to desk/importing/lines.py, archives and pages to desk/importing/pages.py; what became of them is counted file
by file (a folder counts as one), in the same outcomes as a crawl's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from config import Config
from crawler.results import CrawlRunSummary
from desk.importing.lines import import_files
from desk.importing.origins import Origins
from desk.importing.pages import PageIntake
from desk.progress import Advance
from ingest.apply import Ingest
from ingest.readers.archives import UnreadableArchiveError, files_of, pages_of
from ingest.readers.file_kinds import FileKind, empty_folder, refusal
from model.errors import CrawlError
from model.outcomes import Outcome
from model.page import Page
from model.story import Story
from store.maintenance.import_journal import Journal
from store.opening import Store

_JOURNAL = "imports.db"
_IN_WORDS = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
_ONLY_IF_ANY = Outcome.KNOWN


class Readers(Protocol):
    """What is asked of the pool of page readers: `ParsePool`."""

    size: int

    def parse(self, page: Page) -> Story:
        """The story on a page. Raises CrawlError."""


class Imported(NamedTuple):
    """What an import did, path by path; `refused` says which lines and files could not be read, and why.

    `notes` says what else is worth knowing: readings that were held back, ids that were given to other stories.
    """

    summaries: tuple[CrawlRunSummary, ...]
    refused: tuple[str, ...]
    has_pages: bool
    notes: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """One line for all paths; pages that are no stories are none of its business."""
        total = sum((Counter(summary.counts) for summary in self.summaries), Counter[Outcome]())
        told = [*_IN_WORDS, *([_ONLY_IF_ANY] if total[_ONLY_IF_ANY] else [])]
        counts = (f"{total[outcome]} {outcome.value.lower()}" for outcome in told)
        return f"{', '.join(counts)}, {len(self.refused)} refused"


class Importer:
    """Takes files and folders into one store; the crawl lock is not needed."""

    def __init__(
        self,
        store: Store,
        config: Config,
        readers: Readers,
        ingest: Ingest,
        clock: Callable[[], datetime],
        *,
        parser_version: int,
    ) -> None:
        """`ingest` is the way into `store`; `parser_version` that of the extractor with which `readers` read."""
        self._store = store
        self._config = config
        self._readers = readers
        self._clock = clock
        self._ingest = ingest
        self._parser_version = parser_version

    def take_in(self, paths: Sequence[Path], progress: Advance) -> Imported:
        """Take in all paths, in order; what can't be read is refused, the rest goes in."""
        refused: list[str] = []
        notes: list[str] = []
        count = self._readers.size
        journal_path = self._config.data_dir / _JOURNAL
        with closing(Journal(journal_path, self._parser_version)) as journal, ThreadPoolExecutor(count * 2) as executor:
            forgotten, parse = self._store.forgotten, self._readers.parse
            intake = PageIntake(self._ingest, forgotten, journal, parse, executor, count, notes.append)
            summaries = tuple(self._take(path, intake, refused, notes, progress) for path in paths)
        has_pages = any(kind != "lines" for _, kind in files_of(paths))
        return Imported(summaries, tuple(refused), has_pages, tuple(notes))

    def _take(
        self, path: Path, intake: PageIntake, refused: list[str], notes: list[str], progress: Advance
    ) -> CrawlRunSummary:
        started_at = self._clock()
        counts: Counter[Outcome] = Counter()
        files = list(files_of([path]))
        if not files:
            refused.append(empty_folder(path))
        pages = [(file, kind) for file, kind in files if kind != "lines"]
        if pages:
            told = "pages" if path.is_dir() else path.name
            intake.take_in(self._pages(pages, refused), counts, lambda done: progress(told, done, 0))
        for file, _ in _to_take(((file, kind) for file, kind in files if kind == "lines"), refused):
            self._take_lines(file, counts, refused, notes, progress)
        return CrawlRunSummary(path.name or str(path), started_at, self._clock(), counts)

    def _pages(self, files: Sequence[tuple[Path, FileKind]], refused: list[str]) -> Iterator[Page | CrawlError]:
        for file, kind in _to_take(files, refused):
            yield from self._pages_of(file, kind, refused)

    def _pages_of(self, file: Path, kind: FileKind, refused: list[str]) -> Iterator[Page | CrawlError]:
        link_to = Origins(self._store, self._config.sources).link_to
        limit = self._config.crawler.max_page_bytes
        try:
            yield from pages_of(file, kind, link_to, self._clock(), max_page_bytes=limit, damaged=refused.append)
        except UnreadableArchiveError as error:
            refused.append(str(error))

    def _take_lines(
        self, file: Path, counts: Counter[Outcome], refused: list[str], notes: list[str], progress: Advance
    ) -> None:
        imported = import_files(
            [file], self._ingest, now=self._clock(), progress=lambda done: progress(file.name, done, 0)
        )
        counts.update(imported.counts)
        refused += imported.refused
        notes += imported.notes


def _to_take(files: Iterable[tuple[Path, FileKind]], refused: list[str]) -> Iterator[tuple[Path, FileKind]]:
    """The files that may be what they are said to be; why the others are not goes to `refused`."""
    for file, kind in files:
        reason = refusal(file, kind)
        if reason is None:
            yield file, kind
        else:
            refused.append(reason)
