"""A real PostgreSQL server on loopback, and a real pooler in front of it, for as long as tests need them."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    import psycopg

_PASSWORD = "a pass/word"
_DEBIAN = Path("/usr/lib/postgresql")
_READY_SECONDS = 60


def tool(name: str) -> Path | None:
    """A program of PostgreSQL or the pooler; Debian keeps most of them apart, by version."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is not None:
        return Path(found)
    return next(iter(sorted(_DEBIAN.glob(f"*/bin/{name}"), reverse=True)), None)


def connected(address: str) -> "psycopg.Connection":
    """A connection whose statements are transactions of their own."""
    import psycopg  # here, as tests are collected where the extra is not installed

    return psycopg.connect(address, autocommit=True)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class PostgresqlServer:
    """A server with a folder of its own; `url(name)` is the address of a database on it."""

    def __init__(self) -> None:
        self.port = free_port()
        # A server refuses to run as root: its folder is another user's then, and that of pytest may be closed to it.
        self.folder = Path(mkdtemp(prefix="wiredesk-postgresql-"))
        self.user = _server_user()
        self._process: subprocess.Popen[bytes] | None = None
        if self.user != getpass.getuser():
            shutil.chown(self.folder, self.user)
        secret = self.folder / "password"
        secret.write_text(_PASSWORD)
        secret.chmod(0o644)
        self._run(
            "initdb", "--pgdata", str(self.folder / "data"), "--username", "desk", "--pwfile", str(secret),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "fsync": "off",
            "max_connections": 300, "shared_buffers": "64MB", "log_min_messages": "fatal",
        }  # fmt: skip
        program = tool("postgres")
        command = [str(program), "-D", str(self.folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(command, user=self._as_user(), cwd="/", stdout=log, stderr=log)
        log.close()
        if not _answers(self.address("postgres")):
            raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self, *, abruptly: bool = False) -> None:
        """Stop it, breaking off what is under way; `abruptly` as with a power cut."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT if abruptly else signal.SIGINT)
        self._process.wait(60)
        self._process = None

    def restart(self, *, abruptly: bool = False) -> None:
        """Stop it and start it again."""
        self.stop(abruptly=abruptly)
        self.start()

    def remove(self) -> None:
        """Stop it for good."""
        self.stop(abruptly=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, name: str, port: int | None = None) -> str:
        """The address of a database, with the user and the password."""
        return f"postgresql://desk:{quote(_PASSWORD, safe='')}@127.0.0.1:{port or self.port}/{name}"

    def make_database(self, name: str, template: str = "template0") -> None:
        """A new database, a copy of another one."""
        with connected(self.address("postgres")) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def make_template(self, name: str, folder: Path) -> None:
        """A database with all tables that is nobody's yet: each copy of it becomes a store of its own."""
        from store.opening import open_store

        self.make_database(name)
        open_store(folder, self.address(name)).close()
        with connected(self.address(name)) as connection:
            connection.execute("DELETE FROM counters WHERE name = 'identity'")

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        with connected(self.address("postgres")) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(tool(name)), *arguments], user=self._as_user(), cwd="/", capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _as_user(self) -> str | None:
        return None if self.user == getpass.getuser() else self.user


class Pooler:
    """pgbouncer in transaction mode in front of a server: each transaction may get another session."""

    def __init__(self, server: PostgresqlServer) -> None:
        self.port = free_port()
        self._server = server
        folder = Path(mkdtemp(prefix="wiredesk-pooler-", dir=server.folder))
        (folder / "users").write_text(f'"desk" "{_PASSWORD}"\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {self.port}\nunix_socket_dir =\nauth_type = plain\nauth_file = {folder / 'users'}\n"
            "pool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 400\nlog_connections = 0\n"
            "log_disconnections = 0\nserver_idle_timeout = 5\n"
        )
        for path in (folder, *folder.iterdir()):
            if server.user != getpass.getuser():
                shutil.chown(path, server.user)
        command = [str(tool("pgbouncer")), "--quiet", str(folder / "pgbouncer.ini")]
        self._process = subprocess.Popen(command, user=server._as_user(), cwd="/", stderr=subprocess.DEVNULL)
        if not _answers(self.address("postgres")):
            raise RuntimeError("the pooler does not answer")

    def address(self, name: str) -> str:
        """The address of a database, by way of the pooler."""
        return self._server.address(name, self.port)

    def remove(self) -> None:
        """Stop it for good."""
        self._process.kill()
        self._process.wait()


def _answers(address: str) -> bool:
    """Whether a server answers within a minute."""
    import psycopg

    ends_at = time.monotonic() + _READY_SECONDS
    while time.monotonic() < ends_at:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return True
    return False


def _server_user() -> str:
    if os.geteuid() != 0:
        return getpass.getuser()
    try:
        import pwd

        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"
