"""How often sources are asked, when they are slowed down, and when their silence is an alarm."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config import SourceConfig
from crawler.frontier.adaptive_polling import next_run_at, observed, quiet_alarm, stories_a_day, usual_interval
from crawler.frontier.source_health import after_run
from crawler.results import CrawlRunSummary
from store.sql.crawl_state import SourceState

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def source(every: timedelta = 10 * MINUTE, every_max: timedelta | None = None) -> SourceConfig:
    return SourceConfig(name="wire", feeds=("https://example.org/rss",), every=every, every_max=every_max)


def publishing(a_day: float, days: int) -> tuple[SourceState, datetime]:
    """A source that published at a steady rate, and the instant of its last story."""
    state = observed(SourceState("wire"), START, 200)
    now = START
    for number in range(1, int(a_day * days) + 1):
        now = START + number * DAY / a_day
        state = observed(state, now, 1)
    return state, now


@pytest.mark.parametrize("a_day", [1.0, 8.0, 150.0])
@pytest.mark.parametrize("days", [4, 40])
def test_the_rate_is_that_of_the_source_and_backfill_is_no_rate(a_day: float, days: int) -> None:
    state, now = publishing(a_day, days)
    assert stories_a_day(state, now) == pytest.approx(a_day, rel=0.35)


def test_the_rate_is_unknown_in_the_first_day() -> None:
    assert stories_a_day(SourceState("wire"), START) is None
    assert stories_a_day(observed(SourceState("wire"), START, 9), START + 23 * HOUR) is None


INTERVALS = {
    "new": (None, None, 10 * MINUTE),
    "busy": (150.0, None, timedelta(seconds=288)),
    "very busy": (5000.0, None, timedelta(seconds=150)),
    "quiet": (2.0, None, 10 * MINUTE),
    "quiet with a maximum": (2.0, 3 * HOUR, 3 * HOUR),
    "in between": (24.0, 3 * HOUR, 30 * MINUTE),
}


@pytest.mark.parametrize(("a_day", "every_max", "interval"), INTERVALS.values(), ids=INTERVALS.keys())
def test_intervals_follow_the_rate(a_day: float | None, every_max: timedelta | None, interval: timedelta) -> None:
    state, now = publishing(a_day, 8) if a_day else (SourceState("wire"), START)
    found = usual_interval(source(every_max=every_max), state, now)
    assert found.total_seconds() == pytest.approx(interval.total_seconds(), rel=0.1)


@pytest.mark.parametrize("every", [timedelta(seconds=2), timedelta(seconds=40), 2 * MINUTE])
def test_short_intervals_are_not_lengthened_and_nobody_is_asked_oftener_than_once_a_minute(every: timedelta) -> None:
    state, now = publishing(5000.0, 4)
    assert usual_interval(source(every), state, now) == min(every, MINUTE)


def test_sources_that_fail_are_slowed_down_but_never_dropped() -> None:
    waits = [
        next_run_at(source(), SourceState("wire", failures=failures), START, 0.0) - START for failures in range(20)
    ]
    assert waits[:6] == [10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert waits[-1] == DAY
    assert next_run_at(source(2 * DAY), SourceState("wire", failures=9), START, 0.0) - START == 2 * DAY


def test_jitter_never_makes_a_source_wait_longer() -> None:
    assert next_run_at(source(), SourceState("wire"), START, 1.0) - START == 9 * MINUTE


def test_silence_is_an_alarm_by_the_source_s_own_measure() -> None:
    often, last = publishing(48.0, 5)
    assert quiet_alarm(often, last + 5 * HOUR) is None
    assert str(quiet_alarm(often, last + 7 * HOUR)).startswith("no new story for 7 hours; usually 48")
    seldom, last = publishing(2.0, 20)
    assert quiet_alarm(seldom, last + 3 * DAY) is None
    assert "no new story for 5 days" in str(quiet_alarm(seldom, last + 5 * DAY))


def test_nights_and_weekends_are_no_alarm() -> None:
    state = observed(SourceState("wire"), START, 50)
    for day in range(12):
        if day % 7 < 5:
            for number in range(30):
                now = START + day * DAY + 8 * HOUR + number * 20 * MINUTE
                state = observed(state, now, 1)
    friday = START + 11 * DAY + 17 * HOUR + 40 * MINUTE
    assert quiet_alarm(state, friday + 60 * HOUR) is None
    assert quiet_alarm(state, friday + 6 * DAY) is not None


def test_health_counts_failures_with_reasons_and_forgives() -> None:
    def summary(at: datetime, **fields: Any) -> CrawlRunSummary:
        return CrawlRunSummary("wire", at, at + MINUTE, endpoints=2, **fields)

    reasons = {"https://example.org/a": "refused", "https://example.org/b": "refused"}
    state = after_run(SourceState("wire"), summary(START, endpoint_errors=reasons))
    state = after_run(state, summary(START + HOUR, endpoint_errors=reasons))
    assert (state.failures, state.failing_since, state.last_error) == (2, START, "refused")
    state = after_run(state, summary(START + 2 * HOUR, endpoint_errors={"https://example.org/a": "refused"}, found=3))
    assert (state.failures, state.failing_since) == (0, None)
    assert state.last_error == "https://example.org/a: refused"
    assert state.last_story_at == state.last_success_at == START + 2 * HOUR + MINUTE
