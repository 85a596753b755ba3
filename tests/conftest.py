"""What holds for all tests."""

import itertools
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings

if TYPE_CHECKING:
    from tests.cluster.postgresql_server import Pooler, PostgresqlServer

# No property test is timed: machines that test are shared. Every run tries the same cases, so that what is red was made
# red by a change; "make test-long" tries new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """A command that a test runs in this process sets up logs; the next test sees nothing of that."""
    yield
    structlog.reset_defaults()


_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[PostgresqlServer]":
    """A real server, with a database "empty" that has all tables."""
    pytest.importorskip("psycopg", reason="the extra cluster is not installed")
    from tests.cluster.postgresql_server import PostgresqlServer, tool

    if tool("initdb") is None:
        pytest.skip("no PostgreSQL server is installed")
    server = PostgresqlServer()
    try:
        server.make_template("empty", tmp_path_factory.mktemp("template"))
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def pooler(postgresql_server: "PostgresqlServer") -> "Iterator[Pooler]":
    """A real pooler in front of it, in transaction mode."""
    from tests.cluster.postgresql_server import Pooler, tool

    if tool("pgbouncer") is None:
        pytest.skip("pgbouncer is not installed")
    pooler = Pooler(postgresql_server)
    yield pooler
    pooler.remove()


@pytest.fixture
def database(postgresql_server: "PostgresqlServer") -> Iterator[str]:
    """The name of a new database with all tables."""
    name = f"desk_{next(_numbers)}"
    postgresql_server.make_database(name, "empty")
    yield name
    postgresql_server.drop_database(name)


@pytest.fixture(scope="session")
def opensearch_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real OpenSearch, started for this run unless OPENSEARCH_OF_TESTS names one.

    OPENSEARCH_SERIES_OF_TESTS says of which series of versions, 2 or 3.
    """
    pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")
    named = os.environ.get("OPENSEARCH_OF_TESTS")
    if named:
        yield named
        return
    from deploy.cluster.opensearch_jars import NodesError
    from deploy.cluster.opensearch_nodes import OpenSearchNodes

    series = os.environ.get("OPENSEARCH_SERIES_OF_TESTS", "2")
    nodes = OpenSearchNodes(tmp_path_factory.mktemp("opensearch"), heap="640m", series=series)
    try:
        nodes.start()
    except NodesError as error:
        nodes.stop()
        pytest.skip(f"NO OPENSEARCH: {error}; OPENSEARCH_OF_TESTS may name one that runs")
    os.environ["OPENSEARCH_OF_TESTS"] = nodes.addresses[0]
    try:
        yield nodes.addresses[0]
    finally:
        del os.environ["OPENSEARCH_OF_TESTS"]
        nodes.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say loudly that the suites that need servers were left out."""
    if "not cluster" in str(config.getoption("markexpr")) and "STORES_OF_TESTS" not in os.environ:
        terminalreporter.write_line(
            "NOT RUN: the suites on PostgreSQL, S3 and OpenSearch; `make test-cluster` runs them.", yellow=True
        )
