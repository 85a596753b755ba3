"""A newsroom for every test, on a copy of one data directory that was made once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import SourceConfig
from index.store import open_store
from tests.ingest.ways import Newsroom, newsroom

OpenRoom = Callable[..., Newsroom]


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory without stories: making one takes as long as bringing ten stories."""
    directory = tmp_path_factory.mktemp("empty") / "data"
    open_store(directory).close()
    return directory


@pytest.fixture
def open_room(tmp_path: Path, empty_data: Path) -> Iterator[OpenRoom]:
    """Opens newsrooms with sources of the test's own; what always holds is checked at the end."""
    with ExitStack() as stack:
        rooms: list[Newsroom] = []

        def open_one(*sources: SourceConfig) -> Newsroom:
            directory = tmp_path / f"room-{len(rooms)}"
            shutil.copytree(empty_data, directory / "data")
            rooms.append(stack.enter_context(newsroom(directory / "data", directory / "files", *sources)))
            return rooms[-1]

        yield open_one
        for room in rooms:
            room.check()


@pytest.fixture
def room(open_room: OpenRoom) -> Newsroom:
    """A newsroom with one source."""
    return open_room()
