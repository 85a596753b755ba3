"""What the terminal says of a crawl run and of the sources' health."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rich.console import Console

from crawler.results import CrawlRunSummary, UrlResult
from desk.health import SourceStatus
from desk.terminal.crawl_report import print_summaries
from desk.terminal.source_table import state_of
from model.outcomes import Outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def printed(summary: CrawlRunSummary) -> str:
    console = Console(file=io.StringIO(), width=100)
    print_summaries([summary], console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def poisoned(count: int) -> CrawlRunSummary:
    due = NOW + timedelta(days=1, minutes=5)
    poison = tuple(
        UrlResult(f"https://example.org/{n}", Outcome.POISON, "it took over 2 s of processor time", None, due)
        for n in range(count)
    )
    return CrawlRunSummary("wire", NOW, NOW, {Outcome.POISON: count}, poison=poison)


def test_poison_is_told_with_its_reason_and_its_next_look() -> None:
    told = printed(poisoned(1))
    line = "wire: POISON https://example.org/0: it took over 2 s of processor time; next look 2026-03-02 12:05 UTC"
    assert line in told.splitlines()


def test_a_flood_of_poison_is_cut_and_says_so() -> None:
    told = printed(poisoned(25)).splitlines()
    assert len([line for line in told if "next look" in line]) == 20
    assert told[-1] == "wire: 5 more pages ended in POISON; the log names them"


def test_the_health_of_a_source_counts_poison() -> None:
    times = dict.fromkeys(("last_round_at", "last_success_at", "last_story_at", "next_due_at"), NOW)
    status = SourceStatus(
        "wire",
        None,
        **times,
        failures=0,
        last_error=None,
        stories=3,
        failing_since=None,
        stories_a_day=None,
        alarm=None,
        poison=2,
        poison_retry_at=NOW + timedelta(hours=3),
    )
    assert state_of(status, NOW) == "well; 2 pages POISON, the first tried again in 3 h"
    doubted = replace(status, poison=0, uncertain=1)
    assert state_of(doubted, NOW) == "well; 1 uncertain story (is:uncertain)"
    assert state_of(replace(doubted, uncertain=12), NOW) == "well; 12 uncertain stories (is:uncertain)"
    assert state_of(replace(doubted, uncertain=0), NOW) == "well"
