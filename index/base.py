"""What does Wiredesk ask of a search engine?

Two seams: an `IndexWriter` that the indexer feeds, and an `IndexReader` that the searcher asks. Both work on one
directory, a generation (see index/generations.py), that belongs to the engine. One writer at a time (the caller
holds the live-index lock); any number of readers, in any number of processes, at any time.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from model.query import EngineResult, SearchRequest
from model.story import StoredStory


class IndexWriter(Protocol):
    """Changes to one generation. Nothing is visible to readers before `commit`, all of it at once after it."""

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of the same id. Idempotent."""

    def remove(self, ids: Iterable[str]) -> None:
        """Take stories out; unknown ids are no error. Idempotent."""

    def commit(self, revision: int) -> None:
        """Make all changes durable and visible, atomically with `revision`; killed anywhere, the old state stands."""

    def cancel(self) -> None:
        """Forget all changes since the last commit."""


class IndexReader(Protocol):
    """A view of one generation that follows commits; safe to share between threads."""

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit. Raises DamagedIndexError."""

    def revision(self) -> int:
        """The store revision of the newest commit; 0 for an empty index."""

    def count(self) -> int:
        """Number of stories in the newest commit."""

    def segments(self) -> int:
        """Number of parts that the newest commit is made of: how much merging is left to do."""

    def ids(self) -> Sequence[tuple[str, int]]:
        """All (story id, version) pairs of the newest commit, in any order; for checks."""

    def close(self) -> None:
        """Release files and mappings. Idempotent."""


class Engine(Protocol):
    """An engine: how to make, write and read a generation."""

    name: str

    def fingerprint(self) -> str:
        """A short text that changes whenever indexes made before can't serve any more: fields, analysis, library."""

    def verify(self, directory: Path) -> int:
        """Read every byte of the newest commit; returns its number of stories. Raises NoIndexError, DamagedIndexError.

        Commits may go on meanwhile.
        """

    def create(self, directory: Path) -> None:
        """Make an empty index in an empty directory."""

    def writer(self, directory: Path, *, bulk: bool = False) -> IndexWriter:
        """A writer; `bulk` promises many stories and few commits. Raises NoIndexError, DamagedIndexError."""

    def reader(self, directory: Path) -> IndexReader:
        """A reader. Raises NoIndexError, DamagedIndexError."""
