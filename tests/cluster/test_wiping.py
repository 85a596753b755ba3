"""What the tables of PostgreSQL hold of a story that was forgotten."""

from pathlib import Path

import pytest

from store.opening import open_store
from tests.cluster.postgresql_server import PostgresqlServer, connected
from tests.saving import forget
from tests.store.contract.made_stories import NOW, save

pytestmark = pytest.mark.cluster


def rows_in_files(address: str) -> int:
    """How many rows the files of the table of versions hold, whether a query still finds them or not."""
    with connected(address) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
        parts = connection.execute(
            "SELECT inhrelid::regclass::text, pg_relation_size(inhrelid) / 8192 FROM pg_inherits"
            " WHERE inhparent = 'versions'::regclass"
        ).fetchall()
        items = "SELECT count(*) FROM heap_page_items(get_raw_page(%s, %s)) WHERE t_data IS NOT NULL"
        return sum(
            row[0]
            for name, pages in parts
            for number in range(pages)
            for row in connection.execute(items, (name, number))
        )


def test_forgotten_rows_are_let_go_of(tmp_path: Path, postgresql_server: PostgresqlServer, database: str) -> None:
    address = postgresql_server.address(database)
    store = open_store(tmp_path, address)
    story_id = save(store, "story")
    save(store, "another")
    forget(store, story_id, NOW)
    assert rows_in_files(address) == 2
    store.wipe()
    assert rows_in_files(address) == 1
    store.close()
