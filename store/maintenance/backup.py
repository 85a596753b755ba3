"""Backup of the store while it is in use, and restore of a backup into a data directory.

A backup is a directory with `stories.db`, `pages.db` and, written last, `manifest.json`: a copy without it is
unfinished. `backup.unfinished` beside them says so while it is made, and lets the same command replace what one that
was interrupted has left; it is a lock, too, held by the process that copies. SQLite's own backup reads both files in
snapshots that are opened one right after the other, stories first: a page is written before the story that was read
from it, so every page that a copied story names is in the copy too. The index is not copied: it is made again from the
store.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from model.errors import NewerDataError, StoreError
from store.directory.locks import Lock
from store.directory.presence import RESTORING
from store.migrations.migrate import HEADS

FORMAT = 1
MANIFEST = "manifest.json"
FILES = ("stories.db", "pages.db")
UNFINISHED = "backup.unfinished"
_COPIES = frozenset({*FILES, *(f"{name}-journal" for name in FILES), "manifest.new"})
_STEP_PAGES = 1024
_STEP_BYTES = 4 << 20
_MEGABYTE = 1_000_000
# What a desk leaves in a data directory before it has stored anything.
_HARMLESS = frozenset({"locks", "run"})


Progress = Callable[[str, int, int], None]
"""Called with (what, megabytes done, megabytes in all) as work goes on; what it raises ends the work."""


class Manifest(NamedTuple):
    """What a backup holds; `files` maps names to (bytes, SHA-256 in hexadecimal)."""

    made_at: str
    revision: int
    stories: int
    pages: int
    files: Mapping[str, tuple[int, str]]


def back_up(data_dir: Path, target: Path, now: datetime, progress: Progress) -> Manifest:
    """Copy the store into `target`, a directory that is empty or missing, or holds an unfinished backup.

    Crawling and searching go on meanwhile. Raises StoreError where `target` holds anything else or can't be written to,
    LockHeldError where another process makes a backup there. Whatever ends it earlier, by raising from `progress` for
    example, leaves no copies.
    """
    with _made_ready(target):
        try:
            _copy_both(data_dir, target, progress)
            _forget_missing_pages(target)
            manifest = _describe(target, now, progress)
            _write_durably(target / MANIFEST, _as_json(manifest))
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the backup in {target} could not be finished: {error}") from error
    return manifest


def restore(source: Path, data_dir: Path, progress: Progress) -> Manifest:
    """Make a data directory from a backup, its checksums compared first.

    Raises StoreError for an unfinished or damaged backup and for a data directory that holds anything already,
    NewerDataError for a backup of a newer Wiredesk.
    """
    manifest = read_manifest(source)
    _refuse_taken(data_dir)
    for name, (size, digest) in manifest.files.items():
        found = _measure(source / name, progress)
        if found != (size, digest):
            raise StoreError(f"{source / name} is not what was backed up: {found[0]} bytes, SHA-256 {found[1]}")
    drafts = {name: data_dir / f"{name}{RESTORING}" for name in FILES}
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        for name, draft in drafts.items():
            _copy_file(source / name, draft, progress)
        for name in reversed(FILES):  # stories last: with them the data directory counts as taken
            drafts[name].replace(data_dir / name)
        _sync(data_dir)
    except OSError as error:
        raise StoreError(f"{data_dir} can't be written to: {error}") from error
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What a backup says that it holds. Raises StoreError, NewerDataError."""
    try:
        values = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        files = {name: (int(values["files"][name]["bytes"]), str(values["files"][name]["sha256"])) for name in FILES}
        manifest = Manifest(values["made_at"], values["revision"], values["stories"], values["pages"], files)
        written = int(values["format"])
    except OSError as error:
        raise StoreError(f"{source} holds no finished backup: {error.strerror}: {MANIFEST}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{source / MANIFEST} can't be read: {error!r}") from error
    if written > FORMAT:
        raise NewerDataError(f"{source} was written by a newer version of Wiredesk: upgrade Wiredesk")
    return manifest


