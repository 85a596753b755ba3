"""Which commit of an index is the newest, and which store revision does it stand for?

Whoosh publishes a commit by renaming its table of contents, `_MAIN_<generation>.toc`, into place. The revision
stands in a file named after the generation that is written before: killed between the two, the old generation stands
with its old revision, and the left-over file is replaced by the next commit.
"""

import json
import os
import re
from pathlib import Path

from model.errors import DamagedIndexError, NoIndexError

INDEX_NAME = "MAIN"
"""Whoosh's own name for the only index of a directory; all its files begin with it."""

_TOC = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")
_HALF_WRITTEN = re.compile(rf"_{INDEX_NAME}_[0-9]+\.toc\..*|.*\.new")
_REVISION = re.compile(r"revision_([0-9]+)\.json")


def newest_generation(directory: Path) -> int:
    """The number of the newest commit. Raises NoIndexError."""
    try:
        names = [path.name for path in directory.iterdir()]
    except OSError as error:
        raise NoIndexError(f"{directory}: there is no index: {error.strerror}") from None
    generations = [int(found[1]) for name in names if (found := _TOC.fullmatch(name))]
    if not generations:
        raise NoIndexError(f"{directory}: there is no index")
    return max(generations)


def write_revision(directory: Path, generation: int, revision: int) -> None:
    """Say which revision a generation to come stands for; durable on return."""
    path = _path(directory, generation)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump({"revision": revision}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_revision(directory: Path, generation: int) -> int:
    """The revision of a generation. Raises OSError where the generation is gone, DamagedIndexError."""
    text = _path(directory, generation).read_text(encoding="utf-8")
    try:
        return int(json.loads(text)["revision"])
    except (ValueError, TypeError, KeyError):
        raise DamagedIndexError(f"{_path(directory, generation)}: not a revision: {text[:80]!r}") from None


def remove_leftovers(directory: Path, generation: int) -> None:
    """Take away the revisions of other generations, and what killed writers left half-written beside them.

    Readers that still open an older generation try again with the newest.
    """
    for path in directory.iterdir():
        found = _REVISION.fullmatch(path.name)
        if (found and int(found[1]) != generation) or _HALF_WRITTEN.fullmatch(path.name):
            path.unlink(missing_ok=True)


def sync_commit(directory: Path, generation: int) -> None:
    """Make a generation's table of contents, and the names of all files, durable."""
    _sync(directory / f"_{INDEX_NAME}_{generation}.toc")
    _sync(directory)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _path(directory: Path, generation: int) -> Path:
    return directory / f"revision_{generation}.json"
