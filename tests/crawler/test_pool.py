"""Pages that hang, crash or kill their reader."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from crawler.pool import ParsePool
from model.errors import CrawlError, NotAStoryError, ParseError, PoisonError, ReaderKilledError
from model.page import Link, Page
from tests.crawler.hostile_extractors import follow_the_page

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def page(order: str) -> Page:
    url = "https://example.org/1"
    return Page(link=Link(url=url, source="wire"), url=url, final_url=url, fetched_at=NOW, content=order.encode())


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(follow_the_page, 2, cpu_seconds=0.3, wall_seconds=1.0)
    yield made
    made.close()


def test_a_process_that_hands_pages_on_loads_nothing_of_what_reads_them() -> None:
    code = (
        "import sys; from crawler.extraction import parse; import crawler.host_knowledge, crawler.pool;"
        "print(*(name for name in sys.modules if name.startswith(('crawler.extraction.', 'lxml', 'bs4'))))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) <= {f"crawler.extraction.{name}" for name in ("recurring_blocks", "site_rules", "texts")}


def test_a_story_comes_back(pool: ParsePool) -> None:
    assert pool.parse(page("Talks begin")).headline == "Talks begin"


@pytest.mark.parametrize("order", ["spin", "sleep", "die"])
def test_poison_is_tried_twice_and_named(pool: ParsePool, order: str) -> None:
    began = time.monotonic()
    with pytest.raises(PoisonError, match="2 times"):
        pool.parse(page(order))
    assert time.monotonic() - began < 50
    assert pool.parse(page("still reads")).headline == "still reads"


def test_a_reader_that_dies_once_is_forgiven(pool: ParsePool, tmp_path: Path) -> None:
    with capture_logs() as lines:
        assert pool.parse(page(f"once:{tmp_path / 'died'}")).headline == "once"
    assert [(line["event"], line["reason"]) for line in lines] == [("a reader ended", "it ended its reader (status 1)")]


KILLS = {
    "out of memory": (signal.SIGKILL, ReaderKilledError, "killed from outside (SIGKILL)"),
    "a person": (signal.SIGTERM, ReaderKilledError, "killed from outside (SIGTERM)"),
    "a bad pointer": (signal.SIGSEGV, PoisonError, "crashed its reader (SIGSEGV)"),
    "an assertion": (signal.SIGABRT, PoisonError, "crashed its reader (SIGABRT)"),
    "the limit of processor time": (signal.SIGPROF, PoisonError, "over 0.3 s of processor time"),
    "a real-time signal": (signal.SIGRTMIN + 2, PoisonError, "crashed its reader"),
}


@pytest.mark.parametrize(("number", "error", "reason"), KILLS.values(), ids=KILLS.keys())
def test_a_reader_that_is_killed_from_outside_makes_no_poison(
    pool: ParsePool, number: int, error: type[CrawlError], reason: str
) -> None:
    with pytest.raises(error, match=re.escape(reason)):
        pool.parse(page(f"signal:{number}"))
    assert pool.parse(page("still reads")).headline == "still reads"


def test_a_reader_that_is_killed_once_is_replaced(pool: ParsePool, tmp_path: Path) -> None:
    assert pool.parse(page(f"killed-once:{tmp_path / 'killed'}")).headline == "killed-once"


def test_readers_killed_while_they_wait_cost_no_page() -> None:
    pool = ParsePool(follow_the_page, 1)
    for number in range(3):
        os.kill(int(pool.parse(page("who")).headline), signal.SIGKILL)
        assert pool.parse(page(f"Story {number}")).headline == f"Story {number}"
    pool.close()


def test_readers_without_their_parent_go_on_and_are_replaced_by_another_ones() -> None:
    pool = ParsePool(follow_the_page, 1)
    first, reader = pool.parse(page("parent")).headline, pool.parse(page("who")).headline
    os.kill(int(first), signal.SIGKILL)
    assert pool.parse(page("who")).headline == reader
    os.kill(int(reader), signal.SIGKILL)
    assert pool.parse(page("parent")).headline != first
    pool.close()


def test_nothing_goes_on_once_the_pool_is_closed() -> None:
    pool = ParsePool(follow_the_page, 1, first=page("die"))
    with pytest.raises(ReaderKilledError):  # what the first page does to the parent says nothing of others
        pool.parse(page("who"))
    pool.close()
    pool = ParsePool(follow_the_page, 1, first=page("Talks begin"))
    numbers = [int(pool.parse(page(order)).headline) for order in ("parent", "who")]
    pool.close()
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_errors_keep_their_kind_and_reason(pool: ParsePool) -> None:
    with pytest.raises(NotAStoryError, match="a section page"):
        pool.parse(page("section:a section page"))
    with pytest.raises(ParseError, match="no text"):
        pool.parse(page("unreadable:no text"))
    with pytest.raises(ParseError, match="RuntimeError"):
        pool.parse(page("raise:oh"))


def test_many_threads_share_the_readers(pool: ParsePool) -> None:
    with ThreadPoolExecutor(8) as threads:
        headlines = list(threads.map(lambda n: pool.parse(page(f"Story {n}")).headline, range(40)))
    assert headlines == [f"Story {n}" for n in range(40)]


@pytest.mark.parametrize(
    ("order", "stays"), [("keep:10000000", True), ("grow:300000000", True), ("keep:350000000", False)]
)
def test_a_reader_that_keeps_much_memory_is_replaced_and_its_story_kept(order: str, stays: bool) -> None:
    ballast = bytearray(b"x") * 400_000_000  # a large parent makes no reader large
    pool = ParsePool(follow_the_page, 1)
    del ballast
    grown = pool.parse(page(order)).headline
    assert (pool.parse(page("who")).headline == grown) == stays
    pool.close()
