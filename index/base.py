"""Contract of a search engine: named indexes, one of which is live; writers and readers of each.

An engine can be rebuilt from the store at any time, so it is asked for little: that what it holds is a state of the
change feed up to a position that can be read back (the checkpoint), that writes may come again or late and do no harm,
and that one index takes the place of another in one step. Three seams: `Engine` (the catalogue of indexes),
`IndexWriter` (which the index sync feeds) and `IndexReader` (which searches ask).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from model.query import EngineResult, SearchRequest
from model.story import StoredStory


class NamedIndex(NamedTuple):
    """An index of an engine; `fingerprint` is the engine's when the index was made, None where that can't be read."""

    name: str
    fingerprint: str | None


class Removal(NamedTuple):
    """A story that leaves the index, and the position in the change feed from which on it is gone."""

    id: str
    position: int


class IndexedStory(NamedTuple):
    """What an index holds of a story: which version, and whether as a withdrawn one."""

    id: str
    version: int
    is_withdrawn: bool


class HealthFigure(NamedTuple):
    """A measured value of an engine's servers; `meaning` is a sentence for those who collect it."""

    name: str
    meaning: str
    value: float


class EngineHealth(NamedTuple):
    """How the servers of an engine are: what is wrong and what should be set otherwise, a sentence each, and figures.

    An engine without servers has nothing to tell.
    """

    troubles: tuple[str, ...] = ()
    figures: tuple[HealthFigure, ...] = ()
    advice: tuple[str, ...] = ()


class IndexWriter(Protocol):
    """Changes to one index. Nothing is visible to readers before `commit`, all of it at once after it (an engine on
    several machines: within the moment that they take to show it).

    Every write has a position in the change feed: of a story its `revision`. The highest position that an index has
    seen of an id wins, whatever order writes arrive in: a write at a lower one is dropped, one at the same takes the
    place of what is there. This holds for removals, too: they are remembered as tombstones (id and position, no text).
    """

    def checkpoint(self) -> int:
        """The position of the newest commit: all changes up to it are searchable; 0 for an empty index."""

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of the same id. Idempotent."""

    def remove(self, removals: Iterable[Removal]) -> None:
        """Take stories out, and keep those of their ids out that come late; unknown ids are no error. Idempotent."""

    def drop_tombstones(self, before: int) -> None:
        """Forget removals at positions below `before`, with the next commit.

        For the caller to say once no consumer of the change feed can hold an older position.
        """

    def commit(self, checkpoint: int) -> None:
        """Make all changes durable and visible, atomically with `checkpoint`; killed anywhere, the old state stands.

        An engine on a server may go on with what a writer has sent that was killed: changes may show before their
        checkpoint does, never behind it. They are fed again then.

        Raises LockHeldError where another writer of the index is at work, EngineTroubleError where the server takes
        nothing in at the moment; the changes are to be made again then.
        """

    def cancel(self) -> None:
        """Forget all changes since the last commit; of a `bulk` writer at least those that it still has."""


class IndexReader(Protocol):
    """A view of one index, or of the live one, that follows commits; safe to share between threads.

    Every method raises NoIndexError where the index is gone, DamagedIndexError where it can't be read, and
    EngineTroubleError where its server can't be asked at the moment.
    """

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit."""

    def checkpoint(self) -> int:
        """The position of the newest commit; 0 for an empty index."""

    def count(self) -> int:
        """Number of stories in the newest commit."""

    def segments(self) -> int:
        """Number of parts that the newest commit is made of: how much merging is left to do."""

    def ids(self) -> Iterable[tuple[str, int]]:
        """All (story id, version) pairs of the newest commit, in any order; for checks."""

    def held(self, ids: Sequence[str]) -> Sequence[IndexedStory]:
        """Those of some stories, a thousand at most, that the newest commit holds, in any order; for checks."""

    def is_outdated(self) -> bool:
        """Whether the index was made with another fingerprint than the engine's."""

    def verify(self) -> int:
        """Read every byte of the newest commit; returns its number of stories. Commits may go on meanwhile."""

    def close(self) -> None:
        """Release files and connections; searches under way are finished first. Idempotent.

        A reader of a named index raises EngineError afterwards; that of the live index opens again when it is asked.
        """


class Engine(Protocol):
    """Named indexes and which of them is live.

    One writer an index at a time (others wait, and fail with LockHeldError); any number of readers, in any number of
    processes, at any time. Names are of ASCII letters, digits, hyphens and underscores.
    """

    kind: str
    reads_on_seconds: float
    """For so long after a switch the old index may be read without the engine's knowing; 0 where it knows."""

    def fingerprint(self) -> str:
        """A short text that changes whenever indexes made before can't serve any more: fields, analysis, library."""

    def create(self, name: str) -> None:
        """Make an empty index with today's fingerprint. Raises EngineError where there is one of that name."""

    def names(self) -> Mapping[str, str | None]:
        """All indexes, finished or not, each with its fingerprint."""

    def live(self) -> NamedIndex:
        """The index that searches are answered from. Raises NoIndexError before the first and where it is gone."""

    def promote(self, name: str) -> None:
        """Make an index the live one, atomically and durably; readers of the live index follow within a second.

        Raises NoIndexError.
        """

    def discard(self, name: str) -> bool:
        """Remove an index unless it is live or is being read as the live one; returns whether it is gone.

        What is still read goes with a later call. Unknown names are no error.
        """

    def expunge(self, name: str, ids: Sequence[str]) -> bool:
        """Let nothing of removed stories be left in the files of an index that was fed their removal.

        False where only a new index does that. Searches and writes may go on meanwhile. Cheap where nothing is left.
        Raises NoIndexError, and EngineTroubleError where something is left for now: the same call goes on.
        """

    def writer(self, name: str, *, bulk: bool = False) -> IndexWriter:
        """A writer; `bulk` promises many stories and few commits. Raises NoIndexError, DamagedIndexError."""

    def reader(self, name: str | None = None) -> IndexReader:
        """A reader of an index, opened at once, or of whichever is live, opened when it is first asked.

        Raises NoIndexError, DamagedIndexError.
        """

    def prepare(self) -> None:
        """Do now what would take time of a process's first search."""

    def settle(self, name: str) -> None:
        """Put an index in order where that makes searches faster, beside all that goes on; returns at once.

        For whoever feeds the index to say now and then. Raises NoIndexError.
        """

    def health(self, *, thorough: bool = False) -> EngineHealth:
        """How the servers are; quick, so that it can be asked often. Changes nothing.

        A `thorough` look sees what the desk's user may not do, and gives advice. Raises EngineTroubleError where the
        servers can't be asked.
        """
