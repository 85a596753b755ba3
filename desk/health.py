"""Health of the sources, and readiness of the desk to answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config import SourceConfig
from crawler.frontier.adaptive_polling import stories_a_day
from desk.disk import Disk
from desk.index_watch import IndexWatch
from desk.roles.heartbeat import Heartbeat
from desk.roles.index_lag import LATE_SECONDS
from desk.roles.supervisor import SILENT_SECONDS
from model.errors import EngineError
from model.story import Copy, StoredStory
from store.opening import Store
from store.sql.crawl_state import Poisoned, SourceState


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """The health of one source, configured or only stored; instants are None where it has not happened yet.

    `failures` counts crawl runs in a row in which all its endpoints failed, since `failing_since`; `last_error` has the
    reasons of the last run, where only some failed too. `stories_a_day` is its usual rate, None until it was
    observed for a day. `alarm` is for a person to see to: it has gone quiet, or many of its pages are gone at once.
    `distrusted_ids` counts the identifiers that the publisher gave to different stories, `uncertain` the stories that
    may be none (`is:uncertain`; None while the index can't be read), `poison` the pages that no reader survived, the
    first of which is tried again at `poison_retry_at`.
    """

    name: str
    title: str | None
    last_round_at: datetime | None
    last_success_at: datetime | None
    last_story_at: datetime | None
    next_due_at: datetime | None
    failures: int
    last_error: str | None
    stories: int
    failing_since: datetime | None
    stories_a_day: float | None
    alarm: str | None
    distrusted_ids: int = 0
    uncertain: int | None = None
    poison: int = 0
    poison_retry_at: datetime | None = None


class ReadOnlyStore:
    """The store as the web role sees it: reading only."""

    def __init__(self, store: Store, sources: Sequence[SourceConfig], watch: IndexWatch) -> None:
        self._stories = store.stories
        self._feed = store.feed
        self._crawl = store.crawl
        self._forgotten = store.forgotten
        self._sources = sources
        self._watch = watch

    def get(self, story_id: str, /) -> StoredStory | None:
        """The current version; the id of a merged story leads to the one that was kept."""
        return self._stories.get(story_id)

    def get_many(self, ids: Any, /) -> Mapping[str, StoredStory]:
        """Current versions by id; unknown ids are left out."""
        return self._stories.get_many(ids)

    def live_copies(self, groups: Iterable[str], /) -> Mapping[str, tuple[Copy, ...]]:
        """The live stories of each group of near-identical ones, those seen first in front; a hundred at most."""
        return self._stories.live_copies(groups)

    def versions(self, story_id: str, /) -> Sequence[StoredStory]:
        """All versions, oldest first; empty where the story is unknown."""
        return self._stories.versions(story_id)

    def withdrawn_ids(self) -> Sequence[str]:
        """The withdrawn stories, the last withdrawn first; those of which the time isn't known are left out."""
        return self._stories.withdrawn_ids()

    def removals(self, since: datetime, limit: int, /) -> Sequence[tuple[str, datetime]]:
        """Stories that were forgotten since an instant, by id, and when; the last one first."""
        return self._forgotten.removals(since, limit)

    def revision(self) -> int:
        """Number of story changes so far."""
        return self._feed.position()

    def count(self) -> int:
        """Number of stories."""
        return self._stories.count()

    def walk(self, source: str | None = None, /) -> Iterator[StoredStory]:
        """All stories, in short reads."""
        return self._stories.walk(source)

    def source_health(self) -> Sequence[SourceStatus]:
        """How each source is doing: the configured ones first, then those that only have stories."""
        counts, states = self._stories.counts_by_source(), self._crawl.sources()
        distrusted, poisoned = self._stories.distrusted_ids(), self._crawl.poisoned()
        uncertain = self._watch.uncertain_by_source()
        titles = {source.name: source.title for source in self._sources}
        names = [*titles, *sorted(set(counts) - set(titles))]
        return [
            _status(
                states.get(n, SourceState(n)),
                titles.get(n),
                counts.get(n, 0),
                distrusted.get(n, 0),
                None if uncertain is None else uncertain.get(n, 0),
                poisoned.get(n, Poisoned(0, None)),
            )
            for n in names
        ]


def _status(
    state: SourceState, title: str | None, stories: int, distrusted_ids: int, uncertain: int | None, poisoned: Poisoned
) -> SourceStatus:
    return SourceStatus(
        name=state.name,
        title=title,
        last_round_at=state.last_round_at,
        last_success_at=state.last_success_at,
        last_story_at=state.last_story_at,
        next_due_at=state.next_due_at,
        failures=state.failures,
        last_error=state.last_error,
        stories=stories,
        failing_since=state.failing_since,
        stories_a_day=stories_a_day(state, state.last_round_at) if state.last_round_at else None,
        alarm=state.alarm,
        distrusted_ids=distrusted_ids,
        uncertain=uncertain,
        poison=poisoned.number,
        poison_retry_at=poisoned.retry_at,
    )


def readiness(
    store: Store, watch: IndexWatch, disk: Disk, crawler: Heartbeat | None
) -> Callable[[], Mapping[str, Sequence[str]]]:
    """A function that says {"degraded": [what is not as it should be]}.

    `crawler` is the heartbeat of a crawler that is expected to run beside.
    """

    def report() -> Mapping[str, Sequence[str]]:
        alarm = disk.alarm()
        troubles = [*_index_trouble(store, watch), *store.faults.told(), *_crawler_trouble(crawler)]
        return {"degraded": [*troubles, *([alarm] if alarm else [])]}

    return report


def _index_trouble(store: Store, watch: IndexWatch) -> Iterator[str]:
    try:
        yield from (f"index: {trouble}" for trouble in watch.health().troubles)
        state = watch.state()
    except EngineError:
        return  # searches can't be answered, and that is told instead
    if state.is_outdated:
        yield "the index was made by another version of Wiredesk; reindex, or let the crawler rebuild it"
    seconds = store.feed.seconds_behind(state.checkpoint)
    if seconds > LATE_SECONDS:
        behind = store.feed.position() - state.checkpoint
        yield f"the index is {behind} changes behind the store, the oldest of them {seconds // 60} minutes old"


def _crawler_trouble(crawler: Heartbeat | None) -> Iterator[str]:
    if crawler is None:
        return
    silent = crawler.silent_seconds()
    if silent is None:
        yield "the crawler has not started yet"
    elif silent > SILENT_SECONDS:
        yield f"the crawler is silent since {silent:.0f} seconds"
