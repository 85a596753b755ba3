"""Identity resolution: the story that a candidate is, of all that the desk holds.

Whatever leads to a story, its own address even, is only a ground for taking a candidate for it: headline and text have
to agree as much as the ground is weak. Publishers number their items 1 to 10 in each feed, put one identifier on all
of them, name one page as the canonical of all, and publish another story every day under one address.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.candidate import Candidate
from ingest.identity.agreement import Agreement, agreement
from model.story import Story
from net.former_rules import FORMER_VERSION
from store.sql.aliases import Alias, bare_alias, likely_alias, path_alias, url_alias
from store.sql.held import HeldStory
from store.sql.rows import content_of, first_id
from store.sql.story_ids import mint
from store.sql.transactions import StoryReads


class Dispute(NamedTuple):
    """An address that a story claims by its canonical link, and that is not its own."""

    url: str
    claimant: HeldStory


@dataclass(frozen=True, slots=True)
class Identity:
    """Which story a candidate is, and what that says of what leads to it.

    `held` is None for a new story. `ground` says why it is believed to be `held`. `twins` are ids that prove to be the
    same story. `canonical` is the believed canonical address. `reused` is the story that stood at the candidate's
    address, where this is another one. `distrusted` where the publisher's identifier proves to be that of different
    stories. `second_id` is for a candidate that bears the id of another story.
    """

    held: HeldStory | None
    ground: str | None = None
    twins: tuple[str, ...] = ()
    canonical: str | None = None
    reused: HeldStory | None = None
    dispute: Dispute | None = None
    distrusted: bool = False
    second_id: str | None = None


class _Ground(NamedTuple):
    name: str
    story_id: str
    alias: Alias | None = None


class _IdentityMatch(NamedTuple):
    ground: _Ground
    held: HeldStory
    agreement: Agreement
    believed: bool


def _at_least(score: float) -> Callable[[Agreement], bool]:
    return lambda found: found.score >= score


_ENOUGH: dict[str, Callable[[Agreement], bool]] = {
    # The story's page was read at this very address: it is the same unless everything speaks against it. A thorough
    # rewrite keeps its date at least.
    "address": lambda found: found.score >= -0.25 or found.same_instant,
    "id": _at_least(-0.25),
    # The address asked for led elsewhere: to the story's new address, or to whatever takes the place of a lost page.
    "redirect": _at_least(0.3),
    # Earlier rules took the address for one at which the story was read; today's tell the two apart.
    "earlier form": _at_least(0.3),
    "like": _at_least(0.5),
    "bare": _at_least(0.5),
    "former address": _at_least(0.5),
    "claim": lambda found: found.is_strong,
    "publisher id": lambda found: found.is_strong,
    "publisher id of another feed": lambda found: found.nearly_same,
    "path": lambda found: found.nearly_same,
}
"""Ground -> whether two readings agree enough. Weights and thresholds: docs/choices.md."""


def asked_id(candidate: Candidate) -> str | None:
    """The id that a candidate bears, or would be given."""
    story = candidate.story
    return candidate.id or (first_id(story, candidate.address) if story is not None else None)


def resolve(reads: StoryReads, candidate: Candidate, story: Story, known: Mapping[str, Alias]) -> Identity:
    """Find the story that a candidate is; `known` is what its aliases lead to."""
    matches = _matches(reads, story, list(_grounds(reads, candidate, story, known)))
    reused = next((match.held for match in matches if match.ground.name == "address" and not match.believed), None)
    if reused is not None and candidate.address:
        former = [_Ground("former address", owner) for owner in reads.former_owners(candidate.address)]
        matches += _matches(reads, story, former)
    second_id = None
    if candidate.id and any(match.ground.name == "id" and not match.believed for match in matches):
        second_id = mint(f"{candidate.id}\n{content_of(story)}")
        matches += _matches(reads, story, [_Ground("id", second_id)])
    believed = _best_of_each([match for match in matches if match.believed])
    main, twins = _kept(believed)
    return Identity(
        held=main.held if main else None,
        ground=main.ground.name if main else None,
        twins=twins,
        canonical=_canonical(reads, candidate, story, known, {match.held.story.id for match in believed}),
        reused=reused,
        dispute=next(filter(None, map(_dispute, matches)), None),
        distrusted=_is_distrusted(reads, candidate, story, matches),
        second_id=second_id,
    )


def owner_of_address(reads: StoryReads, candidate: Candidate, known: Mapping[str, Alias]) -> HeldStory | None:
    """The story that a candidate stands in the place of, whatever it says itself: at its address, or at a twin's."""
    keys = (*map(url_alias, candidate.urls), *map(likely_alias, candidate.likely))
    owners = (known[key].story_id for key in keys if key in known and known[key].kind != "disputed")
    story_id = next(owners, candidate.id)
    return None if story_id is None else reads.held(story_id)


