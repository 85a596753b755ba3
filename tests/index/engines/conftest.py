"""The engines that the contract suites run over; those on servers are marked `cluster`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.base import Engine
from tests.index.engines.opening import ENGINES, OpenEngine, remove_opened

KINDS = ["whoosh", pytest.param("opensearch", marks=pytest.mark.cluster)]


@pytest.fixture(autouse=True, scope="module")
def _room_on_the_server() -> Iterator[None]:
    """What a module's tests have made on the server goes with them."""
    yield
    remove_opened()


@pytest.fixture(params=KINDS, scope="session")
def open_engine(request: pytest.FixtureRequest) -> OpenEngine:
    """Opens an engine of each kind."""
    if request.param == "opensearch":
        request.getfixturevalue("opensearch_server")
    return ENGINES[request.param]


@pytest.fixture
def engine(open_engine: OpenEngine, tmp_path: Path) -> Engine:
    """An engine that holds an empty index "one"."""
    engine = open_engine(tmp_path / "index")
    engine.create("one")
    return engine
