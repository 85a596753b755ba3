"""The four ways in, each as an object that brings things: crawl, WARC file, saved pages, NDJSON lines.

All four are real: a publisher behind a proxy for the crawler, files for `import`. What a way can't express stands in
one table, `CANNOT`; `ways` and `pairs` turn it into skipped cases that say why.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import count, product
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from config import Config, SourceConfig
from crawler.parsing import parse
from desk.forgetting import Forgetting, find_named, forget_named
from desk.imports import Imported, Imports
from index.page import Page
from index.store import Store
from index.story import StoredStory, Story
from ingest.outcomes import Outcome
from net.urls import canonical_url
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import FaultServer, Route, answer, redirect
from tests.desk.archive_files import Warc
from tests.ingest.things import HOST, Thing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAYS = ("crawl", "warc", "html", "line")
FEED = f"http://{HOST}/feeds/daily.xml"
NEVER = timedelta(days=36500)
DAILY = SourceConfig(name="daily", feeds=(FEED,))

CANNOT: Mapping[str, Mapping[str, str]] = {
    "bring what is older": {"crawl": "a crawl looks now"},
    "have a page": {"line": "a line has no HTML"},
    "claim another address": {"line": "a line has one address"},
    "ask over TLS": {"crawl": "the proxy of these tests speaks plain HTTP"},
    "be led elsewhere": {
        "warc": "redirects of an archive are no pages",
        "html": "a saved page has one address",
        "line": "a line has one address",
    },
    "have a feed": {
        "warc": "an archive has no feed",
        "html": "a saved page has no feed",
        "line": "a line has no feed",
    },
    "tell more than a page": {
        "crawl": "a page has no id of ours and no status",
        "warc": "a page has no id of ours and no status",
        "html": "a page has no id of ours and no status",
    },
    "be a file": {"crawl": "a crawl reads no files"},
    "be without an address": {
        "crawl": "what is crawled has an address",
        "warc": "a record has an address",
    },
}
"""What a way can't express, and why."""


def can(way: str, need: str) -> bool:
    """Whether a way can express that."""
    return way not in CANNOT[need]


def ways(*needed: str) -> list[Any]:
    """All ways as parameters; those that can't do what is needed are skipped with the reason."""
    return [_case((name,), (needed,)) for name in WAYS]


def pairs(first: Sequence[str] = (), second: Sequence[str] = ()) -> list[Any]:
    """All ordered pairs of ways as parameters, with what is needed of the one that comes first and of the other."""
    return [_case(names, (first, second)) for names in product(WAYS, WAYS)]


def _case(names: tuple[str, ...], needs: Sequence[Sequence[str]]) -> Any:
    wanted = [(name, need) for name, needed in zip(names, needs, strict=True) for need in needed]
    reasons = [CANNOT[need][name] for name, need in wanted if not can(name, need)]
    marks = [pytest.mark.skip(reason=reasons[0])] if reasons else []
    return pytest.param(*names, id="-".join(names), marks=marks)


class Seen(NamedTuple):
    """A thing with the instant at which somebody looked."""

    thing: Thing
    at: datetime


class Told(NamedTuple):
    """What came of several things: how many ended how, and what the way said about some of them by name."""

    counts: Counter[Outcome]
    remarks: tuple[str, ...] = ()


class Way(Protocol):
    """One way in."""

    def bring(self, seen: Sequence[Seen]) -> Told:
        """Bring all things in one go, in this order."""


class Publisher(dict[str, Route]):
    """What a proxy is asked for, by canonical address."""

    def get(self, url: str, default: Route) -> Route:  # type: ignore[override]
        return super().get(canonical_url(url), default)

    def show(self, url: str, route: Route) -> None:
        self[canonical_url(url)] = route


