"""The one way in: candidates become stories, versions, withdrawals or nothing, each in one transaction.

What becomes of a candidate is decided on what the store holds. The decision may need a stored page read again, and the
candidate's own page has to be kept before its story; both take time that no transaction may. So a decision is
made on a snapshot first, what it needs is made ready, and then it is made again inside the transaction that carries
it out: whoever wrote meanwhile is taken into account, and nothing is decided on one version and written over another.
"""

from collections.abc import Callable, Sequence
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
        return self._apply([candidate], remember)[0]

    def apply_all(self, candidates: Sequence[Candidate]) -> list[Applied]:
        """The same for several, one after the other, in as few transactions as their order allows."""
        return self._apply(candidates, None)

    def _apply(self, candidates: Sequence[Candidate], remember: Remember | None) -> list[Applied]:
        applied: list[Applied] = []
        prepared = [Prepared() for _ in candidates]
        unused: set[int] = set()
        tries = 0
        while len(applied) < len(candidates):
            begun = len(applied)
            plans = self._make_ready(candidates, prepared, begun)
            if len(candidates) == 1 and plans and plans[0].changes_nothing and plans[0].is_ready(prepared[0]):
                return [_applied(plans[0], plans[0].story_id)._replace(is_stored=False)]
            with self._store.stories.writing() as writes:
                _read_ahead(writes, candidates[begun:])
                for candidate, ready in zip(candidates[begun:], prepared[begun:], strict=True):
                    plan = self._decide(writes, candidate, ready)
                    if not plan.is_ready(ready):
                        break
                    applied.append(self._carry_out(writes, candidate, plan, ready, remember))
                    if ready.page_id is not None and not plan.keeps_page:
                        unused.add(ready.page_id)
            tries = 0 if len(applied) > begun else tries + 1
            if tries == _TRIES:
                raise StoreError(f"{candidates[begun].address}: its story goes on changing while it is compared")
        for page_id in unused:
            self._store.pages.drop(page_id)
        return applied

    def _decide(self, reads: StoryReads, candidate: Candidate, prepared: Prepared) -> Plan:
        return decide(reads, candidate, prepared, self._parser_version)

    # Making ready --------------------------------------------------------------------------------------------

    def _make_ready(self, candidates: Sequence[Candidate], prepared: list[Prepared], begun: int) -> dict[int, Plan]:
        """Read the stored pages that decisions need, and keep the pages of candidates; lines have neither.

        Returns the plans, by the position of their candidate, as they were before.
        """
        positions = [at for at in range(begun, len(candidates)) if candidates[at].page is not None]
        if not positions:
            return {}
        with self._store.stories.reading() as reads:
            _read_ahead(reads, [candidates[at] for at in positions])
            plans = {at: self._decide(reads, candidates[at], prepared[at]) for at in positions}
        for at, plan in plans.items():
            if plan.missing:
                read = {number: self._held_page(number) for number in plan.missing}
                prepared[at] = Prepared({**prepared[at].pages, **read}, prepared[at].page_id)
        kept = [at for at in positions if plans[at].keeps_page and prepared[at].page_id is None]
        pages = [page for at in kept if (page := candidates[at].page) is not None]
        if pages:
            for at, page_id in zip(kept, self._store.pages.save_all(pages), strict=True):
                prepared[at] = Prepared(prepared[at].pages, page_id)
        return plans

    def _held_page(self, number: int) -> HeldPage | None:
        page = self._store.pages.load(number)
        return None if page is None else HeldPage(page.content, self._read(as_held(page)))

    # Carrying out --------------------------------------------------------------------------------------------

    def _carry_out(
        self,
        writes: StoryWrites,
        candidate: Candidate,
        plan: Plan,
        prepared: Prepared,
        remember: Remember | None,
    ) -> Applied:
        page_id = prepared.page_id if plan.keeps_page else None
        if plan.kills is not None and plan.withdrawal is not None:
            withdrawal = plan.withdrawal.model_copy(update={"story_id": plan.story_id})
            writes.set_status(plan.kills.story.id, "withdrawn", candidate.seen_at, withdrawal)
        story_id = self._write_story(writes, candidate, plan, Sighting(candidate.seen_at, page_id, candidate.address))
        if story_id is not None:
            self._write_links(writes, candidate, plan.links, story_id)
            self._write_address(writes, candidate, plan, page_id)
        result = _applied(plan, story_id)
        if remember is not None:
            writes.save_url(remember(result))
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


def _read_ahead(reads: StoryReads, candidates: Sequence[Candidate]) -> None:
    """Read at once what the decisions on several candidates begin with."""
    if len(candidates) > 1:
        ids = {story_id for candidate in candidates if (story_id := asked_id(candidate)) is not None}
        told = [candidate.story for candidate in candidates if candidate.story is not None]
        borne = {(story.source, story.publisher_id) for story in told if story.publisher_id}
        reads.read_ahead({key for candidate in candidates for key in candidate.asked_aliases}, ids, borne)


def _applied(plan: Plan, story_id: str | None) -> Applied:
    return Applied(
        plan.outcome, story_id, plan.detail, plan.changed, plan.recheck_at, plan.unconditional, plan.is_held_back
    )
