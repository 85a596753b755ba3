"""Room on the disk, and an alarm where too little is left.

Crawling pauses while less room is left than `min_free_bytes`, and begins again by itself; searches only read and go on.
A disk that fills up faster than that shows itself as an error (store/directory/disk_trouble.py).
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from store.directory.presence import PAGES, is_without_pages, lost_pages


class Disk:
    """The file system that holds the data directory, and how much of it is left alone.

    `holds_store` is whether the store is in that directory, too, and not in a database elsewhere.
    """

    def __init__(
        self,
        data_dir: Path,
        min_free_bytes: int,
        *,
        holds_store: bool = True,
        free_bytes: Callable[[Path], int] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self._holds_store = holds_store
        self._min_free_bytes = min_free_bytes
        self._free_bytes = free_bytes or _free_bytes

    def free_bytes(self) -> int:
        """Bytes that may still be written. Raises OSError."""
        return self._free_bytes(self.data_dir)

    def alarm(self) -> str | None:
        """Why nothing more is crawled at the moment, or None."""
        try:
            free = self.free_bytes()
            if not os.access(self.data_dir, os.W_OK) or os.statvfs(self.data_dir).f_flag & os.ST_RDONLY:
                return f"crawling pauses: {self.data_dir} can't be written to"
        except OSError as error:
            return f"crawling pauses: {self.data_dir}: {error.strerror}"
        if self._holds_store and is_without_pages(self.data_dir):
            return f"crawling pauses: {lost_pages(self.data_dir / PAGES)}"
        if free >= self._min_free_bytes:
            return None
        return (
            f"crawling pauses: the disk is nearly full, {free >> 20} MB are left of the "
            f"{self._min_free_bytes >> 20} MB that min_free_bytes keeps free"
        )


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free
