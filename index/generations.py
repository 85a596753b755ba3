"""Which of the indexes on disk is the live one?

    index/
      current              the name of the live generation, replaced atomically
      gen-000001/          belongs to the engine
        generation.json    {"fingerprint": …}: fields, analysis and library that it was made with
        in-use.lock        readers hold it shared; a generation is removed only when none does

An unfinished rebuild is a directory that `current` does not name; the next rebuild removes it.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from model.errors import NoIndexError
from store.directory.locks import in_use, shared

_IN_USE = "in-use.lock"
_NAME = re.compile(r"gen-(\d{6,})")


class Generation(NamedTuple):
    """One index directory and what it was made with."""

    directory: Path
    fingerprint: str | None

    def hold(self, *, looks_only: bool = False) -> AbstractContextManager[None]:
        """Keep the directory from being removed while the block runs; whoever looks only makes no file for that."""
        return shared(self.directory / _IN_USE, make=not looks_only)


class Generations:
    """The generations below one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pointer = directory / "current"

    def live(self) -> Generation:
        """The live generation. Raises NoIndexError before the first one and where its directory is gone."""
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            raise NoIndexError(
                f"there is no index in {self._directory} yet; `reindex` makes one, and so do `crawl` and `start`"
            ) from None
        if not _NAME.fullmatch(name) or not (self._directory / name).is_dir():
            raise NoIndexError(f"the live index {name!r} is missing in {self._directory}; `reindex` makes it anew")
        return self._read(self._directory / name)

    def make(self, fingerprint: str) -> Generation:
        """A new, empty directory, not live yet."""
        self._directory.mkdir(parents=True, exist_ok=True)
        number = max((int(match[1]) for _, match in self._all()), default=0) + 1
        directory = self._directory / f"gen-{number:06d}"
        directory.mkdir()
        (directory / _IN_USE).touch()  # made now, so that whoever only looks has nothing to make
        (directory / "generation.json").write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
        return Generation(directory, fingerprint)

    def switch(self, generation: Generation) -> None:
        """Make a generation the live one, atomically and durably."""
        draft = self._pointer.with_suffix(".new")
        with draft.open("w", encoding="ascii") as file:
            file.write(generation.directory.name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._pointer)
        _sync_directory(self._directory)

    def discard(self, generation: Generation) -> None:
        """Remove a generation that could not be finished; one that went live after all stays."""
        try:
            if self.live().directory == generation.directory:
                return
        except NoIndexError:
            pass
        shutil.rmtree(generation.directory, ignore_errors=True)

    def remove_others(self) -> list[str]:
        """Remove generations that are neither live nor in use; returns the names of those removed.

        The caller holds the build lock: an unfinished rebuild of somebody else is not to be taken away.
        """
        live = self.live().directory
        removed = []
        for directory, _ in self._all():
            if directory != live and not in_use(directory / _IN_USE):
                shutil.rmtree(directory, ignore_errors=True)
                removed.append(directory.name)
        return removed

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever another generation goes live; None without any."""
        try:
            found = self._pointer.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_mtime_ns, found.st_ino

    def _all(self) -> Iterator[tuple[Path, "re.Match[str]"]]:
        for path in sorted(self._directory.glob("gen-*")):
            match = _NAME.fullmatch(path.name)
            if match and path.is_dir():
                yield path, match

    @staticmethod
    def _read(directory: Path) -> Generation:
        try:
            fingerprint = json.loads((directory / "generation.json").read_text(encoding="utf-8"))["fingerprint"]
        except (OSError, ValueError, KeyError, TypeError):
            fingerprint = None
        return Generation(directory, fingerprint)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
