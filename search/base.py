"""Contracts of the index and the store as search needs them.

The engine's readers (index/base.py) and the desk's story reader are such; nothing here writes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from model.query import EngineResult, SearchRequest
from model.story import Copy, StoredStory


class Index(Protocol):
    """What the searcher needs of an index (index/base.py, IndexReader)."""

    def search(self, request: SearchRequest) -> EngineResult:
        """Answer from the newest commit. Raises EngineError."""

    def checkpoint(self) -> int:
        """The position in the change feed that the newest commit reaches."""

    def count(self) -> int:
        """Number of stories in the newest commit."""


class SourceHealth(Protocol):
    """How a source is doing; instants are None where it has not happened yet."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def last_round_at(self) -> datetime | None: ...
    @property
    def last_success_at(self) -> datetime | None: ...
    @property
    def last_story_at(self) -> datetime | None: ...
    @property
    def next_due_at(self) -> datetime | None: ...
    @property
    def failures(self) -> int: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def stories(self) -> int: ...
    @property
    def failing_since(self) -> datetime | None: ...
    @property
    def stories_a_day(self) -> float | None: ...
    @property
    def alarm(self) -> str | None: ...
    @property
    def distrusted_ids(self) -> int: ...
    @property
    def uncertain(self) -> int | None: ...
    @property
    def poison(self) -> int: ...
    @property
    def poison_retry_at(self) -> datetime | None: ...


class StoryReader(Protocol):
    """What the search half needs of the store; it never writes."""

    def get(self, story_id: str, /) -> StoredStory | None:
        """The current version; the id of a merged story leads to the one that was kept."""

    def get_many(self, ids: Iterable[str], /) -> Mapping[str, StoredStory]:
        """Current versions by id; unknown ids are left out."""

    def live_copies(self, groups: Iterable[str], /) -> Mapping[str, tuple[Copy, ...]]:
        """The live stories of each group of near-identical ones, those seen first in front; a hundred at most."""

    def versions(self, story_id: str, /) -> Sequence[StoredStory]:
        """All versions, oldest first; empty where the story is unknown."""

    def withdrawn_ids(self) -> Sequence[str]:
        """The withdrawn stories, the last withdrawn first; those of which the time isn't known are left out."""

    def removals(self, since: datetime, limit: int, /) -> Sequence[tuple[str, datetime]]:
        """Stories that were forgotten since an instant, by id, and when; the last one first."""

    def revision(self) -> int:
        """Number of story changes so far."""

    def count(self) -> int:
        """Number of stories."""

    def walk(self, source: str | None = None, /) -> Iterator[StoredStory]:
        """All stories, in short reads."""

    def source_health(self) -> Sequence[SourceHealth]:
        """How each source is doing."""
