"""The test suite with the store on PostgreSQL: `python -m tests.cluster.on_postgresql [what pytest takes]`.

Starts a server for the run, on which each data directory that a test opens has a database of its own
(tests/cluster/hook/own_databases.py), and removes databases with their directories.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.cluster.hook.own_databases import REGISTRY, SERVER, TEMPLATE, OwnDatabases
from tests.cluster.postgresql_server import PostgresqlServer, tool

_HOOK = Path(__file__).parent / "hook"
_LOOK_SECONDS = 2.0
_NOT_CLOSED = "ignore:<psycopg:ResourceWarning"
"""Tests leave stores open that go with their processes; SQLite says nothing of that."""


def main(arguments: list[str]) -> int:
    """Run pytest, and return its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server goes, too
    if tool("initdb") is None:
        sys.exit("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    server = PostgresqlServer()
    try:
        with TemporaryDirectory(prefix="wiredesk-registry-") as folder:
            return _run(server, Path(folder), arguments)
    finally:
        server.remove()


def _run(server: PostgresqlServer, folder: Path, arguments: list[str]) -> int:
    folder.chmod(0o777)
    server.make_template(TEMPLATE, folder / "template")
    path = os.pathsep.join(filter(None, (str(_HOOK), os.environ.get("PYTHONPATH"))))
    address = server.address("").removesuffix("/")
    environment = {**os.environ, SERVER: address, REGISTRY: str(folder), "PYTHONPATH": path}
    options = ["-o", "tmp_path_retention_policy=failed", "-W", _NOT_CLOSED]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    with _removing(OwnDatabases(address, folder)):
        running = subprocess.Popen(command, env=environment)
        try:
            return running.wait()
        finally:
            running.terminate()


@contextmanager
def _removing(databases: OwnDatabases) -> Iterator[None]:
    """Remove the databases of directories that are gone, until the block ends."""
    ended = threading.Event()

    def remove() -> None:
        while not ended.wait(_LOOK_SECONDS):
            try:
                databases.drop_left()
            except psycopg.Error as error:
                sys.stderr.write(f"databases stay: {error}\n")

    remover = threading.Thread(target=remove, name="removing")
    remover.start()
    try:
        yield
    finally:
        ended.set()
        remover.join()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
