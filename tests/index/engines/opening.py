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
CHOSEN = "ENGINE_OF_TESTS"
"""The variable that says which engine the suites run on that are about more than engines; else the embedded one."""

_opened: set[str] = set()


def name_of(directory: Path) -> str:
    """What the indexes of a directory are called after on a server."""
    return f"test-{sha256(str(directory).encode()).hexdigest()[:16]}"


def open_whoosh(directory: Path) -> Engine:
    """The embedded engine in a directory."""
    from index.engines.whoosh import WhooshEngine

    return WhooshEngine(directory)


def open_opensearch(directory: Path) -> Engine:
    """The engine on the server of the tests."""
    from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings

    name = name_of(directory)
    _opened.add(name)
    return OpenSearchEngine(OpenSearchSettings((os.environ[ADDRESS],), name=name))


def remove_opened(directory: Path | None = None) -> None:
    """Remove what this process has opened on the server, or of one directory: it holds hundreds of indexes, not
    thousands.
    """
    names = _opened if directory is None else _opened & {name_of(directory)}
    if not names:
        return
    from opensearchpy import OpenSearch

    client = OpenSearch(os.environ[ADDRESS], timeout=60)
    for name in sorted(names):
        for index in client.indices.get_alias(index=f"{name}.*"):
            client.indices.delete(index=index)
    _opened.difference_update(names)
    client.close()


ENGINES: Mapping[str, OpenEngine] = {"whoosh": open_whoosh, "opensearch": open_opensearch}
"""Each opens an engine that holds nothing yet, or what it held when that directory was given before."""


def open_chosen(directory: Path) -> Engine:
    """The engine that the suites run on in this run."""
    return ENGINES[os.environ.get(CHOSEN, "whoosh")](directory)
