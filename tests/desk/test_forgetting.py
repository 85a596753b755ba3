"""A story that was forgotten is gone from tables, files and searches, and does not come back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.outcomes import Outcome
from crawler.parsing import parse
from desk.forgetting import forget_stories
from desk.importing import import_files
from desk.rereading import ingest_into
from index.store.identity import mint
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, answer
from tests.crawler.second_look_pages import Told, feed, make_story, page
from tests.desk.desk_process import DeskProcess

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "Zwylkonne"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CrawlBench]:
    with crawl_bench(tmp_path, parse, HandClock(NOW)) as made:
        yield made


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


def published(server: FaultServer) -> tuple[SourceConfig, list[Told]]:
    stories = [make_story(number, NOW) for number in range(3)]
    told = stories[0]
    paragraphs = (f"The {SECRET} family was named in error. {told.paragraphs[0]}", *told.paragraphs[1:])
    stories[0] = Told(**{**vars(told), "paragraphs": paragraphs, "headline": f"{told.headline}: {SECRET}"})
    server.routes["/robots.txt"] = NOT_FOUND
    for story in stories:
        server.routes[f"/news/{story.slug}"] = answer(page(story))
    pairs = [(server.url(f"/news/{story.slug}"), story) for story in stories]
    server.routes["/feed.xml"] = answer(feed(pairs), content_type="application/rss+xml")
    return SourceConfig(name="daily", feeds=(server.url("/feed.xml"),)), stories


def files_that_say(directory: Path, word: str) -> list[str]:
    wanted = (word.encode(), word.lower().encode())
    return [
        path.name for path in directory.rglob("*") if path.is_file() and any(w in path.read_bytes() for w in wanted)
    ]


@pytest.mark.parametrize("by", ["url", "id"])
def test_nothing_of_it_is_left_and_it_is_not_crawled_again(
    bench: CrawlBench, server: FaultServer, tmp_path: Path, by: str
) -> None:
    source, stories = published(server)
    bench.round(source)
    url = server.url(f"/news/{stories[0].slug}")
    story_id = bench.store.stories.find(url)
    assert story_id is not None
    revision = bench.store.stories.revision()
    done = forget_stories([url if by == "url" else story_id], bench.store, NOW)
    assert (done.removed, done.unknown) == ((story_id,), ())
    assert bench.store.stories.get(story_id) is None
    assert bench.store.stories.versions(story_id) == []
    assert bench.store.stories.changes(revision, 10).removed == (story_id,)
    assert (bench.store.stories.count(), bench.store.pages.count()) == (2, 2)
    assert files_that_say(tmp_path, SECRET) == []
    assert files_that_say(tmp_path, stories[0].slug) == []
    before = len(server.log)
    server.routes["/feed.xml"] = server.routes["/feed.xml"] + b"\n"
    summary = bench.round(source)
    assert summary.counts[Outcome.REFUSED] == 1
    assert [request.path for request in server.log[before:]] == ["/feed.xml"]
    assert files_that_say(tmp_path, stories[0].slug) == []


def test_another_address_of_it_is_refused_when_its_page_is_read(bench: CrawlBench, server: FaultServer) -> None:
    source, stories = published(server)
    bench.round(source)
    forget_stories([server.url(f"/news/{stories[0].slug}")], bench.store, NOW)
    renamed = f"/news/again-{stories[0].slug}"
    server.routes[renamed] = answer(page(stories[0]))
    items = feed([(server.url(renamed), stories[0])])
    server.routes["/feed.xml"] = answer(items, content_type="application/rss+xml")
    assert bench.round(source).counts[Outcome.REFUSED] == 1
    assert bench.store.stories.count() == 2


def test_imports_refuse_it(bench: CrawlBench, server: FaultServer, tmp_path: Path) -> None:
    source, stories = published(server)
    bench.round(source)
    url = server.url(f"/news/{stories[0].slug}")
    story = bench.store.stories.get(mint(url))
    assert story is not None
    forget_stories([url], bench.store, NOW)
    lines = tmp_path / "stories.ndjson"
    foreign = json.dumps({"headline": story.headline, "body": list(story.body), "url": url})
    lines.write_text(f"{story.model_dump_json()}\n{foreign}\n", encoding="utf-8")
    tally = import_files([lines], ingest_into(bench.store, parse), now=NOW)
    assert (tally.counts, len(tally.refused)) == ({Outcome.REFUSED: 2}, 2)
    assert "forgotten on request" in tally.refused[0]


def test_the_command_takes_it_out_of_the_index_too(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, [])
    lines = tmp_path / "stories.ndjson"
    lines.write_text(
        json.dumps({"id": "one", "headline": f"The {SECRET} case", "body": [f"About {SECRET} and others."]})
        + "\n"
        + json.dumps({"id": "two", "headline": "Another case", "body": ["About others."]})
    )
    assert desk.run("import", str(lines)).returncode == 0
    lines.unlink()
    assert files_that_say(desk.data, SECRET)
    done = desk.run("forget", "one", "three")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "three: no story has this id")
    assert json.loads(desk.run("search", "case", "--json").stdout)["total"] == 1
    assert files_that_say(desk.data, SECRET) == []
    assert desk.run("check", "--deep").returncode == 0


def test_what_is_not_known_is_said(bench: CrawlBench) -> None:
    done = forget_stories(["0123456789abcdef", "https://example.org/never-seen-before"], bench.store, NOW)
    assert done.unknown == ("0123456789abcdef: no story has this id",)
    assert "kept from coming in" in done.lines[0]
    assert bench.store.forgotten.among(["url:https://example.org/never-seen-before", "url:https://example.org/b"]) == {
        "url:https://example.org/never-seen-before"
    }
