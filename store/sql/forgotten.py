"""Stories removed for good, and kept from coming in again.

The rows and pages go (SQLite overwrites what it deletes, PostgreSQL is told to let go of it: `Database.wipe`); what
stays is a position at which those who follow the change feed take the story out, and the SHA-256 of what it would be
known by: its addresses and id, and together with each of its headlines the addresses that it claimed, its address
without parameters and its publisher's identifiers. Those prove nothing by themselves: an identifier that a publisher
gives to all stories must not keep all of them out.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from model.fields import HEADLINE
from model.story import Story
from net.former_rules import former_url
from net.urls import identity_key
from store.blobs.page_archive import PageArchive
from store.sql.aliases import likely_alias, path_alias, url_alias
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.rows import next_revision
from store.sql.story_ids import follow
from store.sql.tables import aliases, forgotten, former_addresses, publisher_ids, removals, stories, urls, versions
from text.kept_words import kept_words

HOLDING = (aliases, former_addresses, publisher_ids, stories, urls, versions)
"""The tables that hold anything of a story, beside its pages."""
_MOST_VARIABLES = 500
_ANY = select(forgotten.c.digest).limit(1)
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
        with self._database.change() as connection:
            self._remove(connection, list(doomed.ids), now)
        return Forgot(doomed.ids, doomed.versions, len(doomed.page_ids))

    def has_seen(self, url: str) -> bool:
        """Whether a canonical URL was ever looked at, whatever came of it."""
        with self._database.read() as connection:
            return connection.execute(select(urls.c.url).where(urls.c.url == url)).first() is not None

    def refuse(self, url: str, now: datetime, *, likely: str) -> None:
        """Keep a canonical URL, and all that have `likely` in common with it, from ever coming in, known or not."""
        with self._database.write() as connection:
            _remember(connection, [url_alias(url), likely_alias(likely), _claim(url)], now)
            connection.execute(delete(urls).where(urls.c.url == url))

    def among(self, keys: Iterable[str]) -> set[str]:
        """Which of these (`forgotten_keys`) must not come in."""
        with self._database.read() as connection:
            return forgotten_among(connection, keys)

    def removals(self, since: datetime, limit: int) -> list[tuple[str, datetime]]:
        """Stories that were forgotten since an instant, by id, and when; the last one first."""
        newest = select(removals.c.story_id).order_by(removals.c.revision.desc()).limit(limit)
        with self._database.read() as connection:
            ids = list(connection.execute(newest).scalars())
            digests = {_digest(story_id): story_id for story_id in ids}
            of_ids = forgotten.c.digest.in_(list(digests)), forgotten.c.forgotten_at >= since
            found = connection.execute(select(forgotten).where(*of_ids)).all()
        when = {digests[row.digest]: row.forgotten_at for row in found}
        return [(story_id, when[story_id]) for story_id in ids if story_id in when]

    def removed_after(self, position: int) -> list[tuple[str, int]]:
        """Stories that were forgotten since a position of the change feed, each with its own, in order."""
        newer = select(removals.c.story_id, removals.c.revision).where(removals.c.revision > position)
        with self._database.read() as connection:
            return [(row.story_id, row.revision) for row in connection.execute(newer.order_by(removals.c.revision))]

    def _remove(self, connection: Connection, ids: list[str], now: datetime) -> None:
        # Whoever saves a URL of them meanwhile is waited for here, and finds afterwards that they are gone.
        connection.execute(select(stories.c.id).where(stories.c.id.in_(ids)).order_by(stories.c.id).with_for_update())
        seen = _addresses(connection, ids)
        _remember(connection, [*_keys(connection, ids), *ids], now)
        connection.execute(delete(urls).where(or_(urls.c.story_id.in_(ids), urls.c.url.in_(seen))))
        for table in (aliases, publisher_ids, former_addresses, versions):
            connection.execute(delete(table).where(table.c.story_id.in_(ids)))
        connection.execute(update(stories).where(stories.c.id.in_(ids)).values(merged_into=None))
        connection.execute(delete(stories).where(stories.c.id.in_(ids)))
        for story_id in ids:
            connection.execute(insert(removals).values(story_id=story_id, revision=next_revision(connection)))


def forgotten_addresses(url: str) -> list[str]:
    """What a canonical address alone is asked for by: in the forms of today's rules and of earlier ones."""
    return [key for form in _forms(url) for key in (url_alias(form), likely_alias(identity_key(form)))]


def forgotten_keys(story: Story, urls: Iterable[str], story_id: str | None = None) -> list[str]:
    """What a story that comes in is asked for by; `urls` are its canonical addresses."""
    urls = list(urls)
    keys = [key for url in urls for key in forgotten_addresses(url)]
    told = [*keys, *(path_alias(identity_key(form)) for url in urls for form in _forms(url))]
    if story.url:
        keys += map(_claim, _forms(story.url))
        told += map(url_alias, _forms(story.url))
    if story.publisher_id:
        told.append(_publisher_key(story.source, story.publisher_id))
    if story_id:
        keys.append(story_id)
    return list(dict.fromkeys([*keys, *_with_headline(told, story.headline)]))


def _keys(connection: Connection, ids: list[str]) -> list[str]:
    """What keeps the stories of these ids out: see the docstring of this module."""
    known = connection.execute(select(aliases.c.alias, aliases.c.kind).where(aliases.c.story_id.in_(ids))).all()
    keys = [row.alias for row in known if row.kind in ("seen", "like")]
    borne = connection.execute(select(publisher_ids).where(publisher_ids.c.story_id.in_(ids))).all()
    told = [row.alias for row in known] + [_publisher_key(row.source, row.publisher_id) for row in borne]
    readings = connection.execute(select(versions.c.reading).where(versions.c.story_id.in_(ids))).scalars()
    headlines = {str(json.loads(reading)[HEADLINE.attribute]) for reading in readings}
    return [*keys, *(key for headline in headlines for key in _with_headline(told, headline))]


def _forms(url: str) -> list[str]:
    former = former_url(url)
    return [url] if former is None else [url, former]


def _claim(url: str) -> str:
    """The key of pages whose canonical link names an address."""
    return f"claim:{url}"


def _publisher_key(source: str, publisher_id: str) -> str:
    return f"pub:{source}:{publisher_id}"


def _with_headline(keys: Iterable[str], headline: str) -> list[str]:
    words = " ".join(kept_words(headline))
    return [f"headline:{words}|{key}" for key in keys]


def has_forgotten(connection: Connection) -> bool:
    """Whether anything must not come in."""
    return connection.execute(_ANY).first() is not None


def forgotten_among(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of these keys must not come in."""
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
    """The addresses at which pages of these stories were read."""
    seen = select(aliases.c.alias).where(aliases.c.story_id.in_(ids), aliases.c.kind == "seen")
    visited = connection.execute(select(urls.c.url).where(urls.c.story_id.in_(ids))).scalars()
    return {*_urls_of(connection.execute(seen).scalars()), *visited}


def _urls_of(keys: Iterable[str]) -> list[str]:
    prefix = url_alias("")
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


def _page_ids(connection: Connection, ids: list[str]) -> set[int]:
    read = connection.execute(select(versions.c.page_id).where(versions.c.story_id.in_(ids))).scalars()
    compared = connection.execute(select(aliases.c.page_id).where(aliases.c.story_id.in_(ids))).scalars()
    return {page_id for page_id in (*read, *compared) if page_id is not None}


def _remember(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    rows = [{"digest": _digest(key), "forgotten_at": now} for key in keys]
    if rows:
        connection.execute(upsert(forgotten).on_conflict_do_nothing(), rows)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