def _grounds(reads: StoryReads, candidate: Candidate, story: Story, known: Mapping[str, Alias]) -> Iterator[_Ground]:
    """What leads to stories that this may be, the surest first."""
    if candidate.id:
        yield _Ground("id", candidate.id)
    for position, url in enumerate(candidate.urls):
        alias = known.get(url_alias(url))
        if alias is not None and alias.kind == "seen":
            yield _Ground("redirect" if position else "address", alias.story_id, alias)
    for url in candidate.former_urls:
        alias = known.get(url_alias(url))
        if alias is not None and alias.kind == "seen" and alias.canonicaliser <= FORMER_VERSION:
            yield _Ground("earlier form", alias.story_id, alias)
    claims = [*candidate.urls, story.url] if story.url else candidate.urls
    for url in dict.fromkeys(claims):
        alias = known.get(url_alias(url))
        if alias is not None and (alias.kind == "claimed" or (alias.kind == "seen" and url not in candidate.urls)):
            yield _Ground("claim", alias.story_id, alias)
    yield from _likely_grounds(candidate, known)
    if story.publisher_id and not reads.is_distrusted(story.source, story.publisher_id):
        for holder in reads.holders(story.source, story.publisher_id):
            elsewhere = holder.feed and candidate.feed and holder.feed != candidate.feed
            yield _Ground("publisher id of another feed" if elsewhere else "publisher id", holder.story_id)


def _likely_grounds(candidate: Candidate, known: Mapping[str, Alias]) -> Iterator[_Ground]:
    """What leads to stories at addresses that are nearly the same."""
    forms = [("like", likely_alias(key)) for key in candidate.likely]
    forms += [("bare", form) for key in candidate.bare for form in (likely_alias(key), bare_alias(key))]
    forms += [("path", path_alias(key)) for key in candidate.likely]
    for name, form in forms:
        if form in known:
            yield _Ground(name, known[form].story_id)


def _matches(reads: StoryReads, story: Story, grounds: Sequence[_Ground]) -> list[_IdentityMatch]:
    compared: dict[str, tuple[HeldStory, Agreement]] = {}
    found = []
    for ground in grounds:
        if ground.story_id not in compared:
            held = reads.held(ground.story_id)
            if held is None:
                continue
            compared[ground.story_id] = held, agreement(held.story, story)
        held, agreed = compared[ground.story_id]
        found.append(_IdentityMatch(ground, held, agreed, _ENOUGH[ground.name](agreed)))
    return found


def _best_of_each(matches: Sequence[_IdentityMatch]) -> list[_IdentityMatch]:
    """One match a story, that of its surest ground."""
    best: dict[str, _IdentityMatch] = {}
    for match in matches:
        best.setdefault(match.held.story.id, match)
    return list(best.values())


def _kept(believed: Sequence[_IdentityMatch]) -> tuple[_IdentityMatch | None, tuple[str, ...]]:
    """The story that is kept and the ids that prove to be the same: the one first seen answers for all."""
    if not believed:
        return None, ()
    same = [match for match in believed if match.agreement.is_strong]
    if believed[0] not in same:
        return believed[0], ()
    same.sort(key=lambda match: (match.held.story.first_seen_at, match.held.story.id))
    return same[0], tuple(match.held.story.id for match in same[1:])


def _dispute(match: _IdentityMatch) -> Dispute | None:
    """An address that was only claimed for a story and is not its own: another story says so."""
    alias = match.ground.alias
    if match.believed or match.ground.name != "claim" or alias is None or alias.kind != "claimed":
        return None
    return Dispute(alias.key.removeprefix(url_alias("")), match.held)


def _canonical(
    reads: StoryReads, candidate: Candidate, story: Story, known: Mapping[str, Alias], believed: set[str]
) -> str | None:
    """The address under which the story is shown: its canonical one, unless it is that of another story, or was."""
    if story.url is None or story.url in candidate.urls or not candidate.urls:
        return story.url
    alias = known.get(url_alias(story.url))
    if alias is None:
        return candidate.address if reads.forgotten([url_alias(story.url)]) else story.url
    return story.url if alias.kind != "disputed" and alias.story_id in believed else candidate.address


def _is_distrusted(reads: StoryReads, candidate: Candidate, story: Story, matches: Sequence[_IdentityMatch]) -> bool:
    """Whether another story bears the same identifier, from the same feed or its page."""
    others = {match.held.story.id for match in matches if match.ground.name == "publisher id" and not match.believed}
    if not others:
        return False
    holders = reads.holders(story.source, story.publisher_id or "")
    return any(
        holder.story_id in others and (holder.feed == candidate.feed or not holder.feed or not candidate.feed)
        for holder in holders
    )
