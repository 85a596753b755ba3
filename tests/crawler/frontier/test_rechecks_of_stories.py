"""What rechecks may find, over real HTTP: no false version, no false withdrawal, every true change caught."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.extraction import parse
from crawler.pool import ParsePool
from model.story import StoredStory
from store.opening import Store
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, Route, answer, redirect
from tests.crawler.recheck_pages import (
    CHALLENGES,
    CONSENT_WALLS,
    NO_STORIES,
    Told,
    feed,
    make_story,
    notice,
    page,
    paywall,
)


def corrected(told: Told, number: int) -> Told:
    """One true change: in the body, the headline, the caption, or a note at the end."""
    first, *others = told.paragraphs
    return (
        replace(told, paragraphs=(first.replace("On day", "On the evening of day"), *others)),
        replace(told, headline=f"{told.headline} (corrected)"),
        replace(told, caption=told.caption.replace("morning", "evening")),
        replace(told, paragraphs=(*told.paragraphs, "Correction: an earlier version misstated the day of the vote.")),
        replace(told, paragraphs=told.paragraphs[:-1]),
    )[number % 5]


@dataclass(frozen=True)
class Kind:
    """`second` is what the recheck finds; `stays` leaves it there, else the first page comes back.

    `versions`, `live` are what must be in the store in the end.
    """

    second: Callable[[Told, int], Route]
    versions: int = 1
    live: bool = True
    stays: bool = True


def _moved(told: Told, number: int) -> Route:
    return redirect(f"/news/renamed-{told.slug}", "301 Moved Permanently")


KINDS = {
    "challenge": Kind(lambda told, n: answer(CHALLENGES[n % 2])),
    "consent wall": Kind(lambda told, n: answer(CONSENT_WALLS[n % 2])),
    "consent wall, passing": Kind(lambda told, n: answer(CONSENT_WALLS[n % 2]), stays=False),
    "paywall stub": Kind(lambda told, n: answer(paywall(told, (0.2, 0.5)[n % 2]))),
    "no story": Kind(lambda told, n: answer(NO_STORIES[n % 2])),
    "half a page, passing": Kind(lambda told, n: answer(page(told, paragraphs=told.paragraphs[:1])), stays=False),
    "cut for good": Kind(lambda told, n: answer(page(told, paragraphs=told.paragraphs[:1])), versions=2),
    "churn": Kind(lambda told, n: answer(page(replace(told, around=("Rugby", "Opera", f"Quiz {n}"))))),
    "template": Kind(lambda told, n: answer(page(told, ("modern", "bare")[n % 2]))),
    "correction": Kind(lambda told, n: answer(page(corrected(told, n))), versions=2),
    "kill": Kind(
        lambda told, n: answer(notice(f"KILL: {told.headline}", "Editors please kill this story. It was wrong.")),
        live=False,
    ),
    "410": Kind(lambda told, n: answer(b"gone", "410 Gone"), live=False),
    "slug": Kind(_moved),
    "404, passing": Kind(lambda told, n: NOT_FOUND, stays=False),
}


class Daily:
    """The publisher: a feed of stories, each of one kind of recheck."""

    def __init__(self, server: FaultServer, clock: HandClock, count: int) -> None:
        self.server = server
        names = list(KINDS)
        self.stories = [make_story(n, clock() - timedelta(hours=1 + n % 20)) for n in range(count)]
        self.kinds = [names[n % len(names)] for n in range(count)]
        self.source = SourceConfig(name="daily", feeds=(server.url("/feed.xml"),))
        self.server.routes["/robots.txt"] = NOT_FOUND
        for told in self.stories:
            self.show(told, answer(page(told)))
        self.announce()

    def show(self, told: Told, route: Route) -> None:
        self.server.routes[f"/news/{told.slug}"] = route

    def announce(self) -> None:
        pairs = [(self.server.url(f"/news/{told.slug}"), told) for told in self.stories]
        self.server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")

    def recheck(self) -> None:
        for number, (told, kind) in enumerate(zip(self.stories, self.kinds, strict=True)):
            self.show(told, KINDS[kind].second(told, number // len(KINDS)))
            if kind == "slug":
                self.server.routes[f"/news/renamed-{told.slug}"] = answer(page(told))

    def come_back(self) -> None:
        for told, kind in zip(self.stories, self.kinds, strict=True):
            if not KINDS[kind].stays:
                self.show(told, answer(page(told)))

    def stored(self, store: Store, told: Told) -> tuple[StoredStory, list[StoredStory]]:
        story_id = store.stories.find(self.server.url(f"/news/{told.slug}"))
        assert story_id is not None
        story = store.stories.get(story_id)
        assert story is not None
        return story, store.stories.versions(story_id)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(parse, 2)
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path, pool: ParsePool) -> Iterator[CrawlBench]:
    with crawl_bench(tmp_path, pool.parse, HandClock()) as made:
        yield made


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


@pytest.mark.parametrize("count", [pytest.param(56, id="sample"), pytest.param(210, marks=pytest.mark.long, id="all")])
def test_rechecks(bench: CrawlBench, server: FaultServer, count: int) -> None:
    daily, clock = Daily(server, bench.clock, count), bench.clock
    bench.crawl(daily.source)
    assert bench.store.stories.count() == count
    daily.recheck()
    clock.now += timedelta(minutes=20)
    bench.crawl(daily.source)
    daily.come_back()
    for wait in (timedelta(hours=2), timedelta(hours=13), timedelta(days=2)):
        clock.now += wait
        bench.crawl(daily.source)
    assert bench.store.stories.count() == count
    wrong = {}
    for number, (told, kind) in enumerate(zip(daily.stories, daily.kinds, strict=True)):
        story, versions = daily.stored(bench.store, told)
        if (len(versions), story.status == "live") != (KINDS[kind].versions, KINDS[kind].live):
            wrong[f"{number} {kind}"] = (len(versions), story.status, versions[-1].changed)
    assert wrong == {}


def one_story(server: FaultServer, clock: HandClock) -> tuple[Daily, Told]:
    daily = Daily(server, clock, 1)
    return daily, daily.stories[0]


def test_a_correction_after_a_change_of_template_is_caught(bench: CrawlBench, server: FaultServer) -> None:
    daily, told = one_story(server, bench.clock)
    bench.crawl(daily.source)
    for shown in (told, replace(told, paragraphs=(*told.paragraphs[:-1], "The count was 12, not 21, officials said."))):
        bench.clock.now += timedelta(hours=2)
        daily.show(told, answer(page(shown, "modern")))
        bench.crawl(daily.source)
    story, versions = daily.stored(bench.store, told)
    assert [version.changed for version in versions] == [(), ("body",)]
    assert story.body[-1] == "The count was 12, not 21, officials said."
    assert [caption.text for caption in story.captions] == [told.caption]
    assert story.deck == told.deck


def test_a_caption_that_the_publisher_takes_away_is_a_change(bench: CrawlBench, server: FaultServer) -> None:
    daily, told = one_story(server, bench.clock)
    bench.crawl(daily.source)
    bench.clock.now += timedelta(hours=2)
    without = page(told).replace(f'<figcaption class="caption">{told.caption}</figcaption>'.encode(), b"")
    daily.show(told, answer(without))
    bench.crawl(daily.source)
    assert daily.stored(bench.store, told)[0].captions == ()


def test_a_correction_after_a_change_of_slug_is_caught(bench: CrawlBench, server: FaultServer) -> None:
    daily, told = one_story(server, bench.clock)
    bench.crawl(daily.source)
    renamed = replace(told, slug=f"{told.slug}-renamed", headline=f"{told.headline}, now settled")
    daily.stories = [renamed]
    daily.show(told, NOT_FOUND)
    for story in (renamed, replace(renamed, paragraphs=(*told.paragraphs, "A vote follows on Friday."))):
        bench.clock.now += timedelta(hours=2)
        daily.show(renamed, answer(page(story)))
        daily.announce()
        bench.crawl(daily.source)
    for _ in range(3):
        bench.clock.now += timedelta(hours=13)
        bench.crawl(daily.source)
    story, versions = daily.stored(bench.store, renamed)
    assert bench.store.stories.count() == 1
    assert [version.changed for version in versions] == [(), ("headline",), ("body",)]
    assert story.status == "live"


def test_404_is_believed_after_three_checks_over_a_day_and_forgiven_when_the_page_returns(
    bench: CrawlBench, server: FaultServer
) -> None:
    daily, told = one_story(server, bench.clock)
    bench.crawl(daily.source)
    statuses = []
    daily.show(told, NOT_FOUND)
    for wait in (timedelta(minutes=20), timedelta(hours=12), timedelta(hours=11), timedelta(hours=1, minutes=1)):
        bench.clock.now += wait
        bench.crawl(daily.source)
        statuses.append(daily.stored(bench.store, told)[0].status)
    assert statuses == ["live", "live", "live", "withdrawn"]
    daily.show(told, answer(page(told)))
    bench.clock.now += timedelta(days=7, minutes=1)
    bench.crawl(daily.source)
    story, versions = daily.stored(bench.store, told)
    assert (story.status, len(versions)) == ("live", 1)


def test_server_errors_do_not_count_towards_a_404(bench: CrawlBench, server: FaultServer) -> None:
    daily, told = one_story(server, bench.clock)
    bench.crawl(daily.source)
    for route in (answer(b"", "500 Oops"), answer(b"", "500 Oops"), answer(b"", "500 Oops"), NOT_FOUND):
        bench.clock.now += timedelta(days=1)
        daily.show(told, route)
        bench.crawl(daily.source)
    assert daily.stored(bench.store, told)[0].status == "live"


def test_a_site_that_loses_all_pages_alarms_and_keeps_its_stories(bench: CrawlBench, server: FaultServer) -> None:
    daily = Daily(server, bench.clock, 10)
    bench.crawl(daily.source)
    for told in daily.stories:
        daily.show(told, answer(b"", "410 Gone"))
    bench.clock.now += timedelta(hours=1)
    summary = bench.crawl(daily.source)
    assert "10 of 10 pages are gone at once" in str(summary.alarm)
    assert bench.store.crawl.source("daily").alarm == summary.alarm
    assert all(story.status == "live" for story in bench.store.stories.walk())
    for told in daily.stories[:8]:
        daily.show(told, answer(page(told)))
    bench.clock.now += timedelta(hours=2)
    bench.crawl(daily.source)
    statuses = [daily.stored(bench.store, told)[0].status for told in daily.stories]
    assert statuses == ["live"] * 8 + ["withdrawn"] * 2


def test_a_live_blog_has_one_version_an_hour_at_most(bench: CrawlBench, server: FaultServer) -> None:
    daily, told = one_story(server, bench.clock)
    numbers = []
    for minutes in range(0, 181, 12):
        update = replace(told, paragraphs=(f"Update of minute {minutes}: the count goes on.", *told.paragraphs))
        html = page(update, "modern").replace(b'"NewsArticle"', b'"LiveBlogPosting"')
        daily.show(told, answer(html))
        daily.stories = [replace(told, published_at=told.published_at + timedelta(seconds=minutes))]
        daily.announce()
        bench.crawl(daily.source)
        numbers.append(len(daily.stored(bench.store, told)[1]))
        bench.clock.now += timedelta(minutes=12)
    assert numbers[0] == 1
    assert numbers[4] == 1
    assert numbers[5] == 2
    assert numbers[-1] == 4
