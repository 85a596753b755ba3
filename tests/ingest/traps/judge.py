"""The judge of a trap: replays a world against a real server and store, and compares what is stored with the truth."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from config import Config
from crawler.extraction import parse
from desk.container import importer_of
from index.duplicates.comparison import compared_text, is_copy
from model.page import Page
from model.story import StoredStory, Story
from store.opening import Store
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import FaultServer, Route
from tests.crawler.recheck_pages import Told
from tests.desk.importing.archive_files import Warc
from tests.ingest.traps.worlds import FOLDING, NOW, TOLERATED, Capture, Crawl, TrueStory, World

Text = tuple[str, ...]


class Fault(NamedTuple):
    """One thing that is stored and not true; `kind` is "merged", "split", "version", "address", "id" or "stray"."""

    kind: str
    told: str


class Readers:
    """Reads pages in this process; what an import asks of a pool."""

    size = 1

    def parse(self, page: Page) -> Story:
        return parse(page)


class Site(dict[str, Route]):
    """What the proxy is asked for, a step's routes at a time."""

    def show(self, routes: Mapping[str, Route]) -> None:
        self.clear()
        self.update(routes)


@contextmanager
def bench_behind(directory: Path, clock: HandClock) -> Iterator[tuple[CrawlBench, Site, FaultServer]]:
    """A crawler whose every request goes to one server, one request after the other: any host may be played."""
    site = Site()
    with (
        FaultServer(site) as proxy,
        crawl_bench(directory, parse, clock, proxy=proxy.url(), obey_robots=False, concurrency=1) as bench,
    ):
        yield bench, site, proxy


def faults_of(world: World, directory: Path) -> list[Fault]:
    """Replay a world on the empty store in `directory`/data, made if need be; what is wrong in it afterwards."""
    clock = HandClock(NOW)
    seen: dict[str, StoredStory] = {}
    with bench_behind(directory / "data", clock) as (bench, site, proxy):
        for number, step in enumerate(world.steps):
            clock.now += step.after
            if isinstance(step, Crawl):
                site.show(step.site)
                for source in step.sources:
                    assert not bench.crawl(source).endpoint_errors, f"{world.name}: a feed can't be read"
            else:
                _take_in(step, world, bench.store, clock, directory / f"{number}.warc.gz")
            for story in bench.store.stories.walk():
                seen.setdefault(story.id, story)
        return _Judge(world, bench.store, frozenset(proxy.paths()), seen).faults()


def _take_in(step: Capture, world: World, store: Store, clock: HandClock, path: Path) -> None:
    warc = Warc(path)
    for url, content in step.pages:
        warc.add(url, content, date=f"{clock.now:%Y-%m-%dT%H:%M:%SZ}")
    sources = next(found.sources for found in world.steps if isinstance(found, Crawl))
    config = Config(data_dir=path.parent / "data", sources=sources)
    imported = importer_of(store, config, Readers(), clock).take_in([warc.close()], lambda what, done, total: None)
    assert not imported.refused, imported.refused


