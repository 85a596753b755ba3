"""The one way in: candidates become stories, versions, withdrawals or nothing, each in one transaction.

What becomes of a candidate is decided on what the store holds. The decision may need a stored page read again, and the
candidate's own page has to be kept before its story; both take time that no transaction may. So a decision is
made on a snapshot first, what it needs is made ready, and then it is made again inside the transaction that carries
it out: whoever wrote meanwhile is taken into account, and nothing is decided on one version and written over another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import structlog

from ingest.candidate import Candidate
from ingest.comparison import HeldPage
from ingest.decision import decide
from ingest.identity.resolution import asked_id
from ingest.plan import Links, Plan, Prepared
from ingest.rereading import as_held
from model.errors import StoreError
from model.outcomes import Outcome
from model.page import Page
from model.story import Story
from store.opening import Store
from store.sql.crawl_state import UrlState
from store.sql.rows import Sighting
from store.sql.transactions import StoryReads, StoryWrites

_TRIES = 50

Read = Callable[[Page], Story | None]
"""Today's extractor: the story on a stored page, or None where it reads none."""


class Applied(NamedTuple):
    """What became of a candidate.

    `changed` names the fields of a new version. `recheck_at` is when to check it again whatever the schedule says, and
    `unconditional` whether the page need not have changed to be fetched then. `held_back` where the reading of a
    known story is not believed. `is_stored` where a transaction was needed: what was to be remembered is stored then,
    too.
    """

    outcome: Outcome
    story_id: str | None = None
    detail: str | None = None
    changed: tuple[str, ...] = ()
    recheck_at: datetime | None = None
    unconditional: bool = False
    held_back: bool = False
    is_stored: bool = True


Remember = Callable[[Applied], UrlState]
"""What is to be remembered of the candidate's URL, stored in the same transaction as its story."""


@dataclass(slots=True, eq=False)
class _Work:
    """One candidate on its way: its `plan` as of a moment ago, and what became of it in the end."""

    candidate: Candidate
    remember: Remember | None = None
    prepared: Prepared = field(default_factory=Prepared)
    plan: Plan | None = None
    applied: Applied | None = None
    keeps_page: bool = False

    def without_writing(self) -> Applied | None:
        """What becomes of it where nothing is to be kept; None where something is, or has to be made ready."""
        if self.plan is None or not self.plan.changes_nothing or not self.plan.is_ready(self.prepared):
            return None
        return _applied(self.plan, self.plan.story_id)._replace(is_stored=False)


