"""Renewal of aliases when the rules change by which addresses are made canonical.

The forms that the new rules give are added beside those that there are: links out there still have the old ones, and no
address becomes a second story because it is written in another way.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from net.urls import CANONICALISER_VERSION, canonical_url, identity_key
from store.sql.aliases import likely_alias, path_alias, url_alias
from store.sql.database import Database
from store.sql.tables import aliases, counters

_COUNTER = "canonicaliser"
_BATCH = 1000


def renew_aliases(
    database: Database,
    *,
    version: int = CANONICALISER_VERSION,
    canonical: Callable[[str], str] = canonical_url,
    likeness: Callable[[str], str] = identity_key,
) -> int:
    """Add today's forms of all addresses that were made canonical by earlier rules; returns the number of addresses.

    In short transactions; what is interrupted goes on with the next start. Quick where nothing has changed.
    """
    with database.read() as connection:
        reached = connection.execute(select(counters.c.value).where(counters.c.name == _COUNTER)).scalar() or 1
    if reached >= version:
        return 0
    renewed, last = 0, ""
    while True:
        old = select(aliases).where(aliases.c.alias > last, aliases.c.canonicaliser < version)
        with database.write() as connection:
            batch = connection.execute(old.order_by(aliases.c.alias).limit(_BATCH)).all()
            for row in batch:
                renewed += _renew(connection, row, version, canonical, likeness)
            if len(batch) < _BATCH:
                _remember(connection, version)
                return renewed
        last = batch[-1].alias


def _renew(
    connection: Connection,
    row: Row[Any],
    version: int,
    canonical: Callable[[str], str],
    likeness: Callable[[str], str],
) -> bool:
    is_address: bool = row.alias.startswith(url_alias(""))
    if is_address:
        url = row.alias.removeprefix(url_alias(""))
        key = likeness(url)
        kinds = {url_alias(canonical(url)): row.kind}
        if row.kind == "seen":
            kinds |= {likely_alias(key): "like", path_alias(key): "path"}
        added = [
            {"alias": alias, "kind": kind, "story_id": row.story_id, "canonicaliser": version}
            for alias, kind in kinds.items()
        ]
        connection.execute(upsert(aliases).on_conflict_do_nothing(), added)
    connection.execute(update(aliases).where(aliases.c.alias == row.alias).values(canonicaliser=version))
    return is_address


def _remember(connection: Connection, version: int) -> None:
    known = update(counters).where(counters.c.name == _COUNTER).values(value=version)
    if not connection.execute(known).rowcount:
        connection.execute(insert(counters).values(name=_COUNTER, value=version))
