"""Reparse of stored pages: each read again with today's extractor.

Today's reading of each stored page replaces the earlier one: no version is added, as no publisher has changed anything,
and what the earlier extractor had read as a story is never lost. Stories without a page, and those whose page can't be
read now, stay as they are; where they have no language they get the one that their text tells. Where it stopped is
remembered batch by batch.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from crawler.frontier.url_state import as_announced
from desk.progress import Advance
from desk.upkeep.reparse_journal import ReparseJournal
from desk.upkeep.reparse_report import Group, ReparsedVersion, ReparseReport
from ingest.quarantine import shortened
from ingest.rereading import UNKNOWN, as_held, loses_letters, reread
from ingest.told_language import in_told_language
from model.errors import CrawlError, NotAStoryError
from model.page import Page
from model.story import StoredStory, Story
from model.versions import differing_fields
from net.urls import canonical_url
from store.opening import Store
from store.sql.transactions import StoryWrites

_BATCH = 100
_LOSES_LETTERS = "letters that were read before could not be decoded"
_PAGE_GONE = "the page is not kept any more"
_DELIVERED = "taken as delivered"
_OVERTAKEN = "changed meanwhile by somebody else"

Parse = Callable[[Page], Story]


class _Reading(NamedTuple):
    """What today's extractor reads on a page; `refusal` says why it would not take it in as a new story."""

    result: Story | CrawlError
    refusal: str | None = None


class Reparse:
    """Reads the stored pages of a store again, with `parse`, in `threads`; goes on from where its journal stands."""

    def __init__(self, store: Store, parse: Parse, threads: Executor, journal: ReparseJournal) -> None:
        self._store = store
        self._parse = parse
        self._threads = threads
        self._journal = journal

    def run(self, progress: Advance, source: str | None = None, since: datetime | None = None) -> ReparseReport:
        """Read the pages of all versions, or of a selection, and put the readings in place; returns what was done.

        The journal is ended by whoever has told of it: until then another run finds all done.
        """
        report = self._journal.report
        pairs = self._store.stories.walk_pages(source, since=since, after=self._journal.reached)
        while batch := list(islice(pairs, _BATCH)):
            readings = list(self._threads.map(self._read, batch))
            with self._store.stories.writing() as writes:
                reparsed = [
                    self._replace(writes, version, page_id, reading)
                    for (version, page_id), reading in zip(batch, readings, strict=True)
                ]
            for one in reparsed:
                report.add(one)
            last = batch[-1][0]
            self._journal.reach(last.id, last.version)
            progress("read again", report.pages, 0)
        return report

    # Reading -------------------------------------------------------------------------------------------------

    def _read(self, pair: tuple[StoredStory, int | None]) -> _Reading | None:
        """What is read on the page of a version; None where there is no page."""
        page = None if pair[1] is None else self._store.pages.load(pair[1])
        if page is None:
            return None
        known = self._store.crawl.url(canonical_url(page.link.url))
        page = page.model_copy(update={"link": as_announced(page.link, known)})
        try:
            return _Reading(self._parse(page))
        except NotAStoryError as error:
            return _Reading(self._read_as_held(page), error.reason)
        except CrawlError as error:
            return _Reading(error)

    def _read_as_held(self, page: Page) -> Story | CrawlError:
        """A page that is refused, read once more: for its score alone the page of a story that is held is not."""
        try:
            return self._parse(as_held(page))
        except CrawlError as error:
            return error

    # Replacing -----------------------------------------------------------------------------------------------

    def _replace(
        self, writes: StoryWrites, version: StoredStory, page_id: int | None, reading: _Reading | None
    ) -> ReparsedVersion:
        """Put a reading in the place of a version's, on what is stored now: a crawler may have written meanwhile."""
        now = writes.version(version.id, version.version)
        if now is None or now.page_id != page_id:
            overtaken = ReparsedVersion(version.id, version.version, notes=(("not_read_and_kept", _OVERTAKEN),))
            return overtaken._replace(is_read=reading is not None)
        held = now.story
        if reading is None:
            why = _DELIVERED if page_id is None and not held.parser_version else _PAGE_GONE
            return self._keep(writes, held, ("without_page", why))._replace(is_read=False)
        result = reading.result
        if isinstance(result, NotAStoryError):
            doubted = held.doubted(f"refused now: {result.reason}")
            return self._keep(writes, held, ("refused_and_kept", result.reason), doubted)
        if isinstance(result, CrawlError):
            return self._keep(writes, held, ("not_read_and_kept", str(result)))
        if loses_letters(held, result):
            return self._keep(writes, held, ("not_read_and_kept", _LOSES_LETTERS))
        earlier = writes.version(held.id, held.version - 1) if held.version > 1 else None
        again = reread(held, result, earlier.story if earlier else None)
        notes = [(_how_changed(held, again.story, name), name) for name in differing_fields(held, again.story)]
        notes += [("not_told_and_kept", name) for name in again.kept]
        notes += [("much_shorter", "")] if shortened(held, again.story) else []
        notes += [("refused_and_kept", reading.refusal)] if reading.refusal else []
        return self._put(writes, held, again.story, notes)

    def _keep(
        self, writes: StoryWrites, held: StoredStory, why: tuple[Group, str], story: Story | None = None
    ) -> ReparsedVersion:
        """A story stays as it was read (or as `story` doubts it), in the language of its text if it had none."""
        story = in_told_language(story or held)
        notes = [why, *((_how_changed(held, story, name), name) for name in differing_fields(held, story))]
        return self._put(writes, held, story, notes)

    def _put(
        self, writes: StoryWrites, held: StoredStory, story: Story, notes: list[tuple[Group, str]]
    ) -> ReparsedVersion:
        if held.is_uncertain != story.is_uncertain and _is_current(writes, held):
            notes.append(("became_uncertain" if story.is_uncertain else "no_longer_uncertain", ""))
        is_replaced = any(getattr(held, name) != getattr(story, name) for name in Story.model_fields)
        if is_replaced:
            writes.replace_version(held.id, held.version, story)
        return ReparsedVersion(held.id, held.version, is_replaced=is_replaced, notes=tuple(notes))


def _how_changed(held: Story, story: Story, name: str) -> Group:
    if getattr(held, name) in UNKNOWN:
        return "newly_read"
    return "no_longer_read" if getattr(story, name) in UNKNOWN else "changed"


def _is_current(writes: StoryWrites, version: StoredStory) -> bool:
    current = writes.held(version.id)
    return current is not None and (current.story.id, current.story.version) == (version.id, version.version)
