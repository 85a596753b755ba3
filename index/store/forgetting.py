"""How is a story removed for good, and kept from coming in again?

The rows and pages go (SQLite overwrites what it deletes, see database.py); what stays is a revision at which the index
takes the story out, and the SHA-256 of every address and id that the story had.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from index.store.copies import leave_groups
from index.store.database import Database
from index.store.identity import follow, likely_alias, url_alias
from index.store.pages import PageArchive
from index.store.rows import next_revision
from index.store.tables import aliases, forgotten, removals, stories, urls, versions

_MOST_VARIABLES = 500
_AMONG = select(forgotten.c.digest).where(forgotten.c.digest.in_(bindparam("digests", expanding=True)))


class Forgot(NamedTuple):
    """What was removed: ids (merged stories have several), and the numbers of versions and pages."""

    ids: tuple[str, ...]
    versions: int
    pages: int


class Doomed(NamedTuple):
    """What would be removed: ids (merged stories have several), the number of versions, and the numbers of pages."""

    ids: tuple[str, ...]
    versions: int
    page_ids: frozenset[int]


class Forgotten:
    """Stories that were removed on request; safe to use from several threads and processes."""

    def __init__(self, database: Database, pages: PageArchive) -> None:
        self._database = database
        self._pages = pages

    def find(self, story_id: str, *, canonical: Callable[[str], str]) -> Doomed | None:
        """What would be removed with a story; None where there is none of that id.

        `canonical` gives the canonical form of an address, by which pages of the archive are known.
        """
        with self._database.read() as connection:
            ids = _all_ids(connection, follow(connection, story_id))
            addresses = _addresses(connection, ids)
            page_ids = _page_ids(connection, ids)
            count = len(connection.execute(select(versions.c.version).where(versions.c.story_id.in_(ids))).all())
        if not ids:
            return None
        found = self._pages.fetched_from(lambda url: canonical(url) in addresses)
        return Doomed(tuple(ids), count, frozenset(page_ids | found))

    def remove(self, doomed: Doomed, *, now: datetime) -> Forgot:
        """Remove what was found, with all addresses and crawl state."""
        # The pages go first: a crash in between leaves a story that can be forgotten again.
        self._pages.drop_all(doomed.page_ids)
        with self._database.write() as connection:
            self._remove(connection, list(doomed.ids), now)
        return Forgot(doomed.ids, doomed.versions, len(doomed.page_ids))

    def forget(self, story_id: str, *, now: datetime, canonical: Callable[[str], str]) -> Forgot | None:
        """Find and remove in one step; None where there is no story of that id."""
        doomed = self.find(story_id, canonical=canonical)
        return None if doomed is None else self.remove(doomed, now=now)

    def has_seen(self, url: str) -> bool:
        """Whether a canonical URL was ever looked at, whatever came of it."""
        with self._database.read() as connection:
            return connection.execute(select(urls.c.url).where(urls.c.url == url)).first() is not None

    def refuse(self, url: str, now: datetime, *, likely: str) -> None:
        """Keep a canonical URL, and all that have `likely` in common with it, from ever coming in, known or not."""
        with self._database.write() as connection:
            _remember(connection, [url_alias(url), likely_alias(likely)], now)
            connection.execute(delete(urls).where(urls.c.url == url))

    def among(self, keys: Iterable[str]) -> set[str]:
        """Which of these aliases (index/store/identity.py) and ids must not come in."""
        with self._database.read() as connection:
            return forgotten_among(connection, keys)

    def _remove(self, connection: Connection, ids: list[str], now: datetime) -> None:
        known = connection.execute(select(aliases.c.alias).where(aliases.c.story_id.in_(ids))).scalars().all()
        _remember(connection, [*known, *ids], now)
        connection.execute(delete(urls).where(or_(urls.c.story_id.in_(ids), urls.c.url.in_(_urls_of(known)))))
        connection.execute(delete(aliases).where(aliases.c.story_id.in_(ids)))
        connection.execute(delete(versions).where(versions.c.story_id.in_(ids)))
        connection.execute(update(stories).where(stories.c.id.in_(ids)).values(merged_into=None))
        leave_groups(connection, ids)
        connection.execute(delete(stories).where(stories.c.id.in_(ids)))
        for story_id in ids:
            connection.execute(insert(removals).values(story_id=story_id, revision=next_revision(connection)))


def forgotten_among(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of these aliases and ids must not come in."""
    wanted = {_digest(key): key for key in keys}
    digests = list(wanted)
    found: set[str] = set()
    for start in range(0, len(digests), _MOST_VARIABLES):
        part = {"digests": digests[start : start + _MOST_VARIABLES]}
        found.update(wanted[digest] for (digest,) in connection.execute(_AMONG, part))
    return found


def _all_ids(connection: Connection, story_id: str) -> list[str]:
    """A story and all that were merged into it, however indirectly."""
    found = list(connection.execute(select(stories.c.id).where(stories.c.id == story_id)).scalars())
    fresh = found
    while fresh:
        fresh = list(connection.execute(select(stories.c.id).where(stories.c.merged_into.in_(fresh))).scalars())
        fresh = [twin for twin in fresh if twin not in found]
        found = [*found, *fresh]
    return found


def _addresses(connection: Connection, ids: list[str]) -> set[str]:
    known = connection.execute(select(aliases.c.alias).where(aliases.c.story_id.in_(ids))).scalars()
    visited = connection.execute(select(urls.c.url).where(urls.c.story_id.in_(ids))).scalars()
    return {*_urls_of(known), *visited}


def _urls_of(keys: Iterable[str]) -> list[str]:
    prefix = url_alias("")
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


def _page_ids(connection: Connection, ids: list[str]) -> set[int]:
    read = connection.execute(select(versions.c.page_id).where(versions.c.story_id.in_(ids))).scalars()
    compared = connection.execute(select(urls.c.page_id).where(urls.c.story_id.in_(ids))).scalars()
    return {page_id for page_id in (*read, *compared) if page_id is not None}


def _remember(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    rows = [{"digest": _digest(key), "forgotten_at": now} for key in keys]
    if rows:
        connection.execute(upsert(forgotten).on_conflict_do_nothing(), rows)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
