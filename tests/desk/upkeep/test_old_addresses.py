"""Is no story stored a second time, and none lost, when addresses of old data are made canonical by today's rules?"""

import sqlite3
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.extraction import parse
from crawler.results import CrawlRunSummary
from model.outcomes import Outcome
from net.former_rules import former_url
from net.urls import CANONICALISER_VERSION, canonical_url
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import FaultServer
from tests.crawler.recheck_pages import make_story
from tests.desk.make_old_addresses import FORGOTTEN, HOST, LINKS, NOW, PAPER, PaperOfManySpellings

pytestmark = pytest.mark.sqlite_files("a stored directory of an earlier version, which kept files")

FIXTURE = Path(__file__).parent / "fixtures" / "addresses-1.tar.gz"
TWINS = {
    1: f"{HOST}/world/1-campaign",
    2: f"{HOST}/world/2-family",
    3: f"{HOST}/world/3-channel",
    4: f"{HOST}/story.php?id=4",
    5: f"{HOST}/world/5-slash",
    6: f"{HOST}/world/6-index/",
    7: f"{HOST}/world/7-script",
    8: "http://www.xn--pastrae-1vae.example/world/8-host",
    9: f"{HOST}/story.php?part=a&id=9",
    10: f"{HOST}/index.php?/news/10=",
    12: f"{HOST}/world/12-twin",
    13: f"{HOST}/watch",
}
"""Other ways to write some of the addresses."""


class Desk:
    """The old data directory, its paper, and rounds two days apart."""

    def __init__(self, bench: CrawlBench, paper: PaperOfManySpellings, proxy: FaultServer) -> None:
        self.bench = bench
        self.store = bench.store
        self.proxy = proxy
        self.paper = paper

    def round(self, links: Iterable[str]) -> CrawlRunSummary:
        self.paper.announce(links)
        self.bench.clock.now += timedelta(days=2)
        return self.bench.crawl(PAPER)

    def stories(self) -> dict[str, tuple[str, int]]:
        """Headline and version by id."""
        return {story.id: (story.headline, story.version) for story in self.store.stories.walk()}

    def addresses(self) -> dict[str, str | None]:
        """Address by id."""
        return {story.id: story.url for story in self.store.stories.walk()}

    def story_at(self, url: str) -> str | None:
        return self.store.stories.find(canonical_url(url))


@pytest.fixture(params=["crawled", "without-crawl-state"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with tarfile.open(FIXTURE) as archive:
        archive.extractall(tmp_path, filter="data")
    if request.param == "without-crawl-state":  # as stories are that came from an archive
        with closing(sqlite3.connect(tmp_path / "data" / "stories.db")) as database, database:
            database.execute("DELETE FROM urls")
    paper = PaperOfManySpellings()
    clock = HandClock(NOW)
    with (
        FaultServer(paper) as proxy,
        crawl_bench(tmp_path / "data", parse, clock, proxy=proxy.url()) as bench,
    ):
        yield Desk(bench, paper, proxy)


def number_of(story: tuple[str, int]) -> int:
    return int(story[0].rpartition("case ")[2])


def test_a_crawl_over_old_data_adds_and_merges_nothing(desk: Desk) -> None:
    before = desk.stories()
    assert sorted(map(number_of, before.values())) == sorted(LINKS)
    summaries = [desk.round(LINKS.values()) for _ in range(3)]
    assert desk.stories() == before
    assert not any(summary.counts[Outcome.NEW] + summary.counts[Outcome.CHANGED] for summary in summaries)
    ids = {number_of(story): story_id for story_id, story in before.items()}
    assert {number: desk.story_at(url) for number, url in LINKS.items()} == ids


def test_a_crawl_over_old_data_leaves_the_addresses_of_stories_as_they_were(desk: Desk) -> None:
    before = desk.addresses()
    for addition in ("", "The harbour authority said on Thursday that the vote would be held again in the spring."):
        desk.paper.addition = addition
        desk.round(LINKS.values())
        assert desk.addresses() == before


def test_other_spellings_lead_to_the_same_stories(desk: Desk) -> None:
    before = desk.stories()
    for links in ([*LINKS.values(), *TWINS.values()], TWINS.values(), LINKS.values()):
        assert not desk.round(links).counts[Outcome.NEW]
    assert desk.stories() == before
    ids = {number_of(story): story_id for story_id, story in before.items()}
    assert {number: desk.story_at(url) for number, url in TWINS.items()} == {n: ids[n] for n in TWINS}


def test_spellings_alone_add_nothing_either(desk: Desk) -> None:
    before = desk.stories()
    assert not desk.round(TWINS.values()).counts[Outcome.NEW]
    assert desk.stories() == before


def test_what_was_edited_meanwhile_is_no_other_story_and_its_change_is_kept(desk: Desk) -> None:
    before = desk.stories()
    desk.paper.addition = "The harbour authority said on Thursday that the vote would be held again in the spring."
    for _ in range(4):
        assert not desk.round(LINKS.values()).counts[Outcome.NEW]
    assert desk.stories() == {story_id: (headline, 2) for story_id, (headline, _) in before.items()}
    assert all(story.body[-1] == desk.paper.addition for story in desk.store.stories.walk())


def test_what_old_rules_took_for_one_page_becomes_two_where_pages_differ(desk: Desk) -> None:
    before = desk.stories()
    counts = desk.round([f"{HOST}/watch?feature=16", f"{HOST}/watch?feature=13"]).counts
    assert counts[Outcome.NEW] == 1
    added = {story_id: story for story_id, story in desk.stories().items() if story_id not in before}
    assert [number_of(story) for story in added.values()] == [16]
    assert {k: v for k, v in desk.stories().items() if k in before} == before
    assert desk.story_at(f"{HOST}/watch?feature=16") in added
    assert desk.story_at(f"{HOST}/watch?feature=13") == desk.story_at(f"{HOST}/watch")


def test_what_was_forgotten_by_old_rules_stays_out(desk: Desk) -> None:
    asked = len(desk.proxy.log)
    assert desk.round([FORGOTTEN, f"{HOST}/world/15-forgotten/index.html"]).counts[Outcome.REFUSED] == 2
    assert not [path for path in desk.proxy.paths()[asked:] if "forgotten" in path]
    assert make_story(15, NOW).headline not in {headline for headline, _ in desk.stories().values()}


def test_old_forms_stay_and_bear_the_version_of_their_rules(desk: Desk) -> None:
    with desk.store.databases[0].read() as connection:
        query = "SELECT alias, canonicaliser FROM aliases WHERE alias LIKE 'url:%'"
        versions = dict(connection.exec_driver_sql(query).all())
    forms = {former_url(canonical_url(url)) or canonical_url(url) for url in LINKS.values()}
    assert {f"url:{url}" for url in forms} <= {alias for alias, version in versions.items() if version == 1}
    desk.round(LINKS.values())
    with desk.store.databases[0].read() as connection:
        later = dict(connection.exec_driver_sql(query).all())
    assert later.items() >= versions.items()
    assert later[f"url:{canonical_url(LINKS[1])}"] == CANONICALISER_VERSION
