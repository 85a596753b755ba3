"""The whole desk in its own processes, over the demo wire."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.wire import DemoWire
from tests.desk.desk_process import DeskProcess, eventually


@pytest.fixture
def wire() -> Iterator[DemoWire]:
    with DemoWire(pace_seconds=0, slow_seconds=0.05) as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path, wire: DemoWire) -> Iterator[DeskProcess]:
    made = DeskProcess(tmp_path, wire.sources(every="2s"))
    yield made
    made.kill()


def exported_urls(desk: DeskProcess) -> list[str]:
    return [json.loads(line)["url"] for line in desk.run("export").stdout.splitlines()]


def quoted(text: str) -> str:
    return '"' + text.replace('"', " ") + '"'


def test_a_round_by_hand_ends_when_its_stories_are_searchable(desk: DeskProcess) -> None:
    done = desk.run("crawl")
    assert done.returncode == 0, done.stderr
    assert "northwire" in done.stdout
    found = json.loads(desk.run("search", "caption:mali", "--json").stdout)
    assert found["total"] > 0
    assert all("caption" in hit["matched_in"] for hit in found["hits"])
    checked = desk.run("check", "--deep")
    assert (checked.returncode, "are well" in checked.stdout) == (0, True), checked.stdout


def test_new_stories_and_corrections_arrive_while_it_runs(desk: DeskProcess, wire: DemoWire) -> None:
    desk.start()
    eventually(lambda: len(desk.hits("*")) or desk.hits("the"), 60, "the first stories")
    fresh = wire.publish()[0]
    hit = eventually(lambda: desk.hits(quoted(fresh.headline)), 20, fresh.headline)[0]
    before = next(story for story in wire.published() if story.url == fresh.url)
    wire.correct(fresh.url)
    route = f"api/stories/{hit['id']}/versions"
    versions = eventually(lambda: found if len(found := desk.get(route)["versions"]) > 1 else None, 30, "version 2")
    assert [version["version"] for version in versions] == [1, 2]
    assert versions[0]["headline"] == before.headline
    assert "body" in versions[1]["changed"]
    assert desk.stop() == 0


def test_a_killed_crawler_is_started_again_and_loses_nothing(desk: DeskProcess, wire: DemoWire) -> None:
    desk.start()
    crawler = eventually(lambda: desk.children("schedule"), 20, "a crawler")[0]
    eventually(lambda: desk.hits("the"), 60, "the first stories")
    _kill(crawler)
    eventually(lambda: [pid for pid in desk.children("schedule") if pid != crawler], 20, "another crawler")
    fresh = wire.publish()[0]
    eventually(lambda: desk.hits(quoted(fresh.headline)), 60, fresh.headline)
    expected = {story.url for story in wire.published() if story.status == "live"}
    urls = eventually(lambda: found if expected <= set(found := exported_urls(desk)) else None, 60, "all stories")
    assert len(urls) == len(set(urls))
    assert desk.stop() == 0
    assert desk.run("check", "--deep").returncode == 0


def test_a_killed_supervisor_leaves_nobody_behind(desk: DeskProcess) -> None:
    desk.start()
    eventually(lambda: desk.children("schedule") and desk.children("serve"), 20, "both children")
    desk.kill()
    eventually(lambda: not desk.children("schedule") and not desk.children("serve"), 15, "the end of both children")
    assert desk.run("crawl", "northwire").returncode == 0


@pytest.mark.sqlite_files("one crawler at a time")
def test_the_second_crawler_hears_who_holds_the_lock(desk: DeskProcess) -> None:
    desk.start()
    for command in ("start", "crawl", "schedule"):
        refused = desk.run(command)
        assert refused.returncode == 1
        assert "the crawl lock is held by pid" in refused.stderr
    assert desk.get("healthz") == {"status": "ok"}
    assert desk.stop() == 0


def test_rebuilding_under_queries_never_finds_less(desk: DeskProcess, tmp_path: Path) -> None:
    lines = tmp_path / "stories.ndjson"
    story = {"headline": "Imported story", "body": ["A paragraph about sorghum."]}
    lines.write_text("".join(json.dumps({**story, "id": f"import-{n}"}) + "\n" for n in range(300)), encoding="utf-8")
    assert "300 new" in desk.run("import", str(lines)).stdout
    desk.start()
    eventually(lambda: desk.hits("sorghum"), 30, "the imported stories")
    totals: list[int | None] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            answer = desk.get("api/search", q="sorghum", size=1)
            totals.append(answer["total"] if answer else None)

    searching = threading.Thread(target=search)
    searching.start()
    rebuilt = desk.run("reindex", "--reparse")
    done.set()
    searching.join()
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert set(totals) == {300}
    assert all(hit["version"] == 1 for hit in desk.hits("sorghum", size=100))
    assert desk.stop() == 0


def test_a_round_over_a_dead_source_exits_1_and_says_why(tmp_path: Path) -> None:
    source = {"name": "dead", "feeds": ["http://127.0.0.1:9/feed.xml"]}
    desk = DeskProcess(tmp_path, [source], timeout="2s")
    done = desk.run("crawl")
    assert done.returncode == 1
    assert "Connection refused" in done.stdout


def test_export_and_import_make_the_same_desk(desk: DeskProcess, tmp_path: Path) -> None:
    desk.run("crawl", "meridian")
    exported = desk.run("export").stdout
    (tmp_path / "other").mkdir()
    other = DeskProcess(tmp_path / "other", [])
    lines = tmp_path / "exported.ndjson"
    lines.write_text(exported, encoding="utf-8")
    assert other.run("import", str(lines)).returncode == 0
    assert other.run("export").stdout == exported
    again = other.run("import", str(lines))
    assert again.stdout.startswith("0 new, 0 changed")
    csv = other.run("export", "--format", "csv").stdout
    assert csv.splitlines()[0].startswith("id,url,source,headline")


def _kill(process: int) -> None:
    import os
    import signal

    os.kill(process, signal.SIGKILL)
