"""Engine over index folders: what indexes there are, and when one is out of date."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import whoosh
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from config import IndexConfig
from index.base import EngineHealth, IndexReader, NamedIndex
from index.engines.whoosh.index_folders import IndexFolder, IndexFolders
from index.engines.whoosh.indexing.background_merge import SETTLING, MergerProcess
from index.engines.whoosh.indexing.merge_policy import choose_settling
from index.engines.whoosh.indexing.vocabulary import SpareVocabulary
from index.engines.whoosh.indexing.writer import WhooshWriter
from index.engines.whoosh.live_reader import LiveReader
from index.engines.whoosh.reader import WhooshReader
from index.engines.whoosh.rehearsal import rehearse
from index.engines.whoosh.schema import FORMAT_VERSION, make_schema
from index.engines.whoosh.segments.commits import INDEX_NAME, newest_commit
from index.engines.whoosh.segments.publishing import CommitLog
from index.relevance.columns import PASSAGE_GAP
from model.errors import DamagedIndexError
from model.fields import FIELDS
from model.story import UNCERTAIN_BELOW
from text.analysis import analysis_rules, tokens
from text.compiled import compiling

DEFAULT_LIMITS = IndexConfig()

_PROBE = (
    "The U.N.'s 1,400 élans aren't al-Qaeda’s; L'homme, O’Brien and \ufb01nally running dies: Die Häuser, las casas, "
    "дома стоят, 中国人民 ｆｕｌｌ @handle x_y 3.14 covid19 ÆØŁ İstanbul straße"
)


class WhooshEngine:
    """The default engine (see Engine in index/base.py): an index is a folder below `directory`.

    With `looks_only` reading makes no file. `clock` gives the seconds by which searches are timed.
    """

    kind = "whoosh"
    reads_on_seconds = 0.0

    def __init__(
        self,
        directory: Path,
        limits: IndexConfig = DEFAULT_LIMITS,
        *,
        looks_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = IndexFolders(directory)
        self._limits = limits
        self._looks_only = looks_only
        self._clock = clock
        self._merger = MergerProcess(limits.build_memory_bytes)
        self._spare = SpareVocabulary(limits.build_memory_bytes // 4)

    def fingerprint(self) -> str:
        """Changes with the fields, the way texts are analysed, the library and the format."""
        return _fingerprint()

    def create(self, name: str) -> None:
        """Make an empty index. Raises EngineError where there is one of that name."""
        CommitLog(self._folders.make(name, self.fingerprint()), make_schema()).create()

    def names(self) -> Mapping[str, str | None]:
        """All index folders, each with the fingerprint that it was made with."""
        return self._folders.fingerprints()

    def live(self) -> NamedIndex:
        """The live index. Raises NoIndexError."""
        path, fingerprint = self._folders.live()
        return NamedIndex(path.name, fingerprint)

    def promote(self, name: str) -> None:
        """Make an index the live one. Raises NoIndexError."""
        self._folders.promote(name)

    def discard(self, name: str) -> bool:
        """Remove an index that is neither live nor being read as the live one; returns whether it is gone."""
        return self._folders.discard(name)

    def expunge(self, name: str, ids: Sequence[str]) -> bool:
        """False: removed stories stay in segments until these are merged. Raises NoIndexError."""
        self._folders.named(name)
        return False

    def health(self, *, thorough: bool = False) -> EngineHealth:
        """Nothing: there are no servers."""
        return EngineHealth()

    def prepare(self) -> None:
        """Compile what searching goes through lists with, once a process."""
        _prepare()

    def writer(self, name: str, *, bulk: bool = False) -> WhooshWriter:
        """A writer; it sorts in bounded memory whatever its size, so `bulk` makes no difference.

        Raises NoIndexError, DamagedIndexError.
        """
        directory = self._folders.named(name).path
        number = newest_commit(directory)
        try:
            TOC.read(FileStorage(str(directory)), INDEX_NAME, gen=number, schema=make_schema())
        except Exception as error:
            raise DamagedIndexError(f"{directory}: can't be read: {type(error).__name__}: {error}") from error
        log = CommitLog(directory, make_schema())
        return WhooshWriter(log, self._merger.start, self._limits.build_memory_bytes, self._spare)

    def reader(self, name: str | None = None) -> IndexReader:
        """A reader of an index, or of whichever is live. Raises NoIndexError, DamagedIndexError."""
        if name is not None:
            return self._open(self._folders.named(name))
        return LiveReader(
            self._folders, self.fingerprint, self._open, monotonic=time.monotonic, looks_only=self._looks_only
        )

    def settle(self, name: str) -> None:
        """Merge segments of like size, in a process of its own. Raises NoIndexError."""
        directory = self._folders.named(name).path
        if choose_settling(CommitLog(directory, make_schema()).newest().segments):
            self._merger.start(directory, SETTLING)

    def finish_merges(self) -> None:
        """Wait until no merge is under way beside the commits; for benchmarks and tests."""
        self._merger.wait()

    def _open(self, folder: IndexFolder) -> WhooshReader:
        is_outdated = folder.fingerprint != self.fingerprint()
        limit = self._limits.cached_words
        return WhooshReader(folder.path, make_schema(), limit, is_outdated=is_outdated, clock=self._clock)


@lru_cache(maxsize=1)
def _prepare() -> None:
    # Where no file can be made, the first search compiles what it needs.
    with suppress(OSError), TemporaryDirectory() as place, compiling():
        rehearse(WhooshEngine(Path(place)))


@lru_cache(maxsize=1)
def _fingerprint() -> str:
    parts = {
        "fields": [(field.name, field.kind, field.default, field.boost, bool(field.facet)) for field in FIELDS],
        "analysis": [list(tokens(_PROBE, language)) for language in ("", "de", "en", "fr", "ja", "ko", "ru", "tr")],
        "rules": analysis_rules(),
        "whoosh": whoosh.versionstring(),
        "format": [FORMAT_VERSION, PASSAGE_GAP],
        "uncertain": UNCERTAIN_BELOW,
    }
    digest = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
    return f"whoosh-{FORMAT_VERSION}-{digest}"