@contextmanager
def _made_ready(target: Path) -> Iterator[None]:
    """An empty directory for a backup, marked as unfinished until the block ends; emptied if it ends in an error."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        held = {path.name for path in target.iterdir()}
        if held and (UNFINISHED not in held or held - _COPIES - {UNFINISHED}):
            raise StoreError(f"{target} is not empty; name a directory of its own for each backup")
        with Lock(target / UNFINISHED):
            for name in held - {UNFINISHED}:
                (target / name).unlink(missing_ok=True)
            _sync(target)
            try:
                yield
            except BaseException:
                for name in (MANIFEST, *_COPIES):
                    (target / name).unlink(missing_ok=True)
                raise
            finally:
                (target / UNFINISHED).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{target} can't be written to: {error}") from error


def _copy_both(data_dir: Path, target: Path, progress: Progress) -> None:
    """Copy both files as they are at one moment."""
    with closing(_open(data_dir / FILES[0])) as stories, closing(_open(data_dir / FILES[1])) as pages:
        for connection in (stories, pages):
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot begins here
        for name, connection in zip(FILES, (stories, pages), strict=True):
            _copy(connection, target / name, name, progress)


def _refuse_taken(data_dir: Path) -> None:
    held = sorted(path.name for path in data_dir.iterdir()) if data_dir.is_dir() else []
    held = [name for name in held if name not in _HARMLESS and not name.endswith(RESTORING)]
    if held == ["pages.db"]:
        return  # a restore that was killed between its last two steps: a desk of its own begins with stories.db
    if held:
        raise StoreError(f"{data_dir} is not empty ({', '.join(held[:5])}): move it away, or set another data_dir")


def _open(path: Path) -> sqlite3.Connection:
    """A connection of its own with transactions of our own; never makes the file."""
    return sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=30.0)


def _copy(connection: sqlite3.Connection, target: Path, name: str, progress: Progress) -> None:
    """Copy in steps; the snapshot of the open transaction keeps other writers from starting the copy anew."""
    size = int(connection.execute("PRAGMA page_size").fetchone()[0])

    def tell(status: int, left: int, total: int) -> None:
        progress(f"{name} copied", (total - left) * size // _MEGABYTE, total * size // _MEGABYTE)

    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy, pages=_STEP_PAGES, progress=tell, sleep=0.0)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete without a log beside it
    _sync(target)


def _forget_missing_pages(target: Path) -> None:
    """A page that was pruned between the two snapshots is named no more."""
    with closing(sqlite3.connect(target / FILES[0])) as copy:
        copy.execute("ATTACH DATABASE ? AS archive", (str(target / FILES[1]),))
        with copy:
            for table in ("versions", "aliases"):
                copy.execute(
                    f"UPDATE {table} SET page_id = NULL"
                    " WHERE page_id IS NOT NULL AND page_id NOT IN (SELECT id FROM archive.pages)"
                )


def _describe(target: Path, now: datetime, progress: Progress) -> Manifest:
    with _counting(target / FILES[0]) as count:
        revision = count("SELECT value FROM counters WHERE name = 'revision'")
        stories = count("SELECT count(*) FROM stories WHERE merged_into IS NULL")
    with _counting(target / FILES[1]) as count:
        pages = count("SELECT count(*) FROM pages")
    files = {name: _measure(target / name, progress) for name in FILES}
    return Manifest(now.isoformat(timespec="seconds"), revision, stories, pages, files)


@contextmanager
def _counting(path: Path) -> Iterator[Any]:
    with closing(sqlite3.connect(path)) as connection:
        yield lambda query: int(connection.execute(query).fetchone()[0])


def _measure(path: Path, progress: Progress) -> tuple[int, str]:
    """Size in bytes and SHA-256. Raises StoreError where the file can't be read."""
    digest = hashlib.sha256()
    size = 0
    try:
        for piece in _pieces(path, f"{path.name} checked", progress):
            digest.update(piece)
            size += len(piece)
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror}") from error
    return size, digest.hexdigest()


def _copy_file(path: Path, target: Path, progress: Progress) -> None:
    """Copy a file durably."""
    with target.open("wb") as copy:
        for piece in _pieces(path, f"{path.name} copied", progress):
            copy.write(piece)
    _sync(target)


def _pieces(path: Path, what: str, progress: Progress) -> Iterator[bytes]:
    with path.open("rb") as file:
        total = os.fstat(file.fileno()).st_size
        while piece := file.read(_STEP_BYTES):
            yield piece
            progress(what, file.tell() // _MEGABYTE, total // _MEGABYTE)


def _as_json(manifest: Manifest) -> str:
    values = {
        "format": FORMAT,
        "made_at": manifest.made_at,
        "layouts": HEADS,
        "revision": manifest.revision,
        "stories": manifest.stories,
        "pages": manifest.pages,
        "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in manifest.files.items()},
    }
    return json.dumps(values, indent=2) + "\n"


def _write_durably(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
