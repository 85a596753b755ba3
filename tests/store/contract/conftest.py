"""The backends of the store that the contract suites run over: one fixture value each."""

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.context import SpawnContext
from pathlib import Path

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


BACKENDS: dict[str, Callable[[Path], Open]] = {"sqlite": SqliteBackend}


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """A store of one backend, empty."""
    backend: str = request.param
    return BACKENDS[backend](tmp_path)


@pytest.fixture
def store(opened: Open) -> Iterator[Store]:
    store = opened()
    yield store
    store.close()


@pytest.fixture
def processes() -> SpawnContext:
    """Processes that share nothing with this one."""
    return multiprocessing.get_context("spawn")
