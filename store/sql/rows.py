"""Rows of stories and their versions.

The statements inside the transactions of `store.sql.transactions` and `store.sql.stories`; each takes the
transaction's connection.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import Connection, Row, Select, bindparam, func, literal, select, update

from model.fields import HEADLINE
from model.story import TRUSTED, Status, StoredStory, Story, Withdrawal
from store.sql import aliases
from store.sql.dialects.bulk import insert_mappings
from store.sql.dialects.expressions import JsonText, Milliseconds, SamePartition
from store.sql.story_ids import mint
from store.sql.tables import copy_groups, counters, stories, ticks, versions

StoryRow = Row[Any]
_READING = set(Story.model_fields)
_REASON_NOT_KEPT = "the reason was not kept"

OF_STORY = (versions.c.story_id == stories.c.id) & SamePartition(versions.c.first_seen_at, stories.c.first_seen_at)
"""What joins versions to their story."""

# Put together once, as in aliases.py.
_STORY = select(stories).where(stories.c.id == bindparam("story_id"))
_NEXT_REVISION = (
    update(counters).where(counters.c.name == "revision").values(value=counters.c.value + 1).returning(counters.c.value)
)
_TICK = select(ticks.c.at).limit(1)
_SECONDS_SINCE = select(
    Milliseconds() // 1000
    - func.coalesce(
        _TICK.where(ticks.c.revision <= bindparam("revision")).order_by(ticks.c.revision.desc()).scalar_subquery(),
        _TICK.order_by(ticks.c.revision).scalar_subquery(),
    )
)
_SKIP_REVISIONS = (
    update(counters).where(counters.c.name == "revision").values(value=counters.c.value + bindparam("count"))
)
REVISION = select(counters.c.value).where(counters.c.name == "revision")
"""The number of story changes so far."""
_RECENT_HEADLINES = (
    select(stories.c.id, JsonText(versions.c.reading, literal(HEADLINE.attribute)))
    .join(versions, OF_STORY)
    .where(
        stories.c.revision > REVISION.scalar_subquery() - 20_000,
        stories.c.source == bindparam("source"),
        stories.c.merged_into.is_(None),
    )
    .order_by(stories.c.revision.desc())
)


class Sighting(NamedTuple):
    """When a reading was made, from which page of the archive, and at which canonical address (None: imported)."""

    seen_at: datetime
    page_id: int | None = None
    address: str | None = None


class NewStory(NamedTuple):
    """The rows of a story that comes in, but for the position that it will have."""

    identity: dict[str, Any]
    version: dict[str, Any]


def joined(*columns: Any) -> Select[Any]:
    """Stories with their versions and groups, and further columns of these tables."""
    wanted: list[Any] = [stories.c.id, stories.c.status, stories.c.first_seen_at, stories.c.revision]
    wanted += [stories.c.status_at, stories.c.withdrawals, stories.c.split_from, copy_groups.c.name.label("copy_group")]
    wanted += [copy_groups.c.position.label("grouped")]
    wanted += [versions.c.version, versions.c.seen_at, versions.c.changed, versions.c.reading]
    found = select(*wanted, *columns).join(versions, OF_STORY)
    return found.join(copy_groups, copy_groups.c.story_id == stories.c.id, isouter=True)


def current(*columns: Any) -> Select[Any]:
    """Stories with their current version."""
    return joined(*columns).where(versions.c.version == stories.c.version)


def stored(row: Sequence[Any]) -> StoredStory:
    """A row of `joined` as a story; its text was clean when it was written."""
    # By place: to look values up by their names takes longer than to check them.
    story_id, status, first_seen_at, own, status_at, withdrawals, split_from, group, grouped = row[:9]
    version, seen_at, changed, reading = row[9:13]
    fields = from_json(reading, cache_strings="keys")
    if status == "withdrawn" or withdrawals is not None:
        fields.update(_withdrawals(status, status_at, withdrawals))
    fields.update(
        id=story_id,
        version=version,
        status=status,
        first_seen_at=first_seen_at,
        seen_at=seen_at,
        changed=from_json(changed),
        revision=max(own, grouped or 0),
        copy_group=group,
        status_at=status_at,
        split_from=split_from,
    )
    return StoredStory.model_validate(fields, context=TRUSTED)


def _withdrawals(status: Status, status_at: datetime | None, kept: str | None) -> dict[str, Any]:
    """The withdrawal that holds, and those after which the story returned."""
    past = [Withdrawal.model_validate(one, context=TRUSTED) for one in json.loads(kept or "[]")]
    if status != "withdrawn":
        return {"past_withdrawals": past}
    held = past.pop() if past and past[-1].restored_at is None else Withdrawal(reason=_REASON_NOT_KEPT)
    at = held.withdrawn_at or status_at
    return {
        "withdrawn_at": at,
        "withdrawal": held.model_copy(update={"withdrawn_at": at}),
        "past_withdrawals": past,
    }


def reading_of(story: Story) -> Story:
    """The reading alone, without what a store knows of it."""
    return Story.model_validate(story.model_dump(include=_READING), context=TRUSTED)


def story_row(connection: Connection, story_id: str) -> StoryRow | None:
    """The row of one identity."""
    return connection.execute(_STORY, {"story_id": story_id}).first()


def revision(connection: Connection) -> int:
    """Number of story changes so far."""
    return int(connection.execute(REVISION).scalar_one())


def seconds_since(connection: Connection, number: int) -> int:
    """Seconds since the store came to a revision; of one that no tick tells of, since the first tick after it."""
    return max(0, int(connection.execute(_SECONDS_SINCE, {"revision": number}).scalar() or 0))


def recent_headlines(connection: Connection, source: str) -> list[tuple[str, str]]:
    """(story, headline) of all versions of a source's stories among the latest 20,000 changes, the latest first."""
    return [(story_id, headline) for story_id, headline in connection.execute(_RECENT_HEADLINES, {"source": source})]