class CrawlWay:
    """A round of the things' source, whose feed announces them and says that they were modified just now."""

    def __init__(self, bench: CrawlBench, publisher: Publisher, sources: Sequence[SourceConfig]) -> None:
        self._bench = bench
        self._publisher = publisher
        self._sources = {source.name: source for source in sources}

    def bring(self, seen: Sequence[Seen]) -> Told:
        clock = self._bench.clock
        at = max(one.at for one in seen)
        assert at >= clock.now, CANNOT["bring what is older"]["crawl"]
        clock.now = at
        for thing, _ in seen:
            assert thing.url is not None, CANNOT["be without an address"]["crawl"]
            self._publisher.show(thing.url, answer(thing.html()))
            if thing.asked:
                self._publisher.show(thing.asked, redirect(thing.url))
        return self._rounds([one.thing for one in seen], at)

    def lose(self, thing: Thing, at: datetime) -> Told:
        """A round in which the publisher says that the page is gone for good."""
        self._bench.clock.now = at
        self._publisher.show(str(thing.url), answer(b"gone", "410 Gone"))
        return self._rounds([thing], at)

    def _rounds(self, things: Sequence[Thing], at: datetime) -> Told:
        counts: Counter[Outcome] = Counter()
        for name in dict.fromkeys(thing.source for thing in things):
            source = self._sources[name]
            for feed in source.feeds:
                items = [one for one in things if one.source == name and (one.feed or source.feeds[0]) == feed]
                self._publisher.show(feed, answer(_feed(items, at), content_type="application/rss+xml"))
            summary = self._bench.round(source)
            assert summary.place_errors == {}
            counts.update(summary.counts)
        return Told(counts)


class ImportWay:
    """An import of one path; `write` makes the file or folder of some things."""

    def __init__(
        self,
        store: Store,
        config: Config,
        clock: HandClock,
        write: Callable[[Sequence[Seen], Path], Path],
        directory: Path,
    ) -> None:
        self._imports = Imports(store, config, Readers(), clock)
        self._clock = clock
        self._write = write
        self._directory = directory
        self._numbers = count(1)

    def bring(self, seen: Sequence[Seen]) -> Told:
        self._clock.now = max(self._clock.now, *(one.at for one in seen))
        return self.again(self._write(seen, self._directory / f"{next(self._numbers):04}"))

    def again(self, path: Path) -> Told:
        """Take a path in, as it is."""
        imported = self._imports.take_in([path], lambda what, done, total: None)
        counts: Counter[Outcome] = Counter()
        for summary in imported.summaries:
            counts.update(summary.counts)
        return Told(+counts, remarks_of(imported))


class Readers:
    """Reads pages in this process."""

    size = 2

    def parse(self, page: Page) -> Story:
        """The story on a page."""
        return parse(page)


class Newsroom:
    """A store and all ways into it; `bring` and what follows it are what the suites speak in."""

    def __init__(
        self, bench: CrawlBench, publisher: Publisher, sources: Sequence[SourceConfig], data: Path, files: Path
    ) -> None:
        self.store = bench.store
        self.clock = bench.clock
        self.files = files
        self.data = data
        self.crawl = CrawlWay(bench, publisher, sources)
        config = Config(data_dir=data, sources=tuple(sources))
        self._imports = {
            name: ImportWay(bench.store, config, bench.clock, write, files / name) for name, write in WRITERS.items()
        }

    def way(self, name: str) -> Way:
        """A way by its name."""
        return self.crawl if name == "crawl" else self._imports[name]

    def bring(self, way: str, thing: Thing, at: datetime) -> Outcome:
        """Bring one thing; its one outcome."""
        counts = self.bring_all(way, [Seen(thing, at)]).counts
        assert sum(counts.values()) == 1, f"expected one outcome of one thing, found {dict(counts)}"
        return next(iter(counts))

    def bring_all(self, way: str, seen: Iterable[tuple[Thing, datetime]]) -> Told:
        """Bring several things in one go, each with the instant at which it was seen."""
        return self.way(way).bring([Seen(*one) for one in seen])

    def take_in(self, path: Path) -> Told:
        """Import a path that a test has written itself."""
        return self._imports["line"].again(path)

    def forget(self, *names: str) -> Forgetting:
        """Remove stories by address or id, for good."""
        return forget_named(find_named(names, self.store).named, self.store, self.clock())

    def stories(self) -> list[StoredStory]:
        """All stories, in the order in which they were first seen."""
        return sorted(self.store.stories.walk(), key=lambda story: (story.first_seen_at, story.headline))

    def story_at(self, url: str | None) -> StoredStory:
        """The story that an address leads to."""
        assert url is not None
        story_id = self.store.stories.find(canonical_url(url))
        assert story_id is not None, f"nothing is known of {url}"
        story = self.store.stories.get(story_id)
        assert story is not None
        return story

    def versions(self, url: str | None) -> list[StoredStory]:
        """All versions of the story that an address leads to."""
        return self.store.stories.versions(self.story_at(url).id)

    def headlines(self) -> list[str]:
        """The headlines of all stories, in order."""
        return sorted(story.headline for story in self.store.stories.walk())

    def check(self) -> None:
        """What holds for every store at any time: versions are numbered without gaps and differ from each other."""
        for story in self.store.stories.walk():
            versions = self.store.stories.versions(story.id)
            assert [version.version for version in versions] == list(range(1, story.version + 1)), story.headline
            assert all(version.changed for version in versions[1:]), story.headline
            assert versions[-1].body == story.body


