"""Near-duplicate groups in the database: what index/duplicates reads and writes, one transaction a step.

The groups, the texts by which they were decided, the keys under which texts find each other, and the checkpoint of the
consumer that decides them change together. What keys, places and digests stand for is the business of
index/duplicates; here they are numbers and bytes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, bindparam, delete, not_, select, text

from store.base import Lease
from store.sql.change_feed import advance, checkpoint
from store.sql.database import Database
from store.sql.dialects import text_keys
from store.sql.dialects.expressions import IsOneOf, upsert
from store.sql.dialects.text_keys import LAST_PLACE
from store.sql.leases import require
from store.sql.rows import OF_STORY, next_revision, revision
from store.sql.tables import copy_groups, copy_texts, counters, stories, versions

if TYPE_CHECKING:
    from store.sql.dialects.text_keys import Rows

CONSUMER = "duplicates"

_TEXTS = (
    select(
        stories.c.id,
        stories.c.first_seen_at,
        copy_groups.c.name,
        stories.c.revision,
        stories.c.merged_into,
        versions.c.reading,
    )
    .join(versions, OF_STORY & (versions.c.version == stories.c.version))
    .join(copy_groups, copy_groups.c.story_id == stories.c.id, isouter=True)
)
_BETWEEN = (
    _TEXTS.where(stories.c.revision > bindparam("after"), stories.c.revision <= bindparam("upto"))
    .order_by(stories.c.revision)
    .limit(bindparam("most"))
)
_BY_ID = _TEXTS.where(IsOneOf(stories.c.id, bindparam("ids")))
_IS_WAITING = text("SELECT EXISTS (SELECT 1 FROM stories WHERE revision > :after)")
_LEFT = (
    "FROM removals WHERE revision > :after AND (EXISTS (SELECT 1 FROM copy_texts WHERE story_id = removals.story_id)"
    " OR EXISTS (SELECT 1 FROM copy_groups WHERE story_id = removals.story_id))"
)
_IS_LEFT = text(f"SELECT EXISTS (SELECT 1 {_LEFT})")
_REMOVED = text(f"SELECT story_id {_LEFT} ORDER BY revision LIMIT :most")

# A story that is gone stays in its group until the feed tells of it: it is no member any more.
_MEMBERS = (
    select(copy_groups.c.story_id, copy_groups.c.first_seen_at, copy_groups.c.name)
    .join(stories, stories.c.id == copy_groups.c.story_id)
    .where(copy_groups.c.name == bindparam("name"))
    .limit(bindparam("most"))
)
_GROUPS_OF = select(copy_groups.c.name).where(IsOneOf(copy_groups.c.story_id, bindparam("ids")))
_IS_TAKEN = (
    select(copy_groups.c.name)
    .where(copy_groups.c.name == bindparam("name"), not_(IsOneOf(copy_groups.c.story_id, bindparam("but"))))
    .limit(1)
)
_SET_GROUP = upsert(copy_groups)
_SET_GROUP = _SET_GROUP.on_conflict_do_update(
    index_elements=["story_id"], set_={"name": _SET_GROUP.excluded.name, "position": _SET_GROUP.excluded.position}
)
_DROP_GROUPS = delete(copy_groups).where(IsOneOf(copy_groups.c.story_id, bindparam("ids")))

_KNOWN = select(copy_texts).where(IsOneOf(copy_texts.c.story_id, bindparam("ids")))
_NEIGHBOURS = (
    select(
        copy_texts.c.number,
        stories.c.id,
        copy_texts.c.place,
        copy_texts.c.traits,
        copy_groups.c.name,
        stories.c.first_seen_at,
    )
    .join(stories, stories.c.id == copy_texts.c.story_id)
    .join(copy_groups, copy_groups.c.story_id == stories.c.id, isouter=True)
    .where(IsOneOf(copy_texts.c.number, bindparam("numbers")))
)
_DROP_TEXTS = delete(copy_texts).where(IsOneOf(copy_texts.c.story_id, bindparam("ids")))
_KEEP_TEXT = upsert(copy_texts)
_KEEP_TEXT = _KEEP_TEXT.on_conflict_do_update(
    index_elements=["story_id"], set_={column.name: _KEEP_TEXT.excluded[column.name] for column in copy_texts.columns}
)


class StoryText(NamedTuple):
    """A story as it is grouped: its group, its position in the feed, and its current reading as JSON."""

    id: str
    first_seen_at: datetime
    group: str | None
    position: int
    merged_into: str | None
    reading: str


class Member(NamedTuple):
    """A story that may belong to a group, and the group that it is in now."""

    id: str
    first_seen_at: datetime
    group: str | None


class TextRow(NamedTuple):
    """A row of `copy_texts`."""

    number: int
    story_id: str
    digest: int
    place: int
    keys: bytes
    traits: bytes


class NeighbourRow(NamedTuple):
    """A text with its story's group."""

    number: int
    story_id: str
    place: int
    traits: bytes
    group: str | None
    first_seen_at: datetime


