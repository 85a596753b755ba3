"""Decisions: the rules by which a candidate is judged, the same for pages and lines.

Forgotten? Unreadable? A kill notice, an interstitial? Then: which story is it, is it older than what is held, is it to
be believed, and what of it did the publisher change?
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ingest.candidate import Candidate
from ingest.comparison import HeldPage, publishers_changes, same_boilerplate
from ingest.identity.agreement import headline_share, holds_all_of
from ingest.identity.resolution import Identity, owner_of_address, resolve
from ingest.interstitials import interstitial_kind
from ingest.kill_notices import is_kill_notice, withdrawal_by
from ingest.killed_stories import named_story
from ingest.live_blogs import next_version_at
from ingest.plan import NO_LINKS, Links, Plan, Prepared
from ingest.quarantine import WAIT, Doubt, another_story, interstitial, is_repeated, shortened, unreadable
from ingest.rereading import UNKNOWN, records_of, reread
from ingest.told_language import in_told_language
from model.fields import PUBLISHED_AT, PUBLISHED_LOCAL, REFRESHED_FIELDS
from model.outcomes import Outcome
from model.story import Status, StoredStory, Story, Withdrawal
from model.versions import changed_fields, is_moved, refreshed_fields
from net.former_rules import FORMER_VERSION
from net.urls import LONGEST_KEPT_URL, plain_key
from store.sql.aliases import Alias, Kind, bare_alias, likely_alias, path_alias, url_alias
from store.sql.forgotten import forgotten_addresses, forgotten_keys
from store.sql.held import HeldStory
from store.sql.transactions import StoryReads

FORGOTTEN = "the story was forgotten on request"
TOO_LONG = f"its address is too long to be kept: at most {LONGEST_KEPT_URL} characters are"
_LATEST_LOOK = timedelta(hours=1)
_TWIN_GROUNDS = frozenset({"address", "earlier form", "claim", "like", "bare", "path"})
_ANNOUNCED, _OTHER_HEADLINE = 0.5, 0.34


def decide(reads: StoryReads, candidate: Candidate, prepared: Prepared, parser_version: int) -> Plan:
    """What becomes of a candidate; `parser_version` is that of today's extractor."""
    return _Decision(reads, candidate, prepared, parser_version).plan()


