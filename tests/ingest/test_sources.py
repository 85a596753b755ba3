"""Sources of stories: what the host or the feed says, and no import moves a story."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from config import SourceConfig
from model.outcomes import Outcome
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.conftest import OpenBench
from tests.ingest.things import Thing, at_home, corrected, tell
from tests.ingest.times import EARLIER, HOUR, NOW

DW = SourceConfig(name="dw", feeds=("http://rss.dw.test/xml/rss-en-all",), language="en")
DW_ES = SourceConfig(name="dw-es", feeds=("http://rss.dw.test/xml/rss-es-all",), language="es")


def on(url: str, number: int = 1, **more: Any) -> Thing:
    """A story at an address of another publisher."""
    return replace(at_home(tell(number, EARLIER)), url=url, **more)


SPANISH = on("http://www.dw.test/es/lluvia-en-el-norte/a-71234567", source="dw-es")
OTHERS: Mapping[str, Any] = {"its own": "dw-es", "another": "dw", "none of ours": "archive-of-somebody", "null": None}


@pytest.mark.parametrize("corrects", [False, True], ids=["same-again", "correction"])
@pytest.mark.parametrize("sources", [(DW, DW_ES), (DW_ES, DW)], ids=["dw-first", "dw-last"])
@pytest.mark.parametrize(("first", "second"), pairs(("have a feed",), ("be a file",)))
def test_no_import_moves_a_story_to_another_source(
    open_bench: OpenBench, first: str, second: str, sources: tuple[SourceConfig, ...], corrects: bool
) -> None:
    bench = open_bench(*sources)
    bench.bring(first, SPANISH, NOW)
    shown = corrected(SPANISH) if corrects else SPANISH
    expected = Outcome.CHANGED if corrects else Outcome.UNCHANGED
    assert bench.bring(second, shown, NOW + HOUR) is expected
    assert [(story.source, story.headline) for story in bench.stories()] == [("dw-es", SPANISH.told.headline)]
    assert {version.source for version in bench.versions(SPANISH.url)} == {"dw-es"}


@pytest.mark.parametrize(("named", "first", "second"), spread(OTHERS, (), ("tell more than a page",)))
def test_no_line_moves_a_story_to_another_source(open_bench: OpenBench, first: str, second: str, named: str) -> None:
    bench = open_bench(DW_ES)
    bench.bring(first, SPANISH, NOW)
    source = bench.story_at(SPANISH.url).source
    line = {"source": OTHERS[named]}
    assert bench.bring(second, replace(SPANISH, line=line), NOW + HOUR) is Outcome.UNCHANGED
    assert bench.bring(second, replace(corrected(SPANISH), line=line), NOW + 2 * HOUR) is Outcome.CHANGED
    assert bench.story_at(SPANISH.url).source == source == "dw-es"


@pytest.mark.parametrize("corrects", [False, True], ids=["same-again", "correction"])
@pytest.mark.parametrize(("first", "second"), pairs(("tell more than a page",), ("be a file",)))
def test_no_page_moves_the_story_of_a_line(open_bench: OpenBench, first: str, second: str, corrects: bool) -> None:
    bench = open_bench(DW, DW_ES)
    bench.bring(first, replace(SPANISH, line={"source": "archive-of-somebody"}), NOW)
    bench.bring(second, corrected(SPANISH) if corrects else SPANISH, NOW + HOUR)
    assert [story.source for story in bench.stories()] == ["archive-of-somebody"]


# Pages never seen before -------------------------------------------------------------------------------------------


def source(name: str, address: str, **more: Any) -> SourceConfig:
    return SourceConfig(name=name, feeds=(address,), **more)


HOSTS: Mapping[str, tuple[tuple[SourceConfig, ...], str, str]] = {
    "the only one of its domain": (
        (source("paper", "http://feeds.paper.test/all.xml"), DW),
        "http://www.paper.test/world/rain-in-the-north-of-it",
        "paper",
    ),
    "the one of the same host": (
        (source("dw", "http://www.dw.test/rss"), source("dw-es", "http://es.dw.test/rss")),
        "http://es.dw.test/mundo/rain-in-the-north-of-it",
        "dw-es",
    ),
    "the other of the same host": (
        (source("dw-es", "http://es.dw.test/rss"), source("dw", "http://www.dw.test/rss")),
        "http://www.dw.test/mundo/rain-in-the-north-of-it",
        "dw",
    ),
    "nobody": ((DW,), "http://www.stranger.test/world/rain-in-the-north-of-it", "stranger.test"),
    "an IP address": (
        (source("one", "http://127.0.0.5:8081/feed"), source("two", "http://127.0.0.5:8082/feed")),
        "http://127.0.0.5:8082/world/rain-in-the-north-of-it",
        "two",
    ),
    "an IP address with another port first": (
        (source("two", "http://127.0.0.5:8082/feed"), source("one", "http://127.0.0.5:8081/feed")),
        "http://127.0.0.5:8081/world/rain-in-the-north-of-it",
        "one",
    ),
    "a name of one word": (
        (source("one", "http://newsroom/feed"), source("two", "http://newsroom:8082/feed")),
        "http://newsroom/world/rain-in-the-north-of-it",
        "one",
    ),
    "a name of one word with its port": (
        (source("one", "http://newsroom/feed"), source("two", "http://newsroom:8082/feed")),
        "http://newsroom:8082/world/rain-in-the-north-of-it",
        "two",
    ),
}


@pytest.mark.parametrize("case", HOSTS)
@pytest.mark.parametrize("way", ways("be a file", "have a page"))
def test_a_new_page_belongs_to_the_source_of_its_host(open_bench: OpenBench, way: str, case: str) -> None:
    sources, url, expected = HOSTS[case]
    bench = open_bench(*sources)
    assert bench.bring(way, on(url), NOW) is Outcome.NEW
    assert [story.source for story in bench.stories()] == [expected]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("way", ways("be a file", "have a page"))
def test_of_two_sources_on_one_host_the_language_decides(open_bench: OpenBench, way: str, language: str) -> None:
    page = at_home(tell(1, EARLIER)).html().replace(b'<html lang="en">', f'<html lang="{language}">'.encode())
    thing = on("http://www.dw.test/world/rain-in-the-north-of-it", content=page)
    bench = open_bench(DW, DW_ES)
    assert bench.bring(way, thing, NOW) is Outcome.NEW
    assert [(story.source, story.language) for story in bench.stories()] == [
        ("dw" if language == "en" else "dw-es", language)
    ]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.5:8082/world/rain-in-the-north-of-it", "http://newsroom/world/a-1-2-3-4-5"]
)
@pytest.mark.parametrize("way", ways("be a file", "have a page"))
def test_a_crawled_story_of_an_address_without_a_domain_stays_where_it_is(
    open_bench: OpenBench, way: str, url: str
) -> None:
    feed = url.partition("/world/")[0] + "/feed"
    bench = open_bench(source("far", "http://127.0.0.5:8081/feed"), source("near", feed))
    thing = on(url, source="near", tags=("Rain",), guid="guid-9")
    bench.bring("crawl", thing, NOW)
    assert bench.bring(way, thing, NOW + HOUR) is Outcome.UNCHANGED
    [story] = bench.stories()
    assert (story.source, story.tags, story.publisher_id) == ("near", ("Rain",), "guid-9")
