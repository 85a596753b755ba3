"""The four ways in, each as an object that brings things: crawl, WARC file, saved pages, NDJSON lines.

All four are real: a publisher behind a proxy for the crawler, files for `import`. `IngestBench` has them all on one
store.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from config import Config, SourceConfig
from crawler.extraction import parse
from desk.container import importer_of
from desk.importing.importer import Imported
from desk.upkeep.forgetting import Forgetting, find_named, forget_named
from model.outcomes import Outcome
from model.page import Page
from model.story import StoredStory, Story
from net.urls import canonical_url
from store.opening import Store, open_store
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import FaultServer, Route, answer, redirect
from tests.ingest.abilities import CANNOT
from tests.ingest.renderings import WRITERS, Seen, feed_of
from tests.ingest.things import HOST, Thing
from tests.ingest.times import NOW

FEED = f"http://{HOST}/feeds/daily.xml"
NEVER = timedelta(days=36500)
NOT_BELIEVED = (Outcome.UNCHANGED, Outcome.NOT_A_STORY)
"""How a wall ends where a story is held: as a reading that is not believed, or as a page that reads as no story."""
DAILY = SourceConfig(name="daily", feeds=(FEED,))


class Tally(NamedTuple):
    """What came of several things: how many ended how, and what the way said about some of them by name."""

    counts: Counter[Outcome]
    remarks: tuple[str, ...] = ()


class Way(Protocol):
    """One way in."""

    def bring(self, seen: Sequence[Seen]) -> Tally:
        """Bring all things in one go, in this order."""


class Publisher(dict[str, Route]):
    """What a proxy is asked for, by canonical address."""

    def get(self, url: str, default: Route) -> Route:  # type: ignore[override]
        return super().get(canonical_url(url), default)

    def show(self, url: str, route: Route) -> None:
        self[canonical_url(url)] = route


class CrawlWay:
    """A round of the things' source, whose feed announces them and says that they were modified just now.

    The crawler and what stands before it are made when they are first needed: that takes as long as five imports.
    """

    def __init__(self, stack: ExitStack, data: Path, clock: HandClock, sources: Sequence[SourceConfig]) -> None:
        self._stack = stack
        self._data = data
        self._clock = clock
        self._sources = {source.name: source for source in sources}
        self._publisher = Publisher()

    @cached_property
    def _bench(self) -> CrawlBench:
        proxy = self._stack.enter_context(FaultServer(self._publisher))
        settings: dict[str, Any] = {"proxy": proxy.url(), "concurrency": 1, "look_again": (NEVER,)}
        return self._stack.enter_context(crawl_bench(self._data, parse, self._clock, **settings))

    def bring(self, seen: Sequence[Seen]) -> Tally:
        at = max(one.at for one in seen)
        assert at >= self._clock.now, CANNOT["bring what is older"]["crawl"]
        self._clock.now = at
        for thing, _ in seen:
            assert thing.url is not None, CANNOT["be without an address"]["crawl"]
            self._publisher.show(thing.url, answer(thing.html()))
            if thing.asked:
                self._publisher.show(thing.asked, redirect(thing.url))
        return self._rounds([one.thing for one in seen], at)

    def lose(self, thing: Thing, at: datetime) -> Tally:
        """A round in which the publisher says that the page is gone for good."""
        self._clock.now = at
        self._publisher.show(str(thing.url), answer(b"gone", "410 Gone"))
        return self._rounds([thing], at)

    def _rounds(self, things: Sequence[Thing], at: datetime) -> Tally:
        counts: Counter[Outcome] = Counter()
        for name in dict.fromkeys(thing.source for thing in things):
            source = self._sources[name]
            for feed in source.feeds:
                items = [one for one in things if one.source == name and (one.feed or source.feeds[0]) == feed]
                self._publisher.show(feed, answer(feed_of(items, at), content_type="application/rss+xml"))
            summary = self._bench.crawl(source)
            assert summary.endpoint_errors == {}
            counts.update(summary.counts)
        return Tally(counts)


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
        self._imports = importer_of(store, config, Readers(), clock)
        self._clock = clock
        self._write = write
        self._directory = directory
        self._numbers = count(1)

    def bring(self, seen: Sequence[Seen]) -> Tally:
        self._clock.now = max(self._clock.now, *(one.at for one in seen))
        return self.again(self._write(seen, self._directory / f"{next(self._numbers):04}"))

    def again(self, path: Path) -> Tally:
        """Take a path in, as it is."""
        imported = self._imports.take_in([path], lambda what, done, total: None)
        counts: Counter[Outcome] = Counter()
        for summary in imported.summaries:
            counts.update(summary.counts)
        return Tally(+counts, remarks_of(imported))


class Readers:
    """Reads pages in this process."""

    size = 2

    def parse(self, page: Page) -> Story:
        """The story on a page."""
        return parse(page)


class IngestBench:
    """A store and all ways into it; `bring` and what follows it are what the suites speak in."""

    def __init__(self, stack: ExitStack, data: Path, files: Path, sources: Sequence[SourceConfig]) -> None:
        self.store = open_store(data)
        stack.callback(self.store.close)
        self.clock = HandClock(NOW)
        self.files = files
        self.data = data
        self.crawl = CrawlWay(stack, data, self.clock, sources)
        config = Config(data_dir=data, sources=tuple(sources))
        self._imports = {
            name: ImportWay(self.store, config, self.clock, write, files / name) for name, write in WRITERS.items()
        }

    def way(self, name: str) -> Way:
        """A way by its name."""
        return self.crawl if name == "crawl" else self._imports[name]

    def bring(self, way: str, thing: Thing, at: datetime) -> Outcome:
        """Bring one thing; its one outcome."""
        counts = self.bring_all(way, [Seen(thing, at)]).counts
        assert sum(counts.values()) == 1, f"expected one outcome of one thing, found {dict(counts)}"
        return next(iter(counts))

    def bring_all(self, way: str, seen: Iterable[tuple[Thing, datetime]]) -> Tally:
        """Bring several things in one go, each with the instant at which it was seen."""
        return self.way(way).bring([Seen(*one) for one in seen])

    def take_in(self, path: Path) -> Tally:
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
def ingest_bench(data: Path, files: Path, *sources: SourceConfig) -> Iterator[IngestBench]:
    """Opens a bench on a data directory, with one source unless others are given.

    Its crawler looks again only when a feed tells it to, and at one page after the other.
    """
    with ExitStack() as stack:
        yield IngestBench(stack, data, files, sources or (DAILY,))


def remarks_of(imported: Imported) -> tuple[str, ...]:
    """What an import says of single files and lines, whatever it calls that."""
    others = [value for name, value in imported._asdict().items() if name != "summaries"]
    return tuple(str(line) for value in others if isinstance(value, (list, tuple)) for line in value)