class _Decision:
    """One candidate before one state of the store."""

    def __init__(self, reads: StoryReads, candidate: Candidate, prepared: Prepared, parser_version: int) -> None:
        self._reads = reads
        self._candidate = candidate
        self._prepared = prepared
        self._parser_version = parser_version
        self._aliases = reads.aliases(candidate.asked_aliases)

    def plan(self) -> Plan:
        """What becomes of it."""
        candidate, story = self._candidate, self._candidate.story
        if self._is_forgotten():
            return Plan(Outcome.REFUSED, detail=FORGOTTEN)
        if any(len(url) > LONGEST_KEPT_URL and url_alias(url) not in self._aliases for url in candidate.urls):
            return Plan(Outcome.REFUSED, detail=TOO_LONG)
        owner = owner_of_address(self._reads, candidate, self._aliases)
        if story is None:
            return self._unreadable(owner)
        if is_kill_notice(story):
            if owner is None:
                return self._notice(story)
            if changed_fields(owner.story, story) and not is_kill_notice(owner.story):
                return self._withdrawn(owner, story)
        if owner is not None and (doubt := interstitial(owner.story, story, self._final_url)):
            return self._held_back(owner, doubt)
        return self._resolved(story)

    def _resolved(self, story: Story) -> Plan:
        identity = resolve(self._reads, self._candidate, story, self._aliases)
        return self._new(identity, story) if identity.held is None else self._known(identity, identity.held, story)

    @property
    def _final_url(self) -> str | None:
        return self._candidate.page.final_url if self._candidate.page else self._candidate.address

    @property
    def _address_alias(self) -> Alias | None:
        address = self._candidate.address
        return None if address is None else self._aliases.get(url_alias(address))

    def _is_forgotten(self) -> bool:
        candidate = self._candidate
        if not self._reads.has_forgotten:
            return False
        if candidate.story is None:
            keys = [key for url in candidate.urls for key in forgotten_addresses(url)]
        else:
            keys = forgotten_keys(candidate.story, candidate.urls, candidate.id)
        return bool(self._reads.forgotten(keys))

    # What is not believed ------------------------------------------------------------------------------------

    def _unreadable(self, owner: HeldStory | None) -> Plan:
        reason = self._candidate.unreadable or "it can't be read"
        if owner is None:
            return Plan(Outcome.NOT_A_STORY, detail=reason)
        return replace(self._held_back(owner, unreadable(reason)), outcome=Outcome.NOT_A_STORY)

    def _held_back(self, owner: HeldStory, doubt: Doubt, links: Links = NO_LINKS) -> Plan:
        """Keep what is held and recheck in an hour: the page need not have changed to be fetched then.

        What was repeated and still is not believed goes on along the schedule, and so does what is read at an address
        that is not known to be the story's.
        """
        alias, at = self._address_alias, self._candidate.seen_at
        is_known_place = links != NO_LINKS or (
            alias is not None and alias.kind == "seen" and alias.story_id == owner.story.id
        )
        since = alias.suspect_at if alias and alias.suspect == doubt.digest and alias.suspect_at else at
        return Plan(
            Outcome.UNCHANGED,
            owner.story.id,
            f"suspect: {doubt.reason}",
            held=owner,
            is_held_back=True,
            doubt=doubt if is_known_place else None,
            doubted_since=since,
            links=links,
            recheck_at=at + WAIT if is_known_place and not is_repeated(doubt, alias, at) else None,
            unconditional=True,
        )

    def _is_believed(self, doubt: Doubt) -> bool:
        """Whether the address says the same again after an hour, and no other address says it."""
        alias, address = self._address_alias, self._candidate.address
        if doubt.final or address is None or not is_repeated(doubt, alias, self._candidate.seen_at):
            return False
        return not self._reads.suspected_elsewhere(doubt.digest, address)

    def _notice(self, story: Story) -> Plan:
        """A kill notice at an address of its own: kept as a story, it withdraws the one that it names."""
        named = named_story(self._reads, story, self._candidate.seen_at)
        if named.held is None and self._candidate.page is not None:
            return Plan(Outcome.NOT_A_STORY, detail=named.reason)
        plan = self._resolved(story)
        if plan.write != "insert" or named.held is None or named.held.story.status == "withdrawn":
            return plan
        withdrawal = withdrawal_by(story, self._candidate.address, in_place=False)
        detail = f"a kill notice, by which {named.held.story.id} is withdrawn"
        return replace(plan, kills=named.held, withdrawal=withdrawal, detail=detail)

    def _withdrawn(self, owner: HeldStory, notice: Story) -> Plan:
        if self._is_older(owner):
            return Plan(Outcome.KNOWN, owner.story.id, "a kill notice from before the version that is held", held=owner)
        is_news = owner.story.status == "live"
        return Plan(
            Outcome.CHANGED if is_news else Outcome.UNCHANGED,
            owner.story.id,
            "withdrawn by a kill notice",
            held=owner,
            changed=("status",) if is_news else (),
            status="withdrawn" if is_news else None,
            withdrawal=withdrawal_by(notice, self._candidate.address, in_place=True),
        )

    def _is_older(self, held: HeldStory) -> bool:
        """Whether it was seen before what is held was.

        A visit that is made now may be late by the time that a busy crawler takes; if it is by more, the clock was
        wrong.
        """
        late = held.story.seen_at - self._candidate.seen_at
        return late > timedelta(0) and (late <= _LATEST_LOOK or not self._candidate.comes_again)

    # What is new ---------------------------------------------------------------------------------------------

    def _new(self, identity: Identity, story: Story) -> Plan:
        candidate, reused = self._candidate, identity.reused
        if reused is not None and candidate.comes_again and not self._is_announced(reused, story):
            doubt = another_story(story)
            if not self._is_believed(doubt):
                return self._held_back(reused, doubt)
        if candidate.page is not None and (obstacle := interstitial_kind(story)):
            return Plan(Outcome.NOT_A_STORY, detail=obstacle)
        if story.url != identity.canonical:
            story = story.model_copy(update={"url": identity.canonical})
        story_id = identity.second_id or candidate.id
        return Plan(
            Outcome.NEW,
            story_id or self._reads.free_id(story, candidate.address),
            write="insert",
            story=story,
            links=self._links(identity, None),
            keeps_page=candidate.page is not None,
        )

    def _is_announced(self, reused: HeldStory, story: Story) -> bool:
        """Whether the feed says that another story is published at the address now."""
        title = self._candidate.announced
        if title is None or headline_share(title, reused.story.headline) >= _OTHER_HEADLINE:
            return False
        return headline_share(title, story.headline) >= _ANNOUNCED

    # What is known -------------------------------------------------------------------------------------------

    def _known(self, identity: Identity, held: HeldStory, story: Story) -> Plan:
        links = self._links(identity, held)
        filled = self._filled(held.story, story, identity)
        if self._is_older(held):
            outcome = Outcome.KNOWN if changed_fields(held.story, filled) else Outcome.UNCHANGED
            return Plan(outcome, held.story.id, "older than what is held", held=held, links=links)
        missing: set[int] = set()
        before, again = self._reread(held, missing)
        plan = Plan(Outcome.UNCHANGED, held.story.id, held=held, reread=again, links=links)
        if self._address_alias is not None and self._address_alias.suspect is not None:
            plan = replace(plan, is_cleared=True)
        if missing:
            return replace(plan, missing=frozenset(missing))
        return self._compared(plan, identity.ground, held, before, filled)

    def _compared(self, plan: Plan, ground: str | None, held: HeldStory, before: StoredStory, story: Story) -> Plan:
        """What the publisher changed since the page that is held, as an addition to a plan."""
        candidate, page = self._candidate, self._candidate.page
        before, story = same_boilerplate(before, story)
        at_home = self._is_at_home(held)
        is_canonical = candidate.address is not None and candidate.address == story.url == before.url
        if not at_home and is_canonical and _says_all_of(before, story):
            # The page itself is a better witness than the twin at which it was read first.
            return self._with_status(replace(plan, write="witness", story=story, keeps_page=page is not None), before)
        base_id = None if page is None else self._base_page(held)
        is_twin = not (at_home or is_canonical) and ground in _TWIN_GROUNDS
        if is_twin and base_id is None:
            # A twin says the same in other words; what it says next is compared with what it says now.
            return self._with_status(replace(plan, keeps_page=page is not None), before)
        base = self._page(base_id) if base_id is not None else None
        if base_id is not None and base_id not in self._prepared.pages and changed_fields(before, story):
            return replace(plan, missing=frozenset({base_id}))
        revision = publishers_changes(before, story, base, page.content if page else None)
        changed = changed_fields(before, revision.story)
        if not changed:
            story = revision.story if at_home else before
            return self._unchanged(plan, before, story, keeps_page=revision.new_template)
        return self._changed(plan, held, before, revision.story, changed)

    def _changed(
        self, plan: Plan, held: HeldStory, before: StoredStory, story: Story, changed: tuple[str, ...]
    ) -> Plan:
        """One more version, unless it has to wait."""
        page = self._candidate.page
        if page is not None and (doubt := shortened(before, story)) and not self._is_believed(doubt):
            return self._held_back(held, doubt, plan.links)
        if page is not None and (next_at := next_version_at(before, page)):
            detail = f"a live blog: its next version is taken after {next_at:%H:%M} UTC"
            return replace(plan, detail=detail, recheck_at=next_at, unconditional=True)
        if before.body != held.story.body:  # what we know by now to recur is no part of the change
            plan = replace(plan, reread=before)
        plan = self._with_status(replace(plan, write="version", story=story, keeps_page=page is not None), before)
        return replace(plan, outcome=Outcome.CHANGED, changed=changed, detail=f"changed: {', '.join(changed)}")

    def _unchanged(self, plan: Plan, before: StoredStory, story: Story, *, keeps_page: bool) -> Plan:
        is_read = self._candidate.page is not None
        is_refreshed = bool(refreshed_fields(before, story)) or (is_read and is_moved(before, story))
        plan = replace(plan, write="replace" if is_refreshed else None, story=story, keeps_page=keeps_page)
        return self._with_status(plan, before)

    def _with_status(self, plan: Plan, before: StoredStory) -> Plan:
        status = self._new_status(before)
        is_read = self._candidate.line is None
        if is_read and plan.write != "version" and before.withdrawal is not None and before.withdrawal.story_id:
            return plan  # a notice elsewhere took it back, and the page goes on saying the same
        if status is None:
            return plan
        withdrawal = self._told_withdrawal() if status == "withdrawn" else None
        detail = "changed: status"
        return replace(
            plan, status=status, withdrawal=withdrawal, outcome=Outcome.CHANGED, changed=("status",), detail=detail
        )

    def _told_withdrawal(self) -> Withdrawal:
        """Why a story is withdrawn that a line says is."""
        told = self._candidate.line and self._candidate.line.withdrawal
        return told or Withdrawal(kind="import", reason="an imported line says that it is withdrawn")

    def _new_status(self, before: StoredStory) -> Status | None:
        """The status that the candidate knows better: nothing older than a withdrawal takes it back."""
        line = self._candidate.line
        since = before.status_at or before.seen_at
        if line is None:
            return "live" if before.status == "withdrawn" and self._candidate.seen_at > since else None
        if "status" not in self._candidate.told or line.status == before.status:
            return None
        said_at = line.status_at or line.seen_at
        if line.status == "withdrawn":
            return "withdrawn" if said_at >= since else None
        return "live" if said_at > since else None

    def _filled(self, before: StoredStory, story: Story, identity: Identity) -> Story:
        """The reading with what it does not know taken from what is held; the source that it first had stays."""
        kept: dict[str, Any] = {"source": before.source}
        if self._candidate.line is not None:
            kept |= {n: getattr(before, n) for n in Story.model_fields if n not in self._candidate.told}
        # Of these fields one way in tells what another doesn't: what is blank takes nothing away.
        blank = [name for name in REFRESHED_FIELDS if getattr(story, name) in UNKNOWN]
        kept |= {name: getattr(before, name) for name in blank}
        if self._candidate.line is None:
            kept |= records_of(before, story, blank)
        kept |= _date_as_stated(before, story.model_copy(update=kept), story)
        kept["publisher_id"] = before.publisher_id or story.publisher_id
        is_twin = identity.ground in _TWIN_GROUNDS and identity.held is not None and not self._is_at_home(identity.held)
        is_former = identity.canonical == self._candidate.address and before.url in self._candidate.former_urls
        if identity.canonical is None or is_twin or is_former:
            kept["url"] = before.url
        else:
            kept["url"] = identity.canonical
        filled = story.model_copy(update=kept)
        return filled if self._candidate.line is None else in_told_language(filled)

    def _reread(self, held: HeldStory, missing: set[int]) -> tuple[StoredStory, Story | None]:
        """The story as today's extractor reads the held page: a better extractor is no correction."""
        is_of_today = held.story.parser_version in (0, self._parser_version)
        if self._candidate.page is None or is_of_today or held.page_id is None:
            return held.story, None
        if held.page_id not in self._prepared.pages:
            missing.add(held.page_id)
            return held.story, None
        page = self._page(held.page_id)
        if page is None or page.reading is None:
            return held.story, None
        story = held.story
        earlier = self._reads.version(story.id, story.version - 1) if story.version > 1 else None
        again = reread(story, page.reading, earlier and earlier.story).story
        return story.model_copy(update={name: getattr(again, name) for name in Story.model_fields}), again

    # Addresses -----------------------------------------------------------------------------------------------

    def _is_at_home(self, held: HeldStory) -> bool:
        """Whether the candidate was read where the held version was, scheme, "www." and slashes aside."""
        home = held.address or held.story.url
        if not self._candidate.urls or home is None or plain_key(home) in map(plain_key, self._candidate.urls):
            return True
        alias = self._aliases.get(url_alias(home)) if home in self._candidate.former_urls else None
        return alias is not None and alias.kind == "seen" and alias.canonicaliser <= FORMER_VERSION

    def _base_page(self, held: HeldStory) -> int | None:
        """The page from which this address was read the last time."""
        for url in self._candidate.urls:
            alias = self._aliases.get(url_alias(url))
            if alias is not None and alias.story_id == held.story.id and alias.page_id is not None:
                return alias.page_id
        page_id = self._reads.page_at(held.story.id, self._candidate.urls)
        return held.page_id if page_id is None and self._is_at_home(held) else page_id

    def _page(self, page_id: int) -> HeldPage | None:
        return self._prepared.pages.get(page_id)

    def _links(self, identity: Identity, held: HeldStory | None) -> Links:
        candidate, known = self._candidate, self._aliases
        story_id = held.story.id if held else None
        kinds: dict[str, Kind] = {url_alias(url): "seen" for url in candidate.urls}
        for key in candidate.likely:
            kinds |= {likely_alias(key): "like", path_alias(key): "path"}
        kinds |= {bare_alias(key): "bare" for key in candidate.bare if key not in candidate.likely}
        if identity.canonical:
            kinds.setdefault(url_alias(identity.canonical), "claimed" if candidate.urls else "seen")
        alias = self._address_alias
        leads_here = alias is None or (alias.kind == "seen" and alias.story_id == story_id)
        was_here = identity.reused is not None and self._is_older(identity.reused)
        publisher_id = self._borne_id(identity, story_id)
        return Links(
            aliases={key: kind for key, kind in kinds.items() if key not in known},
            address=None if leads_here or was_here else candidate.address,
            former_address=candidate.address if was_here else None,
            twins=identity.twins,
            disputed=identity.dispute,
            publisher_id=publisher_id,
            feed=candidate.feed if publisher_id else "",
            distrusted=identity.distrusted,
        )

    def _borne_id(self, identity: Identity, story_id: str | None) -> str | None:
        """The identifier to remember the story by; None where it is remembered or proves nothing."""
        story = self._candidate.story
        publisher_id = story.publisher_id if story else None
        if story is None or publisher_id is None or identity.distrusted:
            return publisher_id if identity.distrusted else None
        if self._reads.is_distrusted(story.source, publisher_id):
            return None
        held = {(holder.feed, holder.story_id) for holder in self._reads.holders(story.source, publisher_id)}
        return None if (self._candidate.feed, story_id) in held else publisher_id


def _says_all_of(held: Story, story: Story) -> bool:
    """Whether a reading has the headline of another one and each of its paragraphs, if longer."""
    return headline_share(held.headline, story.headline) == 1.0 and holds_all_of(held, story)


def _date_as_stated(before: StoredStory, filled: Story, story: Story) -> dict[str, Any]:
    """The date as it was stated belongs to its instant: with another instant the stated form held before goes."""
    is_same = getattr(before, PUBLISHED_AT) == getattr(filled, PUBLISHED_AT)
    return {} if is_same else {PUBLISHED_LOCAL: getattr(story, PUBLISHED_LOCAL)}
