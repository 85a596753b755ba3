"""Which stories are near-identical copies of one another?

Stories that are copies (index/copies.py) form a group, and so do copies of copies: the groups are the same in whatever
order the stories came. A group is named by the story of it that was seen first. Groups are decided after each change
of a story, before the index is fed; a story whose group changes is itself a changed one.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, insert, select, text, update

from index.copies import RULES, Telling, bands, is_copy, telling
from index.store import rows
from index.store.tables import TO_GROUP, copy_bands, counters, stories, versions
from index.story import Copy

_BATCH = 500
_MOST_COMPARED = 24
"""So many unlike stories are looked at before a story is taken for the only one of its kind."""
_WELL_KNOWN = 50
"""A group is found by its first so many stories, without the bands of further ones."""

_COUNTER = "copies"
_HOLDERS = text("SELECT band, story_id FROM json_each(:bands) JOIN copy_bands ON band = json_each.value")
_KEEP_BANDS = text(
    "INSERT OR IGNORE INTO copy_bands (band, story_id)"
    " SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:pairs) ORDER BY 1"
)
_LIVE_COPIES = text(
    "SELECT copy_group, stories.id, stories.source, json_extract(reading, '$.headline'), json_extract(reading, '$.url')"
    " FROM json_each(:groups) JOIN stories ON copy_group = json_each.value"
    " JOIN versions ON story_id = stories.id AND versions.version = stories.version"
    " WHERE status = 'live' ORDER BY first_seen_at, stories.id"
)

Bands = Mapping[str, Sequence[int]]


class _Member(NamedTuple):
    """A story that may belong to a group, and the group that it is in now."""

    id: str
    first_seen_at: datetime
    group: str | None


def live_copies(connection: Connection, groups: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
    """The live stories of each group, the one seen first in front."""
    found = defaultdict(list)
    for group, *values in connection.execute(_LIVE_COPIES, {"groups": json.dumps(list(groups))}):
        found[group].append(Copy(*values))
    return {group: tuple(copies) for group, copies in found.items()}


def is_behind(connection: Connection) -> bool:
    """Whether the groups of some stories have yet to be decided."""
    waiting = select(stories.c.id).where(text(TO_GROUP)).limit(1)
    return _rules(connection) != RULES or connection.execute(waiting).first() is not None


def leave_groups(connection: Connection, ids: Sequence[str]) -> None:
    """Before stories are removed for good: take their bands, and let their groups be decided without them."""
    connection.execute(delete(copy_bands).where(copy_bands.c.story_id.in_(ids)))
    groups = select(stories.c.copy_group).where(stories.c.id.in_(ids), stories.c.copy_group.is_not(None))
    connection.execute(update(stories).where(stories.c.copy_group.in_(groups)).values(grouped=None))


def group_next(connection: Connection) -> None:
    """Decide the groups of the next stories that have changed, and of those that they are in a group with."""
    if _rules(connection) != RULES:
        _begin_again(connection)
    waiting = connection.execute(_readings().where(text(TO_GROUP)).order_by(stories.c.revision).limit(_BATCH)).all()
    ids = {row.id for row in waiting}
    left = {row.copy_group for row in waiting} - {None}
    beside = [row for row in connection.execute(_readings().where(_among("copy_group", left))) if row.id not in ids]
    found = [*waiting, *beside]
    tellings = {row.id: told for row in found if (told := _telling(row)) is not None}
    own = {story_id: bands(told) for story_id, told in tellings.items()}
    groups = _Groups(connection, {row.id: _member(row) for row in found}, own)
    groups.join_copies(tellings)
    places = groups.write()
    _keep_bands(
        connection, {story_id: own[story_id] for story_id in ids & own.keys() if places[story_id] < _WELL_KNOWN}
    )


def _rules(connection: Connection) -> int | None:
    return connection.execute(select(counters.c.value).where(counters.c.name == _COUNTER)).scalar()


def _begin_again(connection: Connection) -> None:
    """Let all groups be decided anew: bands and answers of other rules say nothing."""
    connection.execute(delete(copy_bands))
    connection.execute(update(stories).values(grouped=None))
    connection.execute(delete(counters).where(counters.c.name == _COUNTER))
    connection.execute(insert(counters).values(name=_COUNTER, value=RULES))


def _members() -> Select[Any]:
    return select(stories.c.id, stories.c.first_seen_at, stories.c.copy_group)


def _readings() -> Select[Any]:
    current = (versions.c.story_id == stories.c.id) & (versions.c.version == stories.c.version)
    return _members().add_columns(stories.c.merged_into, versions.c.reading).join(versions, current)


def _among(column: str, values: Iterable[str]) -> Any:
    """A condition for any number of values (SQLite bounds those of IN)."""
    return text(f"stories.{column} IN (SELECT value FROM json_each(:values))").bindparams(values=json.dumps([*values]))


def _member(row: Row[Any]) -> _Member:
    return _Member(row.id, row.first_seen_at, row.copy_group)


def _telling(row: Row[Any]) -> Telling | None:
    """The text of a story; None for one that was merged into another, and where there is too little of it."""
    if row.merged_into is not None:
        return None
    reading = json.loads(row.reading)
    published_at = reading.get("published_at")
    return telling(
        reading["source"], datetime.fromisoformat(published_at) if published_at else None, reading.get("body", ())
    )


def _keep_bands(connection: Connection, kept: Bands) -> None:
    pairs = [(band, story_id) for story_id, own in kept.items() for band in own]
    connection.execute(_KEEP_BANDS, {"pairs": json.dumps(pairs)})


class _Groups:
    """The groups around some stories: `members` are those whose groups are decided, `own` their bands."""

    def __init__(self, connection: Connection, members: dict[str, _Member], own: Bands) -> None:
        self._connection = connection
        self._decided = members
        self._own = own
        self._holders = self._find_holders()
        strangers = {story_id for ids in self._holders.values() for story_id in ids} - members.keys()
        self._others = {row.id: _member(row) for row in connection.execute(_members().where(_among("id", strangers)))}
        self._sets = _Sets()
        for other in self._others.values():
            self._sets.join(other.id, _name(other))

    def _find_holders(self) -> dict[int, set[str]]:
        """The stories that have each of the bands, those to be decided included."""
        holders = defaultdict(set)
        for story_id, own in self._own.items():
            for band in own:
                holders[band].add(story_id)
        for band, story_id in self._connection.execute(_HOLDERS, {"bands": json.dumps(list(holders))}):
            holders[band].add(story_id)
        return holders

    def join_copies(self, tellings: dict[str, Telling]) -> None:
        """Compare each story with those that it has bands in common with, and join it with its copies."""
        read: dict[str, Telling | None] = dict(tellings)
        for story_id, told in tellings.items():
            compared = 0
            for other in self._nearest(story_id):
                if compared == _MOST_COMPARED:
                    break
                if self._sets.find(other) == self._sets.find(story_id):
                    continue
                if other not in read:
                    row = self._connection.execute(_readings().where(stories.c.id == other)).one()
                    read[other] = _telling(row)
                other_telling = read[other]
                if other_telling is not None and is_copy(told, other_telling):
                    self._sets.join(story_id, other)
                else:
                    compared += 1

    def _nearest(self, story_id: str) -> Iterator[str]:
        """The stories that share bands with one, those that share most first."""
        shared = Counter(other for band in self._own[story_id] for other in self._holders[band])
        known = (other for other in shared if other != story_id and (other in self._own or other in self._others))
        return iter(sorted(known, key=lambda other: (-shared[other], other)))

    def write(self) -> dict[str, int]:
        """Write each group that is not as it was; returns the place of each story in its own, from 0."""
        sets = self._whole_sets()
        places: dict[str, int] = {}
        touched = list(self._decided)
        for members in sets:
            group = members[0].id if len(members) > 1 else None
            for place, member in enumerate(members):
                places[member.id] = place
                if member.group != group:
                    rows.touch(self._connection, member.id, copy_group=group)
                    touched.append(member.id)
        decided = update(stories).where(_among("id", touched)).values(grouped=stories.c.revision)
        self._connection.execute(decided)
        return places

    def _whole_sets(self) -> Iterable[Sequence[_Member]]:
        """The sets that hold any story to be decided, each whole and in the order in which stories were first seen."""
        roots = {self._sets.find(story_id) for story_id in self._decided}
        taken = {o.group for o in self._others.values() if o.group and self._sets.find(o.id) in roots}
        members = {**self._others, **self._decided}
        for row in self._connection.execute(_members().where(_among("copy_group", taken))):
            if row.id not in members:
                members[row.id] = _member(row)
                self._sets.join(row.id, _name(members[row.id]))
        sets = defaultdict(list)
        for story_id, member in members.items():
            sets[self._sets.find(story_id)].append(member)
        whole = (found for found in sets.values() if any(member.id in self._decided for member in found))
        return [sorted(found, key=lambda member: (member.first_seen_at, member.id)) for found in whole]


def _name(member: _Member) -> Hashable:
    """What stands for a group among its stories."""
    return ("group", member.group) if member.group else member.id


class _Sets:
    """Sets without common elements, each found by any of its elements (Tarjan, 1975)."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def find(self, element: Hashable) -> Hashable:
        """The element that stands for the set of this one."""
        root = element
        while (above := self._above.get(root, root)) != root:
            root = above
        while element != root:
            self._above[element], element = root, self._above[element]
        return root

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make one set of two."""
        self._above[self.find(one)] = self.find(other)
