"""A story is withdrawn by every way, and nothing that is older brings it back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from ingest.outcomes import Outcome
from tests.ingest.things import WALLS, Thing, at_home, blocked, corrected, killed, says, tell
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import Newsroom, pairs, ways

STORY = at_home(tell(1, EARLIER))
LINES = ("tell more than a page",)


def status(room: Newsroom) -> str:
    """The status of the only story, which says what it said."""
    [story] = room.stories()
    assert story.headline == STORY.told.headline
    return story.status


@pytest.mark.parametrize("bare", [False, True], ids=["dated", "bare"])
@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_kill_notice_withdraws(room: Newsroom, first: str, second: str, bare: bool) -> None:
    room.bring(first, STORY, NOW)
    notice = killed(STORY, bare=bare)
    assert room.bring(second, notice, NOW + HOUR) is Outcome.CHANGED
    assert status(room) == "withdrawn"
    assert room.bring(second, notice, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert [says(version) for version in room.versions(STORY.url)] == [STORY.said()]


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_kill_notice_at_the_mobile_twin_withdraws_too(room: Newsroom, first: str, second: str) -> None:
    mobile = replace(STORY, url=str(STORY.url).replace("//www.", "//m."))
    room.bring(first, STORY, NOW)
    room.bring(first, mobile, NOW + HOUR)
    assert room.bring(second, killed(mobile), NOW + 2 * HOUR) is Outcome.CHANGED
    assert status(room) == "withdrawn"


@pytest.mark.parametrize("way", ways("have a page"))
def test_a_kill_notice_of_what_we_never_had_is_no_story(room: Newsroom, way: str) -> None:
    assert room.bring(way, killed(STORY), NOW) is Outcome.NOT_A_STORY
    assert room.stories() == []


@pytest.mark.parametrize(("first", "second"), pairs((), ("bring what is older",)))
def test_an_old_kill_notice_withdraws_nothing(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    assert room.bring(second, killed(STORY), NOW - DAY) in (Outcome.KNOWN, Outcome.UNCHANGED)
    assert status(room) == "live"


@pytest.mark.parametrize(("first", "second"), pairs((), LINES))
def test_a_line_that_says_so_withdraws(room: Newsroom, first: str, second: str) -> None:
    room.bring(first, STORY, NOW)
    withdrawn = replace(STORY, line={"status": "withdrawn"})
    assert room.bring(second, withdrawn, NOW + HOUR) is Outcome.CHANGED
    assert status(room) == "withdrawn"
    assert room.bring(second, withdrawn, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert len(room.versions(STORY.url)) == 1


@pytest.mark.parametrize("way", ways(*LINES))
def test_a_new_line_may_be_withdrawn(room: Newsroom, way: str) -> None:
    assert room.bring(way, replace(STORY, line={"status": "withdrawn"}), NOW) is Outcome.NEW
    assert status(room) == "withdrawn"


def by_notice(room: Newsroom, way: str) -> None:
    room.bring(way, killed(STORY), NOW + DAY)


def by_loss(room: Newsroom, way: str) -> None:
    room.crawl.lose(STORY, NOW + DAY)


def by_line(room: Newsroom, way: str) -> None:
    room.bring("line", replace(STORY, line={"status": "withdrawn"}), NOW + DAY)


MANNERS: Mapping[str, Callable[[Newsroom, str], None]] = {"notice": by_notice, "410": by_loss, "line": by_line}


def withdraw(room: Newsroom, first: str, manner: str) -> None:
    """Bring the story at `NOW`, and withdraw it a day later."""
    room.bring(first, STORY, NOW)
    MANNERS[manner](room, first)
    assert status(room) == "withdrawn"


OLD: Mapping[str, Callable[[Thing], Thing]] = {
    "capture": lambda thing: thing,
    "correction": corrected,
    "export": lambda thing: replace(thing, line={"status": "live"}),
    "corrected export": lambda thing: replace(corrected(thing), line={"status": "live"}),
}


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize(("first", "second"), pairs((), ("bring what is older",)))
def test_nothing_older_brings_it_back(room: Newsroom, first: str, second: str, manner: str) -> None:
    withdraw(room, first, manner)
    brought = {}
    for name, old in OLD.items():
        room.bring(second, old(STORY), NOW + DAY - HOUR)
        between = status(room)
        outcome = room.bring(second, old(STORY), NOW - DAY)
        brought[name] = (between, status(room), outcome in (Outcome.KNOWN, Outcome.UNCHANGED))
    assert brought == dict.fromkeys(OLD, ("withdrawn", "withdrawn", True))


@pytest.mark.parametrize(("first", "second"), pairs((), LINES))
def test_a_line_without_status_says_nothing_of_it(room: Newsroom, first: str, second: str) -> None:
    withdraw(room, first, "notice")
    assert room.bring(second, STORY, NOW + 2 * DAY) is Outcome.UNCHANGED
    assert status(room) == "withdrawn"


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize(("first", "second"), pairs((), ("have a page",)))
def test_a_later_look_brings_it_back(room: Newsroom, first: str, second: str, manner: str) -> None:
    withdraw(room, first, manner)
    assert room.bring(second, STORY, NOW + 2 * DAY) is Outcome.CHANGED
    assert status(room) == "live"
    assert len(room.versions(STORY.url)) == 1
    assert room.bring(second, STORY, NOW + 3 * DAY) is Outcome.UNCHANGED


@pytest.mark.parametrize(("first", "second"), pairs((), LINES))
def test_a_later_line_that_says_so_brings_it_back(room: Newsroom, first: str, second: str) -> None:
    withdraw(room, first, "notice")
    assert room.bring(second, replace(STORY, line={"status": "live"}), NOW + 2 * DAY) is Outcome.CHANGED
    assert status(room) == "live"


@pytest.mark.parametrize(("first", "second"), pairs((), ("have a page",)))
def test_a_wall_does_not_bring_it_back(room: Newsroom, first: str, second: str) -> None:
    withdraw(room, first, "notice")
    for hours, wall in enumerate(WALLS.values(), 48):
        assert room.bring(second, blocked(STORY, wall), NOW + hours * HOUR) in (Outcome.UNCHANGED, Outcome.NOT_A_STORY)
    assert status(room) == "withdrawn"


@pytest.mark.parametrize("way", ways("be a file"))
def test_all_of_it_in_one_file(room: Newsroom, way: str) -> None:
    seen = [(STORY, NOW), (killed(STORY), NOW + DAY), (STORY, NOW + HOUR), (killed(STORY), NOW + 2 * DAY)]
    told = room.bring_all(way, seen)
    assert (told.counts[Outcome.NEW], told.counts[Outcome.CHANGED], sum(told.counts.values())) == (1, 1, 4)
    assert status(room) == "withdrawn"
