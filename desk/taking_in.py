"""How do the pages of an archive become stories?

Read by the pool of page readers, several ahead of the one that is stored; stored in batches, each with its pages first
and then its stories, and only then entered in the journal: killed anywhere, the rest of a batch is read again and found
unchanged. The same outcomes as in a crawl; what is older than the version that we hold is KNOWN, never a correction.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import NamedTuple

from crawler.errors import CrawlError, NotAStoryError, RefusedError
from crawler.outcomes import Outcome, outcome_of
from crawler.parsing import PARSER_VERSION
from crawler.parsing.kills import is_kill_notice
from crawler.urls import canonical_url
from crawler.walls import wall
from desk.archives import NOWHERE
from desk.journal import Entry, Journal, page_digest
from index.page import Page
from index.store import Store
from index.store.identity import alias_keys
from index.store.stories import Reading
from index.store.versions import changed_fields
from index.story import StoredStory, Story

Parse = Callable[[Page], Story]
_BATCH = 100
_AHEAD_OF_EACH_READER = 32


class _Task(NamedTuple):
    page: Page
    digest: bytes
    reading: Future[Story]


class _Read(NamedTuple):
    """A page with its story, and whether the store has to keep the page."""

    page: Page
    reading: Reading
    moved: bool


class PageIntake:
    """Takes the pages of archives into the store; `readers` is how many pages are read at once."""

    def __init__(self, store: Store, journal: Journal, parse: Parse, executor: Executor, readers: int) -> None:
        self._store = store
        self._journal = journal
        self._parse = parse
        self._executor = executor
        self._ahead = readers * _AHEAD_OF_EACH_READER

    def take_in(
        self, pages: Iterable[Page | CrawlError], counts: Counter[Outcome], progress: Callable[[int], None]
    ) -> None:
        """Store what the pages say, and count one outcome a page.

        Errors of the archive pass through when all that stands before them is stored.
        """
        tasks: deque[_Task] = deque()
        try:
            for done, page in enumerate(pages, 1):
                if isinstance(page, CrawlError):
                    counts[outcome_of(page)] += 1
                elif self._journal.holds(digest := page_digest(page)):
                    counts[Outcome.UNCHANGED] += 1
                else:
                    tasks.append(_Task(page, digest, self._executor.submit(self._parse, page)))
                progress(done - len(tasks))
                if len(tasks) >= self._ahead + _BATCH:
                    counts.update(self._store_batch(_first(tasks)))
        finally:
            while tasks:
                counts.update(self._store_batch(_first(tasks)))

    def _store_batch(self, tasks: list[_Task]) -> list[Outcome]:
        answers = [_answer(task) for task in tasks]
        keys = [key for found in answers if isinstance(found, Reading) for key in alias_keys(found.story, found.urls)]
        forgotten = self._store.forgotten.among(keys)
        read: list[_Read] = []
        outcomes: list[Outcome] = []
        entries: list[Entry] = []
        for task, answer in zip(tasks, answers, strict=True):
            found = self._judge(task.page, answer, forgotten) if isinstance(answer, Reading) else answer
            entries.append(Entry(task.digest, kept=not isinstance(found, CrawlError)))
            if isinstance(found, _Read):
                read.append(found)
            else:
                outcomes.append(outcome_of(found) if isinstance(found, CrawlError) else found)
        outcomes += self._save(read)
        self._journal.add(entries)
        return outcomes

    def _judge(self, page: Page, reading: Reading, forgotten: set[str]) -> _Read | Outcome | CrawlError:
        """What is to be done with a page that was read; a CrawlError where it is no story."""
        story, urls = reading.story, reading.urls
        if not forgotten.isdisjoint(alias_keys(story, urls)):
            return RefusedError("the story was forgotten on request", url=page.url)
        held = self._held(story, urls)
        if is_kill_notice(story):
            return self._withdraw(page, held)
        if held is None and (obstacle := wall(story)):
            return NotAStoryError(obstacle, url=page.url)
        if held is not None and held.seen_at > page.fetched_at:
            return Outcome.KNOWN
        return _Read(page, reading, held is None or bool(changed_fields(held, story)))

    def _held(self, story: Story, urls: tuple[str, ...]) -> StoredStory | None:
        """The story as we hold it, read by today's parser: a better parser is no correction."""
        held = self._store.stories.match(story, urls)
        if held is None or held.parser_version in (0, PARSER_VERSION):
            return held
        page_id = self._store.stories.page_of(held.id, held.version)
        page = self._store.pages.load(page_id) if page_id is not None else None
        if page is None:
            return held
        with suppress(CrawlError):  # what can't be read any more stays as it was read
            self._store.stories.replace_reading(held.id, held.version, self._parse(page))
        return self._store.stories.get(held.id)

    def _withdraw(self, page: Page, held: StoredStory | None) -> Outcome | CrawlError:
        if held is None:
            return NotAStoryError("a kill notice of a story that we never had", url=page.url)
        changed = self._store.stories.set_status(held.id, "withdrawn")
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _save(self, read: list[_Read]) -> list[Outcome]:
        moved = [found for found in read if found.moved]
        numbers = iter(self._store.pages.save_all([found.page for found in moved]))
        readings = [f.reading._replace(page_id=next(numbers)) if f.moved else f.reading for f in read]
        saved = self._store.stories.save_all(readings)
        for reading, story in zip(readings, saved, strict=True):
            if story.change == "unchanged" and reading.page_id is not None:
                self._store.pages.drop(reading.page_id)
        return [Outcome(story.change.upper()) for story in saved]


def _answer(task: _Task) -> Reading | CrawlError:
    """What a page says, under the addresses that it has; or why it is no story."""
    page = task.page
    try:
        story = task.reading.result()
    except CrawlError as error:
        return error
    if page.url == NOWHERE:
        return Reading(story.model_copy(update={"url": None}), (), page.fetched_at)
    return Reading(story, (canonical_url(page.url),), page.fetched_at)


def _first(tasks: deque[_Task]) -> list[_Task]:
    return [tasks.popleft() for _ in range(min(_BATCH, len(tasks)))]
