"""Blobs in a folder: a file each, below 256 folders. See store.blobs.place.BlobPlace.

A file is written beside its place, flushed to the disk and renamed, so that it is there as a whole or not at all.
Nothing is made where the folder itself is missing: below a mount point that would be the wrong disk.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from model.errors import BlobPlaceError
from store.blobs.packing import PackedBlob, pack, unpack
from store.blobs.place import MARK, BlobPlace, digest_of, name_of

_UNFINISHED = ".new"
_PROBE = b"probe" * 1000


class FolderBlobs(BlobPlace):
    """Blobs by digest in one folder; safe to use from several threads, processes and machines."""

    is_local = True

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def put_all(self, contents: Sequence[bytes]) -> Sequence[bytes]:
        """Keep contents durably; returns their digests."""
        packed = [pack(content) for content in contents]
        self.keep(packed)
        return [blob.digest for blob in packed]

    def keep(self, packed: Sequence[PackedBlob]) -> None:
        """Keep packed blobs durably; those that are kept already stay as they are."""
        with self._troubles_told():
            changed: set[Path] = set()
            for blob in packed:
                path = self._path(blob.digest)
                if not path.exists():
                    changed.update(self._write(path, blob.content))
            for folder in changed:
                _sync(folder)

    def get(self, digest: bytes) -> bytes | None:
        """The bytes of a digest, or None. Raises DamagedBlobError."""
        with self._troubles_told():
            try:
                kept = self._path(digest).read_bytes()
            except FileNotFoundError:
                return None
        return unpack(digest, kept)

    def has(self, digest: bytes) -> bool:
        """Whether there is a file of a digest."""
        with self._troubles_told():
            return self._path(digest).exists()

    def drop(self, digests: Iterable[bytes]) -> None:
        """Remove contents."""
        with self._troubles_told():
            for digest in digests:
                self._path(digest).unlink(missing_ok=True)

    def digests(self, after: bytes, limit: int) -> Sequence[bytes]:
        """The next digests after one, in order; the folders behind it are read as far as needed."""
        found: list[bytes] = []
        with self._troubles_told():
            for folder in sorted(path for path in self._folder.iterdir() if path.name >= after.hex()[:2]):
                if len(found) >= limit:
                    break
                if len(folder.name) == 2 and folder.is_dir():
                    here = (digest_of(f"{folder.name}/{path.name}") for path in folder.iterdir())
                    found += sorted(digest for digest in here if digest is not None and digest > after)
        return found[:limit]

    def mark(self) -> str | None:
        """What the mark says; None where there is none, or no folder."""
        with self._troubles_told():
            try:
                return (self._folder / MARK).read_text(encoding="utf-8").strip()
            except FileNotFoundError:
                return None

    def set_mark(self, text: str) -> None:
        """Write the mark, with the folder where it is missing; one that is there stays."""
        with self._troubles_told():
            self._folder.mkdir(parents=True, exist_ok=True)
            if not (self._folder / MARK).exists():
                for folder in self._write(self._folder / MARK, f"{text}\n".encode()):
                    _sync(folder)

    def probe(self) -> None:
        """Write and remove a file."""
        with self._troubles_told():
            path = self._folder / f"probe.{secrets.token_hex(8)}{_UNFINISHED}"
            try:
                _write_through(path, _PROBE)
            finally:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, digest: bytes) -> Path:
        return self._folder / name_of(digest)

    def _write(self, path: Path, content: bytes) -> Iterator[Path]:
        """Write a file as a whole; gives the folders that have changed, which are still to be flushed."""
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            yield path.parent.parent
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_UNFINISHED}")
        try:
            _write_through(draft, content)
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        yield path.parent

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BlobPlaceError(self.name, f"can't be used: {error.strerror or error}") from error


def _write_through(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
