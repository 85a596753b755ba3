"""Which rows does one story change touch?

The statements inside the transactions of `index.store.stories`; each takes the transaction's connection.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from index.store.identity import Resolution, mint
from index.store.tables import aliases, counters, stories, versions
from index.store.versions import changed_fields, refreshed_fields
from index.story import TRUSTED, Status, StoredStory, Story

Change = Literal["new", "changed", "unchanged", "refused"]
StoryRow = Row[Any]

# Put together once, as in identity.py.
_STORY = select(stories).where(stories.c.id == bindparam("story_id"))
_NEXT_REVISION = (
    update(counters).where(counters.c.name == "revision").values(value=counters.c.value + 1).returning(counters.c.value)
)
_SECONDS_SINCE = text(
    "SELECT strftime('%s', 'now') - coalesce("
    "(SELECT at FROM ticks WHERE revision <= :revision ORDER BY revision DESC LIMIT 1),"
    " (SELECT at FROM ticks ORDER BY revision LIMIT 1))"
)
_ADD_ALIAS = upsert(aliases).on_conflict_do_nothing()
_ADD_STORY = insert(stories)
_ADD_VERSION = insert(versions)


class Saved(NamedTuple):
    """What a save did; `version` is the story's version after it."""

    id: str
    version: int
    change: Change
    changed: tuple[str, ...] = ()


class Look(NamedTuple):
    """When a reading was made, from which page of the archive, and at which canonical address (None: imported)."""

    seen_at: datetime
    page_id: int | None = None
    address: str | None = None


def joined(*columns: Any) -> Select[Any]:
    """Stories with their versions, and further columns of either table."""
    wanted: list[Any] = [stories.c.id, stories.c.status, stories.c.first_seen_at, stories.c.revision]
    wanted += [stories.c.copy_group, versions.c.version, versions.c.seen_at, versions.c.changed, versions.c.reading]
    return select(*wanted, *columns).join(versions, versions.c.story_id == stories.c.id)


def current(*columns: Any) -> Select[Any]:
    """Stories with their current version."""
    return joined(*columns).where(versions.c.version == stories.c.version)


def stored(row: StoryRow) -> StoredStory:
    """A row of `joined` as a story; its text was clean when it was written."""
    fields = json.loads(row.reading)
    fields.update(
        id=row.id,
        version=row.version,
        status=row.status,
        first_seen_at=row.first_seen_at,
        seen_at=row.seen_at,
        changed=json.loads(row.changed),
        revision=row.revision,
        copy_group=row.copy_group,
    )
    return StoredStory.model_validate(fields, context=TRUSTED)


def reading_of(story: Story) -> Story:
    """The reading alone, without what a store knows of it."""
    return Story.model_validate(story.model_dump(include=set(Story.model_fields)), context=TRUSTED)


def story_row(connection: Connection, story_id: str) -> StoryRow | None:
    """The row of one identity."""
    return connection.execute(_STORY, {"story_id": story_id}).first()


def headline(connection: Connection, story_id: str) -> str | None:
    """The current headline of a story."""
    row = connection.execute(current().where(stories.c.id == story_id)).first()
    return None if row is None else str(json.loads(row.reading)["headline"])


def revision(connection: Connection) -> int:
    """Number of story changes so far."""
    return int(connection.execute(select(counters.c.value).where(counters.c.name == "revision")).scalar_one())


def seconds_since(connection: Connection, number: int) -> int:
    """Seconds since the store came to a revision; of one that no tick tells of, since the first tick after it."""
    return max(0, int(connection.execute(_SECONDS_SINCE, {"revision": number}).scalar() or 0))


def next_revision(connection: Connection) -> int:
    """Count one more story change."""
    return int(connection.execute(_NEXT_REVISION).scalar_one())


def touch(connection: Connection, story_id: str, **values: Any) -> None:
    """Change columns of a story's row, with a new revision."""
    changed = update(stories).where(stories.c.id == story_id)
    connection.execute(changed.values(revision=next_revision(connection), **values))


def add_aliases(connection: Connection, keys: Iterable[str], story_id: str) -> None:
    """Let more addresses lead to a story; an alias that leads elsewhere stays as it is."""
    values = [{"alias": key, "story_id": story_id} for key in keys]
    if values:
        connection.execute(_ADD_ALIAS, values)


