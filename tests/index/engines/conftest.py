"""Engines that the contract suite runs over: another backend is another entry here."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from index.base import Engine
from index.engines.whoosh import WhooshEngine

OpenEngine = Callable[[Path], Engine]

ENGINES: Mapping[str, OpenEngine] = {"whoosh": WhooshEngine}
"""Each opens an engine that holds nothing yet, or what it held when that directory was given before."""


@pytest.fixture(params=ENGINES, scope="session")
def open_engine(request: pytest.FixtureRequest) -> OpenEngine:
    """Opens an engine of each kind."""
    return ENGINES[request.param]


@pytest.fixture
def engine(open_engine: OpenEngine, tmp_path: Path) -> Engine:
    """An engine that holds an empty index "one"."""
    engine = open_engine(tmp_path / "index")
    engine.create("one")
    return engine
