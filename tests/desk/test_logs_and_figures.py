"""Log lines without secrets, figures for Prometheus, heartbeats, chores and pauses."""

import errno
import json
import logging
import os
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from config import SourceConfig
from crawler.results import CrawlRunSummary, Outcome
from crawler.source_claims import SourceClaims
from desk.container import Desk, now
from desk.disk import Disk
from desk.logs import Format, configure_logs, mask_secrets
from desk.metrics import CrawlFigures, DeskFigures, figures_file, timed
from desk.roles.crawl import Chore, do_chores, usual_chores
from desk.roles.heartbeat import Heartbeat
from desk.roles.index import bring_up_to_date
from desk.roles.pausing import PausingCrawl
from model.source import Source
from model.story import Story
from store.directory.disk_trouble import disk_trouble
from store.lease_keeper import Claim, LeaseKeeper
from store.sql.crawl_state import UrlState
from tests.saving import store_reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent
SECRET = "http://editor:geheim@proxy.example:3128/path"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "config.yaml"
    path.write_text("data_dir: data")
    made = Desk(path)
    bring_up_to_date(made.indexer)
    yield made
    made.live.close()
    made.store.close()


@pytest.fixture
def restored_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_is_logged(form: Format, capsys: pytest.CaptureFixture[str], restored_logs: None) -> None:
    configure_logs("info", form)
    log = structlog.get_logger("crawler").bind()
    log.info("round", url=SECRET, places=[SECRET], nested={"proxy": SECRET}, count=3)
    try:
        int(SECRET)
    except ValueError:
        log.exception("failed")
    logging.getLogger("urllib3").warning("Retrying %s", SECRET)
    log.debug("not asked for")
    written = capsys.readouterr().err
    assert "geheim" not in written
    assert "editor" not in written
    assert written.count("//***@proxy.example") >= 5
    assert "not asked for" not in written
    if form == "json":
        lines = [json.loads(line) for line in written.splitlines()]
        assert [line["level"] for line in lines] == ["info", "error", "warning"]
        assert lines[0]["count"] == 3
        assert "Traceback" in lines[1]["exception"]


ADDRESSES = {
    "password": ("ftp://a:b@example.org/x", "ftp://***@example.org/x"),
    "an at sign in the password": ("http://a:b@c@example.org/x", "http://***@example.org/x"),
    "an at sign in the path": ("http://example.org/@editor", "http://example.org/@editor"),
    "an at sign in the query": ("http://example.org?to=a@b", "http://example.org?to=a@b"),
    "key": ("http://example.org/rss?page=2&api_key=geheim&x=1", "http://example.org/rss?page=2&api_key=***&x=1"),
    "token": ("http://example.org/rss?Access-Token=geheim", "http://example.org/rss?Access-Token=***"),
    "error": (ValueError("http://a:b@example.org/"), "http://***@example.org/"),
    "set": ({"http://a:b@example.org/"}, ["http://***@example.org/"]),
    "number": (7, 7),
    "nothing": (None, None),
}


