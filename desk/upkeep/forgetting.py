"""Removal of stories for good, as a court or a publisher may ask for.

In two steps: what would be removed is found by a story's id or any of its addresses, and shown; then it is removed from
the store with everything that was read from its pages, and its bytes from the files, those of the index last. Its
addresses are kept from coming in again.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import structlog

from desk.roles.index import bring_up_to_date
from index.rebuild import Progress
from index.sync import Indexer
from model.errors import StoreError
from model.story import StoredStory
from net.former_rules import former_url
from net.urls import canonical_url, identity_key
from store.opening import Store
from store.sql.aliases import url_alias
from store.sql.forgotten import Doomed

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


class Named(NamedTuple):
    """What a name on the command line stands for: a story with what goes with it, an address, or both."""

    name: str
    address: str | None = None
    likely: str = ""
    story: StoredStory | None = None
    doomed: Doomed | None = None
    is_known: bool = False

    @property
    def in_words(self) -> str:
        """What would become of it."""
        if self.story is None or self.doomed is None:
            seen = "seen, and no story is stored of it" if self.is_known else "never seen"
            return f"{self.name}: {seen}; it will be kept from coming in"
        counts = f"{self.doomed.versions} version(s), {len(self.doomed.page_ids)} page(s)"
        return "\n  ".join(
            (
                self.story.headline,
                f"{self.story.source}, {self.story.url or 'no address'}",
                f"{self.story.id}: {counts}",
            )
        )


class Findings(NamedTuple):
    """What all the names stand for; `unknown` are ids of no story, `unseen` addresses that were never looked at."""

    named: tuple[Named, ...]
    forgotten: tuple[str, ...]
    unknown: tuple[str, ...]
    unseen: tuple[str, ...]


class Forgetting(NamedTuple):
    """What was done: `removed` ids, and a line for each story or address."""

    removed: tuple[str, ...]
    lines: tuple[str, ...]


def find_named(names: Iterable[str], store: Store) -> Findings:
    """What these ids and addresses stand for; removes nothing."""
    named: list[Named] = []
    forgotten: list[str] = []
    unknown: list[str] = []
    ids: set[str] = set()
    for name in dict.fromkeys(names):
        found = _find(name, store)
        if found.doomed is not None and ids.issuperset(found.doomed.ids) and found.address is None:
            continue
        if found.doomed is None and _is_forgotten(found, store):
            forgotten.append(name)
        elif found.doomed is None and found.address is None:
            unknown.append(name)
        else:
            named.append(found)
            ids.update(found.doomed.ids if found.doomed else ())
    unseen = tuple(found.name for found in named if not found.is_known)
    return Findings(tuple(named), tuple(forgotten), tuple(unknown), unseen)


def forget_named(named: Iterable[Named], store: Store, now: datetime) -> Forgetting:
    """Remove what was found from the store, and keep its addresses from coming in; the index follows the revisions."""
    removed: list[str] = []
    lines: list[str] = []
    for found in named:
        if found.doomed is not None and not set(removed).issuperset(found.doomed.ids):
            forgot = store.forgotten.remove(found.doomed, now=now)
            removed += forgot.ids
            lines.append(f"{found.name}: removed, {forgot.versions} version(s) and {forgot.pages} page(s)")
        elif found.doomed is None:
            lines.append(f"{found.name}: no story of it is stored; it is kept from coming in")
        if found.address is not None and found.doomed is None:
            store.forgotten.refuse(found.address, now, likely=found.likely)
    store.checkpoint()
    if removed:
        lines += _wipe(store)
    structlog.get_logger("desk").info("stories forgotten", removed=len(removed))
    return Forgetting(tuple(removed), tuple(lines))


def expunge_index(store: Store, indexer: Indexer, place: str, progress: Progress | None = None) -> None:
    """Let nothing of forgotten stories be left in the files of an index.

    How far that has come is kept in the store with the index's `place`, so that what was cut off goes on with the next
    call. Raises LockHeldError, EngineError.
    """
    consumer = f"expunged:{place}"
    removed = store.forgotten.removed_after(store.feed.checkpoint(consumer))
    if removed:
        bring_up_to_date(indexer)
        indexer.expunge([story_id for story_id, _ in removed], progress)
        store.feed.advance(consumer, removed[-1][1])


def _wipe(store: Store) -> Iterator[str]:
    try:
        store.wipe()
    except StoreError as error:
        yield f"removed rows may be in the files of the database until it lets go of them by itself: {error}"


def _find(name: str, store: Store) -> Named:
    address = _canonical(name) if _ADDRESS.match(name) else None
    likely = _likely(address) if address else ""
    story_id = _story_at(address, likely, store) if address else name
    doomed = store.forgotten.find(story_id, canonical=_canonical) if story_id else None
    story = store.stories.get(story_id) if story_id and doomed else None
    is_known = doomed is not None or (address is not None and store.forgotten.has_seen(address))
    return Named(name, address, likely, story, doomed, is_known)


def _story_at(address: str, likely: str, store: Store) -> str | None:
    """The story that an address leads to, in the form that earlier rules gave it, too."""
    former = former_url(address)
    found = store.stories.find(address, likely)
    return found if found is not None or former is None else store.stories.find(former, _likely(former))


def _is_forgotten(found: Named, store: Store) -> bool:
    key = found.name if found.address is None else url_alias(found.address)
    return bool(store.forgotten.among([key]))


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
