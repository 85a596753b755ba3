"""Splitting of one story into several: versions, addresses and crawl state go where they belong.

The old id keeps the first part with the numbers that its versions have: they may have been cited. Every other part is a
story with an id of its own whose versions count from 1, and `split_from` says where they stood.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update

from model.story import TRUSTED, Story
from model.versions import changed_fields
from net.urls import CANONICALISER_VERSION, bare_url, identity_key
from store.sql.aliases import bare_alias, distrust, likely_alias, path_alias, url_alias
from store.sql.database import Database
from store.sql.rows import free_id, is_taken, next_revision, touch
from store.sql.tables import aliases, publisher_ids, stories, urls, versions

_BATCH = 200


class KeptVersion(NamedTuple):
    """One version as it is kept: its number, what it says, where it was read and the page that is kept of it."""

    number: int
    story: Story
    address: str | None
    page_id: int | None


class Part(NamedTuple):
    """The versions that tell one story, by number, and the canonical addresses at which they were read."""

    versions: tuple[int, ...]
    addresses: frozenset[str]


class Splits:
    """Stories by all their versions, and what splits them; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def with_several_versions(self) -> Iterator[tuple[str, list[KeptVersion]]]:
        """The id and all versions of every story that has several, in short reads; of earlier layouts, too."""
        last = ""
        while True:
            several = (stories.c.version > 1, stories.c.id > last, stories.c.merged_into.is_(None))
            query = select(stories.c.id).where(*several).order_by(stories.c.id).limit(_BATCH)
            with self._database.read() as connection:
                ids = list(connection.execute(query).scalars())
                found = [(story_id, _kept_versions(connection, story_id)) for story_id in ids]
            yield from found
            if len(ids) < _BATCH:
                return
            last = ids[-1]

    def split(self, story_id: str, read: Sequence[KeptVersion], parts: Sequence[Part]) -> list[str]:
        """Give every part but the first an id of its own, in one transaction; returns these ids.

        Empty where the versions are not those that were `read` any more.
        """
        with self._database.change() as connection:
            if _kept_versions(connection, story_id) != list(read):
                return []
            return _split(connection, story_id, parts)


def _kept_versions(connection: Connection, story_id: str) -> list[KeptVersion]:
    query = select(versions.c.version, versions.c.reading, versions.c.address, versions.c.page_id)
    found = connection.execute(query.where(versions.c.story_id == story_id).order_by(versions.c.version)).all()
    told = [(row, _story(row.reading)) for row in found]
    return [KeptVersion(row.version, story, row.address or story.url, row.page_id) for row, story in told]


def _split(connection: Connection, story_id: str, parts: Sequence[Part]) -> list[str]:
    """Give every part but the first an id of its own; returns these ids."""
    kept, *others = parts
    old = connection.execute(select(stories).where(stories.c.id == story_id)).one()
    made = []
    for part in others:
        rows = [_version(connection, story_id, number) for number in part.versions]
        new_id = _insert(connection, old, rows, part)
        _move_versions(connection, story_id, new_id, rows)
        _move_addresses(connection, new_id, part.addresses - kept.addresses)
        made.append(new_id)
    rows = [_version(connection, story_id, number) for number in kept.versions]
    _say_what_changed(connection, story_id, rows)
    _distrust(connection, story_id, rows)
    touch(connection, story_id, version=max(kept.versions))
    return made


def _version(connection: Connection, story_id: str, number: int) -> Row[Any]:
    place = versions.c.story_id == story_id, versions.c.version == number
    return connection.execute(select(versions).where(*place)).one()


def _story(reading: str) -> Story:
    return Story.model_validate(json.loads(reading), context=TRUSTED)


def _insert(connection: Connection, old: Row[Any], rows: Sequence[Row[Any]], part: Part) -> str:
    newest = _story(rows[-1].reading)
    at_home = newest.model_copy(update={"url": rows[0].address or newest.url})
    new_id = free_id(at_home, rows[0].address, partial(is_taken, connection))
    values = {
        "id": new_id,
        "source": old.source,
        "version": len(rows),
        "status": old.status if old.version in part.versions else "live",
        "first_seen_at": _first_seen_at(rows),
        "revision": next_revision(connection),
        "split_from": old.id,
    }
    if values["status"] == old.status:
        values |= {"status_at": old.status_at, "withdrawals": old.withdrawals}
    connection.execute(insert(stories).values(**values))
    return new_id


def _move_versions(connection: Connection, story_id: str, new_id: str, rows: Sequence[Row[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        place = versions.c.story_id == story_id, versions.c.version == row.version
        moved = {"story_id": new_id, "version": number, "first_seen_at": _first_seen_at(rows)}
        connection.execute(update(versions).where(*place).values(**moved))
    all_moved = select(versions).where(versions.c.story_id == new_id).order_by(versions.c.version)
    _say_what_changed(connection, new_id, connection.execute(all_moved).all())


def _first_seen_at(rows: Sequence[Row[Any]]) -> datetime:
    first: datetime = min(row.seen_at for row in rows)
    return first


def _say_what_changed(connection: Connection, story_id: str, rows: Sequence[Row[Any]]) -> None:
    """Compare each version with the one that is before it now."""
    before: Story | None = None
    for row in rows:
        story = _story(row.reading)
        changed = changed_fields(before, story) if before is not None else ()
        place = versions.c.story_id == story_id, versions.c.version == row.version
        connection.execute(update(versions).where(*place).values(changed=json.dumps(changed)))
        before = story


def _move_addresses(connection: Connection, new_id: str, addresses: frozenset[str]) -> None:
    """Let addresses lead to the story that was read there, and let what was remembered of looks there stay."""
    for address in addresses:
        connection.execute(update(urls).where(urls.c.url == address).values(story_id=new_id))
        key = identity_key(address)
        bare = bare_alias(identity_key(bare_url(address)))
        for alias in (url_alias(address), likely_alias(key), path_alias(key), bare):
            connection.execute(update(aliases).where(aliases.c.alias == alias).values(story_id=new_id))
        if connection.execute(select(aliases.c.alias).where(aliases.c.alias == url_alias(address))).first() is None:
            values = {"alias": url_alias(address), "story_id": new_id, "canonicaliser": CANONICALISER_VERSION}
            connection.execute(insert(aliases).values(**values))


def _distrust(connection: Connection, story_id: str, rows: Sequence[Row[Any]]) -> None:
    """What led to the mistake proves nothing any more."""
    borne = select(publisher_ids).where(publisher_ids.c.story_id == story_id)
    for row in connection.execute(borne).all():
        distrust(connection, row.source, row.publisher_id, rows[-1].seen_at)
    connection.execute(delete(publisher_ids).where(publisher_ids.c.story_id == story_id))
