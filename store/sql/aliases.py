"""Aliases of stories: the addresses and publishers' identifiers under which a story is found again.

An alias says what it proves: that the story's page was read at the address ("seen"), that a canonical link named it
("claimed"; "disputed" where different stories' pages do), or that an address is as good as the same ("like"; "bare"
where one has parameters more that may be tracking, "path" where it has any). Which evidence is needed beside is decided
in ingest/identity/resolution.py.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from net.urls import CANONICALISER_VERSION
from store.sql.dialects.expressions import IsOneOf, upsert
from store.sql.story_ids import follow
from store.sql.tables import aliases, distrusted_ids, former_addresses, publisher_ids, stories, urls

Kind = Literal["seen", "claimed", "disputed", "like", "bare", "path"]

_MOST_FORMER_OWNERS = 3
_MOST_HOLDERS = 16
"""So many stories with one identifier are looked at; one that more have is distrusted long before."""
# Statements that every page needs are put together once: that takes longer than SQLite takes to run them.
_LEADING = select(aliases, stories.c.merged_into).join(stories, stories.c.id == aliases.c.story_id)
_KNOWN = _LEADING.where(aliases.c.alias.in_(bindparam("keys", expanding=True)))
_MANY_KNOWN = _LEADING.where(IsOneOf(aliases.c.alias, bindparam("keys")))
_ADD = upsert(aliases).on_conflict_do_nothing()
_HOLDERS = (
    select(publisher_ids.c.feed, publisher_ids.c.story_id)
    .where(
        publisher_ids.c.source == bindparam("source"),
        publisher_ids.c.publisher_id == bindparam("publisher_id"),
    )
    .limit(_MOST_HOLDERS)
)
_MANY_HOLDERS = (
    select(publisher_ids, stories.c.merged_into)
    .join(stories, stories.c.id == publisher_ids.c.story_id)
    .where(publisher_ids.c.source == bindparam("source"), IsOneOf(publisher_ids.c.publisher_id, bindparam("ids")))
    .order_by(publisher_ids.c.publisher_id, publisher_ids.c.feed, publisher_ids.c.story_id)
)
_MANY_DISTRUSTED = select(distrusted_ids.c.publisher_id).where(
    distrusted_ids.c.source == bindparam("source"), IsOneOf(distrusted_ids.c.publisher_id, bindparam("ids"))
)
_ADD_PUBLISHER_ID = upsert(publisher_ids).on_conflict_do_nothing()
_DISTRUSTED = select(distrusted_ids.c.distrusted_at).where(
    distrusted_ids.c.source == bindparam("source"), distrusted_ids.c.publisher_id == bindparam("publisher_id")
)


class Alias(NamedTuple):
    """One alias with the story that answers for it; `page_id` and what is suspect are kept for addresses only.

    `canonicaliser` is the version of the rules by which its address was made canonical.
    """

    key: str
    kind: Kind
    story_id: str
    page_id: int | None
    suspect: str | None
    suspect_at: datetime | None
    canonicaliser: int


class Holder(NamedTuple):
    """A story that bears a publisher's identifier, and the feed that says so ("": its page, or an imported line)."""

    feed: str
    story_id: str


class PublisherId(NamedTuple):
    """An identifier that a publisher gave to a story, in the feed that says so."""

    source: str
    publisher_id: str
    feed: str
    story_id: str


def url_alias(url: str) -> str:
    """How a canonical URL stands in the table of aliases."""
    return f"url:{url}"


def likely_alias(key: str) -> str:
    """How what is equal for addresses that are probably one page (`net.urls.identity_key`) stands there."""
    return f"like:{key}"


def bare_alias(key: str) -> str:
    """How the identity key of an address without the parameters that may be tracking (`net.urls.bare_url`) does."""
    return f"bare:{key}"


def path_alias(key: str) -> str:
    """How an identity key without its query stands there."""
    return f"path:{key.partition('?')[0]}"


def find(connection: Connection, keys: Iterable[str]) -> dict[str, Alias]:
    """What is known of these aliases, by key."""
    return _by_key(connection, connection.execute(_KNOWN, {"keys": list(keys)}).all())


def find_many(connection: Connection, keys: Iterable[str]) -> dict[str, Alias]:
    """The same of however many, which hold no sign that JSON can't."""
    return _by_key(connection, connection.execute(_MANY_KNOWN, {"keys": json.dumps([*keys])}).all())


def _by_key(connection: Connection, leading: Iterable[Row[Any]]) -> dict[str, Alias]:
    found = {}
    for row in leading:
        story_id = row.story_id if row.merged_into is None else follow(connection, row.story_id)
        found[row.alias] = Alias(
            row.alias, row.kind, story_id, row.page_id, row.suspect, row.suspect_at, row.canonicaliser
        )
    return found


def add(connection: Connection, kinds: Mapping[str, Kind], story_id: str) -> None:
    """Let more aliases lead to a story; one that leads elsewhere stays as it is."""
    add_all(connection, new_aliases(kinds, story_id))


def new_aliases(kinds: Mapping[str, Kind], story_id: str) -> list[Alias]:
    """Aliases of a story as they are before they are asked for."""
    return [Alias(key, kind, story_id, None, None, None, CANONICALISER_VERSION) for key, kind in kinds.items()]


