"""Segments as Whoosh's table of contents lists them."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from whoosh.codec import base

from index.engines.whoosh.postings.arrays import Array

EXTENSION = ".arrays"


class ArraySegment(base.Segment):
    """A segment as the table of contents keeps it: its name, its size and its deleted stories."""

    def __init__(self, indexname: str, size: int) -> None:
        make: Callable[[str], None] = super().__init__
        make(indexname)
        self._size = size
        self._deleted: Array = np.empty(0, np.int32)

    @property
    def name(self) -> str:
        """What its file is named after."""
        return f"{self.indexname}_{self.segid}"

    def path(self, directory: Path) -> Path:
        """The segment's only file."""
        return directory / f"{self.name}{EXTENSION}"

    def doc_count_all(self) -> int:
        """Number of stories, deleted or not."""
        return self._size

    def doc_count(self) -> int:
        """Number of stories that are not deleted."""
        return self._size - len(self._deleted)

    def deleted_count(self) -> int:
        """Number of deleted stories."""
        return len(self._deleted)

    def has_deletions(self) -> bool:
        """Whether any story is deleted."""
        return len(self._deleted) > 0

    def deleted_docs(self) -> Array:
        """The deleted stories, ascending."""
        return self._deleted

    def delete(self, docs: Iterable[int]) -> None:
        """Delete stories; Whoosh's own `delete_document` would copy the list for each."""
        self._deleted = np.union1d(self._deleted, np.array(list(docs), np.int32)).astype(np.int32)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete one story."""
        self.delete([docnum])

    def is_deleted(self, docnum: int) -> bool:
        """Whether a story is deleted."""
        place = int(np.searchsorted(self._deleted, docnum))
        return place < len(self._deleted) and bool(self._deleted[place] == docnum)
