"""Numbers and states of an index's commits.

Whoosh publishes a commit by renaming its table of contents, `_MAIN_<number>.toc`, into place. Up to which position of
the change feed it reaches, and which stories were removed at which position (the tombstones), stands in files that are
written before: killed between them, the old commit stands with its old state, and the left-over files are replaced by
the next commit.

    revision_<number>.json      {"revision": checkpoint, "tombstones": number of the file with them, or null}
    tombstones_<number>.json    {story id: position}; written only when they have changed
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from model.errors import DamagedIndexError, NoIndexError

INDEX_NAME = "MAIN"
"""Whoosh's own name for the only index of a directory; all its files begin with it."""

_TOC = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")
_HALF_WRITTEN = re.compile(rf"_{INDEX_NAME}_[0-9]+\.toc\..*|.*\.new")
_STATE = re.compile(r"revision_([0-9]+)\.json")
_TOMBSTONES = re.compile(r"tombstones_([0-9]+)\.json")


class CommitState(NamedTuple):
    """The position that a commit reaches, and the commit that wrote the tombstones that hold (None: there are none)."""

    checkpoint: int
    tombstones: int | None = None


def newest_commit(directory: Path) -> int:
    """The number of the newest commit. Raises NoIndexError."""
    try:
        names = [path.name for path in directory.iterdir()]
    except OSError as error:
        raise NoIndexError(f"{directory}: there is no index: {error.strerror}") from None
    numbers = [int(found[1]) for name in names if (found := _TOC.fullmatch(name))]
    if not numbers:
        raise NoIndexError(f"{directory}: there is no index")
    return max(numbers)


def write_state(directory: Path, number: int, state: CommitState) -> None:
    """Say which state a commit to come stands for; durable on return."""
    _write(_state_path(directory, number), {"revision": state.checkpoint, "tombstones": state.tombstones})


def read_state(directory: Path, number: int) -> CommitState:
    """The state of a commit. Raises OSError where the commit is gone, DamagedIndexError."""
    path = _state_path(directory, number)
    facts = _read(path)
    try:
        tombstones = facts.get("tombstones")
        return CommitState(int(facts["revision"]), None if tombstones is None else int(tombstones))
    except (ValueError, TypeError, KeyError):
        raise DamagedIndexError(f"{path}: not the state of a commit") from None


def write_tombstones(directory: Path, number: int, tombstones: Mapping[str, int]) -> None:
    """Write the tombstones of a commit to come; durable on return."""
    _write(_tombstones_path(directory, number), tombstones)


def read_tombstones(directory: Path, state: CommitState) -> dict[str, int]:
    """The tombstones of a commit: story id -> position. Raises DamagedIndexError."""
    if state.tombstones is None:
        return {}
    path = _tombstones_path(directory, state.tombstones)
    try:
        return {story_id: int(position) for story_id, position in _read(path).items()}
    except (OSError, ValueError, TypeError) as error:
        raise DamagedIndexError(f"{path}: can't be read: {error}") from None


def remove_leftovers(directory: Path, number: int, state: CommitState) -> None:
    """Take away the states of other commits, and what killed writers left half-written beside them.

    Readers that still open an older commit try again with the newest.
    """
    for path in directory.iterdir():
        found, tombstones = _STATE.fullmatch(path.name), _TOMBSTONES.fullmatch(path.name)
        if (
            (found and int(found[1]) != number)
            or (tombstones and int(tombstones[1]) != state.tombstones)
            or _HALF_WRITTEN.fullmatch(path.name)
        ):
            path.unlink(missing_ok=True)


def sync_commit(directory: Path, number: int) -> None:
    """Make a commit's table of contents, and the names of all files, durable."""
    _sync(directory / f"_{INDEX_NAME}_{number}.toc")
    _sync(directory)


def _write(path: Path, facts: Mapping[str, Any]) -> None:
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _read(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise DamagedIndexError(f"{path}: not the state of a commit: {text[:80]!r}")
    return facts


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _state_path(directory: Path, number: int) -> Path:
    return directory / f"revision_{number}.json"


def _tombstones_path(directory: Path, number: int) -> Path:
    return directory / f"tombstones_{number}.json"
