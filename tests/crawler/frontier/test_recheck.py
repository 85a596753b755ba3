"""When a URL is looked at again, what a page may ask of us, and what counts as news of it."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.frontier.recheck import RecheckSchedule, is_gone_for_good
from crawler.frontier.url_state import has_new_evidence, pending, with_evidence
from crawler.http.noindex import forbids_indexing
from model.errors import (
    BlockedError,
    ClientError,
    CrawlError,
    ForgottenStoryError,
    GoneError,
    NoindexError,
    NotAStoryError,
    ParseError,
    PoisonError,
    ReaderKilledError,
    RefusedError,
    RobotsDisallowedError,
    ServerError,
    TooLargeError,
)
from model.page import Link, Page

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/news/1-story"
SCHEDULE = RecheckSchedule((15 * MINUTE, HOUR, 6 * HOUR), spread=lambda: 0.5)


def test_looks_decay_and_the_last_interval_repeats() -> None:
    waits = [SCHEDULE.after_story(NOW, looks) for looks in (0, 1, 2, 3, 500)]
    assert waits == [NOW + wait for wait in (15 * MINUTE, HOUR, 6 * HOUR, 6 * HOUR, 6 * HOUR)]


def test_without_intervals_there_is_no_look() -> None:
    assert RecheckSchedule(()).after_story(NOW, 0) is None


def test_looks_end_where_the_configuration_says() -> None:
    schedule = RecheckSchedule((DAY, 3 * DAY, 7 * DAY), until=20 * DAY, spread=lambda: 0.5)
    waits = [schedule.after_story(NOW, looks) for looks in range(6)]
    # Looks 1, 4, 11 and 18 days after the change; the next would come after 25.
    assert waits == [NOW + DAY, NOW + 3 * DAY, NOW + 7 * DAY, NOW + 7 * DAY, None, None]


@pytest.mark.parametrize(("spread", "share"), [(0.0, 0.95), (0.5, 1.0), (1.0, 1.05)])
def test_long_waits_are_spread_and_short_ones_are_not(spread: float, share: float) -> None:
    schedule = RecheckSchedule((HOUR, 30 * DAY), spread=lambda: spread)
    assert schedule.after_story(NOW, 0) == NOW + HOUR
    assert schedule.after_story(NOW, 9) == NOW + share * 30 * DAY


@pytest.mark.parametrize(
    ("wait", "checks", "late"),
    [(15 * MINUTE, 0, False), (6 * HOUR, 2, False), (6 * HOUR, 3, True), (DAY, 0, True), (23 * HOUR, 0, True)],
)
def test_what_repeats_and_what_comes_after_a_day_is_late(wait: timedelta, checks: int, late: bool) -> None:
    assert SCHEDULE.is_late(wait, checks) == late


@pytest.mark.parametrize(
    ("checks", "wait"), [(1, 12 * HOUR), (2, 12 * HOUR), (3, 7 * DAY), (5, 7 * DAY), (6, 30 * DAY), (99, 30 * DAY)]
)
def test_a_page_that_is_gone_is_looked_for_ever_more_seldom(checks: int, wait: timedelta) -> None:
    assert SCHEDULE.after_gone(NOW, checks) == NOW + wait


ERRORS: dict[str, tuple[CrawlError, int, timedelta | None]] = {
    "first failure": (ServerError("", url=URL, status=500), 1, 5 * MINUTE),
    "third failure": (ServerError("", url=URL, status=500), 3, 20 * MINUTE),
    "hundredth failure": (ServerError("", url=URL, status=500), 100, DAY),
    "the host's wish": (ServerError("", url=URL, status=503, retry_after_seconds=90), 5, timedelta(seconds=90)),
    "an endless wish": (ServerError("", url=URL, status=503, retry_after_seconds=9e9), 1, DAY),
    "blocked": (BlockedError("", url=URL), 1, 6 * HOUR),
    "robots": (RobotsDisallowedError("", url=URL), 1, DAY),
    "no story": (NotAStoryError("", url=URL), 1, 6 * HOUR),
    "no story again": (NotAStoryError("", url=URL), 2, 7 * DAY),
    "no story a hundred times": (NotAStoryError("", url=URL), 100, 30 * DAY),
    "unreadable": (ParseError("", url=URL), 1, 6 * HOUR),
    "noindex": (NoindexError("", url=URL), 2, 7 * DAY),
    "refused": (RefusedError("", url=URL), 1, DAY),
    "refused again": (RefusedError("", url=URL), 2, 7 * DAY),
    "refused a hundred times": (RefusedError("", url=URL), 100, 30 * DAY),
    "another 4xx": (ClientError("", url=URL, status=403), 1, DAY),
    "too large": (TooLargeError("", url=URL), 3, 30 * DAY),
    "poison": (PoisonError("", url=URL), 1, DAY),
    "poison twice": (PoisonError("", url=URL), 2, 3 * DAY),
    "poison three times": (PoisonError("", url=URL), 3, 9 * DAY),
    "poison four times": (PoisonError("", url=URL), 4, 30 * DAY),
    "poison a hundred times": (PoisonError("", url=URL), 100, 30 * DAY),
    "a reader killed from outside": (ReaderKilledError("", url=URL), 1, 0 * MINUTE),
    "a reader killed from outside again": (ReaderKilledError("", url=URL), 2, MINUTE),
    "readers killed for ever": (ReaderKilledError("", url=URL), 100, DAY),
    "what nobody foresaw": (CrawlError("", url=URL), 1, 5 * MINUTE),
    "what nobody foresaw, for ever": (CrawlError("", url=URL), 100, DAY),
    "forgotten": (ForgottenStoryError("", url=URL), 1, None),
}


@pytest.mark.parametrize(("error", "failures", "wait"), ERRORS.values(), ids=ERRORS.keys())
def test_failures_back_off(error: CrawlError, failures: int, wait: timedelta | None) -> None:
    assert SCHEDULE.after_error(error, NOW, failures) == (None if wait is None else NOW + wait)


@pytest.mark.parametrize(
    ("status", "looks", "age", "believed"),
    [(410, 1, 0 * DAY, True), (404, 1, 0 * DAY, False), (404, 3, 20 * HOUR, False), (404, 3, DAY, True)],
)
def test_404_needs_a_day_and_410_none(status: int, looks: int, age: timedelta, believed: bool) -> None:
    assert is_gone_for_good(GoneError("", url=URL, status=status), looks, NOW - age, NOW) == believed


def link(**fields: object) -> Link:
    return Link.model_validate({"url": URL, "source": "wire", "found_in": "https://example.org/rss", **fields})


NEWS = {
    "the same": ({}, False),
    "another title": ({"title": "Corrected"}, True),
    "a modification": ({"modified_at": NOW + HOUR}, True),
    "another publication": ({"published_at": NOW + HOUR}, True),
    "less": ({"title": None, "published_at": None}, False),
    "another endpoint": ({"found_in": "https://example.org/map", "title": "In brief", "published_at": None}, False),
    "another endpoint, modified": ({"found_in": "https://example.org/map", "modified_at": NOW + HOUR}, True),
    "a date counted from the fetch": ({"published_at": NOW + HOUR, "published_note": "counted from the fetch"}, False),
    "a date ahead of the fetch": (
        {"modified_at": NOW + HOUR, "modified_note": "zone taken: UTC; ahead of the fetch"},
        False,
    ),
    "another endpoint, modified before": ({"found_in": "https://example.org/map", "modified_at": NOW - HOUR}, False),
}


@pytest.mark.parametrize(("fields", "news"), NEWS.values(), ids=NEWS.keys())
def test_what_is_news_of_a_link(fields: dict[str, object], news: bool) -> None:
    first = link(title="Talks begin", published_at=NOW)
    known = with_evidence(pending(first, NOW), first, NOW)
    later = first.model_copy(update=fields)
    assert has_new_evidence(later, known) == news
    again = with_evidence(known, later, NOW)
    assert not has_new_evidence(later, again)
    assert not has_new_evidence(first, with_evidence(known, link(), NOW))
    assert has_new_evidence(first.model_copy(update={"title": "Talks end"}), again)


def test_what_is_said_of_a_date_goes_with_it() -> None:
    first = link(title="Talks begin")
    dated = link(
        found_in="https://example.org/map", published_at=NOW, published_local="2026-03-01", published_note="day only"
    )
    combined = Link.model_validate_json(with_evidence(with_evidence(pending(first, NOW), first, NOW), dated, NOW).link)
    assert (combined.title, combined.found_in) == ("Talks begin", first.found_in)
    assert (combined.published_at, combined.published_local, combined.published_note) == (NOW, "2026-03-01", "day only")


PAGES: dict[str, tuple[str, dict[str, str], bool]] = {
    "plain": ("<head></head>", {}, False),
    "meta": ('<meta name="robots" content="noindex">', {}, True),
    "none": ("<META CONTENT='none' NAME='ROBOTS'>", {}, True),
    "among others": ('<meta name="robots" content="max-snippet:-1, NoIndex, follow">', {}, True),
    "index": ('<meta name="robots" content="index, nofollow">', {}, False),
    "ours": ('<meta name="wiredesk" content="noindex">', {}, True),
    "another's": ('<meta name="googlebot" content="noindex">', {}, False),
    "in the text": ('<body><p>&lt;meta name="robots"</p><meta name="robots" content="noindex">', {}, False),
    "header": ("", {"x-robots-tag": "noarchive, noindex"}, True),
    "header for another": ("", {"x-robots-tag": "otherbot: noindex, nofollow"}, False),
    "header for us": ("", {"x-robots-tag": "otherbot: nofollow, wiredesk: noindex"}, True),
    "header with a date": ("", {"x-robots-tag": "unavailable_after: 25 Jun 2030 15:00:00 PST"}, False),
}


@pytest.mark.parametrize(("html", "headers", "forbids"), PAGES.values(), ids=PAGES.keys())
def test_noindex(html: str, headers: dict[str, str], forbids: bool) -> None:
    page = Page(link=link(), url=URL, final_url=URL, headers=headers, fetched_at=NOW, content=html.encode())
    assert forbids_indexing(page, "Wiredesk") == forbids


def errors(kind: type[CrawlError]) -> set[type[CrawlError]]:
    return {kind}.union(*(errors(one) for one in kind.__subclasses__()))


def test_only_what_was_forgotten_on_request_is_never_asked_for_again() -> None:
    given_up = set()
    for kind in errors(CrawlError):
        error = kind.__new__(kind)
        error.__dict__ |= {"url": URL, "retry_after_seconds": None, "status": 404}
        if not isinstance(error, GoneError) and SCHEDULE.after_error(error, NOW, 1000) is None:
            given_up.add(kind)
    assert given_up == {ForgottenStoryError}
