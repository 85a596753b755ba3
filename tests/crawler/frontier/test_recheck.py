"""When a URL is looked at again, what a page may ask of us, and what counts as news of it."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.frontier.recheck import RecheckSchedule, is_gone_for_good
from crawler.frontier.url_state import has_new_evidence, pending, with_evidence
from crawler.http.noindex import forbids_indexing
from model.errors import (
    BlockedError,
    CrawlError,
    GoneError,
    NotAStoryError,
    PoisonError,
    RefusedError,
    RobotsDisallowedError,
    ServerError,
)
from model.page import Link, Page

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/news/1-story"
SCHEDULE = RecheckSchedule((15 * MINUTE, HOUR, 6 * HOUR), spread=lambda: 0.5)


def test_looks_decay_and_end() -> None:
    waits = [SCHEDULE.after_story(NOW, looks) for looks in range(4)]
    assert waits == [NOW + 15 * MINUTE, NOW + HOUR, NOW + 6 * HOUR, None]


ERRORS: dict[str, tuple[CrawlError, int, timedelta | None]] = {
    "first failure": (ServerError("", url=URL, status=500), 1, 5 * MINUTE),
    "third failure": (ServerError("", url=URL, status=500), 3, 20 * MINUTE),
    "hundredth failure": (ServerError("", url=URL, status=500), 100, DAY),
    "the host's wish": (ServerError("", url=URL, status=503, retry_after_seconds=90), 5, timedelta(seconds=90)),
    "an endless wish": (ServerError("", url=URL, status=503, retry_after_seconds=9e9), 1, DAY),
    "blocked": (BlockedError("", url=URL), 1, 6 * HOUR),
    "robots": (RobotsDisallowedError("", url=URL), 1, DAY),
    "no story": (NotAStoryError("", url=URL), 1, 6 * HOUR),
    "no story again": (NotAStoryError("", url=URL), 2, None),
    "refused": (RefusedError("", url=URL), 1, None),
    "poison": (PoisonError("", url=URL), 1, None),
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
