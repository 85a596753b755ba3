"""Pages of archives as stories.

Read by the pool of page readers, several ahead of the one that is stored; stored in batches through the one way in, and
only then entered in the journal: killed anywhere, the rest of a batch is read again and found unchanged.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import NamedTuple

from crawler.results import outcome_of
from ingest.apply import Ingest
from ingest.candidate import Candidate, page_candidate, saved_page_candidate
from model.errors import CrawlError, NotAStoryError, ParseError
from model.outcomes import Outcome
from model.page import NO_ADDRESS, Page
from model.story import Story
from net.urls import canonical_url
from store.maintenance.import_journal import Journal, JournalEntry, page_digest
from store.sql.forgotten import Forgotten, forgotten_addresses

Parse = Callable[[Page], Story]
_BATCH = 100
_AHEAD_OF_EACH_READER = 32

_NOT_JUDGED = (Outcome.POISON, Outcome.FAILED)


class _PendingPage(NamedTuple):
    page: Page
    digest: bytes
    reading: Future[Story]


class PageIntake:
    """Takes the pages of archives into the store; `readers` is how many pages are read at once.

    `told` hears of every page whose reading was held back.
    """

    def __init__(
        self,
        ingest: Ingest,
        forgotten: Forgotten,
        journal: Journal,
        parse: Parse,
        executor: Executor,
        readers: int,
        told: Callable[[str], None] = lambda note: None,
    ) -> None:
        self._ingest = ingest
        self._forgotten = forgotten
        self._journal = journal
        self._parse = parse
        self._executor = executor
        self._ahead = readers * _AHEAD_OF_EACH_READER
        self._told = told

    def take_in(
        self, pages: Iterable[Page | CrawlError], counts: Counter[Outcome], progress: Callable[[int], None]
    ) -> None:
        """Store what the pages say, and count one outcome a page.

        Errors of the archive pass through when all that stands before them is stored.
        """
        pending: deque[_PendingPage] = deque()
        try:
            for done, page in enumerate(pages, 1):
                if isinstance(page, CrawlError):
                    counts[outcome_of(page)] += 1
                elif self._journal.holds(digest := page_digest(page)):
                    counts[Outcome.REFUSED if self._is_forgotten(page) else Outcome.UNCHANGED] += 1
                else:
                    pending.append(_PendingPage(page, digest, self._executor.submit(self._parse, page)))
                progress(done - len(pending))
                if len(pending) >= self._ahead + _BATCH:
                    counts.update(self._store_batch(_first(pending)))
        finally:
            while pending:
                counts.update(self._store_batch(_first(pending)))

    def _is_forgotten(self, page: Page) -> bool:
        if page.url == NO_ADDRESS:
            return False
        return bool(self._forgotten.among(forgotten_addresses(canonical_url(page.url))))

    def _store_batch(self, pending: list[_PendingPage]) -> list[Outcome]:
        answers = [_answer(task) for task in pending]
        candidates = [answer for answer in answers if isinstance(answer, Candidate)]
        applied = iter(self._ingest.apply_all(candidates))
        outcomes: list[Outcome] = []
        for task, answer in zip(pending, answers, strict=True):
            if isinstance(answer, CrawlError):
                outcomes.append(outcome_of(answer))
                self._told(f"{task.page.url}: {answer}; another import tries it again")
                continue
            result = next(applied)
            outcomes.append(result.outcome)
            if result.held_back:
                self._told(f"{task.page.url}: held back: {result.detail}")
            elif result.outcome is Outcome.REFUSED:
                self._told(f"{task.page.url}: refused: {result.detail}")
        unkept = (Outcome.NOT_A_STORY, Outcome.REFUSED)
        self._journal.add(
            JournalEntry(task.digest, kept=outcome not in unkept)
            for task, outcome in zip(pending, outcomes, strict=True)
            if outcome not in _NOT_JUDGED
        )
        return outcomes


def _answer(task: _PendingPage) -> Candidate | CrawlError:
    """A page with what was read on it; an error where it could not be judged."""
    page = task.page
    reading: Story | str
    try:
        reading = task.reading.result()
    except (NotAStoryError, ParseError) as error:
        reading = error.reason
    except CrawlError as error:
        return error
    return saved_page_candidate(page, reading) if page.url == NO_ADDRESS else page_candidate(page, reading)


def _first(pending: deque[_PendingPage]) -> list[_PendingPage]:
    return [pending.popleft() for _ in range(min(_BATCH, len(pending)))]
