"""Engines that the contract suites run over, each over a directory: what was made there before is found again.

An engine on a server holds what a directory is given in indexes that are named after it.
"""

import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from index.base import Engine

OpenEngine = Callable[[Path], Engine]

ADDRESS = "OPENSEARCH_OF_TESTS"
"""The variable that holds the address of the server; processes of tests inherit it."""


def open_whoosh(directory: Path) -> Engine:
    """The embedded engine in a directory."""
    from index.engines.whoosh import WhooshEngine

    return WhooshEngine(directory)


def open_opensearch(directory: Path) -> Engine:
    """The engine on the server of the tests."""
    from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings

    name = f"test-{sha256(str(directory).encode()).hexdigest()[:16]}"
    return OpenSearchEngine(OpenSearchSettings((os.environ[ADDRESS],), name=name))


ENGINES: Mapping[str, OpenEngine] = {"whoosh": open_whoosh, "opensearch": open_opensearch}
"""Each opens an engine that holds nothing yet, or what it held when that directory was given before."""
