"""Withdrawals: by every way, and nothing that is older brings a story back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from model.outcomes import Outcome
from tests.ingest.abilities import pairs, spread, ways
from tests.ingest.things import WALLS, Thing, at_home, blocked, corrected, killed, says, tell
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import NOT_BELIEVED, IngestBench

STORY = at_home(tell(1, EARLIER))
LINES = ("tell more than a page",)


def status(bench: IngestBench) -> str:
    """The status of the only story, which says what it said."""
    [story] = bench.stories()
    assert story.headline == STORY.told.headline
    return story.status


@pytest.mark.parametrize("bare", [False, True], ids=["dated", "bare"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_kill_notice_withdraws(bench: IngestBench, first: str, second: str, bare: bool) -> None:
    bench.bring(first, STORY, NOW)
    notice = killed(STORY, bare=bare)
    assert bench.bring(second, notice, NOW + HOUR) is Outcome.CHANGED
    assert status(bench) == "withdrawn"
    assert bench.bring(second, notice, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert [says(version) for version in bench.versions(STORY.url)] == [STORY.said()]


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_kill_notice_at_the_mobile_twin_withdraws_too(bench: IngestBench, first: str, second: str) -> None:
    mobile = replace(STORY, url=str(STORY.url).replace("//www.", "//m."))
    bench.bring(first, STORY, NOW)
    bench.bring(first, mobile, NOW + HOUR)
    assert bench.bring(second, killed(mobile), NOW + 2 * HOUR) is Outcome.CHANGED
    assert status(bench) == "withdrawn"


@pytest.mark.parametrize("way", ways("have a page"))
def test_a_kill_notice_of_what_we_never_had_is_no_story(bench: IngestBench, way: str) -> None:
    assert bench.bring(way, killed(STORY), NOW) is Outcome.NOT_A_STORY
    assert bench.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs((), ("bring what is older",)))
def test_an_old_kill_notice_withdraws_nothing(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    assert bench.bring(second, killed(STORY), NOW - DAY) in (Outcome.KNOWN, Outcome.UNCHANGED)
    assert status(bench) == "live"


@pytest.mark.parametrize(("first", "second"), pairs((), LINES))
def test_a_line_that_says_so_withdraws(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    withdrawn = replace(STORY, line={"status": "withdrawn"})
    assert bench.bring(second, withdrawn, NOW + HOUR) is Outcome.CHANGED
    assert status(bench) == "withdrawn"
    assert bench.bring(second, withdrawn, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert len(bench.versions(STORY.url)) == 1


@pytest.mark.parametrize("way", ways(*LINES))
def test_a_new_line_may_be_withdrawn(bench: IngestBench, way: str) -> None:
    assert bench.bring(way, replace(STORY, line={"status": "withdrawn"}), NOW) is Outcome.NEW
    assert status(bench) == "withdrawn"


def by_notice(bench: IngestBench, way: str) -> None:
    bench.bring(way, killed(STORY), NOW + DAY)


def by_loss(bench: IngestBench, way: str) -> None:
    bench.crawl.lose(STORY, NOW + DAY)


def by_line(bench: IngestBench, way: str) -> None:
    bench.bring("line", replace(STORY, line={"status": "withdrawn"}), NOW + DAY)


MANNERS: Mapping[str, Callable[[IngestBench, str], None]] = {"notice": by_notice, "410": by_loss, "line": by_line}


def withdraw(bench: IngestBench, first: str, manner: str) -> None:
    """Bring the story at `NOW`, and withdraw it a day later."""
    bench.bring(first, STORY, NOW)
    MANNERS[manner](bench, first)
    assert status(bench) == "withdrawn"


OLD: Mapping[str, Callable[[Thing], Thing]] = {
    "capture": lambda thing: thing,
    "correction": corrected,
    "export": lambda thing: replace(thing, line={"status": "live"}),
    "corrected export": lambda thing: replace(corrected(thing), line={"status": "live"}),
}


@pytest.mark.parametrize(("manner", "first", "second"), spread(MANNERS, (), ("bring what is older",)))
def test_nothing_older_brings_it_back(bench: IngestBench, first: str, second: str, manner: str) -> None:
    withdraw(bench, first, manner)
    brought = {}
    for name, old in OLD.items():
        bench.bring(second, old(STORY), NOW + DAY - HOUR)
        between = status(bench)
        outcome = bench.bring(second, old(STORY), NOW - DAY)
        brought[name] = (between, status(bench), outcome in (Outcome.KNOWN, Outcome.UNCHANGED))
    assert brought == dict.fromkeys(OLD, ("withdrawn", "withdrawn", True))


@pytest.mark.parametrize(("first", "second"), pairs((), LINES))
def test_a_line_without_status_says_nothing_of_it(bench: IngestBench, first: str, second: str) -> None:
    withdraw(bench, first, "notice")
    assert bench.bring(second, STORY, NOW + 2 * DAY) is Outcome.UNCHANGED
    assert status(bench) == "withdrawn"


@pytest.mark.parametrize(("manner", "first", "second"), spread(MANNERS, (), ("have a page",)))
def test_a_later_look_brings_it_back(bench: IngestBench, first: str, second: str, manner: str) -> None:
    withdraw(bench, first, manner)
    assert bench.bring(second, STORY, NOW + 2 * DAY) is Outcome.CHANGED
    assert status(bench) == "live"
    assert len(bench.versions(STORY.url)) == 1
    assert bench.bring(second, STORY, NOW + 3 * DAY) is Outcome.UNCHANGED


@pytest.mark.parametrize(("first", "second"), pairs((), LINES))
def test_a_later_line_that_says_so_brings_it_back(bench: IngestBench, first: str, second: str) -> None:
    withdraw(bench, first, "notice")
    assert bench.bring(second, replace(STORY, line={"status": "live"}), NOW + 2 * DAY) is Outcome.CHANGED
    assert status(bench) == "live"


@pytest.mark.parametrize(("first", "second"), pairs((), ("have a page",)))
def test_a_wall_does_not_bring_it_back(bench: IngestBench, first: str, second: str) -> None:
    withdraw(bench, first, "notice")
    for hours, wall in enumerate(WALLS.values(), 48):
        assert bench.bring(second, blocked(STORY, wall), NOW + hours * HOUR) in NOT_BELIEVED
    assert status(bench) == "withdrawn"


@pytest.mark.parametrize("way", ways("be a file"))
def test_all_of_it_in_one_file(bench: IngestBench, way: str) -> None:
    seen = [(STORY, NOW), (killed(STORY), NOW + DAY), (STORY, NOW + HOUR), (killed(STORY), NOW + 2 * DAY)]
    told = bench.bring_all(way, seen)
    assert (told.counts[Outcome.NEW], told.counts[Outcome.CHANGED], sum(told.counts.values())) == (1, 1, 4)
    assert status(bench) == "withdrawn"
