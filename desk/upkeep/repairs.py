"""Repair of identities: what earlier versions merged by mistake, shown and split.

A story is split where the pages are kept that its parts were read from; what can't be split is said with its reason.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import structlog

from ingest.identity.mistaken_merges import MistakenIdentity, find_mistaken, split_mistaken, why_not
from store.opening import Store


class Repair(NamedTuple):
    """A mistaken identity, and why it can't be split (None: it can)."""

    mistaken: MistakenIdentity
    obstacle: str | None

    def __str__(self) -> str:
        return f"{self.mistaken}; it can't be split: {self.obstacle}" if self.obstacle else str(self.mistaken)


def find_repairs(store: Store) -> list[Repair]:
    """All stories whose versions are the texts of different stories."""
    return [Repair(mistaken, why_not(mistaken, store)) for mistaken in find_mistaken(store)]


def repair(repairs: Iterable[Repair], store: Store) -> Iterator[str]:
    """Split what can be split; yields a line a story."""
    log = structlog.get_logger("desk")
    for found in repairs:
        story_id = found.mistaken.story_id
        if found.obstacle is not None:
            yield str(found)
            continue
        made = split_mistaken(found.mistaken, store)
        if not made:
            yield f"story {story_id}: it has changed meanwhile; run the same command again"
            continue
        log.info("story split", story=story_id, into=made)
        yield f"story {story_id}: split; its other texts are now {', '.join(made)}"