def next_revision(connection: Connection) -> int:
    """Count one more story change."""
    return int(connection.execute(_NEXT_REVISION).scalar_one())


def _next_revisions(connection: Connection, count: int) -> range:
    """Count so many more, the first by itself: a tick may have to tell when it came."""
    first = next_revision(connection)
    if count > 1:
        connection.execute(_SKIP_REVISIONS, {"count": count - 1})
    return range(first, first + count)


def touch(connection: Connection, story_id: str, **values: Any) -> None:
    """Change columns of a story's row, with a new revision."""
    changed = update(stories).where(stories.c.id == story_id)
    connection.execute(changed.values(revision=next_revision(connection), **values))


def merge(connection: Connection, twin: str, kept: str) -> None:
    """Make one story answer for another; the other's row and versions stay."""
    aliases.move_all(connection, twin, kept)
    touch(connection, twin, merged_into=kept)


def new_story(story: Story, sighting: Sighting, *, story_id: str, like: StoredStory | None = None) -> NewStory:
    """A new identity with its first version; `like` lends version, status and times of another store."""
    identity: dict[str, Any] = {
        "id": story_id,
        "source": story.source,
        "version": like.version if like else 1,
        "status": like.status if like else "live",
        "first_seen_at": like.first_seen_at if like else sighting.seen_at,
        "split_from": like.split_from if like else None,
        "status_at": (like.status_at or like.withdrawn_at) if like else None,
        "withdrawals": _history_of(like) if like else None,
    }
    changed = like.changed if like else ()
    return NewStory(identity, _version_row(identity, identity["version"], story, sighting, changed))


def insert_stories(connection: Connection, new: Sequence[NewStory]) -> None:
    """Add stories, each at a position of its own, in their order."""
    if new:
        revisions = _next_revisions(connection, len(new))
        placed = [{**one.identity, "revision": at} for one, at in zip(new, revisions, strict=True)]
        insert_mappings(connection, stories, placed)
        insert_mappings(connection, versions, [one.version for one in new])


