"""Places that a desk is copied to, of both kinds."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.transfer.targets import CopyTarget

if TYPE_CHECKING:
    from tests.cluster.postgresql_server import PostgresqlServer

NewPlace = Callable[[], CopyTarget]
KINDS = (
    "folder",
    pytest.param("postgresql", marks=pytest.mark.cluster),
    pytest.param("pooler", marks=pytest.mark.cluster),
)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> CopyTarget:
    """An empty place."""
    if request.param == "folder":
        return CopyTarget(folder=tmp_path / "there")
    server = request.getfixturevalue("postgresql_server" if request.param == "postgresql" else "pooler")
    return CopyTarget(url=server.address(request.getfixturevalue("new_database")))


@pytest.fixture
def new_database(postgresql_server: "PostgresqlServer", request: pytest.FixtureRequest) -> str:
    """The name of a new database without a table."""
    name = f"bare_{abs(hash(request.node.nodeid))}"
    postgresql_server.make_database(name)
    request.addfinalizer(lambda: postgresql_server.drop_database(name))
    return name
