"""Changes of rows behind the store's back, as damage makes them; on whatever database keeps it."""

from pathlib import Path
from typing import Any

from sqlalchemy import text

from store.opening import open_store
from store.sql.database import Database
from store.sql.dialects.text_keys import read_keys


def change_rows(database: Database, statement: str, **values: Any) -> int:
    """Change rows, whatever other rows point to them; returns how many."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        changed = connection.execute(text(statement), values).rowcount
        connection.commit()
        connection.invalidate()
    return int(changed)


def keys_of_texts(database: Database) -> set[tuple[int, int]]:
    """All keys under which texts find each other, with their places."""
    with database.read() as connection:
        if connection.dialect.name == "sqlite":
            return set(read_keys(connection))
        return {(key, place) for key, place in connection.execute(text("SELECT key, place FROM copy_keys"))}


def change_stories(data_dir: Path, statement: str, **values: Any) -> int:
    """The same of the rows of a data directory's stories, whose desk may be running."""
    store = open_store(data_dir)
    try:
        return change_rows(store.databases[0], statement, **values)
    finally:
        store.close()


def change_pages(data_dir: Path, statement: str, **values: Any) -> int:
    """The same of the rows of its pages."""
    store = open_store(data_dir)
    try:
        return change_rows(store.databases[-1], statement, **values)
    finally:
        store.close()
