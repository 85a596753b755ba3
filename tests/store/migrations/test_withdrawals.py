"""Withdrawals of older data directories: what is known of them is told, and what isn't is said to be unknown."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from store.migrations.migrate import alembic_config
from store.opening import open_store
from store.sql.dialects.sqlite import SqliteDatabase

pytestmark = pytest.mark.sqlite_files("migrations of the files")

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
MICROSECONDS = int(AT.timestamp()) * 1_000_000 + 250_000
READING = '{"source": "wire", "headline": "A headline", "body": ["Text."]}'
STORIES = {
    "gone": ("GONE", "status 410", MICROSECONDS),
    "killed": ("CHANGED", "withdrawn by a kill notice", MICROSECONDS),
    "undated": ("GONE", None, None),
    "imported": (None, None, MICROSECONDS),
    "unknown": (None, None, None),
}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory as the layout before left it."""
    database = SqliteDatabase(tmp_path / "stories.db")
    config = alembic_config("stories")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        for revision, (story_id, (outcome, detail, status_at)) in enumerate(STORIES.items(), 1):
            insert(connection, story_id, revision, outcome, detail, status_at)
        connection.execute(text("UPDATE counters SET value = 5 WHERE name = 'revision'"))
        connection.execute(
            text(
                "INSERT INTO urls (url, source, outcome, visited_at, recheck_at, visits, failures) VALUES"
                " ('https://a.example/1', 'wire', 'ROBOTS', 0, 86400000000, 0, 1),"
                " ('https://a.example/2', 'wire', 'POISON', 0, NULL, 0, 1)"
            )
        )
    database.close()
    return tmp_path


def insert(
    connection: Connection, story_id: str, revision: int, outcome: str | None, detail: str | None, at: int | None
) -> None:
    row = {"id": story_id, "revision": revision, "at": at, "outcome": outcome, "detail": detail, "reading": READING}
    connection.execute(
        text(
            "INSERT INTO stories (id, source, version, status, first_seen_at, revision, status_at)"
            " VALUES (:id, 'wire', 1, 'withdrawn', 5, :revision, :at)"
        ),
        row,
    )
    connection.execute(
        text("INSERT INTO versions (story_id, version, seen_at, changed, reading) VALUES (:id, 1, 5, '[]', :reading)"),
        row,
    )
    if outcome is not None:
        connection.execute(
            text(
                "INSERT INTO urls (url, source, story_id, outcome, detail, visited_at, visits, failures)"
                " VALUES ('https://wire.example/' || :id, 'wire', :id, :outcome, :detail, 5, 0, 0)"
            ),
            row,
        )


def test_what_is_known_of_a_withdrawal_is_told(data_dir: Path) -> None:
    store = open_store(data_dir)
    told = {}
    for story in store.stories.walk():
        assert story.withdrawal is not None
        assert story.withdrawal.withdrawn_at == story.withdrawn_at
        told[story.id] = (story.withdrawal.kind, story.withdrawal.reason, story.withdrawn_at)
    assert told == {
        "gone": ("page_gone", "status 410", AT),
        "killed": ("kill_notice", "a kill notice, whose words were not kept", AT),
        "undated": ("page_gone", "the page is gone", None),
        "imported": ("unknown", "the reason was not kept", AT),
        "unknown": ("unknown", "the reason was not kept", None),
    }
    assert sorted(store.stories.withdrawn_ids()) == ["gone", "imported", "killed"]
    store.close()


def test_one_of_them_that_returns_keeps_what_is_known(data_dir: Path) -> None:
    store = open_store(data_dir)
    assert store.stories.set_status("unknown", "live", AT)
    story = store.stories.get("unknown")
    assert story is not None
    assert [(past.withdrawn_at, past.restored_at) for past in story.past_withdrawals] == [(None, AT)]
    store.close()


def test_rechecks_a_day_later_are_late(data_dir: Path) -> None:
    store = open_store(data_dir)
    states = {state.outcome: state for state in store.crawl.of_source("wire") if state.url.startswith("https://a.")}
    assert (states["ROBOTS"].is_late, states["POISON"].recheck_at) == (True, None)
    store.close()