def add_all(connection: Connection, added: Iterable[Alias]) -> None:
    """Add aliases; those that lead elsewhere stay as they are."""
    values = [
        {
            "alias": one.key,
            "kind": one.kind,
            "story_id": one.story_id,
            "page_id": one.page_id,
            "canonicaliser": one.canonicaliser,
        }
        for one in added
    ]
    if values:
        connection.execute(_ADD, values)


def change(connection: Connection, key: str, **values: Any) -> None:
    """Change columns of one alias."""
    connection.execute(update(aliases).where(aliases.c.alias == key).values(**values))


def move_all(connection: Connection, from_id: str, to_id: str) -> None:
    """Let everything that leads to one story lead to another."""
    for table in (aliases, former_addresses, urls):
        connection.execute(update(table).where(table.c.story_id == from_id).values(story_id=to_id))
    moved = select(publisher_ids).where(publisher_ids.c.story_id == from_id)
    rows = [{**row._mapping, "story_id": to_id} for row in connection.execute(moved)]
    if rows:
        connection.execute(upsert(publisher_ids).on_conflict_do_nothing(), rows)
        connection.execute(delete(publisher_ids).where(publisher_ids.c.story_id == from_id))


def take_address(connection: Connection, url: str, story_id: str, at: datetime) -> None:
    """Let an address lead to the story that is published there now; the one of before is remembered."""
    known = find(connection, [url_alias(url)]).get(url_alias(url))
    if known is None:
        add(connection, {url_alias(url): "seen"}, story_id)
        return
    if known.kind == "seen" and known.story_id != story_id:
        add_former_owner(connection, url, known.story_id, at)
    nothing: dict[str, Any] = dict.fromkeys(("page_id", "suspect", "suspect_at"))
    change(connection, known.key, story_id=story_id, kind="seen", **nothing)


def add_former_owner(connection: Connection, url: str, story_id: str, at: datetime) -> None:
    """Remember that a story stood at an address, when last."""
    left = {"url": url, "left_at": at, "story_id": story_id}
    connection.execute(upsert(former_addresses).on_conflict_do_nothing(), left)


def former_owners(connection: Connection, url: str) -> list[str]:
    """The stories that stood at an address before, the latest first; a few of many."""
    query = select(former_addresses.c.story_id).where(former_addresses.c.url == url)
    newest = query.order_by(former_addresses.c.left_at.desc()).limit(_MOST_FORMER_OWNERS)
    return [follow(connection, story_id) for story_id in connection.execute(newest).scalars()]


def suspected_elsewhere(connection: Connection, digest: str, url: str) -> bool:
    """Whether the same reading was not believed at another address either."""
    query = select(aliases.c.alias).where(aliases.c.suspect == digest, aliases.c.alias != url_alias(url)).limit(1)
    return connection.execute(query).first() is not None


def holders(connection: Connection, source: str, publisher_id: str) -> list[Holder]:
    """The stories of a source that bear a publisher's identifier."""
    found = connection.execute(_HOLDERS, {"source": source, "publisher_id": publisher_id})
    return [Holder(row.feed, follow(connection, row.story_id)) for row in found]


def is_distrusted(connection: Connection, source: str, publisher_id: str) -> bool:
    """Whether an identifier was given to different stories of the source."""
    return connection.execute(_DISTRUSTED, {"source": source, "publisher_id": publisher_id}).first() is not None


def bearers(connection: Connection, source: str, ids: Iterable[str]) -> dict[str, list[Holder] | None]:
    """Who bears each of these identifiers of a source, in order; None where so many do that not all are told."""
    asked = {"source": source, "ids": json.dumps([*ids])}
    found: dict[str, list[Holder] | None] = {}
    for row in connection.execute(_MANY_HOLDERS, asked).all():
        holder = Holder(row.feed, row.story_id if row.merged_into is None else follow(connection, row.story_id))
        found[row.publisher_id] = with_holder(found.get(row.publisher_id, []), holder)
    return found


def with_holder(known: list[Holder] | None, holder: Holder) -> list[Holder] | None:
    """One more that bears an identifier; None where so many do that not all are told."""
    return None if known is None or len(known) >= _MOST_HOLDERS else sorted({*known, holder})


def distrusted_among(connection: Connection, source: str, ids: Iterable[str]) -> set[str]:
    """Which of these identifiers of a source were given to different stories."""
    return set(connection.execute(_MANY_DISTRUSTED, {"source": source, "ids": json.dumps([*ids])}).scalars())


def add_publisher_ids(connection: Connection, borne: Iterable[PublisherId]) -> None:
    """Remember that stories bear identifiers."""
    if rows := [one._asdict() for one in borne]:
        connection.execute(_ADD_PUBLISHER_ID, rows)


def distrust(connection: Connection, source: str, publisher_id: str, at: datetime) -> None:
    """Let an identifier prove nothing any more."""
    row = {"source": source, "publisher_id": publisher_id, "distrusted_at": at}
    connection.execute(upsert(distrusted_ids).on_conflict_do_nothing(), row)
    connection.execute(
        delete(publisher_ids).where(publisher_ids.c.source == source, publisher_ids.c.publisher_id == publisher_id)
    )


def distrusted_counts(connection: Connection) -> dict[str, int]:
    """How many identifiers of each source are distrusted."""
    query = select(distrusted_ids.c.source, func.count()).group_by(distrusted_ids.c.source)
    return dict(connection.execute(query).all())
