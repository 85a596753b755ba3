"""Pages outside of a PostgreSQL database, where writers go on side by side: nothing is named that is gone."""

from pathlib import Path

import pytest
from sqlalchemy import text

from store.opening import open_store
from tests.cluster.postgresql_server import PostgresqlServer
from tests.store.blobs.conftest import Outside
from tests.store.blobs.test_outside import keep_and_drop_at_once

pytestmark = pytest.mark.cluster


def test_keeping_and_dropping_the_same_bytes_side_by_side(
    tmp_path: Path, outside: Outside, postgresql_server: PostgresqlServer, database: str
) -> None:
    address = postgresql_server.address(database)
    stores = [open_store(tmp_path / str(at), address, pages_in=outside.settings) for at in range(4)]
    assert keep_and_drop_at_once(stores, turns=20) == []
    with stores[0].databases[-1].write() as connection:
        connection.execute(text("UPDATE blob_claims SET ends_at = 0"))
    stores[0].pages.outside.collect()
    with stores[0].databases[-1].read() as connection:
        dangling = "SELECT count(*) FROM pages WHERE digest NOT IN (SELECT digest FROM bodies)"
        assert connection.execute(text(dangling)).scalar() == 0
        named = connection.execute(text("SELECT digest FROM bodies WHERE length(content) = 0")).scalars()
        assert {path.name for path in outside.files()} == {bytes(digest).hex() for digest in named}
    assert stores[0].damages() == []
    for own in stores:
        own.close()
