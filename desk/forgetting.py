"""How is a story removed for good, as a court or a publisher may ask for?

Found by its id or by any of its addresses; removed from the store with everything that was read from its pages, and its
bytes from the files. Its addresses are kept from coming in again, known before or not.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import structlog

from index.store import Store
from net.urls import canonical_url, identity_key

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


class Forgetting(NamedTuple):
    """What was done: `removed` ids, a line for each story or address, and what was not known."""

    removed: tuple[str, ...]
    lines: tuple[str, ...]
    unknown: tuple[str, ...]


def forget_stories(names: Iterable[str], store: Store, now: datetime) -> Forgetting:
    """Remove the stories of these ids or addresses from the store; the index follows from its revisions."""
    removed: list[str] = []
    lines: list[str] = []
    unknown: list[str] = []
    for name in names:
        address = _canonical(name) if _ADDRESS.match(name) else None
        likely = _likely(address) if address else ""
        story_id = store.stories.find(address, likely) if address else name
        forgot = store.forgotten.forget(story_id, now=now, canonical=_canonical) if story_id else None
        if address and forgot is None:
            store.forgotten.refuse(address, now, likely=likely)
        if forgot is not None:
            removed += forgot.ids
            lines.append(f"{name}: removed, {forgot.versions} version(s) and {forgot.pages} page(s)")
        elif address:
            lines.append(f"{name}: no story of it is stored; it is kept from coming in")
        else:
            unknown.append(f"{name}: no story has this id")
    store.checkpoint()
    structlog.get_logger("desk").info("stories forgotten", removed=len(removed))
    return Forgetting(tuple(removed), tuple(lines), tuple(unknown))


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        return url


def _likely(url: str) -> str:
    try:
        return identity_key(url)
    except ValueError:
        return url
