"""How is an index of the Whoosh engine made, and when is it out of date?"""

import json
from hashlib import sha256
from pathlib import Path

import snowballstemmer
import whoosh
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from config import IndexConfig
from index.engines.whoosh.indexing.background_merge import MergerProcess
from index.engines.whoosh.indexing.segment_builder import PASSAGE_GAP
from index.engines.whoosh.indexing.writer import WhooshWriter
from index.engines.whoosh.reader import WhooshReader
from index.engines.whoosh.schema import FORMAT_VERSION, make_schema
from index.engines.whoosh.segments.arrays import MappedArrays
from index.engines.whoosh.segments.commits import INDEX_NAME, newest_generation, sync_commit, write_revision
from index.engines.whoosh.segments.publishing import CommitLog
from model.errors import DamagedIndexError
from model.fields import FIELDS
from text.analysis import STEMMERS, tokens

DEFAULT_LIMITS = IndexConfig()

_PROBE = (
    "The U.N.'s 1,400 élans aren't al-Qaeda’s; L'homme, O’Brien and \ufb01nally running dies: Die Häuser, las casas, "
    "дома стоят, 中国人民 ｆｕｌｌ @handle x_y 3.14 covid19 ÆØŁ İstanbul straße"
)


class WhooshEngine:
    """The default engine (see Engine in index/base.py)."""

    name = "whoosh"

    def __init__(self, limits: IndexConfig = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._merger = MergerProcess(limits.build_memory_bytes)

    def verify(self, directory: Path) -> int:
        """Read every byte of the newest commit and compare checksums; returns the number of stories.

        Raises NoIndexError, DamagedIndexError.
        """
        generation = newest_generation(directory)
        try:
            segments = CommitLog(directory, make_schema()).newest().segments
            for segment in segments:
                MappedArrays(segment.path(directory)).verify()
        except DamagedIndexError:
            raise
        except Exception as error:
            if newest_generation(directory) != generation:
                return self.verify(directory)  # a commit took files of this one away
            raise DamagedIndexError(f"{directory}: can't be read: {type(error).__name__}: {error}") from error
        return sum(segment.doc_count() for segment in segments)

    def finish_merges(self) -> None:
        """Wait until no merge is under way beside the commits; for benchmarks and tests."""
        self._merger.wait()

    def fingerprint(self) -> str:
        """Changes with the fields, the way texts are analysed, the library and the format."""
        parts = {
            "fields": [(field.name, field.kind, field.default, field.boost, bool(field.facet)) for field in FIELDS],
            "analysis": [list(tokens(_PROBE, language)) for language in ("", *sorted(STEMMERS))],
            "stemmer": getattr(snowballstemmer, "__version__", ""),
            "whoosh": whoosh.versionstring(),
            "format": [FORMAT_VERSION, PASSAGE_GAP],
        }
        digest = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
        return f"whoosh-{FORMAT_VERSION}-{digest}"

    def create(self, directory: Path) -> None:
        """Make an empty index in an empty directory, which may be missing yet."""
        directory.mkdir(parents=True, exist_ok=True)
        write_revision(directory, 0, 0)
        TOC.create(FileStorage(str(directory)), make_schema(), INDEX_NAME)
        sync_commit(directory, 0)

    def writer(self, directory: Path, *, bulk: bool = False) -> WhooshWriter:
        """A writer; it sorts in bounded memory whatever its size, so `bulk` makes no difference.

        Raises NoIndexError, DamagedIndexError.
        """
        generation = newest_generation(directory)
        try:
            TOC.read(FileStorage(str(directory)), INDEX_NAME, gen=generation, schema=make_schema())
        except Exception as error:
            raise DamagedIndexError(f"{directory}: can't be read: {type(error).__name__}: {error}") from error
        log = CommitLog(directory, make_schema())
        return WhooshWriter(log, self._merger.start, self._limits.build_memory_bytes)

    def reader(self, directory: Path) -> WhooshReader:
        """A reader. Raises NoIndexError, DamagedIndexError."""
        return WhooshReader(directory, make_schema(), self._limits.cached_words)
