"""Data directory: the one folder that a desk keeps everything in.

It is looked at before anything in it is opened: what SQLite and the system say of it ("unable to open database file")
names neither the folder nor the reason, and here both are told in one sentence.
"""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from model.errors import DataDirectoryError

_FOLDERS = ("locks", "run", "index")
_FILES = ("stories.db", "pages.db")
_COMPANIONS = ("", "-wal", "-shm")
_MOVE = "move it away, or set another data_dir"


def prepare(data_dir: Path) -> None:
    """Make the directory where it is missing. Raises DataDirectoryError where nothing can be kept in it."""
    reason = obstacle(data_dir)
    if reason is not None:
        raise DataDirectoryError(reason)
    make_folder(data_dir)


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it. Raises DataDirectoryError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirectoryError(f"{folder} can't be made: {error.strerror}: {error.filename}") from error


def obstacle(data_dir: Path) -> str | None:
    """Why nothing can be kept in this directory, made already or not; None where it can. Makes nothing."""
    reason = next(_obstacles(data_dir), None)
    return None if reason is None else f"the data directory {data_dir} can't be used: {reason}"


def _obstacles(data_dir: Path) -> Iterator[str]:
    standing = next(path for path in (data_dir, *data_dir.parents) if _stands(path))
    if not standing.is_dir():
        yield f"{standing} is a file; {_MOVE}"
        return
    if not os.access(standing, os.W_OK | os.X_OK, effective_ids=True):
        yield _no_right(standing)
        return
    for folder in (data_dir / name for name in _FOLDERS):
        if _stands(folder) and not folder.is_dir():
            yield f"{folder} is a file where a folder belongs; move it away"
        elif _stands(folder) and not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
            yield _no_right(folder)
    for file in (data_dir / f"{name}{companion}" for name in _FILES for companion in _COMPANIONS):
        if file.is_dir():
            yield f"{file} is a folder where a database belongs; move it away"
        elif _stands(file) and not os.access(file, os.R_OK | os.W_OK, effective_ids=True):
            yield _no_right(file)


def _stands(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _no_right(path: Path) -> str:
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return "the disk is read-only"
    return f"user {_user()} has no right to write to {path}; give it the right, or set another data_dir"


def _user() -> str:
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
