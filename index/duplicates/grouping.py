"""Groups of near-identical stories, decided in steps that are bounded whatever the store holds.

Stories that are copies (index/duplicates/comparison.py) form a group, and so do copies of copies. Groups are decided
after a change of a story's text, in the order of the changes; a story whose group changes is itself a changed one. A
group of up to 64 stories is named by the one seen first, and all of it is decided anew when one of its texts has
changed; a larger one is joined and left story by story, keeps its name, and is never joined with another large one.

The groups are the same in whatever order stories came, but for what these bounds cut: of more texts with one key than
are looked up, which are near depends on which were there; where a copy would bring stories together that are at odds
(are_at_odds), those that met first stay together; and two large groups stay two.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from index.duplicates.candidate_keys import keys, traits
from index.duplicates.comparison import RULES, Telling, telling
from index.duplicates.groups import LARGE, Groups, Member, members_of
from index.duplicates.text_lookup import KnownText, NewText, candidates, drop_texts, keep_texts, known_texts
from model.fields import BODY, LANGUAGE, PUBLISHED_AT, SOURCE
from model.story import Copy
from store.sql import rows
from store.sql.tables import TO_GROUP, counters, stories, versions

MOST_NAMED = 100
"""So many copies of a story are named at most, those seen first."""
_MOST_BESIDE = 1000
"""With so many stories of the same groups one step is full."""

_RULES, _FROM, _TO = "copies", "copies_from", "copies_to"
_LIVE_COPIES = text(
    "SELECT copy_group, stories.id, stories.source, json_extract(reading, '$.headline'), json_extract(reading, '$.url')"
    " FROM json_each(:groups) JOIN stories ON stories.id IN (SELECT id FROM stories AS copies"
    " WHERE copies.copy_group = json_each.value AND copies.status = 'live'"
    f" ORDER BY copies.first_seen_at, copies.id LIMIT {MOST_NAMED})"
    " JOIN versions ON story_id = stories.id AND versions.version = stories.version"
    " ORDER BY first_seen_at, stories.id"
)


class _Found(NamedTuple):
    """A story whose group may have to be decided; `forced` where it has to, whatever its text."""

    row: Row[Any]
    digest: int
    forced: bool


def live_copies(connection: Connection, groups: Iterable[str]) -> dict[str, tuple[Copy, ...]]:
    """The live stories of each group, the one seen first in front, `MOST_NAMED` at most."""
    found = defaultdict(list)
    for group, *values in connection.execute(_LIVE_COPIES, {"groups": json.dumps(list(groups))}):
        found[group].append(Copy(*values))
    return {group: tuple(copies) for group, copies in found.items()}


def is_behind(connection: Connection) -> bool:
    """Whether the groups of some stories have yet to be decided."""
    waiting = select(stories.c.id).where(text(TO_GROUP)).limit(1)
    counted = _counted(connection)
    return counted.get(_RULES) != RULES or _TO in counted or connection.execute(waiting).first() is not None


def leave_groups(connection: Connection, ids: Sequence[str]) -> None:
    """Before stories are removed for good: forget their texts, and let their groups be decided without them."""
    drop_texts(connection, known_texts(connection, ids))
    groups = set(connection.execute(select(stories.c.copy_group).where(stories.c.id.in_(ids))).scalars()) - {None}
    for group, members in members_of(connection, groups).items():
        if len(members) <= LARGE:
            connection.execute(update(stories).where(stories.c.copy_group == group).values(grouped=None))
        elif group in ids:  # nothing may tell of it any more
            _rename(connection, group, ids)


def group_next(connection: Connection, most: int) -> int:
    """Decide the groups of the next at most `most` stories, and of those that they are in small groups with.

    Stories that have changed come first, then those whose groups were decided by other rules; returns their number.
    """
    counted = _counted(connection)
    if counted.get(_RULES) != RULES:
        counted = _begin_again(connection, counted)
    waiting = connection.execute(_readings().where(text(TO_GROUP)).order_by(stories.c.revision).limit(most)).all()
    old: Sequence[Row[Any]] = ()
    if _TO in counted and len(waiting) < most:
        among = stories.c.revision.between(counted[_FROM] + 1, counted[_TO])
        old = connection.execute(_readings().where(among).order_by(stories.c.revision).limit(most - len(waiting))).all()
    ids = {row.id for row in waiting}
    found = [*(_found(row) for row in waiting), *(_found(row, forced=True) for row in old if row.id not in ids)]
    done = _decide(connection, found)
    if _TO in counted and len(waiting) < most:
        _go_on(connection, old, {one.row.id for one in found[done:]})
    return done


def _decide(connection: Connection, found: Sequence[_Found]) -> int:
    """Decide the groups of stories in their order as far as the bound lets it; returns how many that were."""
    known = known_texts(connection, [one.row.id for one in found])
    moved = [one for one in found if one.forced or _has_moved(one, known)]
    groups = members_of(connection, {one.row.copy_group for one in moved} - {None})
    moved, beside, waits = _as_far_as_bounded(moved, groups)
    done = found[: found.index(waits)] if waits else found
    left = [_found(row) for row in connection.execute(_readings().where(_among("id", beside)))]
    known |= known_texts(connection, beside)
    tellings = _write_texts(connection, [*moved, *(one for one in left if _has_moved(one, known))], known)
    if moved:
        decided = [one.row for one in (*moved, *left)]
        _group(connection, decided, {row.id: known[row.id] for row in decided if row.id in known}, tellings)
    settled = update(stories).where(_among("id", [*(one.row.id for one in done), *beside]))
    connection.execute(settled.values(grouped=stories.c.revision))
    return len(done)


def _as_far_as_bounded(
    moved: list[_Found], sizes: Mapping[str, Sequence[Member]]
) -> tuple[list[_Found], list[str], _Found | None]:
    """The stories to be decided in this step, those to be decided with them, and the first that has to wait."""
    beside: dict[str, None] = {}
    for index, one in enumerate(moved):
        members = sizes.get(one.row.copy_group, ())
        if len(members) <= LARGE:
            beside.update(dict.fromkeys(member.id for member in members))
        if len(beside) > _MOST_BESIDE and index + 1 < len(moved):
            kept, cut = moved[: index + 1], moved[index + 1]
            break
    else:
        kept, cut = moved, None
    own = {one.row.id for one in kept}
    return kept, [story_id for story_id in beside if story_id not in own], cut


def _write_texts(connection: Connection, moved: Sequence[_Found], known: dict[str, KnownText]) -> dict[str, Telling]:
    """Keep the texts of stories as they are now, in `known` too; those that have none any more are dropped."""
    tellings, new = {}, []
    for row, digest, _ in moved:
        if (told := _telling(row)) is not None:
            tellings[row.id] = told
            at = told.published_at or row.first_seen_at
            new.append(NewText(row.id, digest, at, keys(told), traits(told)))
    without = {one.row.id for one in moved} & known.keys() - tellings.keys()
    drop_texts(connection, {story_id: known.pop(story_id) for story_id in without})
    known |= keep_texts(connection, new, known)
    return tellings


def _group(
    connection: Connection,
    decided: Sequence[Row[Any]],
    texts: Mapping[str, KnownText],
    tellings: Mapping[str, Telling],
) -> None:
    """Compare stories with those that may be their copies, and write the groups that come of it.

    Stories that are not decided here come up once more, since they have changed, and are found to be as they were.
    """
    found = candidates(connection, texts)
    read: dict[str, Telling | None] = dict(tellings)

    def reading(story_id: str) -> Telling | None:
        if story_id not in read:
            read[story_id] = _telling(connection.execute(_readings().where(stories.c.id == story_id)).one())
        return read[story_id]

    groups = Groups(connection, {row.id: Member(row.id, row.first_seen_at, row.copy_group) for row in decided}, reading)
    for story_id, known in texts.items():
        groups.join_copies(story_id, known, found[story_id])
    for story_id, group in groups.changes():
        rows.touch(connection, story_id, copy_group=group)


def _found(row: Row[Any], *, forced: bool = False) -> _Found:
    return _Found(row, _digest(row), forced or row.grouped is None)


def _has_moved(one: _Found, known: Mapping[str, KnownText]) -> bool:
    """Whether a story has another text, source or date than that by which its group was decided."""
    before = known.get(one.row.id)
    return before is None or before.digest != one.digest


def _rename(connection: Connection, group: str, ids: Sequence[str]) -> None:
    """Name a large group anew by the one seen first of those that are not in `ids`."""
    rest = connection.execute(_members().where(stories.c.copy_group == group, stories.c.id.not_in(ids))).all()
    name = min(rest, key=lambda row: (row.first_seen_at, row.id)).id
    for row in rest:
        rows.touch(connection, row.id, copy_group=name)


def _counted(connection: Connection) -> dict[str, int]:
    wanted = select(counters.c.name, counters.c.value).where(counters.c.name.in_([_RULES, _FROM, _TO]))
    return dict(connection.execute(wanted).all())


def _begin_again(connection: Connection, before: Mapping[str, int]) -> dict[str, int]:
    """Let all groups be decided anew, step by step; until then those stand that other rules have made, if any have."""
    counted = {_RULES: RULES, _FROM: 0, _TO: rows.revision(connection)} if _RULES in before else {_RULES: RULES}
    replaced = upsert(counters)
    replaced = replaced.on_conflict_do_update(index_elements=["name"], set_={"value": replaced.excluded.value})
    connection.execute(replaced, [{"name": name, "value": value} for name, value in counted.items()])
    return counted


def _go_on(connection: Connection, old: Sequence[Row[Any]], left: set[str]) -> None:
    """Remember how far the stories that other rules have grouped are decided."""
    reached = next((index for index, row in enumerate(old) if row.id in left), len(old))
    if reached:
        going = update(counters).where(counters.c.name == _FROM).values(value=old[reached - 1].revision)
        connection.execute(going)
    elif not old:
        connection.execute(delete(counters).where(counters.c.name.in_([_FROM, _TO])))


def _members() -> Select[Any]:
    return select(stories.c.id, stories.c.first_seen_at, stories.c.copy_group)


def _readings() -> Select[Any]:
    current = (versions.c.story_id == stories.c.id) & (versions.c.version == stories.c.version)
    wanted = (stories.c.revision, stories.c.grouped, stories.c.merged_into, versions.c.reading)
    return _members().add_columns(*wanted).join(versions, current)


def _among(column: str, values: Iterable[str]) -> Any:
    """A condition for any number of values (SQLite bounds those of IN)."""
    return text(f"stories.{column} IN (SELECT value FROM json_each(:values))").bindparams(values=json.dumps([*values]))


def _digest(row: Row[Any]) -> int:
    """Another number for each reading and set of rules, and for a story that was merged into another."""
    content = f"{RULES} {row.merged_into}\n{row.reading}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big") >> 1


def _telling(row: Row[Any]) -> Telling | None:
    """The text of a story; None for one that was merged into another, and where there is too little of it."""
    if row.merged_into is not None:
        return None
    reading = json.loads(row.reading)
    published_at = reading.get(PUBLISHED_AT)
    return telling(
        reading[SOURCE.attribute],
        datetime.fromisoformat(published_at) if published_at else None,
        reading.get(BODY.attribute, ()),
        reading.get(LANGUAGE.attribute),
    )
