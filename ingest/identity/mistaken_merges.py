"""Mistaken identities: stories whose versions are the texts of different stories.

Earlier versions of Wiredesk believed a publisher's identifier by itself, so that one id could swallow several stories.
Such a story shows in its own versions: they share neither headline nor text. Where the pages are kept that they were
read from, it can be split: the old id keeps the text of its first address, the others get ids of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.identity.agreement import agreement
from net.urls import canonical_url
from store.maintenance.splits import KeptVersion, Part
from store.opening import Store

_HEADLINE, _TEXT = 0.34, 0.2


@dataclass(frozen=True, slots=True)
class MistakenIdentity:
    """A story that is several: `parts` are the versions of each, the one that was first seen in front."""

    story_id: str
    parts: tuple[tuple[KeptVersion, ...], ...]

    def __str__(self) -> str:
        told = "; ".join(f"{_numbers(part)} {part[0].story.headline!r} ({part[0].address})" for part in self.parts)
        return f"story {self.story_id} holds {len(self.parts)} different stories: {told}"


def find_mistaken(store: Store) -> Iterator[MistakenIdentity]:
    """All stories whose versions share neither headline nor text; reads all that have several, in short reads.

    Works on the tables of earlier versions, too.
    """
    for story_id, kept in store.splits.with_several_versions():
        parts = _parts(kept)
        if len(parts) > 1:
            yield MistakenIdentity(story_id, tuple(map(tuple, parts)))


def why_not(mistaken: MistakenIdentity, store: Store) -> str | None:
    """Why a story can't be split: nothing shows where a part of it was read. None where it can."""
    for part in mistaken.parts:
        if not any(_link_url(store, version) for version in part):
            return f"{_numbers(part)}: the page that it was read from is not kept"
    return None


def split_mistaken(mistaken: MistakenIdentity, store: Store) -> list[str]:
    """Give all but the first of the stories ids of their own; returns these. Empty where it has changed meanwhile."""
    parts = [Part(tuple(v.number for v in part), _addresses(store, part)) for part in mistaken.parts]
    read = sorted((version for part in mistaken.parts for version in part), key=lambda version: version.number)
    return store.splits.split(mistaken.story_id, read, parts)


def _parts(kept: Iterable[KeptVersion]) -> list[list[KeptVersion]]:
    """Versions by the story that they tell."""
    parts: list[list[KeptVersion]] = []
    for version in kept:
        own = next((part for part in parts if any(_is_of(version, other) for other in reversed(part))), None)
        if own is None:
            parts.append([version])
        else:
            own.append(version)
    return parts


def _is_of(version: KeptVersion, other: KeptVersion) -> bool:
    """Whether two versions share headline or text; where there is too little text to say, the address."""
    found = agreement(version.story, other.story)
    if found.headline >= _HEADLINE:
        return True
    return version.address == other.address if found.text is None else found.text >= _TEXT


def _addresses(store: Store, part: Sequence[KeptVersion]) -> frozenset[str]:
    """Where a story was read: the final addresses, and those that were asked for."""
    found = {version.address for version in part} | {_link_url(store, version) for version in part}
    return frozenset(url for url in found if url)


def _link_url(store: Store, version: KeptVersion) -> str | None:
    link = store.pages.link_of(version.page_id) if version.page_id is not None else None
    return canonical_url(link.url) if link else None


def _numbers(part: Sequence[KeptVersion]) -> str:
    numbers = ", ".join(str(version.number) for version in part)
    return f"version{'s' if len(part) > 1 else ''} {numbers}"
