"""Renewal of aliases and URL states when the rules change by which addresses are made canonical.

The forms that the new rules give are added beside those that there are: links out there still have the old ones, and no
address becomes a second story because it is written in another way. An alias keeps the version of the rules by which it
was made, so that an address which earlier rules folded into it can be told from one that today's rules do. The state of
a URL goes on under its new form, and its story is known there: it is the link that was fetched.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from net.urls import CANONICALISER_VERSION, canonical_url, identity_key
from store.sql.aliases import likely_alias, path_alias, url_alias
from store.sql.database import Database
from store.sql.dialects.expressions import upsert
from store.sql.tables import aliases, counters, urls

_COUNTER = "canonicaliser"
_BATCH = 1000
_BEHIND_ADDRESSES = url_alias("").replace(":", ";")  # the sign behind ":"


def renew_aliases(
    database: Database,
    *,
    version: int = CANONICALISER_VERSION,
    canonical: Callable[[str], str] = canonical_url,
    likeness: Callable[[str], str] = identity_key,
) -> int:
    """Add today's forms of all addresses that were made canonical by earlier rules; returns the number of addresses.

    In short transactions; what is interrupted is done again with the next start. Quick where nothing has changed.
    """
    with database.read() as connection:
        reached = connection.execute(select(counters.c.value).where(counters.c.name == _COUNTER)).scalar() or 1
    if reached >= version:
        return 0
    _renew_states(database, version, canonical, likeness)
    renewed, last = 0, url_alias("")
    old = select(aliases).where(aliases.c.alias < _BEHIND_ADDRESSES, aliases.c.canonicaliser < version)
    while True:
        part = old.where(aliases.c.alias > last)
        with database.change() as connection:
            batch = connection.execute(part.order_by(aliases.c.alias).limit(_BATCH)).all()
            added = [form for row in batch for form in _forms(row, version, canonical, likeness)]
            if added:
                connection.execute(upsert(aliases).on_conflict_do_nothing(), added)
            renewed += len(batch)
            if len(batch) < _BATCH:
                _remember(connection, version)
                return renewed
        last = batch[-1].alias


def _renew_states(
    database: Database, version: int, canonical: Callable[[str], str], likeness: Callable[[str], str]
) -> None:
    last = ""
    while True:
        part = select(urls.c.url, urls.c.link).where(urls.c.url > last, urls.c.link.is_not(None))
        with database.change() as connection:
            batch = connection.execute(part.order_by(urls.c.url).limit(_BATCH)).all()
            for row in batch:
                if (form := _canonical(json.loads(row.link)["url"], canonical)) not in (None, row.url):
                    _move_state(connection, row.url, str(form), version, likeness)
        if len(batch) < _BATCH:
            return
        last = batch[-1].url


def _move_state(connection: Connection, before: str, form: str, version: int, likeness: Callable[[str], str]) -> None:
    """Let a URL state go on under another form, where none does yet; what was read there leads to its story."""
    if connection.execute(select(urls.c.url).where(urls.c.url == form)).first() is not None:
        return
    connection.execute(update(urls).where(urls.c.url == before).values(url=form))
    read = select(aliases).where(aliases.c.alias == url_alias(before), aliases.c.kind == "seen")
    alias = connection.execute(read).first()
    if alias is not None:
        known = {"story_id": alias.story_id, "canonicaliser": version}
        seen = {**known, "alias": url_alias(form), "kind": "seen", "page_id": alias.page_id}
        connection.execute(upsert(aliases).on_conflict_do_nothing(), seen)
        like = {**known, "alias": likely_alias(likeness(form)), "kind": "like"}
        connection.execute(upsert(aliases).on_conflict_do_nothing(), like)


def _canonical(url: str, canonical: Callable[[str], str]) -> str | None:
    try:
        return canonical(url)
    except ValueError:
        return None


def _forms(
    row: Row[Any], version: int, canonical: Callable[[str], str], likeness: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    """The aliases that an address has by the new rules; what they refuse leads where it led by its old form alone."""
    url = row.alias.removeprefix(url_alias(""))
    try:
        kinds = {url_alias(canonical(url)): row.kind}
        if row.kind == "seen":
            key = likeness(url)
            kinds |= {likely_alias(key): "like", path_alias(key): "path"}
    except ValueError:
        return
    for alias, kind in kinds.items():
        if alias != row.alias:
            yield {"alias": alias, "kind": kind, "story_id": row.story_id, "canonicaliser": version}


def _remember(connection: Connection, version: int) -> None:
    known = update(counters).where(counters.c.name == _COUNTER).values(value=version)
    if not connection.execute(known).rowcount:
        connection.execute(insert(counters).values(name=_COUNTER, value=version))
