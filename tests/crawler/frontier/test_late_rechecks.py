"""Late rechecks: silent edits are seen however late, what was set aside comes back, and new stories never wait."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config import CrawlerConfig, SourceConfig
from crawler.extraction import parse
from crawler.frontier.revival import FateRules, Revival, fate_rules
from crawler.frontier.selection import MAX_LATE_VISITS
from crawler.frontier.url_state import pending
from model.errors import PoisonError, ReaderKilledError
from model.outcomes import Outcome
from model.page import Link, Page
from model.story import Story
from store.opening import open_store
from store.sql.crawl_state import UrlState
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, answer
from tests.crawler.recheck_pages import Told, feed, make_story, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEFAULTS = CrawlerConfig()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


def publish(server: FaultServer, stories: list[Told], *, announced: list[Told] | None = None) -> SourceConfig:
    server.routes["/robots.txt"] = NOT_FOUND
    for told in stories:
        server.routes[f"/news/{told.slug}"] = answer(page(told))
    pairs = [(server.url(f"/news/{told.slug}"), told) for told in (stories if announced is None else announced)]
    server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")
    return SourceConfig(name="daily", feeds=(server.url("/feed.xml"),))


def pass_days(bench: CrawlBench, source: SourceConfig, days: int) -> int:
    """Crawl once a day; how many pages were asked for again."""
    asked = 0
    for _ in range(days):
        bench.clock.now += DAY
        counts = bench.crawl(source).counts
        asked += sum(counts.values()) - counts.get(Outcome.KNOWN, 0)
    return asked


@pytest.mark.parametrize("days", [25, 200, 900])
def test_a_silent_edit_is_seen_however_late(server: FaultServer, tmp_path: Path, days: int) -> None:
    told = make_story(1, NOW)
    source = publish(server, [told])
    with crawl_bench(tmp_path, parse, HandClock(NOW)) as bench:
        bench.crawl(source)
        pass_days(bench, source, days)
        edited = replace(told, paragraphs=(*told.paragraphs[:-1], "The count was 12, not 21, officials said."))
        server.routes[f"/news/{told.slug}"] = answer(page(edited))
        pass_days(bench, source, 33)
        [story] = bench.store.stories.walk()
        versions = bench.store.stories.versions(story.id)
        assert [version.changed for version in versions] == [(), ("body",)]
        assert timedelta(0) < versions[1].seen_at - (NOW + days * DAY) <= 33 * DAY


def test_a_story_costs_as_many_requests_as_documented(server: FaultServer, tmp_path: Path) -> None:
    source = publish(server, [make_story(1, NOW)])
    with crawl_bench(tmp_path, parse, HandClock(NOW)) as bench:
        bench.crawl(source)
        for _ in range(4 * 12):  # the first day, every half hour
            bench.clock.now += HOUR / 2
            bench.crawl(source)
        pass_days(bench, source, 364)
        story_path = next(path for path in server.paths() if path.startswith("/news/"))
        assert server.paths().count(story_path) == 1 + 7 + 11
        before = len(server.log)
        pass_days(bench, source, 365)
        assert [request.path for request in server.log[before:]].count(story_path) in (11, 12)


def test_looks_end_where_the_configuration_says(server: FaultServer, tmp_path: Path) -> None:
    source = publish(server, [make_story(1, NOW)])
    with crawl_bench(tmp_path, parse, HandClock(NOW), look_again=(DAY, 7 * DAY)) as bench:
        bench.crawl(source)
        assert pass_days(bench, source, 60) == 1 + 8
    with crawl_bench(tmp_path / "none", parse, HandClock(NOW), look_again=()) as bench:
        bench.crawl(source)
        assert pass_days(bench, source, 60) == 0


def old_story(server: FaultServer, number: int, *, is_late: bool, overdue: timedelta = HOUR) -> UrlState:
    url = server.url(f"/news/old-{number}")
    link = Link(url=url, source="daily", kind="feed", found_in=server.url("/feed.xml"))
    state = pending(link, NOW - DAY)
    return state._replace(outcome="UNCHANGED", visits=9, recheck_at=NOW - overdue, is_late=is_late)


def test_new_stories_come_before_late_looks_whose_number_is_bounded(server: FaultServer, tmp_path: Path) -> None:
    fresh = [make_story(number, NOW) for number in range(3)]
    source = publish(server, fresh)
    with crawl_bench(tmp_path, parse, HandClock(NOW), per_host_delay=timedelta(milliseconds=1)) as bench:
        late = [old_story(server, number, is_late=True, overdue=90 * DAY) for number in range(3 * MAX_LATE_VISITS)]
        soon = [old_story(server, number, is_late=False) for number in range(10_000, 10_002)]
        bench.store.crawl.save_urls([*late, *soon])
        assert bench.crawl(source).counts == {Outcome.NEW: 3, Outcome.GONE: 2 + MAX_LATE_VISITS}
        news = [path for path in server.paths() if path.startswith("/news/")]
        assert {path.removeprefix("/news/") for path in news[:3]} == {told.slug for told in fresh}
        assert set(news[3:5]) == {"/news/old-10000", "/news/old-10001"}
        assert bench.crawl(source).counts[Outcome.GONE] == MAX_LATE_VISITS


def test_late_looks_leave_the_next_run_its_time(server: FaultServer, tmp_path: Path) -> None:
    source = publish(server, [make_story(1, NOW)])
    clock = HandClock(NOW)
    with crawl_bench(tmp_path, parse, clock, paced=True, per_host_delay=timedelta(seconds=30)) as bench:
        bench.store.crawl.save_urls([old_story(server, number, is_late=True) for number in range(40)])
        summary = bench.crawl(source)
        assert summary.counts[Outcome.NEW] == 1
        assert 5 <= summary.counts[Outcome.GONE] <= 10
        assert summary.ended_at - summary.started_at < source.every


def test_poison_is_tried_again_ever_more_seldom_and_is_read_in_the_end(server: FaultServer, tmp_path: Path) -> None:
    source = publish(server, [make_story(1, NOW)])
    tries: list[datetime] = []
    clock, cured = HandClock(NOW), NOW + 100 * DAY

    def read(page: Page) -> Story:
        if clock.now < cured:
            tries.append(clock.now)
            raise PoisonError("it took over 2 s of processor time", url=page.url)
        return parse(page)

    with crawl_bench(tmp_path, read, clock) as bench:
        assert bench.crawl(source).counts == {Outcome.POISON: 1}
        [state] = bench.store.crawl.of_source("daily")
        assert bench.store.crawl.poisoned() == {"daily": (1, state.recheck_at)}
        pass_days(bench, source, 140)
        assert [(later - earlier).days for earlier, later in pairwise(tries)] == [1, 3, 9, 30, 30]
        assert bench.store.stories.count() == 1
        assert bench.store.crawl.poisoned() == {}


def test_a_page_whose_readers_are_killed_from_outside_is_read_minutes_later(
    server: FaultServer, tmp_path: Path
) -> None:
    source = publish(server, [make_story(1, NOW)])
    kills = [1]

    def read(page: Page) -> Story:
        if kills:
            kills.pop()
            raise ReaderKilledError("its reader was killed from outside (SIGKILL)", url=page.url)
        return parse(page)

    with crawl_bench(tmp_path, read, HandClock(NOW)) as bench:
        assert bench.crawl(source).counts == {Outcome.FAILED: 1}
        bench.clock.now += timedelta(minutes=7)
        assert bench.crawl(source).counts == {Outcome.NEW: 1}


def test_what_nobody_foresaw_is_tried_again(server: FaultServer, tmp_path: Path) -> None:
    source = publish(server, [make_story(1, NOW)])
    mistakes = [1]

    def read(page: Page) -> Story:
        if mistakes:
            mistakes.pop()
            raise RuntimeError("a mistake of ours")
        return parse(page)

    with crawl_bench(tmp_path, read, HandClock(NOW)) as bench:
        assert bench.crawl(source).counts == {Outcome.FAILED: 1}
        bench.clock.now += timedelta(minutes=7)
        assert bench.crawl(source).counts == {Outcome.NEW: 1}


def test_a_404_that_comes_back_is_found(server: FaultServer, tmp_path: Path) -> None:
    told = make_story(1, NOW)
    source = publish(server, [told])
    server.routes[f"/news/{told.slug}"] = NOT_FOUND
    with crawl_bench(tmp_path, parse, HandClock(NOW)) as bench:
        assert bench.crawl(source).counts == {Outcome.GONE: 1}
        pass_days(bench, source, 60)
        assert bench.store.stories.count() == 0
        server.routes[f"/news/{told.slug}"] = answer(page(told))
        pass_days(bench, source, 33)
        assert bench.store.stories.count() == 1


FATES = {
    "NEW": 30 * DAY,
    "CHANGED": 30 * DAY,
    "UNCHANGED": 30 * DAY,
    "NOT_A_STORY": 7 * DAY,
    "GONE": 30 * DAY,
    "FAILED": 30 * DAY,
    "REFUSED": DAY,
    "TOO_LARGE": DAY,
    "POISON": DAY,
}


def rules(**changed: Any) -> FateRules:
    told: dict[str, Any] = {
        "intervals": DEFAULTS.look_again,
        "until": None,
        "max_page_bytes": 10_000_000,
        "networks": False,
        "reading": 2,
        "obedience": True,
    }
    return fate_rules(**(told | changed))


def test_what_was_set_aside_for_good_comes_back_spread_over_time(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    kept = pending(Link(url="https://example.org/kept", source="daily"), NOW)._replace(recheck_at=None)
    states = [
        pending(Link(url=f"https://example.org/{outcome}/{number}", source="daily"), NOW)._replace(
            outcome=outcome, recheck_at=None
        )
        for outcome in FATES
        for number in range(40)
    ]
    store.crawl.save_urls([*states, kept])
    Revival(store.crawl, rules()).revive(store.crawl.source("daily"), NOW)
    assert store.crawl.url(kept.url) == kept  # older than the first round reaches: as configured
    for outcome, within in FATES.items():
        found = [
            state for state in store.crawl.of_source("daily") if state.outcome == outcome and state.url != kept.url
        ]
        dues = [state.recheck_at for state in found if state.recheck_at is not None and state.is_late]
        assert len(dues) == 40
        assert NOW <= min(dues) < NOW + within / 3
        assert NOW + within * 2 / 3 < max(dues) <= NOW + within
    again = {state.url: state for state in store.crawl.of_source("daily")}
    Revival(store.crawl, rules()).revive(store.crawl.source("daily"), NOW + HOUR)
    assert {state.url: state for state in store.crawl.of_source("daily")} == again
    store.close()


CHANGES = {
    "a larger page": ({"max_page_bytes": 20_000_000}, "TOO_LARGE"),
    "other networks": ({"networks": True}, "REFUSED"),
    "robots.txt is not asked": ({"obedience": False}, "ROBOTS"),
    "another parser": ({"reading": 3}, "NOT_A_STORY"),
    "another parser, poison": ({"reading": 3}, "POISON"),
    "shorter intervals": ({"intervals": (HOUR, 7 * DAY)}, "UNCHANGED"),
}


@pytest.mark.parametrize(("changed", "outcome"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_rule_brings_forward_what_hung_on_it(tmp_path: Path, changed: dict[str, Any], outcome: str) -> None:
    store = open_store(tmp_path)
    later = NOW + 29 * DAY
    store.crawl.save_urls(
        pending(Link(url=f"https://example.org/{name}", source="daily"), NOW)._replace(outcome=name, recheck_at=later)
        for name in {*FATES, "ROBOTS"}
    )
    Revival(store.crawl, rules()).revive(store.crawl.source("daily"), NOW + 20 * DAY)
    store.crawl.save_urls(state._replace(recheck_at=later) for state in store.crawl.of_source("daily"))
    Revival(store.crawl, rules(**changed)).revive(store.crawl.source("daily"), NOW)
    moved = {state.outcome for state in store.crawl.of_source("daily") if state.recheck_at != later}
    assert outcome in moved
    assert moved <= {outcome, "NEW", "CHANGED", "UNCHANGED", "NOT_A_STORY", "POISON"}
    store.close()
