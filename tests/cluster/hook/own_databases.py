"""A PostgreSQL database of its own for each data directory, in every process of a test run.

The suite is written for data directories: tests make, copy and remove them, and start desks on them. So that all of it
runs on PostgreSQL, this module stands between a test and the store where `store.url` is not set: the first time that a
data directory is opened, a database is made for it, and a copy of the directory gets a copy of the database. Which
database is whose stands in a file of the directory itself, which a copy takes along, and until there is a directory, in
a registry beside the server. Where the tests run on an engine on servers, too, a data directory has an index of its own
there, named after its path.

`sitecustomize.py` loads it wherever this folder is on PYTHONPATH (tests/cluster/on_postgresql.py puts it there); it
replaces two functions of `store.opening` and one of `desk.container` when those are loaded, and nothing else.
"""

import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

SERVER, REGISTRY = "STORES_OF_TESTS", "REGISTRY_OF_TESTS"
"""Variables of the environment: the address of the server, without a database, and the folder of the registry."""
ENGINE, ENGINE_ADDRESS = "ENGINE_OF_TESTS", "OPENSEARCH_OF_TESTS"
"""Variables of the environment: the engine that the tests run on, and the address of its server."""
TEMPLATE = "empty"
_MARKER = Path("run") / "database"
_TRIES = 40


class Record(NamedTuple):
    """What the registry knows of a data directory; `settled` once the directory says so itself."""

    data_dir: str
    name: str
    settled: bool


class OwnDatabases:
    """The databases of data directories on one server."""

    def __init__(self, server: str, registry: Path) -> None:
        self._server = server
        self._registry = registry

    def address(self, data_dir: Path) -> str:
        """The address of a data directory's database, made where there is none."""
        return f"{self._server}/{self._name(data_dir.absolute())}"

    def settle(self, data_dir: Path) -> None:
        """Let a data directory that is there remember its database."""
        data_dir = data_dir.absolute()
        with self._locked(data_dir) as path:
            record = _read(path)
            if record is not None and not record.settled:
                self._mark(path, record._replace(settled=True))

    def drop_left(self) -> None:
        """Remove the databases of data directories that are gone."""
        for data_dir in [record.data_dir for record in map(_read, self._registry.glob("*.json")) if record is not None]:
            with self._locked(Path(data_dir)) as path:
                record = _read(path)
                if record is not None and record.settled and not Path(data_dir).exists():
                    self._drop(record.name)
                    path.unlink()

    def _name(self, data_dir: Path) -> str:
        name, home = _marked(data_dir)
        if home == str(data_dir):
            return name
        with self._locked(data_dir) as path:
            name, home = _marked(data_dir)
            record = _read(path)
            if home == str(data_dir):
                return name
            if not home and record is not None and not record.settled:
                return record.name
            made = f"desk_{os.getpid()}_{time.monotonic_ns()}"
            self._make(made, name or TEMPLATE)
            self._mark(path, Record(str(data_dir), made, settled=bool(home)))
            return made

    def _make(self, name: str, template: str) -> None:
        """Make a database, a copy of another one; whoever uses that one is put off."""
        import psycopg

        copy = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            for attempt in range(_TRIES):
                try:
                    connection.execute(copy)
                except psycopg.errors.ObjectInUse:
                    if attempt == _TRIES - 1:
                        raise
                    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                    connection.execute(others, [template])
                    time.sleep(0.05)
                else:
                    return

    def _drop(self, name: str) -> None:
        import psycopg

        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _mark(self, path: Path, record: Record) -> None:
        if record.settled:
            marker = Path(record.data_dir) / _MARKER
            # Where nothing can be written the registry goes on knowing.
            with suppress(OSError):
                marker.parent.mkdir(exist_ok=True)
                marker.write_text(f"{record.name}\n{record.data_dir}")
        path.write_text(json.dumps(record))

    @contextmanager
    def _locked(self, data_dir: Path) -> Iterator[Path]:
        """The place of a data directory in the registry, for one process at a time."""
        path = self._registry / f"{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:24]}.json"
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield path
        finally:
            os.close(descriptor)


def _marked(data_dir: Path) -> tuple[str, str]:
    """The database that a data directory names, and for which directory; empty where it names none."""
    try:
        name, _, home = (data_dir / _MARKER).read_text().partition("\n")
    except OSError:
        return "", ""
    return name, home


def _read(path: Path) -> Record | None:
    try:
        return Record(*json.loads(path.read_text()))
    except (OSError, ValueError):
        return None


def install() -> None:
    """Stand between tests and the store from now on, in this process."""
    databases = OwnDatabases(os.environ[SERVER], Path(os.environ[REGISTRY]))
    sys.meta_path.insert(0, _Replacing({"store.opening": _opening(databases), "desk.container": _container(databases)}))


def _opening(databases: OwnDatabases) -> Callable[[ModuleType], None]:
    def change(module: ModuleType) -> None:
        open_store, look_at_store = module.open_store, module.look_at_store

        def open_own(data_dir: Path, url: str | None = None, **options: Any) -> Any:
            module.prepare(data_dir)
            url = url or databases.address(data_dir)
            databases.settle(data_dir)
            return open_store(data_dir, url, **options)

        def look_at_own(data_dir: Path, url: str | None = None, **options: Any) -> Any:
            return look_at_store(data_dir, url or databases.address(data_dir), **options)

        module.open_store, module.look_at_store = open_own, look_at_own

    return change


def _container(databases: OwnDatabases) -> Callable[[ModuleType], None]:
    def change(module: ModuleType) -> None:
        from pydantic import SecretStr

        load = module.load_config

        def load_own(*arguments: Any) -> Any:
            config = _on_servers(load(*arguments))
            if config.store.address() is not None:
                return config
            store = config.store.model_copy(update={"url": SecretStr(databases.address(config.data_dir))})
            return config.model_copy(update={"store": store})

        module.load_config = load_own

    return change


def _on_servers(config: Any) -> Any:
    """A configuration with its index on the servers of the tests, where these run on them and it names no engine."""
    if os.environ.get(ENGINE) != "opensearch" or "engine" in config.index.model_fields_set:
        return config
    name = f"test-{hashlib.sha256(os.fsencode(config.data_dir)).hexdigest()[:16]}"
    values = {"engine": "opensearch", "hosts": (os.environ[ENGINE_ADDRESS],), "name": name}
    return config.model_copy(update={"index": config.index.model_copy(update=values)})


class _Replacing(MetaPathFinder):
    """Finds modules as ever, and changes some of them once they are loaded."""

    def __init__(self, changes: dict[str, Callable[[ModuleType], None]]) -> None:
        self._changes = changes

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        change = self._changes.get(name)
        spec = None if change is None else PathFinder.find_spec(name, path, target)
        if change is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_change(module: ModuleType) -> None:
            execute(module)
            change(module)

        spec.loader.exec_module = execute_and_change  # type: ignore[method-assign]
        return spec
