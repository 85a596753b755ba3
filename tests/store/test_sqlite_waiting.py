"""Locks of SQLite that others hold: waited for without SQLite's own patience, and nothing else is."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from store.sql.dialects.sqlite_waiting import when_free

pytestmark = pytest.mark.sqlite_files("locks of a file")


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


def test_a_lock_that_another_holds_is_waited_for(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "a.db")) as other, closing(connect(tmp_path / "a.db")) as ours:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            ours.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, other.execute, ["COMMIT"])
        release.start()
        when_free(lambda: ours.execute("BEGIN IMMEDIATE"))
        assert ours.in_transaction
        release.join()


def test_another_error_is_raised_at_once(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "a.db")) as ours:
        tries: list[int] = []

        def select() -> None:
            tries.append(1)
            ours.execute("SELECT * FROM absent")

        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            when_free(select)
        assert len(tries) == 1