class Duplicates:
    """Groups of near-identical stories; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["DuplicatesReads"]:
        """One consistent state."""
        with self._database.read() as connection:
            yield DuplicatesReads(connection)

    @contextmanager
    def writing(self, *, under: Lease | None = None) -> Iterator["DuplicatesWrites"]:
        """One step: groups, texts and the checkpoint are kept at the end of the block, or nothing on an exception.

        Raises LeaseLostError where the lease that covers it is held no more.
        """
        with self._database.change() as connection:
            require(connection, under)
            yield DuplicatesWrites(connection)


class DuplicatesReads:
    """What is known of texts and groups, in one state of the store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # The feed ------------------------------------------------------------------------------------------------

    def position(self) -> int:
        """The newest position of the change feed."""
        return revision(self._connection)

    def checkpoint(self) -> int:
        """The position up to which changes of stories have been dealt with."""
        return checkpoint(self._connection, CONSUMER)

    def is_behind(self, after: int) -> bool:
        """Whether a story has changed after a position, or one that was removed then has left anything here."""
        asked = {"after": after}
        return any(self._connection.execute(query, asked).scalar() for query in (_IS_WAITING, _IS_LEFT))

    def changed(self, after: int, upto: int, most: int) -> list[StoryText]:
        """The next stories that have changed after a position, in the order of their changes."""
        asked = {"after": after, "upto": upto, "most": most}
        return [StoryText(*row) for row in self._connection.execute(_BETWEEN, asked).all()]

    def removed(self, after: int, most: int) -> list[str]:
        """The next stories that were removed after a position and have left anything here."""
        return list(self._connection.execute(_REMOVED, {"after": after, "most": most}).scalars())

    def counters(self, names: Sequence[str]) -> dict[str, int]:
        """Named numbers; those that were never set are left out."""
        wanted = select(counters.c.name, counters.c.value).where(counters.c.name.in_(names))
        return dict(self._connection.execute(wanted).all())

    # Groups --------------------------------------------------------------------------------------------------

    def texts(self, ids: Iterable[str]) -> list[StoryText]:
        """Stories by id, in any order; those that are gone are left out."""
        return [StoryText(*row) for row in self._connection.execute(_BY_ID, {"ids": json.dumps([*ids])}).all()]

    def members(self, group: str, most: int | None = None) -> list[Member]:
        """The stories of a group."""
        asked = {"name": group, "most": LAST_PLACE if most is None else most}
        return [Member(*row) for row in self._connection.execute(_MEMBERS, asked).all()]

    def groups_of(self, ids: Iterable[str]) -> set[str]:
        """The groups that stories are in, those that are gone included."""
        return set(self._connection.execute(_GROUPS_OF, {"ids": json.dumps([*ids])}).scalars()) - {None}

    def is_taken(self, name: str, but: Iterable[str]) -> bool:
        """Whether other stories than these are in a group of that name."""
        return self._connection.execute(_IS_TAKEN, {"name": name, "but": json.dumps([*but])}).first() is not None

    # Texts and their keys ------------------------------------------------------------------------------------

    def known_texts(self, ids: Iterable[str]) -> list[TextRow]:
        """The texts by which stories were grouped; those of which none is kept are left out."""
        return [TextRow(*row) for row in self._connection.execute(_KNOWN, {"ids": json.dumps([*ids])}).all()]

    def highest_number(self) -> int:
        """The highest number of a text; 0 where there is none."""
        return int(self._connection.execute(text("SELECT coalesce(max(number), 0) FROM copy_texts")).scalar_one())

    def neighbours(self, numbers: Iterable[int]) -> list[NeighbourRow]:
        """Texts by number, with the groups of their stories; those of stories that are gone are left out."""
        found = self._connection.execute(_NEIGHBOURS, {"numbers": json.dumps([*numbers])})
        return [NeighbourRow(*row) for row in found.all()]

    def near(self, asked: "Rows", nearest: int) -> "Rows":
        """For each row of key, place, number and weight: rows of number, weight and the place of another such text.

        The `nearest` places before and after, whatever their number.
        """
        return text_keys.near(self._connection, asked, nearest)


class DuplicatesWrites(DuplicatesReads):
    """The same, and changes that are committed together."""

    def advance(self, position: int) -> None:
        """Move the checkpoint on."""
        advance(self._connection, CONSUMER, position)

    def set_counters(self, values: Mapping[str, int]) -> None:
        """Keep named numbers."""
        replaced = upsert(counters)
        replaced = replaced.on_conflict_do_update(index_elements=["name"], set_={"value": replaced.excluded.value})
        self._connection.execute(replaced, [{"name": name, "value": value} for name, value in values.items()])

    def drop_counters(self, names: Sequence[str]) -> None:
        """Forget named numbers."""
        self._connection.execute(delete(counters).where(counters.c.name.in_(names)))

    def set_group(self, member: Member, name: str | None) -> None:
        """Put a story into a group, or into none: a change at a position of its own, its row stays as it is."""
        row = {"story_id": member.id, "name": name, "first_seen_at": member.first_seen_at}
        self._connection.execute(_SET_GROUP, {**row, "position": next_revision(self._connection)})

    def drop_groups(self, ids: Iterable[str]) -> None:
        """Forget the groups of stories that are gone."""
        self._connection.execute(_DROP_GROUPS, {"ids": json.dumps([*ids])})

    def keep_texts(self, texts: Sequence[TextRow]) -> None:
        """Keep texts, each in the place of the earlier one of its story."""
        if texts:
            self._connection.execute(_KEEP_TEXT, [row._asdict() for row in texts])

    def drop_texts(self, ids: Iterable[str]) -> None:
        """Forget the texts of stories."""
        self._connection.execute(_DROP_TEXTS, {"ids": json.dumps([*ids])})

    def add_keys(self, pairs: "Rows") -> None:
        """Let texts be found: rows of key and place."""
        if len(pairs):
            text_keys.add_keys(self._connection, pairs)

    def drop_keys(self, pairs: "Rows") -> None:
        """Let texts be found no more: rows of key and place."""
        if len(pairs):
            text_keys.drop_keys(self._connection, pairs)
