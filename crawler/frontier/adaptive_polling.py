"""Adaptive polling: how often a source publishes, and how often it is crawled.

Stories found are counted with weights that fade (a week's time constant), so that the rate follows the source and a
restart forgets nothing. A source that usually publishes and is silent for too long raises an alarm.
"""

import math
from datetime import datetime, timedelta

from model.source import Source
from store.sql.crawl_state import SourceState

_FADING_SECONDS = 7 * 86400.0
_GAP_FADING_SECONDS = 30 * 86400.0
_OBSERVED_ENOUGH = timedelta(days=1)
_OBSERVED_LONG = timedelta(days=3)
_STORIES_ENOUGH = 10
_STORIES_MISSED = 8
_SHORTEST_QUIET = timedelta(hours=6)
_GAPS = 2.0
_RUNS_A_STORY = 2.0
_SHORTEST_SHARE = 4
_SHORTEST_INTERVAL = timedelta(minutes=1)
_FAILURES_TOLERATED = 2
_LONGEST_BACK_OFF = timedelta(days=1)
_JITTER_SHARE = 0.1


def observed(state: SourceState, now: datetime, found: int) -> SourceState:
    """The state after a good run that found that many new stories; the first run only starts the observation."""
    if state.observed_since is None:
        return state._replace(observed_since=now, last_story_at=now if found else state.last_story_at)
    if not found:
        return state
    state = state._replace(recent_stories=_faded(state, now) + found, longest_gap_seconds=_longest_gap(state, now))
    return state._replace(last_story_at=now)


def stories_a_day(state: SourceState, now: datetime) -> float | None:
    """How many stories a day the source usually publishes, as of `now`; None until it was observed for a day.

    A count that fades with time constant T is, for a steady rate r over an age A, r T (1 - exp(-A / T)).
    """
    if state.observed_since is None or now - state.observed_since < _OBSERVED_ENOUGH:
        return None
    age = (now - state.observed_since).total_seconds()
    seen = _FADING_SECONDS * -math.expm1(-age / _FADING_SECONDS)
    return 86400.0 * _faded(state, now) / seen


def quiet_alarm(state: SourceState, now: datetime) -> str | None:
    """Why a source that responds well needs a person's attention: it has been silent for far longer than usual."""
    last, since = state.last_story_at, state.observed_since
    if last is None or since is None or last - since < _OBSERVED_LONG:
        return None
    rate = stories_a_day(state, last)
    if not rate or state.recent_stories < _STORIES_ENOUGH:
        return None
    usual = timedelta(days=_STORIES_MISSED / rate)
    gap = timedelta(seconds=_GAPS * (state.longest_gap_seconds or 0.0))
    if now - last <= max(_SHORTEST_QUIET, usual, gap):
        return None
    silent = now - last
    length = f"{silent.days} days" if silent.days >= 2 else f"{silent.total_seconds() / 3600:.0f} hours"
    return f"no new story for {length}; usually {rate:.1f} a day"


def next_run_at(source: Source, state: SourceState, started_at: datetime, spread: float) -> datetime:
    """When the crawl run after the one that began at `started_at` is due; `spread` is a number from 0 to 1.

    Twice as often as the source publishes, but at most four times in `every` and once a minute, and at least once in
    `every`, or in `every_max` where it is configured. Sources that fail are crawled less and less often, down to once
    a day. Jitter shortens the wait by up to a tenth.
    """
    wait = usual_interval(source, state, started_at)
    if state.failures > _FAILURES_TOLERATED:
        doublings = min(state.failures - _FAILURES_TOLERATED, 16)
        wait = max(wait, min(wait * (1 << doublings), _LONGEST_BACK_OFF))
    return started_at + wait * (1 - _JITTER_SHARE * spread)


def usual_interval(source: Source, state: SourceState, now: datetime) -> timedelta:
    """The time from one run of a healthy source to the next, without jitter."""
    rate = stories_a_day(state, now)
    if rate is None:
        return source.every
    longest = source.every_max or source.every
    shortest = min(source.every, max(source.every / _SHORTEST_SHARE, _SHORTEST_INTERVAL))
    wanted_seconds = 86400.0 / (_RUNS_A_STORY * rate) if rate > 0 else math.inf
    return timedelta(seconds=min(max(wanted_seconds, shortest.total_seconds()), longest.total_seconds()))


def _faded(state: SourceState, now: datetime) -> float:
    last = state.last_story_at or state.observed_since
    return state.recent_stories * math.exp(-_seconds(last, now) / _FADING_SECONDS)


def _longest_gap(state: SourceState, now: datetime) -> float | None:
    """Gaps while the source could not be reached are no gaps of its own."""
    gap = _seconds(state.last_story_at, now)
    before = (state.longest_gap_seconds or 0.0) * math.exp(-gap / _GAP_FADING_SECONDS)
    return before if state.failures else max(gap, before)


def _seconds(earlier: datetime | None, later: datetime) -> float:
    return max(0.0, (later - earlier).total_seconds()) if earlier else 0.0