def add_version(
    connection: Connection, before: StoredStory, story: Story, sighting: Sighting, changed: tuple[str, ...]
) -> int:
    """One more version of a known story; returns its number."""
    number = before.version + 1
    of = {"id": before.id, "first_seen_at": before.first_seen_at}
    insert_mappings(connection, versions, [_version_row(of, number, story, sighting, changed)])
    touch(connection, before.id, version=number)
    return number


def write_reading(connection: Connection, story_id: str, version: int, story: Story, **columns: Any) -> None:
    """Put a reading in the place of a version's earlier one."""
    place = (versions.c.story_id == story_id, versions.c.version == version)
    connection.execute(update(versions).where(*place).values(reading=_json(story), **columns))
    touch(connection, story_id)


def set_status(
    connection: Connection, story_id: str, status: Status, at: datetime, withdrawal: Withdrawal | None = None
) -> None:
    """Withdraw a story, with the reason where there is one, or restore it; its history grows by that."""
    kept = connection.execute(select(stories.c.withdrawals).where(stories.c.id == story_id)).scalar()
    history = [Withdrawal.model_validate(one, context=TRUSTED) for one in json.loads(kept or "[]")]
    if status == "withdrawn":
        withdrawal = withdrawal or Withdrawal(reason=_REASON_NOT_KEPT)
        history.append(withdrawal.model_copy(update={"withdrawn_at": at, "restored_at": None}))
    else:
        held = history.pop() if history and history[-1].restored_at is None else Withdrawal(reason=_REASON_NOT_KEPT)
        history.append(held.model_copy(update={"restored_at": at}))
    touch(connection, story_id, status=status, status_at=at, withdrawals=_json_of(history))


def _history_of(like: StoredStory) -> str | None:
    """The withdrawals of a story of another store."""
    history = list(like.past_withdrawals)
    if like.status == "withdrawn":
        held = like.withdrawal or Withdrawal(kind="import", reason="the line that brought it says that it is withdrawn")
        at = held.withdrawn_at or like.withdrawn_at or like.status_at
        history.append(held.model_copy(update={"withdrawn_at": at, "restored_at": None}))
    return _json_of(history) if history else None


def _json_of(history: Sequence[Withdrawal]) -> str:
    return json.dumps([json.loads(one.model_dump_json(exclude_defaults=True)) for one in history])


def free_id(story: Story, address: str | None, is_taken: Callable[[str], bool]) -> str:
    """Mint an id; where another story has it (its address was given to a new one) the content joins in."""
    story_id, seed = first_id(story, address), _seed(story, address)
    while is_taken(story_id):
        seed = f"{seed}\n{content_of(story)}"
        story_id = mint(seed)
    return story_id


def first_id(story: Story, address: str | None) -> str:
    """The id of a new story, unless another one has it."""
    return mint(_seed(story, address))


def _seed(story: Story, address: str | None) -> str:
    return story.url or address or content_of(story)


def is_taken(connection: Connection, story_id: str) -> bool:
    """Whether there is a story of an id, merged ones included."""
    return story_row(connection, story_id) is not None


def content_of(story: Story) -> str:
    """What a story without an address is told from others by."""
    return "\n".join((story.source, story.headline, *story.body))


def _version_row(
    of: Mapping[str, Any], number: int, story: Story, sighting: Sighting, changed: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "story_id": of["id"],
        "first_seen_at": of["first_seen_at"],
        "version": number,
        "seen_at": sighting.seen_at,
        "changed": json.dumps(changed),
        "reading": _json(story),
        "page_id": sighting.page_id,
        "address": sighting.address,
    }


def _json(story: Story) -> str:
    return story.model_dump_json(include=_READING, exclude_defaults=True)
