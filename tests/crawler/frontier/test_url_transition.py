"""What a visit leaves of a URL: counters, validators and the next recheck, by how it ended."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.frontier.recheck import RecheckSchedule
from crawler.frontier.url_transition import UrlTransition
from ingest.apply import Applied
from model.errors import BackingOffError, FetchError, GoneError, PoisonError
from model.outcomes import Outcome
from model.page import Link, Page
from store.sql.crawl_state import UrlState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://example.org/rain"
LINK = Link(url=URL, source="wire", kind="feed", found_in="https://example.org/feed", title="Rain")
SCHEDULE = RecheckSchedule((HOUR, 2 * HOUR, 4 * HOUR), spread=lambda: 0.5)
BEFORE = UrlState(URL, "wire", "NEW", NOW - HOUR, story_id="s1", etag='"1"', last_modified="then", visits=1, failures=2)
PAGE = Page(link=LINK, url=URL, final_url=URL, fetched_at=NOW, content=b"rain", headers={"etag": '"2"'})
LATER = NOW + timedelta(minutes=7)


def transition(known: UrlState | None = BEFORE) -> UrlTransition:
    return UrlTransition(LINK, known, SCHEDULE, lambda: NOW)


def test_not_modified_counts_a_check_and_keeps_the_validators() -> None:
    visit = transition().not_modified()
    assert (visit.result.outcome, visit.result.story_id) == (Outcome.UNCHANGED, "s1")
    assert visit.result.recheck_at == visit.state.recheck_at == NOW + 4 * HOUR
    assert (visit.state.visits, visit.state.failures, visit.state.etag) == (2, 0, '"1"')


@pytest.mark.parametrize(
    ("applied", "checks", "recheck_at"),
    [
        pytest.param(Applied(Outcome.CHANGED, "s1"), 0, NOW + HOUR, id="changed"),
        pytest.param(Applied(Outcome.UNCHANGED, "s1"), 2, NOW + 4 * HOUR, id="unchanged"),
        pytest.param(Applied(Outcome.UNCHANGED, "s1", recheck_at=LATER), 0, LATER, id="live-blog"),
        pytest.param(Applied(Outcome.UNCHANGED, "s1", recheck_at=LATER, held_back=True), 1, LATER, id="held-back"),
        pytest.param(Applied(Outcome.NOT_A_STORY, "s1", held_back=True), 2, NOW + 4 * HOUR, id="held-back-again"),
    ],
)
def test_what_ingest_says_sets_counter_and_recheck(applied: Applied, checks: int, recheck_at: datetime) -> None:
    visit = transition().applied(PAGE, applied)
    assert (visit.state.visits, visit.result.recheck_at, visit.state.recheck_at) == (checks, recheck_at, recheck_at)
    assert (visit.state.etag, visit.state.last_modified, visit.state.failures) == ('"2"', None, 0)


def test_a_page_to_be_fetched_whatever_it_says_has_no_validators() -> None:
    state = transition().applied(PAGE, Applied(Outcome.UNCHANGED, "s1", unconditional=True)).state
    assert (state.etag, state.last_modified) == (None, None)


def test_a_refused_page_is_a_failure_and_leaves_the_validators() -> None:
    visit = transition().applied(PAGE, Applied(Outcome.REFUSED, detail="the story was forgotten on request"))
    assert (visit.result.outcome, visit.result.recheck_at) == (Outcome.REFUSED, None)
    assert (visit.state.failures, visit.state.etag, visit.state.story_id) == (3, '"1"', "s1")


def test_a_host_that_backs_off_is_no_failure_of_its_urls() -> None:
    waiting = BackingOffError("left alone", url=URL, retry_at=LATER, retry_after_seconds=420)
    assert transition().failed(waiting).state.failures == 2
    assert transition().failed(FetchError("reset", url=URL)).state.failures == 3


def test_each_kind_of_failure_counts_by_itself() -> None:
    failed = BEFORE._replace(outcome="FAILED", failures=5)
    poison = transition(failed).failed(PoisonError("it took over 10 s", url=URL))
    assert (poison.state.failures, poison.state.recheck_at, poison.state.is_late) == (1, NOW + 24 * HOUR, True)
    again = transition(poison.state).failed(PoisonError("it took over 10 s", url=URL))
    assert (again.state.failures, again.state.recheck_at) == (2, NOW + 72 * HOUR)
    reset = transition(again.state).failed(FetchError("reset", url=URL))
    assert (reset.state.failures, reset.state.is_late) == (1, False)


def test_a_404_is_believed_after_three_checks_over_a_day() -> None:
    error = GoneError("status 404", url=URL, status=404)
    first = transition().gone(error, "s1")
    assert (first.withdraw, first.state.gone_visits, first.state.gone_since, first.state.etag) == (None, 1, NOW, None)
    gone_before = BEFORE._replace(gone_visits=2, gone_since=NOW - 25 * HOUR)
    assert transition(gone_before).gone(error, "s1").withdraw == "s1"


def test_a_first_visit_remembers_what_its_endpoint_says() -> None:
    visit = transition(None).applied(PAGE, Applied(Outcome.NEW, "s2"))
    assert (visit.state.url, visit.state.source, visit.state.story_id) == (URL, "wire", "s2")
    assert visit.state.link == LINK.model_dump_json(exclude_defaults=True)
