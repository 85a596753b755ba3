"""Audit of a store: whether what is in it holds together.

What SQLite's own check can't see: that every story has its current version, every version its page, every page its
bytes, and that the bytes are those that were fetched.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Select, exists, func, select, tuple_

from model.errors import DamagedBlobError
from store.blobs.claims import OUTSIDE
from store.blobs.outside_blobs import OutsideBlobs
from store.blobs.packing import unpack
from store.sql.database import Database
from store.sql.rows import joined, stored
from store.sql.tables import bodies, copy_groups, counters, pages, removals, stories, urls, versions

_BATCH = 500
_SIDE_BY_SIDE = 16


def audit(stories_database: Database, pages_database: Database, outside: OutsideBlobs) -> Iterator[str]:
    """What does not hold together, one sentence each; reads everything, in short transactions."""
    for database in (stories_database, pages_database):
        yield from _foreign_keys(database)
    yield from _counted(stories_database, _without_version(), "stories have no current version")
    yield from _counted(stories_database, _urls_without_story(), "URLs lead to stories that there are not")
    yield from _revisions(stories_database)
    yield from _unreadable(stories_database)
    yield from _missing_pages(stories_database, pages_database)
    yield from _altered_bodies(pages_database, outside)


def _foreign_keys(database: Database) -> Iterator[str]:
    for table, count in database.dangling().items():
        yield f"{database.name}: {count} rows of {table} point to rows that there are not"


def _counted(database: Database, query: Select[Any], what: str) -> Iterator[str]:
    with database.read() as connection:
        count = connection.execute(query).scalar() or 0
    if count:
        yield f"{database.name}: {count} {what}"


def _without_version() -> Select[Any]:
    current = exists().where(versions.c.story_id == stories.c.id, versions.c.version == stories.c.version)
    return select(func.count()).select_from(stories).where(~current)


def _urls_without_story() -> Select[Any]:
    known = exists().where(stories.c.id == urls.c.story_id)
    return select(func.count()).select_from(urls).where(urls.c.story_id.is_not(None), ~known)


def _revisions(database: Database) -> Iterator[str]:
    counted = select(counters.c.value).where(counters.c.name == "revision")
    with database.read() as connection:
        counter = connection.execute(counted).scalar()
        columns = stories.c.revision, copy_groups.c.position, removals.c.revision
        newest = max(connection.execute(select(func.max(column))).scalar() or 0 for column in columns)
    if counter is None or counter < newest:
        yield f"{database.name}: the counter of changes stands at {counter}, the newest change is {newest}"


def _unreadable(database: Database) -> Iterator[str]:
    """Versions that can't be read as stories."""
    last: tuple[str, int] = ("", 0)
    while True:
        after = tuple_(versions.c.story_id, versions.c.version) > last
        query = joined().where(after).order_by(versions.c.story_id, versions.c.version).limit(_BATCH)
        with database.read() as connection:
            batch = connection.execute(query).all()
        if not batch:
            return
        for row in batch:
            try:
                stored(row)
            except (ValueError, TypeError) as error:
                reason = str(error).splitlines()[0]
                yield f"{database.name}: version {row.version} of story {row.id} can't be read: {reason}"
        last = (batch[-1].id, batch[-1].version)


def _missing_pages(stories_database: Database, pages_database: Database) -> Iterator[str]:
    """Versions whose page is gone; a page that is pruned while we look is forgotten by its version first."""
    last, missing = 0, 0
    while True:
        query = select(versions.c.page_id).where(versions.c.page_id > last).order_by(versions.c.page_id).limit(_BATCH)
        with stories_database.read() as connection:
            wanted = list(connection.execute(query).scalars())
        if not wanted:
            break
        with pages_database.read() as connection:
            found = set(connection.execute(select(pages.c.id).where(pages.c.id.in_(wanted))).scalars())
        gone = [number for number in wanted if number not in found]
        if gone:
            with stories_database.read() as connection:
                still = select(func.count()).select_from(versions).where(versions.c.page_id.in_(gone))
                missing += connection.execute(still).scalar() or 0
        last = wanted[-1]
    if missing:
        yield f"{pages_database.name}: the pages of {missing} versions are missing"


def _altered_bodies(database: Database, outside: OutsideBlobs) -> Iterator[str]:
    last, altered, missing = b"", 0, 0
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        while True:
            query = select(bodies).where(bodies.c.digest > last).order_by(bodies.c.digest).limit(_BATCH)
            with database.read() as connection:
                batch = connection.execute(query).all()
            if not batch:
                break
            altered += sum(_is_altered(row.digest, row.content) for row in batch if row.content != OUTSIDE)
            elsewhere = [row.digest for row in batch if row.content == OUTSIDE]
            found = Counter(threads.map(lambda digest: _outside(database, outside, digest), elsewhere))
            altered += found["altered"]
            missing += found["missing"]
            last = batch[-1].digest
    if altered:
        yield f"{database.name}: the bytes of {altered} pages are not those that were fetched"
    if missing:
        yield f"{database.name}: the bytes of {missing} pages are missing from where they are kept"


def _is_altered(digest: bytes, content: bytes) -> bool:
    try:
        unpack(digest, content)
    except DamagedBlobError:
        return True
    return False


def _outside(database: Database, outside: OutsideBlobs, digest: bytes) -> str:
    """What is wrong with bytes that are kept outside: "altered", "missing" or nothing; reads them."""
    try:
        if outside.get(digest) is not None:
            return ""
    except DamagedBlobError:
        return "altered"
    named = select(func.length(bodies.c.content)).where(bodies.c.digest == digest)
    with database.read() as connection:  # dropped or moved meanwhile?
        return "missing" if connection.execute(named).scalar() == 0 else ""
