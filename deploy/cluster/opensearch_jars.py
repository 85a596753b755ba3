"""Jars of an OpenSearch server, as Maven fetches them once, and the Java that runs them.

Of either series one release: the oldest series that Wiredesk works with, and the newest; and one with the server's
security plugin (users, rights, TLS), of which Maven has a few releases only. A Java that JAVA_HOME names is
taken as it is; else it is the one on the path, or one of those that are installed where that is too old.
"""

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = ("pom.xml", "WiredeskNode.java", "log4j2.properties")
INSTALLED = Path("/usr/lib/jvm")
_FETCH_SECONDS = 600.0
_JAVA_SECONDS = 30.0


class NodesError(Exception):
    """The nodes can't be fetched or started; the text says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the server, the libraries that it was made with, and the oldest Java that runs it.

    `security` is the version of the security plugin, None for none.
    """

    opensearch: str
    log4j: str
    netty: str
    java: int
    security: str | None = None


SECURED = "2-secured"
RELEASES = {
    "2": Release("2.19.6", log4j="2.25.4", netty="4.1.135.Final", java=17),
    "3": Release("3.9.0", log4j="2.25.5", netty="4.2.18.Final", java=21),
    SECURED: Release("2.19.4", log4j="2.21.0", netty="4.1.125.Final", java=17, security="2.19.4.0"),
}
"""By series."""


@dataclass(frozen=True, slots=True)
class ServerJars:
    """What a node is started with: the folder of the jars, and the program."""

    folder: Path
    java: Path


def fetch(series: str = "2") -> ServerJars:
    """The server's jars of a series; they are fetched where they are not there yet. Raises NodesError."""
    release = RELEASES[series]
    home = find_java(release.java)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wiredesk-opensearch"
    sources = b"".join((HERE / name).read_bytes() for name in SOURCES) + repr(release).encode()
    digest = hashlib.sha256(sources).hexdigest()[:12]
    ready = cache / f"{release.opensearch}-{digest}"
    if not ready.is_dir():
        if shutil.which("mvn") is None:
            raise NodesError("mvn can't be found: Maven is needed to fetch the server's jars")
        draft = cache / f"{ready.name}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            _fill(draft, release, home)
            with suppress(OSError):  # another process was quicker
                draft.rename(ready)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return ServerJars(ready, home / "bin" / "java")


def find_java(oldest: int) -> Path:
    """The home of a Java that is no older than that. Raises NodesError."""
    named = os.environ.get("JAVA_HOME")
    if named:
        found = _java_version(Path(named))
        if found is None:
            raise NodesError(f"JAVA_HOME names {named}, which holds no Java with a compiler")
        if found < oldest:
            raise NodesError(f"JAVA_HOME names {named}, which is Java {found}; Java {oldest} or newer is needed")
        return Path(named)
    seen = []
    for home in _installed():
        found = _java_version(home)
        if found is not None and found >= oldest:
            return home
        seen += [] if found is None else [f"Java {found} in {home}"]
    told = f"only {' and '.join(seen)} can be found" if seen else "java and javac can't be found"
    raise NodesError(f"{told}; Java {oldest} or newer is needed (JAVA_HOME may name it)")


def _installed() -> Iterator[Path]:
    """The homes of Java, that of the path first."""
    on_path = shutil.which("javac")
    homes = [Path(on_path).resolve().parent.parent] if on_path else []
    with suppress(OSError):
        homes += sorted(home.resolve() for home in INSTALLED.iterdir() if home.is_dir())
    yield from dict.fromkeys(homes)


def _java_version(home: Path) -> int | None:
    """The version of Java, 17; None where there is none with a compiler."""
    try:
        command = [str(home / "bin" / "javac"), "-version"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=_JAVA_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"javac (?:1\.)?(\d+)", told.stdout + told.stderr)
    return int(number[1]) if number else None


def _fill(folder: Path, release: Release, home: Path) -> None:
    for name in SOURCES:
        shutil.copy(HERE / name, folder)
    versions = [f"-Dopensearch={release.opensearch}", f"-Dlog4j={release.log4j}", f"-Dnetty={release.netty}"]
    if release.security is not None:
        versions.append(f"-Dsecurity={release.security}")  # switches that part of pom.xml on
    copied = ["dependency:copy-dependencies", f"-DoutputDirectory={folder / 'jars'}"]
    _run(["mvn", "-B", "-q", *versions, *copied], folder, home)
    for plugin in (folder / "jars").glob("*.zip"):
        _unpack(plugin, folder)
    compiler = [str(home / "bin" / "javac"), "-nowarn", "--release", str(release.java)]
    _run([*compiler, "-cp", f"{folder / 'jars'}/*", "-d", str(folder), "WiredeskNode.java"], folder, home)


def _unpack(plugin: Path, folder: Path) -> None:
    """Put a plugin's jars beside the server's, which go before, and its examples of configuration into `config`."""
    jars = folder / "jars"
    present = {_library(jar.name) for jar in jars.glob("*.jar")}
    with zipfile.ZipFile(plugin) as archive:
        for name in archive.namelist():
            if name.startswith("config/") and name.endswith(".yml"):
                archive.extract(name, folder)
            elif name.endswith(".jar") and "/" not in name and _library(name) not in present:
                archive.extract(name, jars)
    plugin.unlink()


def _library(jar: str) -> str:
    """The name of a jar's library without its version."""
    return re.sub(r"-\d.*", "", jar)


def _run(command: Sequence[str], folder: Path, home: Path) -> None:
    environment = {**os.environ, "JAVA_HOME": str(home)}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_FETCH_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise NodesError(f"{command[0]} takes too long") from None
    if done.returncode:
        raise NodesError(f"{command[0]} fails: {(done.stdout + done.stderr).strip()[-2000:]}")