class _Judge:
    """Compares the store with one world's truth.

    `asked` are the addresses that were fetched, `seen` all ids that there ever were with what they first led to.
    """

    def __init__(self, world: World, store: Store, asked: frozenset[str], seen: Mapping[str, StoredStory]) -> None:
        self._world = world
        self._store = store
        self._asked = asked
        self._seen = seen
        self._stored = {story.id: store.stories.versions(story.id) for story in store.stories.walk()}
        self._owners = {
            story_id: [self._owner(version) for version in versions] for story_id, versions in self._stored.items()
        }

    def faults(self) -> list[Fault]:
        found = [fault for number in range(len(self._world.stories)) for fault in self._of_story(number)]
        for story_id, owners in self._owners.items():
            found += self._of_id(story_id, owners)
        return [*found, *self._of_ids_given_out()]

    def _of_ids_given_out(self) -> Iterator[Fault]:
        for story_id, first in self._seen.items():
            now = self._store.stories.get(story_id)
            if now is None or self._owner(now) != self._owner(first):
                yield Fault("id", f"id {story_id} led to {_short(first)}, and now to {now and _short(now)}")

    def _of_id(self, story_id: str, owners: list[int | None]) -> Iterator[Fault]:
        name = f"id {story_id} ({', '.join(map(_short, self._stored[story_id]))})"
        true = {owner for owner in owners if owner is not None}
        if len(true) > 1:
            yield Fault("merged", f"{name} has the texts of the true stories {sorted(true)}")
        elif not true:
            yield Fault("stray", f"{name} says what no true story says")
        for version, owner in zip(self._stored[story_id], owners, strict=True):
            if owner is not None and not any(_says(version, told) for told in self._world.stories[owner].tellings):
                yield Fault("version", f"{name}: version {version.version} mixes texts: {_short(version)}")

    def _of_story(self, number: int) -> Iterator[Fault]:
        true = self._world.stories[number]
        ids = [story_id for story_id, owners in self._owners.items() if number in owners]
        name = f"true story {number} ({true.tellings[-1].headline!r})"
        if not ids:
            into = sorted({str(self._led_to(url)) for url in true.at})
            yield Fault("merged", f"{name} is not stored; its addresses lead to true stories {into}")
            return
        if len(ids) > 1 and (fault := self._split(name, true, ids)):
            yield fault
        for story_id in ids:
            yield from self._of_stored(name, true, self._stored[story_id])
        for url in true.at:
            if url in self._asked and self._led_to(url) != number:
                yield Fault("address", f"{name}: {url} leads to true story {self._led_to(url)}")

    def _of_stored(self, name: str, true: TrueStory, versions: list[StoredStory]) -> Iterator[Fault]:
        least, most = true.versions
        current = versions[-1]
        if not least <= len(versions) <= most:
            changes = "; ".join(f"{version.version}: {', '.join(version.changed)}" for version in versions[1:])
            yield Fault("version", f"{name} has {len(versions)} versions, not {least} to {most} ({changes})")
        ends = true.tellings if true.split else true.ends
        if not any(_says(current, told) for told in ends):
            yield Fault("version", f"{name} ends as {_short(current)}")
        if current.url not in true.urls:
            yield Fault("address", f"{name} bears the address {current.url}")
        if current.status != "live":
            yield Fault("version", f"{name} is {current.status}")

    def _split(self, name: str, true: TrueStory, ids: list[str]) -> Fault | None:
        if true.split is None or len(ids) > true.parts:
            return Fault("split", f"{name} has {len(ids)} ids: {', '.join(ids)}")
        if true.split in FOLDING and not _are_copies([self._stored[story_id][-1] for story_id in ids]):
            return Fault("split", f"{name} has {len(ids)} ids that don't fold, against: {TOLERATED[true.split]}")
        return None

    def _led_to(self, url: str) -> int | None:
        """The true story that an address leads to in the store."""
        found = self._store.stories.find(url)
        return self._owners.get(found, [None])[-1] if found else None

    def _owner(self, version: StoredStory) -> int | None:
        """The true story whose text a version holds; of stories with one text the one that stands at its address."""
        said = _body(version.body)
        stories = self._world.stories
        owners = [
            number for number, true in enumerate(stories) if any(_body(t.paragraphs) == said for t in true.tellings)
        ]
        if not owners:  # a text that was mixed or cut belongs to whom most of it belongs to
            shares = [_common(version, true) for true in stories]
            return shares.index(max(shares)) if max(shares) else None
        nearest = [number for number in owners if version.url in stories[number].urls]
        return (nearest or owners)[0]


def _common(version: StoredStory, true: TrueStory) -> int:
    paragraphs = {_words(text) for told in true.tellings for text in told.paragraphs}
    return sum(_words(text) in paragraphs for text in version.body)


def _are_copies(parts: list[StoredStory]) -> bool:
    first, *others = [compared_text(part.source, part.published_at, part.body) for part in parts]
    return all(first is not None and other is not None and is_copy(first, other) for other in others)


def _says(version: StoredStory, told: Told) -> bool:
    return _words(version.headline) == _words(told.headline) and _body(version.body) == _body(told.paragraphs)


def _body(paragraphs: tuple[str, ...]) -> Text:
    return _words(" ".join(paragraphs))


def _words(text: str) -> Text:
    return tuple(re.findall(r"\w+", text.casefold()))


def _short(story: StoredStory) -> str:
    text = " ".join(story.body)
    return f"{story.headline!r} ({text[:30]!r} …) at {story.url}"
