"""Archives of what was crawled: they change nothing at all."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from config import Config, SourceConfig
from crawler.extraction import parse
from demo.wire import DemoWire
from desk.container import importer_of
from model.outcomes import Outcome
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.desk.importing.archive_files import HTML, Warc
from tests.ingest.abilities import pairs
from tests.ingest.things import at_home, corrected, tell
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench, Readers

Shown = tuple[Any, ...]


def shown(bench: CrawlBench) -> dict[str, list[Shown]]:
    """Everything that is stored of every story, version by version."""
    stories = bench.store.stories
    return {
        story.id: [(version.model_dump_json(), version.revision) for version in stories.versions(story.id)]
        for story in stories.walk()
    }


@pytest.mark.parametrize("waits", [-HOUR, timedelta(0), HOUR], ids=["before", "then", "later"])
@pytest.mark.parametrize(("first", "second"), pairs(("have a feed",), ("be a file",)))
def test_one_story_with_everything_that_its_feed_tells(
    bench: IngestBench, first: str, second: str, waits: timedelta
) -> None:
    thing = at_home(tell(1, EARLIER), guid="guid-17", tags=("Rain", "North"), dateline="BAMAKO, Mali", agencies=("AP",))
    bench.bring(first, thing, NOW)
    bench.bring(first, corrected(thing), NOW + DAY)
    before = [version.model_dump_json() for version in bench.versions(thing.url)]
    revision = bench.store.feed.position()
    assert bench.bring(second, corrected(thing), NOW + DAY + waits) is Outcome.UNCHANGED
    assert [version.model_dump_json() for version in bench.versions(thing.url)] == before
    assert bench.store.feed.position() == revision


class CrawledWire:
    """The demo wire, crawled whole: stories, a correction, a kill notice."""

    def __init__(self, wire: DemoWire, bench: CrawlBench) -> None:
        self.wire = wire
        self.bench = bench
        self.sources = [SourceConfig.model_validate(source) for source in wire.sources()]

    def round(self) -> Counter[Outcome]:
        counts: Counter[Outcome] = Counter()
        for source in self.sources:
            counts.update(self.bench.crawl(source).counts)
        return counts

    def archive(self, path: Path) -> tuple[Path, int]:
        """A WARC file of every page of a story that the crawler was given, as it is now; and their number."""
        warc, pages = Warc(path), 0
        asked = dict.fromkeys((request.host, request.path) for request in self.wire.requests() if request.status == 200)
        with requests.Session() as session:
            session.trust_env = False
            for host, target in asked:
                got = session.get(f"http://{host}{target}", timeout=10)
                if "text/html" in got.headers["Content-Type"] and target != "/" and got.status_code == 200:
                    warc.add(got.url, got.content, headers=HTML | {"Content-Type": got.headers["Content-Type"]})
                    pages += 1
        return warc.close(), pages


@pytest.fixture
def crawled(tmp_path: Path) -> Iterator[CrawledWire]:
    clock = HandClock(NOW)
    with (
        DemoWire(clock=clock, pace_seconds=0, slow_seconds=0, first_address="127.0.0.40") as wire,
        crawl_bench(tmp_path / "data", parse, clock, look_again=(HOUR, HOUR, HOUR)) as bench,
    ):
        found = CrawledWire(wire, bench)
        assert found.round()[Outcome.NEW] > 50
        clock.now += HOUR
        stories = [story.url for story in wire.published() if story.status == "live"]
        for url in stories[:8]:
            wire.correct(url)
        wire.kill(stories[8], "notice")
        clock.now += HOUR
        assert found.round()[Outcome.CHANGED] >= 8
        yield found


@pytest.mark.parametrize("later", [timedelta(0), DAY], ids=["then", "later"])
def test_a_whole_wire_that_was_crawled(crawled: CrawledWire, tmp_path: Path, later: timedelta) -> None:
    bench = crawled.bench
    path, pages = crawled.archive(tmp_path / "wire.warc")
    bench.clock.now += later
    dated = path.read_bytes().replace(b"2024-05-06T07:08:09Z", f"{bench.clock.now:%Y-%m-%dT%H:%M:%SZ}".encode())
    path.write_bytes(dated)
    before, revision = shown(bench), bench.store.feed.position()
    config = Config(data_dir=tmp_path / "data", sources=tuple(crawled.sources))
    imported = importer_of(bench.store, config, Readers(), bench.clock).take_in([path], lambda what, done, total: None)
    [summary] = imported.summaries
    assert shown(bench) == before
    assert bench.store.feed.position() == revision
    none = summary.counts[Outcome.NOT_A_STORY]
    assert +Counter(summary.counts) == +Counter({Outcome.UNCHANGED: pages - none, Outcome.NOT_A_STORY: none})
    assert none <= 1