def merge(connection: Connection, found: Resolution) -> None:
    """Make the twins answer for the story that is kept; their rows and versions stay."""
    for twin in found.twins:
        connection.execute(update(aliases).where(aliases.c.story_id == twin).values(story_id=found.id))
        touch(connection, twin, merged_into=found.id)


def insert_story(
    connection: Connection,
    story: Story,
    keys: tuple[str, ...],
    look: Look,
    *,
    like: StoredStory | None = None,
) -> Saved:
    """A new identity with its first version; `like` lends id, version, status and times of another store."""
    story_id = like.id if like else _free_id(connection, story, look.address)
    number = like.version if like else 1
    row = {
        "id": story_id,
        "source": story.source,
        "version": number,
        "status": like.status if like else "live",
        "first_seen_at": like.first_seen_at if like else look.seen_at,
        "revision": next_revision(connection),
    }
    connection.execute(_ADD_STORY, row)
    add_aliases(connection, keys, story_id)
    _add_version(connection, story_id, number, story, look, like.changed if like else ())
    return Saved(story_id, number, "new")


def update_story(
    connection: Connection,
    story_id: str,
    story: Story,
    look: Look,
    *,
    status: Status = "live",
) -> Saved:
    """A known identity seen again: a new version, a refreshed reading, or nothing."""
    row = connection.execute(current(versions.c.address).where(stories.c.id == story_id)).one()
    before = stored(row)
    if _is_twin(before, row.address, story, look.address):
        if look.address == story.url:  # the canonical page itself is a better witness than the twin that we saw first
            _replace(connection, before, story, look)
        return Saved(story_id, before.version, "unchanged")
    changed = changed_fields(before, story)
    if changed:
        number = before.version + 1
        _add_version(connection, story_id, number, story, look, changed)
        touch(connection, story_id, version=number, source=story.source, status=status)
        return Saved(story_id, number, "changed", changed)
    if refreshed_fields(before, story):
        _replace(connection, before, story, look)
    if before.status != status:
        touch(connection, story_id, status=status)
        return Saved(story_id, before.version, "changed", ("status",))
    return Saved(story_id, before.version, "unchanged")


def write_reading(connection: Connection, story_id: str, version: int, story: Story, **columns: Any) -> None:
    """Put a reading in the place of a version's earlier one."""
    place = (versions.c.story_id == story_id, versions.c.version == version)
    connection.execute(update(versions).where(*place).values(reading=_json(story), **columns))


def _replace(connection: Connection, before: StoredStory, story: Story, look: Look) -> None:
    kept: dict[str, Any] = {} if look.page_id is None else {"page_id": look.page_id}
    if look.page_id is not None or look.address == story.url:
        # The story lives here now: what changes at this address from now on is no twin's other wording.
        kept["address"] = look.address
    write_reading(connection, before.id, before.version, story, **kept)
    touch(connection, before.id, source=story.source)


def _add_version(
    connection: Connection, story_id: str, number: int, story: Story, look: Look, changed: tuple[str, ...]
) -> None:
    row = {
        "story_id": story_id,
        "version": number,
        "seen_at": look.seen_at,
        "changed": json.dumps(changed),
        "reading": _json(story),
        "page_id": look.page_id,
        "address": look.address,
    }
    connection.execute(_ADD_VERSION, row)


def _is_twin(before: StoredStory, before_address: str | None, story: Story, address: str | None) -> bool:
    """Whether two pages at different addresses both say that they are the same canonical page."""
    if None in (before_address, address, story.url) or before_address == address:
        return False
    return before.url == story.url


def _free_id(connection: Connection, story: Story, address: str | None) -> str:
    """Mint an id; where another story has it (its address was given to a new one) the content joins in."""
    content = "\n".join((story.source, story.headline, *story.body))
    seed = story.url or address or content
    story_id = mint(seed)
    while story_row(connection, story_id) is not None:
        seed = f"{seed}\n{content}"
        story_id = mint(seed)
    return story_id


def _json(story: Story) -> str:
    return story.model_dump_json(exclude_defaults=True)
