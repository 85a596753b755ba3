"""Groups that the stories' own rows held before move to a table of their own with their names and places."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from store.migrations.migrate import alembic_config
from store.opening import open_store
from store.sql.dialects.sqlite import SqliteDatabase
from tests.saving import group_copies

pytestmark = pytest.mark.sqlite_files("migrations of the files")

READING = '{"source": "wire", "headline": "A headline", "body": ["Text."]}'


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory as the layout before left it: two stories grouped, one that waits, a group that lost one."""
    database = SqliteDatabase(tmp_path / "stories.db")
    config = alembic_config("stories")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        insert(connection, "a", revision=3, group="a", grouped=3)
        insert(connection, "b", revision=4, group="a", grouped=4)
        insert(connection, "alone", revision=1, group=None, grouped=1)
        insert(connection, "left", revision=2, group="gone", grouped=None)
        insert(connection, "new", revision=6, group=None, grouped=None)
        connection.execute(text("UPDATE counters SET value = 6 WHERE name = 'revision'"))
        connection.execute(text("INSERT INTO copy_texts VALUES (1, 'left', 77, 0, x'', zeroblob(9))"))
    database.close()
    return tmp_path


def insert(connection: Connection, story_id: str, *, revision: int, group: str | None, grouped: int | None) -> None:
    row = {"id": story_id, "revision": revision, "group": group, "grouped": grouped, "reading": READING}
    connection.execute(
        text(
            "INSERT INTO stories (id, source, version, status, first_seen_at, revision, copy_group, grouped)"
            " VALUES (:id, 'wire', 1, 'live', 5, :revision, :group, :grouped)"
        ),
        row,
    )
    connection.execute(
        text("INSERT INTO versions (story_id, version, seen_at, changed, reading) VALUES (:id, 1, 5, '[]', :reading)"),
        row,
    )


def test_groups_keep_their_names_and_are_no_changes(data_dir: Path) -> None:
    store = open_store(data_dir)
    assert {story.id: story.copy_group for story in store.stories.walk()} == {
        "a": "a",
        "alone": None,
        "b": "a",
        "left": "gone",
        "new": None,
    }
    assert [copy.id for copy in store.stories.live_copies(["a"])["a"]] == ["a", "b"]
    changes = store.feed.changes(0, 10)
    assert [(story.id, story.revision) for story in changes.stories] == [
        ("alone", 1),
        ("left", 2),
        ("a", 3),
        ("b", 4),
        ("new", 6),
    ]
    assert store.feed.position() == changes.position == 6
    store.close()


def test_what_waited_to_be_grouped_goes_on_waiting(data_dir: Path) -> None:
    store = open_store(data_dir)
    assert store.feed.checkpoint("duplicates") == 1
    assert group_copies(store)
    assert {story.id: story.copy_group for story in store.stories.walk()}["left"] is None
    assert store.feed.checkpoint("duplicates") >= 6
    store.close()