@pytest.mark.parametrize(("value", "masked"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_what_is_masked(value: object, masked: object) -> None:
    assert mask_secrets(structlog.get_logger(), "info", {"value": value}) == {"value": masked}


def parsed(text: str) -> dict[str, float]:
    """Samples by name and labels."""
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_of_both_halves(desk: Desk) -> None:
    crawl = CrawlFigures()
    counts = Counter({Outcome.NEW: 3, Outcome.FAILED: 1})
    crawl.add_run(CrawlRunSummary("wire", NOW, NOW, counts, {}, 1))
    crawl.add_run(CrawlRunSummary("wire", NOW, NOW, counts, {}, 1))
    assert timed(lambda: "page", crawl.fetch_seconds)() == "page"
    with pytest.raises(ZeroDivisionError):
        timed(lambda: 1 / 0, crawl.parse_seconds)()
    crawl.write(figures_file(desk.config.data_dir))
    desk.store.crawl.save_urls([UrlState("https://example.org/1", "wire", "NEW", NOW, recheck_at=NOW)])
    address = "https://example.org/2"
    story = Story(source="wire", headline="A story", url=address, body=("Just in.",))
    store_reading(desk.store, story, urls=[address], seen_at=NOW)
    bring_up_to_date(desk.indexer)
    desk.store.workers.beat("here:1:x", "crawl", "crawls wire")
    desk.store.leases.acquire("source:wire", "here:1:x", 60)
    samples = parsed(DeskFigures(desk.store, desk.index_watch, desk.disk, now).text())
    assert samples["wiredesk_outcomes_total['NEW', 'wire']"] == 6
    assert samples["wiredesk_rounds_total['false', 'wire']"] == 2
    assert samples["wiredesk_fetch_seconds_count[]"] == samples["wiredesk_parse_seconds_count[]"] == 1
    assert samples["wiredesk_urls['NEW', 'wire']"] == samples["wiredesk_queue['wire']"] == 1
    assert samples["wiredesk_index_lag[]"] == samples["wiredesk_crawling_paused[]"] == 0
    assert samples["wiredesk_index_segments[]"] == 1
    assert 0 <= samples["wiredesk_worker_silent_seconds['crawl', 'here:1:x']"] < 60
    assert samples["wiredesk_lease_held_seconds['here:1:x', 'source:wire']"] < 60
    assert 0 < samples["wiredesk_lease_left_seconds['here:1:x', 'source:wire']"] < 61
    assert max(size for name, size in samples.items() if name.startswith("wiredesk_file_bytes[")) > 0
    assert samples["wiredesk_disk_free_bytes[]"] > 0
    assert not [name for name in samples if "_created" in name]


def test_figures_without_crawler_and_index(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("data_dir: data")
    desk = Desk(tmp_path / "config.yaml")
    desk.store.close()
    text = DeskFigures(desk.store, desk.index_watch, desk.disk, now).text()
    assert "wiredesk_outcomes_total" not in text
    assert "wiredesk_index_lag" not in text
    assert "wiredesk_index_segments" not in text
    desk.store.close()


def wrapped(number: int) -> Exception:
    error = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
    inner = sqlite3.OperationalError("x")
    inner.sqlite_errorcode = number  # as SQLite's C side sets it
    error.__cause__ = inner
    return error


TROUBLES: dict[str, tuple[BaseException, str | None]] = {
    "full": (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
    "quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), "the disk quota is used up"),
    "read-only": (OSError(errno.EROFS, "Read-only file system"), "the disk is read-only"),
    "sqlite full": (wrapped(sqlite3.SQLITE_FULL), "the disk is full"),
    "sqlite, extended code": (wrapped(sqlite3.SQLITE_IOERR | 12 << 8), "the disk is full or answers with errors"),
    "sqlite read-only": (wrapped(sqlite3.SQLITE_READONLY), "the disk is read-only"),
    "sqlite damaged": (wrapped(sqlite3.SQLITE_CORRUPT), "a database is damaged; run `check`, and restore a backup"),
    "busy": (wrapped(sqlite3.SQLITE_BUSY), None),
    "another error": (ValueError("full"), None),
    "no file": (FileNotFoundError(errno.ENOENT, "No such file"), None),
}


@pytest.mark.parametrize(("error", "words"), TROUBLES.values(), ids=TROUBLES.keys())
def test_what_errors_say_of_the_disk(error: BaseException, words: str | None) -> None:
    assert disk_trouble(error) == words


def test_a_cause_further_down_is_found() -> None:
    outer = RuntimeError("the commit failed")
    outer.__context__ = OSError(errno.ENOSPC, "No space left on device")
    assert disk_trouble(outer) == "the disk is full"


class Rounds:
    """A crawl that ends as it is told."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.ended: list[str] = []

    def crawl(self, source: Source, *, claim: Claim) -> CrawlRunSummary:
        if self.error:
            raise self.error
        return CrawlRunSummary(source.name, NOW, NOW)

    def end(self, summary: CrawlRunSummary) -> None:
        self.ended.append(summary.source)


SOURCE = SourceConfig(name="wire", feeds=("https://example.org/rss",))


def test_rounds_pause_and_go_on_by_themselves(desk: Desk) -> None:
    free = [100]
    rounds = Rounds()
    disk = Disk(desk.config.data_dir, 1000, free_bytes=lambda path: free[0])
    pausing = PausingCrawl(rounds.crawl, disk, desk.store.crawl, desk.store.runs, lambda: NOW, rounds.end)
    claims = SourceClaims([SOURCE], desk.store.source_leases, LeaseKeeper(desk.store.leases, "test"))
    (claim,) = claims.claim_due(1)
    pausing(claim)
    assert rounds.ended == []
    assert "nearly full" in str(desk.store.crawl.source("wire").alarm)
    free[0] = 5000
    pausing(claim)
    assert rounds.ended == ["wire"]
    rounds.error = OSError(errno.ENOSPC, "No space left on device")
    pausing(claim)
    assert desk.store.crawl.source("wire").alarm == "crawling pauses: the disk is full"
    rounds.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        pausing(claim)


def test_rounds_pause_while_pages_can_not_be_kept(desk: Desk) -> None:
    alarms = ["crawling pauses: s3://desk/pages, where pages are kept, is full", None]
    rounds = Rounds()
    pausing = PausingCrawl(
        rounds.crawl,
        Disk(desk.config.data_dir, 0),
        desk.store.crawl,
        desk.store.runs,
        lambda: NOW,
        rounds.end,
        pages_alarm=lambda: alarms.pop(0),
    )
    claims = SourceClaims([SOURCE], desk.store.source_leases, LeaseKeeper(desk.store.leases, "test"))
    (claim,) = claims.claim_due(1)
    pausing(claim)
    assert (rounds.ended, desk.store.crawl.source("wire").alarm) == (
        [],
        "crawling pauses: s3://desk/pages, where pages are kept, is full",
    )
    assert desk.store.crawl.source("wire").next_due_at == NOW + timedelta(minutes=1)
    pausing(claim)
    assert rounds.ended == ["wire"]


def test_a_directory_that_is_gone_is_an_alarm(tmp_path: Path) -> None:
    assert "No such file" in str(Disk(tmp_path / "gone", 0).alarm())


def test_chores_are_done_in_turn_and_failures_do_not_end_them() -> None:
    done: list[str] = []
    stopping = threading.Event()

    def fail(error: Exception) -> Callable[[], None]:
        def do() -> None:
            done.append("failed")
            raise error

        return do

    def end() -> None:
        done.append("ended")
        stopping.set()

    chores = [
        Chore("broken", fail(ValueError("broken")), 1),
        Chore("full", fail(OSError(errno.ENOSPC, "No space left")), 2),
        Chore("last", end, 1, first_after_seconds=4),
    ]
    do_chores(chores, stopping, turn_seconds=0.01)
    assert Counter(done) == {"failed": 6, "ended": 1}


def test_pruning_is_a_chore_only_where_it_is_asked_for(desk: Desk) -> None:
    figures = CrawlFigures()
    usual = [chore.name for chore in usual_chores(desk.store, None, figures, desk.config.data_dir, now)]
    assert usual == ["checkpoint", "figures", "collect pages", "partitions", "old robots.txt", "read pages"]
    chores = usual_chores(desk.store, timedelta(days=700), figures, desk.config.data_dir, now)
    assert chores[-1].name == "prune"
    for chore in chores:
        chore.do()
    assert figures_file(desk.config.data_dir).exists()


def test_heartbeats_on_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    beat = Heartbeat(tmp_path / "run" / "web.heartbeat")
    assert (beat.beaten_at(), beat.silent_seconds(), beat.is_beatable()) == (None, None, True)
    beat.beat()
    silent = beat.silent_seconds()
    assert silent is not None
    assert silent < 60
    os.utime(tmp_path / "run" / "web.heartbeat", (time.time() + 3600,) * 2)  # the clock went back an hour
    assert beat.silent_seconds() == 0
    beat.clear()
    (tmp_path / "run").rmdir()
    fresh = Heartbeat(tmp_path / "run" / "web.heartbeat")
    (tmp_path / "run").rmdir()
    fresh.beat()
    fresh.clear()
    assert (fresh.beaten_at(), fresh.is_beatable()) == (None, False)


def test_every_figure_is_documented() -> None:
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    sources = [
        ROOT / "desk" / "metrics.py",
        ROOT / "search" / "http" / "middleware" / "metrics.py",
        ROOT / "search" / "http" / "probes.py",
    ]
    names = {name for path in sources for name in re.findall(r'"(wiredesk_[a-z_]+)"', path.read_text(encoding="utf-8"))}
    assert len(names) > 15
    assert [name for name in sorted(names) if f"`{name}" not in documented] == []