class Ingest:
    """Takes candidates into one store; safe to share between threads, and beside other processes."""

    def __init__(self, store: Store, read: Read, parser_version: int) -> None:
        self._store = store
        self._read = read
        self._parser_version = parser_version
        self._log = structlog.get_logger("ingest")

    def apply(self, candidate: Candidate, remember: Remember | None = None) -> Applied:
        """Decide what becomes of a candidate and keep it, in one transaction. Raises StoreError.

        Where nothing is to be kept there is no transaction: `is_stored` says so.
        """
        return self.apply_beside([(candidate, remember)])[0]

    def apply_beside(self, found: Sequence[tuple[Candidate, Remember | None]]) -> list[Applied]:
        """The same for several that were found at one time, in no order, in as few transactions as it takes."""
        works = [_Work(candidate, remember) for candidate, remember in found]
        return self._apply(works, in_order=False)

    def apply_all(self, candidates: Sequence[Candidate]) -> list[Applied]:
        """The same for several, one after the other, in as few transactions as their order allows."""
        return self._apply([_Work(candidate) for candidate in candidates], in_order=len(candidates) > 1)

    def _apply(self, works: Sequence[_Work], *, in_order: bool) -> list[Applied]:
        # Beside each other they go in one order: two writers can't wait for each other.
        left, tries = [*works] if in_order else sorted(works, key=lambda work: work.candidate.address or ""), 0
        while left:
            self._make_ready(left)
            if not in_order:
                for work in left:
                    work.applied = work.without_writing()
            self._write([work for work in left if work.applied is None], in_order)
            tries = 0 if any(work.applied for work in left) else tries + 1
            if tries == _TRIES:
                raise StoreError(f"{left[0].candidate.address}: its story goes on changing while it is compared")
            left = [work for work in left if work.applied is None]
        unused = {work.prepared.page_id for work in works if not work.keeps_page}
        for page_id in filter(None, unused):
            self._store.pages.drop(page_id)
        return [work.applied for work in works if work.applied is not None]

    def _write(self, works: Sequence[_Work], in_order: bool) -> None:
        """Carry out in one transaction what is ready, in order up to the first that is not."""
        if not works:
            return
        with self._store.stories.writing() as writes:
            _read_ahead(writes, works)
            done: list[tuple[_Work, Plan, Applied]] = []
            for work in works:
                plan = self._decide(writes, work)
                if plan.is_ready(work.prepared):
                    done.append((work, plan, self._carry_out(writes, work, plan)))
                elif in_order:
                    break
        for work, plan, applied in done:
            work.applied, work.keeps_page = applied, plan.keeps_page

    def _decide(self, reads: StoryReads, work: _Work) -> Plan:
        return decide(reads, work.candidate, work.prepared, self._parser_version)

    # Making ready --------------------------------------------------------------------------------------------

    def _make_ready(self, works: Sequence[_Work]) -> None:
        """Read the stored pages that decisions need, and keep the pages of candidates; lines have neither.

        The plans are those of a moment ago.
        """
        of_pages = [work for work in works if work.candidate.page is not None]
        if not of_pages:
            return
        with self._store.stories.reading() as reads:
            _read_ahead(reads, of_pages)
            for work in of_pages:
                work.plan = self._decide(reads, work)
        for work in of_pages:
            if work.plan is not None and work.plan.missing:
                read = {number: self._held_page(number) for number in work.plan.missing}
                work.prepared = Prepared({**work.prepared.pages, **read}, work.prepared.page_id)
        kept = [work for work in of_pages if work.plan and work.plan.keeps_page and work.prepared.page_id is None]
        pages = [work.candidate.page for work in kept if work.candidate.page is not None]
        if pages:
            for work, page_id in zip(kept, self._store.pages.save_all(pages), strict=True):
                work.prepared = Prepared(work.prepared.pages, page_id)

    def _held_page(self, number: int) -> HeldPage | None:
        page = self._store.pages.load(number)
        return None if page is None else HeldPage(page.content, self._read(as_held(page)))

    # Carrying out --------------------------------------------------------------------------------------------

    def _carry_out(self, writes: StoryWrites, work: _Work, plan: Plan) -> Applied:
        candidate = work.candidate
        page_id = work.prepared.page_id if plan.keeps_page else None
        if plan.kills is not None and plan.withdrawal is not None:
            withdrawal = plan.withdrawal.model_copy(update={"story_id": plan.story_id})
            writes.set_status(plan.kills.story.id, "withdrawn", candidate.seen_at, withdrawal)
        story_id = self._write_story(writes, candidate, plan, Sighting(candidate.seen_at, page_id, candidate.address))
        if story_id is not None:
            self._write_links(writes, candidate, plan.links, story_id)
            self._write_address(writes, candidate, plan, page_id)
        result = _applied(plan, story_id)
        if work.remember is not None:
            writes.save_url(work.remember(result))
        return result

    def _write_story(self, writes: StoryWrites, candidate: Candidate, plan: Plan, seen: Sighting) -> str | None:
        """Write the story itself; returns its id."""
        story, held = plan.story, plan.held
        if plan.write == "insert" and story is not None and plan.story_id is not None:
            writes.insert(story, seen, story_id=plan.story_id, like=candidate.line)
            return plan.story_id
        if held is None:
            return plan.story_id
        before = held.story
        if plan.reread is not None:
            writes.replace_reading(before, plan.reread)
        if story is not None and plan.write == "version":
            writes.add_version(before, story, seen, plan.changed)
        elif story is not None and plan.write == "replace":
            writes.replace_reading(before, story)
        elif story is not None and plan.write == "witness":
            writes.replace_reading(before, story, seen)
        if plan.status is not None:
            line = candidate.line
            at = (line and (line.status_at or line.withdrawn_at)) or candidate.seen_at
            writes.set_status(before.id, plan.status, at, plan.withdrawal)
        return before.id

    def _write_links(self, writes: StoryWrites, candidate: Candidate, links: Links, story_id: str) -> None:
        for twin in links.twins:
            writes.merge(twin, story_id)
        writes.add_aliases(links.aliases, story_id)
        if links.address is not None:
            writes.take_address(links.address, story_id, candidate.seen_at)
        if links.former_address is not None:
            writes.note_former_address(links.former_address, story_id, candidate.seen_at)
        if links.disputed is not None:
            url, claimant = links.disputed
            if url not in candidate.urls:
                writes.dispute(url)
            if claimant.address is not None and claimant.story.url == url:
                writes.replace_reading(claimant.story, claimant.story.model_copy(update={"url": claimant.address}))
        source = candidate.story.source if candidate.story else None
        if source is None or links.publisher_id is None:
            return
        if links.distrusted:
            writes.distrust(source, links.publisher_id, candidate.seen_at)
            self._log.warning(
                "identifier distrusted: the publisher gives it to different stories",
                source=source,
                publisher_id=links.publisher_id,
                url=candidate.address,
            )
        else:
            writes.add_publisher_id(source, links.publisher_id, links.feed, story_id)

    def _write_address(self, writes: StoryWrites, candidate: Candidate, plan: Plan, page_id: int | None) -> None:
        """What the next visit of the address needs."""
        if candidate.address is None:
            return
        if page_id is not None:
            writes.note_page(candidate.address, page_id)
        if plan.doubt is not None:
            writes.note_suspect(candidate.address, plan.doubt.digest, plan.doubted_since)
        elif plan.is_cleared:
            writes.note_suspect(candidate.address, None, None)


def _read_ahead(reads: StoryReads, works: Sequence[_Work]) -> None:
    """Read at once what the decisions on several candidates begin with."""
    if len(works) > 1:
        candidates = [work.candidate for work in works]
        ids = {story_id for candidate in candidates if (story_id := asked_id(candidate)) is not None}
        told = [candidate.story for candidate in candidates if candidate.story is not None]
        borne = {(story.source, story.publisher_id) for story in told if story.publisher_id}
        reads.read_ahead({key for candidate in candidates for key in candidate.asked_aliases}, ids, borne)


def _applied(plan: Plan, story_id: str | None) -> Applied:
    return Applied(
        plan.outcome, story_id, plan.detail, plan.changed, plan.recheck_at, plan.unconditional, plan.is_held_back
    )
