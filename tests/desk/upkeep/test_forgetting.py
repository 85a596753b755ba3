"""A story that was forgotten is gone from tables, files and searches, and does not come back."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import SourceConfig
from crawler.extraction import parse
from desk.container import ingest_into
from desk.importing.lines import import_files
from desk.upkeep.forgetting import Forgetting, find_named, forget_named
from model.outcomes import Outcome
from store.directory.locks import Locks
from store.opening import Store
from store.sql.story_ids import mint
from tests.crawler.crawl_bench import CrawlBench, HandClock, crawl_bench
from tests.crawler.fault_server import NOT_FOUND, FaultServer, answer
from tests.crawler.recheck_pages import Told, feed, make_story, page
from tests.desk.desk_process import ROOT, DeskProcess

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


def forget_stories(names: list[str], store: Store) -> Forgetting:
    return forget_named(find_named(names, store).named, store, NOW)


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
    bench.crawl(source)
    url = server.url(f"/news/{stories[0].slug}")
    story_id = bench.store.stories.find(url)
    assert story_id is not None
    revision = bench.store.feed.position()
    done = forget_stories([url if by == "url" else story_id], bench.store)
    assert done.removed == (story_id,)
    assert bench.store.stories.get(story_id) is None
    assert bench.store.stories.versions(story_id) == []
    assert bench.store.feed.changes(revision, 10).removed == (story_id,)
    assert (bench.store.stories.count(), bench.store.pages.count()) == (2, 2)
    assert files_that_say(tmp_path, SECRET) == []
    assert files_that_say(tmp_path, stories[0].slug) == []
    before = len(server.log)
    server.routes["/feed.xml"] = server.routes["/feed.xml"] + b"\n"
    summary = bench.crawl(source)
    assert summary.counts[Outcome.REFUSED] == 1
    assert [request.path for request in server.log[before:]] == ["/feed.xml"]
    assert files_that_say(tmp_path, stories[0].slug) == []


def test_another_address_of_it_is_refused_when_its_page_is_read(bench: CrawlBench, server: FaultServer) -> None:
    source, stories = published(server)
    bench.crawl(source)
    forget_stories([server.url(f"/news/{stories[0].slug}")], bench.store)
    renamed = f"/news/again-{stories[0].slug}"
    server.routes[renamed] = answer(page(stories[0]))
    items = feed([(server.url(renamed), stories[0])])
    server.routes["/feed.xml"] = answer(items, content_type="application/rss+xml")
    assert bench.crawl(source).counts[Outcome.REFUSED] == 1
    assert bench.store.stories.count() == 2


def test_imports_refuse_it(bench: CrawlBench, server: FaultServer, tmp_path: Path) -> None:
    source, stories = published(server)
    bench.crawl(source)
    url = server.url(f"/news/{stories[0].slug}")
    story = bench.store.stories.get(mint(url))
    assert story is not None
    forget_stories([url], bench.store)
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
    done = desk.run("forget", "one", "--yes")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "one: removed, 1 version(s) and 0 page(s)")
    assert json.loads(desk.run("search", "case", "--json").stdout)["total"] == 1
    assert files_that_say(desk.data, SECRET) == []
    assert desk.run("check", "--deep").returncode == 0
    again = desk.run("forget", "one", "--yes")
    assert (again.returncode, again.stdout) == (0, "one: forgotten already\n")


def test_what_was_kept_from_the_index_files_is_made_good_by_the_same_command(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, [])
    lines = tmp_path / "stories.ndjson"
    url = "https://wire.example/case"
    others = [{"id": f"other{number}", "headline": "Another case", "body": ["Text."]} for number in range(3)]
    rows = [{"id": "one", "headline": f"The {SECRET} case", "body": ["Text."], "url": url}, *others]
    lines.write_text("\n".join(map(json.dumps, rows)))
    assert desk.run("import", str(lines)).returncode == 0
    lines.unlink()
    with Locks(desk.data).build():
        refused = desk.run("forget", url, "--yes")
    assert refused.returncode == 1
    assert "removed, but not yet from the index files; run the same command again: the build lock" in refused.stderr
    assert files_that_say(desk.data, SECRET)
    again = desk.run("forget", url, "--yes")
    assert (again.returncode, again.stdout) == (0, f"{url}: forgotten already\n")
    assert files_that_say(desk.data, SECRET) == []
    live = sorted(path.name for path in (desk.data / "index").iterdir())
    assert desk.run("forget", url, "--yes").returncode == 0
    assert sorted(path.name for path in (desk.data / "index").iterdir()) == live


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    """A desk with two stories, one with an address."""
    made = DeskProcess(tmp_path, [])
    url = "https://wire.example/case"
    rows = (
        {"id": "one", "headline": "The first case", "body": ["Text."], "source": "wire", "url": url},
        {"id": "two", "headline": "The second case", "body": ["Text."]},
    )
    (tmp_path / "stories.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert made.run("import", str(tmp_path / "stories.ndjson")).returncode == 0
    return made


def left(desk: DeskProcess) -> list[str]:
    return [json.loads(line)["id"] for line in desk.run("export").stdout.splitlines()]


def test_what_would_go_is_shown_and_nothing_goes_without_an_answer(desk: DeskProcess) -> None:
    refused = desk.run("forget", "https://wire.example/case", "two")
    assert refused.returncode == 2
    assert "without a terminal to ask at, --yes has to be given" in refused.stderr
    assert refused.stdout.splitlines() == [
        "The first case",
        "  wire, https://wire.example/case",
        "  one: 1 version(s), 0 page(s)",
        "The second case",
        "  import, no address",
        "  two: 1 version(s), 0 page(s)",
    ]
    assert left(desk) == ["one", "two"]


@pytest.mark.parametrize(("answer", "status", "kept"), [(b"y\n", 0, ["two"]), (b"\n", 1, ["one", "two"])])
def test_a_person_is_asked(desk: DeskProcess, answer: bytes, status: int, kept: list[str]) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "forget", "one"]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        os.close(theirs)
        os.write(ours, answer)
        assert process.stdout is not None
        assert b"Remove this for good?" in process.stdout.read()
    os.close(ours)
    assert (process.returncode, left(desk)) == (status, kept)


UNKNOWN: dict[str, tuple[list[str], str]] = {
    "an id": (["three"], "three: no story has this id"),
    "an address": (["https://wire.example/never"], "https://wire.example/never: never seen; --keep-out keeps it"),
    "no scheme": (["wire.example/case"], "wire.example/case: no story has this id"),
    "no host": (["http://"], "http://: never seen"),
}


@pytest.mark.parametrize(("names", "message"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_one_unknown_name_keeps_all(desk: DeskProcess, names: list[str], message: str) -> None:
    refused = desk.run("forget", "--yes", "one", *names)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (1, "Error: nothing was removed")
    assert message in refused.stderr
    assert left(desk) == ["one", "two"]


def test_an_address_that_was_never_seen_is_kept_out(desk: DeskProcess, tmp_path: Path) -> None:
    url = "https://wire.example/never"
    kept = desk.run("forget", "--yes", "--keep-out", url, "one")
    assert kept.returncode == 0
    assert f"{url}: no story of it is stored; it is kept from coming in" in kept.stdout
    assert left(desk) == ["two"]
    (tmp_path / "more.ndjson").write_text(json.dumps({"headline": "A case", "body": ["Text."], "url": url}))
    assert "forgotten on request" in desk.run("import", str(tmp_path / "more.ndjson")).stderr
    assert desk.run("forget", "--yes", "--keep-out", "three").returncode == 1
    assert "forgotten already" in desk.run("forget", "--yes", url).stdout


def test_an_id_and_an_address_of_one_story_are_one(desk: DeskProcess) -> None:
    done = desk.run("forget", "--yes", "https://wire.example/case", "one")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("removed, 1 version(s)") == 1
    assert left(desk) == ["two"]


def test_an_address_that_was_seen_needs_no_word_more(bench: CrawlBench, server: FaultServer) -> None:
    source, stories = published(server)
    url = server.url(f"/news/{stories[0].slug}")
    server.routes[f"/news/{stories[0].slug}"] = NOT_FOUND
    bench.crawl(source)
    found = find_named([url, server.url("/other")], bench.store)
    assert [named.is_known for named in found.named] == [True, False]
    assert found.unseen == (server.url("/other"),)
    assert "seen, and no story is stored of it" in found.named[0].in_words
    done = forget_named(found.named[:1], bench.store, NOW)
    assert (done.removed, "kept from coming in" in done.lines[0]) == ((), True)
    assert find_named([url], bench.store).forgotten == (url,)
