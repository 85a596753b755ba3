"""The backends of the store that the contract suites run over: one fixture value each."""

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.context import SpawnContext
from pathlib import Path
from tempfile import mkdtemp

import pytest

from store.opening import Store, open_store

Open = Callable[[], Store]
"""Opens the same store once more, as another process does; to be handed to one."""


class SqliteBackend:
    """A data directory, opened as often as asked."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __call__(self) -> Store:
        return open_store(self.directory)


class PostgresqlBackend:
    """A database of a server, opened as often as asked, by processes with a data directory each."""

    def __init__(self, directory: Path, address: str) -> None:
        self.directory = directory
        self.address = address

    def __call__(self) -> Store:
        return open_store(Path(mkdtemp(dir=self.directory)), self.address)


BACKENDS = (
    pytest.param("sqlite", marks=pytest.mark.sqlite_files("the same suite runs on PostgreSQL anyway")),
    pytest.param("postgresql", marks=pytest.mark.cluster),
    pytest.param("pooler", marks=pytest.mark.cluster),
)


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """A store of one backend, empty."""
    if request.param == "sqlite":
        return SqliteBackend(tmp_path)
    name: str = request.getfixturevalue("database")
    server = request.getfixturevalue("postgresql_server" if request.param == "postgresql" else "pooler")
    return PostgresqlBackend(tmp_path, server.address(name))


@pytest.fixture
def store(opened: Open) -> Iterator[Store]:
    store = opened()
    yield store
    store.close()


@pytest.fixture
def processes() -> SpawnContext:
    """Processes that share nothing with this one."""
    return multiprocessing.get_context("spawn")