@contextmanager
def newsroom(data: Path, files: Path, *sources: SourceConfig) -> Iterator[Newsroom]:
    """Opens a store on a data directory, with one source unless others are given.

    Its crawler looks again only when a feed tells it to, and at one page after the other.
    """
    publisher, sources = Publisher(), sources or (DAILY,)
    settings: dict[str, Any] = {"concurrency": 1, "look_again": (NEVER,)}
    with (
        FaultServer(publisher) as proxy,
        crawl_bench(data, parse, HandClock(NOW), proxy=proxy.url(), **settings) as bench,
    ):
        yield Newsroom(bench, publisher, sources, data, files)


# What a thing looks like on each way --------------------------------------------------------------------------


def _feed(things: Iterable[Thing], at: datetime) -> bytes:
    items = "".join(_item(thing, at) for thing in things)
    names = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    return f'<rss version="2.0" {names}><channel><title>Daily</title>{items}</channel></rss>'.encode()


def _item(thing: Thing, at: datetime) -> str:
    told, guid = thing.told, thing.guid or thing.identifier
    parts = [
        f"<title>{escape(thing.title or told.headline)}</title>",
        f"<link>{escape(thing.asked or thing.url or '')}</link>",
        f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else "",
        f"<pubDate>{format_datetime(told.published_at)}</pubDate>" if thing.dated else "",
        f"<atom:updated>{at.isoformat()}</atom:updated>",
        *(f"<category>{escape(tag)}</category>" for tag in thing.tags),
    ]
    if thing.feed_caption:
        parts.append(
            f'<media:content url="http://{HOST}/images/feed.jpg" medium="image">'
            f"<media:description>{escape(thing.feed_caption)}</media:description></media:content>"
        )
    return f"<item>{''.join(parts)}</item>"


def write_warc(seen: Sequence[Seen], path: Path) -> Path:
    """A record a thing, dated when it was seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    warc = Warc(path.with_suffix(".warc"))
    for thing, at in seen:
        assert thing.url is not None, CANNOT["be without an address"]["warc"]
        warc.add(thing.url, thing.html(), date=f"{at:%Y-%m-%dT%H:%M:%SZ}")
    return warc.close()


def write_pages(seen: Sequence[Seen], path: Path) -> Path:
    """A file a thing, marked as browsers do, last changed when it was seen."""
    path.mkdir(parents=True)
    for number, (thing, at) in enumerate(seen):
        mark = f"<!-- saved from url=({len(thing.url):04}){thing.url} -->\n".encode() if thing.url else b""
        file = path / f"page-{number:04}.html"
        file.write_bytes(mark + thing.html())
        os.utime(file, (at.timestamp(), at.timestamp()))
    return path


def write_lines(seen: Sequence[Seen], path: Path) -> Path:
    """A line a thing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(thing.fields(at)) for thing, at in seen]
    file = path.with_suffix(".ndjson")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


WRITERS: Mapping[str, Callable[[Sequence[Seen], Path], Path]] = {
    "warc": write_warc,
    "html": write_pages,
    "line": write_lines,
}


def remarks_of(imported: Imported) -> tuple[str, ...]:
    """What an import says of single files and lines, whatever it calls that."""
    others = [value for name, value in imported._asdict().items() if name != "summaries"]
    return tuple(str(line) for value in others if isinstance(value, (list, tuple)) for line in value)
