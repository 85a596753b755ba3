"""A real S3 server on loopback for the tests: versitygw over a folder, one process.

Its binary is VERSITYGW, else the one on the path, else the one that `make test-cluster` has built (`python -m
tests.cluster.s3_server` builds it with Go). Tests that need it are skipped with one loud line where there is none.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from store.blobs.place import PlaceSettings

MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
BUCKET = "desk"
ACCESS_KEY, SECRET_KEY = "a-key-of-the-tests", "a-secret-of-the-tests"
_STARTS_WITHIN_SECONDS = 30.0


def tools() -> Path:
    """Where tools that were built for the tests are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "wiredesk-tests"


def binary() -> str | None:
    """The server's program; None where there is none."""
    built = tools() / "versitygw"
    return os.environ.get("VERSITYGW") or shutil.which("versitygw") or (str(built) if built.is_file() else None)


class S3Server:
    """One server over one folder, which may be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "buckets"
        self._marks = folder / "attributes"
        self._log = folder / "log"
        (self.folder / BUCKET).mkdir(parents=True, exist_ok=True)
        self._marks.mkdir(exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, prefix: str = "pages") -> PlaceSettings:
        """A place below a prefix of its bucket."""
        return PlaceSettings(f"s3://{BUCKET}/{prefix}", ACCESS_KEY, SECRET_KEY, self.endpoint, "us-east-1")

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = binary()
        assert program is not None
        keys = {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
        command = [program, "--quiet", "--keep-alive", "--port", f"127.0.0.1:{self.port}"]
        command += ["posix", "--sidecar", str(self._marks), str(self.folder)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, env={**os.environ, **keys}, stdout=log, stderr=log)
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0):
                return
            time.sleep(0.05)
        raise RuntimeError(f"versitygw does not listen: {self._log.read_text()}")

    def stop(self) -> None:
        """End it; its buckets stay."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """A server that is running; skips the test with one loud line where there is no program."""
    if binary() is None:
        pytest.skip("NO S3 SERVER: `make test-cluster` builds versitygw (Go is needed), or VERSITYGW names one")
    server = S3Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def build() -> int:
    """Build the server's program where there is none; the exit status."""
    found = binary()
    if found is None:
        if shutil.which("go") is None:
            print("Go is needed to build versitygw; or name its program: VERSITYGW=/path/to/versitygw", file=sys.stderr)
            return 1
        tools().mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GOBIN": str(tools()), "CGO_ENABLED": "0"}
        status = subprocess.run(["go", "install", MODULE], env=environment, check=False).returncode
        if status:
            return status
    print(binary())
    return 0


if __name__ == "__main__":
    sys.exit(build())
