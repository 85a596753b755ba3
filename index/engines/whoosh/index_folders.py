"""Index folders: the named indexes of the Whoosh engine, and which of them is live.

    index/
      current              the name of the live index, replaced atomically
      gen-000001/          an index: segments and commits
        generation.json    {"fingerprint": …}: fields, analysis and library that it was made with
        in-use.lock        readers of the live index hold it shared; a folder is removed only when none does

An unfinished rebuild is a folder that `current` does not name; the next rebuild removes it.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from model.errors import EngineError, NoIndexError
from store.directory.locks import in_use, shared

_IN_USE = "in-use.lock"
_FACTS = "generation.json"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


class IndexFolder(NamedTuple):
    """The folder of one index and what it was made with; None where that can't be read."""

    path: Path
    fingerprint: str | None

    def hold(self, *, looks_only: bool = False) -> AbstractContextManager[None]:
        """Keep the folder from being removed while the block runs; whoever looks only makes no file for that."""
        return shared(self.path / _IN_USE, make=not looks_only)


class IndexFolders:
    """The index folders below one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pointer = directory / "current"

    def live(self) -> IndexFolder:
        """The folder of the live index. Raises NoIndexError before the first one and where it is gone."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            raise NoIndexError(
                f"there is no index in {self._directory} yet; `reindex` makes one, and so do `crawl` and `start`"
            ) from None
        if not _NAME.fullmatch(name) or not (self._directory / name).is_dir():
            raise NoIndexError(f"the live index {name!r} is missing in {self._directory}; `reindex` makes it anew")
        return _read(self._directory / name)

    def named(self, name: str) -> IndexFolder:
        """The folder of an index. Raises NoIndexError."""
        if not _NAME.fullmatch(name) or not (self._directory / name).is_dir():
            raise NoIndexError(f"there is no index {name!r} in {self._directory}")
        return _read(self._directory / name)

    def fingerprints(self) -> Mapping[str, str | None]:
        """All index folders by name, each with its fingerprint."""
        return {folder.path.name: folder.fingerprint for folder in self._all()}

    def make(self, name: str, fingerprint: str) -> Path:
        """A new folder without an index in it yet. Raises EngineError where there is one of that name."""
        if not _NAME.fullmatch(name):
            raise EngineError(f"{name!r} can't be the name of an index")
        path = self._directory / name
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise EngineError(f"there is an index {name!r} in {self._directory} already") from None
        (path / _IN_USE).touch()  # made now, so that whoever only looks has nothing to make
        (path / _FACTS).write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
        return path

    def promote(self, name: str) -> None:
        """Make a folder's index the live one, atomically and durably. Raises NoIndexError."""
        self.named(name)
        draft = self._pointer.with_suffix(".new")
        with draft.open("w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._pointer)
        _sync_directory(self._directory)

    def discard(self, name: str) -> bool:
        """Remove a folder that is neither live nor in use; returns whether it is gone."""
        try:
            path = self.named(name).path
        except NoIndexError:
            return True
        try:
            if self.live().path == path:
                return False
        except NoIndexError:
            pass  # a rebuild that failed before the first index was live
        if in_use(path / _IN_USE):
            return False
        shutil.rmtree(path, ignore_errors=True)
        return not path.exists()

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever another index goes live; None without any."""
        try:
            found = self._pointer.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_mtime_ns, found.st_ino

    def _all(self) -> Iterator[IndexFolder]:
        for path in sorted(self._directory.glob("*")):
            if _NAME.fullmatch(path.name) and path.is_dir():  # with or without its facts: a killed rebuild's goes, too
                yield _read(path)


def _read(path: Path) -> IndexFolder:
    try:
        fingerprint = json.loads((path / _FACTS).read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        fingerprint = None
    return IndexFolder(path, fingerprint)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
