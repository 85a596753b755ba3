"""A bench for every test, on a copy of one data directory that was made once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import SourceConfig
from store.opening import open_store
from tests.ingest.ways import IngestBench, ingest_bench

OpenBench = Callable[..., IngestBench]


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory without stories: making one takes as long as bringing ten stories."""
    directory = tmp_path_factory.mktemp("empty") / "data"
    open_store(directory).close()
    return directory


@pytest.fixture
def open_bench(tmp_path: Path, empty_data: Path) -> Iterator[OpenBench]:
    """Opens benches with sources of the test's own; what always holds is checked at the end."""
    with ExitStack() as stack:
        benches: list[IngestBench] = []

        def open_one(*sources: SourceConfig) -> IngestBench:
            directory = tmp_path / f"bench-{len(benches)}"
            shutil.copytree(empty_data, directory / "data")
            benches.append(stack.enter_context(ingest_bench(directory / "data", directory / "files", *sources)))
            return benches[-1]

        yield open_one
        for bench in benches:
            bench.check()


@pytest.fixture
def bench(open_bench: OpenBench) -> IngestBench:
    """A bench with one source."""
    return open_bench()
