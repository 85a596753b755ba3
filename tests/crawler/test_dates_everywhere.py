"""One table of dates through feeds and pages: the same instant in RSS, in meta elements and in visible text."""

from datetime import UTC, datetime, timedelta
from html import escape

import pytest

from config import SourceConfig
from crawler.discovery.feeds import read_feed
from crawler.extraction import parse
from model.page import Link, Page
from model.story import Story
from tests.text.date_cases import CASES, DAY, TIME, DateCase

NOW = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
SOURCE = SourceConfig(name="desk", feeds=("https://news.example/feed",), timezone="Europe/Berlin")
BODY = "".join(
    f"<p>Sentence {n} of the report says how the council voted and what its members said of the bridge.</p>"
    for n in range(8)
)
DATED = [case for case in CASES if case.instant]
UNDATED = [case for case in CASES if not case.instant and case.text]


def _id(case: DateCase) -> str:
    return f"{case.language}: {case.text}"


def _page(content: str, link: Link | None = None) -> Page:
    url = "https://news.example/story"
    return Page(
        link=link or Link(url=url, source="desk", timezone="Europe/Berlin"),
        url=url,
        final_url=url,
        headers={"content-type": "text/html; charset=utf-8"},
        fetched_at=NOW,
        content=content.encode(),
    )


def feed_link(text: str, language: str, further: str = "", zone: str | None = "Europe/Berlin") -> Link:
    source = SOURCE.model_copy(update={"timezone": zone})
    feed = (
        f'<rss version="2.0"><channel><title>Desk</title><language>{language}</language><item><title>Rain</title>'
        f"<link>https://news.example/rain</link><pubDate>{escape(text)}</pubDate></item>{further}</channel></rss>"
    )
    return read_feed(_page(feed), source)[0]


def story(head: str, top: str, language: str, link: Link | None = None) -> Story:
    page = (
        f"<html lang='{language}'><head><title>Bridge reopens</title>{head}</head>"
        f"<body><article><h1>Bridge reopens</h1>{top}{BODY}</article></body></html>"
    )
    return parse(_page(page, link))


def read_everywhere(case: DateCase) -> dict[str, tuple[datetime | None, str | None]]:
    text = escape(case.text, quote=True)
    link = feed_link(case.text, case.language)
    meta = story(f'<meta property="article:published_time" content="{text}">', "", case.language)
    shown = story("", f'<p class="published-date">{text}</p>', case.language)
    return {
        "feed": (link.published_at, link.published_note),
        "meta": (meta.published_at, meta.provenance.get("published_at")),
        "text": (shown.published_at, shown.provenance.get("published_at")),
    }


@pytest.mark.parametrize("case", DATED, ids=_id)
def test_a_date_is_the_same_in_feeds_and_pages(case: DateCase) -> None:
    found = read_everywhere(case)
    instants = {where: at.strftime("%Y-%m-%dT%H:%M") if at else None for where, (at, _) in found.items()}
    assert instants == dict.fromkeys(found, case.instant)
    for _, told in found.values():
        assert ("day only" in (told or "")) is (case.stated == DAY)
        assert ("zone taken: Europe/Berlin (source)" in (told or "")) is (
            case.stated == TIME and "ago" not in case.text
        )


@pytest.mark.parametrize("case", UNDATED, ids=_id)
def test_what_is_no_date_is_unknown_everywhere(case: DateCase) -> None:
    assert {at for at, _ in read_everywhere(case).values()} == {None}


@pytest.mark.parametrize(
    ("text", "local", "note"),
    [
        ("Thu, 22 Jun 2023 13:11:00 EDT", "2023-06-22T13:11:00-04:00", None),
        ("Thu, 22 Jun 2023 13:11", "2023-06-22T13:11", "zone taken: Europe/Berlin (source)"),
        ("22 Jun 2023", "2023-06-22", "day only"),
        ("3/4/2023", "2023-04-03", "day only; order taken: day first"),
        ("2 hours ago", None, "counted from the fetch"),
        ("Mon, 20 May 2024 18:00:00 GMT", "2024-05-20T18:00:00+00:00", "ahead of the fetch"),
    ],
)
def test_a_link_carries_what_was_stated_to_the_story(text: str, local: str | None, note: str | None) -> None:
    link = feed_link(text, "en")
    assert (link.published_local, link.published_note) == (local, note)
    read = story("", "", "en", link)
    assert (read.published_at, read.published_local) == (link.published_at, local)
    assert read.provenance["published_at"] == "link:published_at" + (f"; {note}" if note else "")


def test_a_date_ahead_of_the_fetch_is_the_fetch() -> None:
    assert feed_link("Mon, 20 May 2024 18:00:00 GMT", "en").published_at == NOW
    assert feed_link("Tue, 21 May 2024 18:00:00 GMT", "en").published_at is None


def test_a_day_that_has_begun_in_the_east_is_kept() -> None:
    evening = Page.model_validate(_page("").model_dump() | {"fetched_at": NOW + timedelta(hours=9)})
    feed = '<rss version="2.0"><channel><item><link>https://news.example/a</link><pubDate>{}</pubDate></item></channel></rss>'
    days = [
        read_feed(evening.model_copy(update={"content": feed.format(day).encode()}), SOURCE)[0]
        for day in ("2024-05-21", "2024-05-22")
    ]
    assert [link.published_local for link in days] == ["2024-05-21", None]
    assert days[0].published_at == datetime(2024, 5, 21, tzinfo=UTC)


@pytest.mark.parametrize(("other", "day"), [("6/22/2023", "2023-03-04"), ("22/6/2023", "2023-04-03")])
def test_the_other_entries_of_a_feed_tell_the_order_of_numbers(other: str, day: str) -> None:
    link = feed_link("3/4/2023", "en", f"<item><link>https://news.example/b</link><pubDate>{other}</pubDate></item>")
    assert (link.published_local, link.published_note) == (day, "day only")


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ('<meta property="article:modified_time" content="2023-04-03T10:00:00Z">', "2023-04-03"),
        ('<meta name="lastmod" content="6/22/2023">', "2023-03-04"),
        ('<meta name="lastmod" content="22/6/2023">', "2023-04-03"),
    ],
)
def test_the_other_dates_of_a_page_tell_the_order_of_numbers(head: str, day: str) -> None:
    read = story(head, '<p class="published-date">3/4/2023</p>', "en")
    assert (read.published_local, read.provenance["published_at"]) == (day, "markup:date; day only")


@pytest.mark.parametrize(
    ("zone", "feed_zone", "head", "at", "told"),
    [
        ("Asia/Tokyo", "+02:00", "", "04:11", "Asia/Tokyo (source)"),
        (None, "+02:00", "", "11:11", "+02:00 (feed)"),
        (None, None, '<meta name="lastmod" content="2023-06-23T10:00:00-04:00">', "17:11", "-04:00 (page)"),
        (None, None, "", "13:11", "UTC"),
    ],
)
def test_the_zone_of_a_date_without_one(zone: str | None, feed_zone: str | None, head: str, at: str, told: str) -> None:
    link = Link(url="https://news.example/story", source="desk", timezone=zone, feed_zone=feed_zone)
    read = story(head, '<p class="published-date">22 June 2023 13:11</p>', "en", link)
    assert read.published_at is not None
    assert read.published_at.strftime("%H:%M") == at
    assert read.provenance["published_at"] == f"markup:date; zone taken: {told}"


def test_a_day_is_refined_by_another_date_of_it() -> None:
    link = Link(url="https://news.example/story", source="desk", published_at=datetime(2023, 6, 22, 23, 5, tzinfo=UTC))
    read = story('<meta name="date" content="2023-06-22">', "", "en", link)
    assert read.published_at == link.published_at
    assert read.provenance["published_at"] == "meta:date; time: link:published_at"


def test_the_day_that_the_page_shows_is_kept_beside_an_instant_in_utc() -> None:
    head = '<meta property="article:published_time" content="2023-06-23T02:41:41Z">'
    read = story(head, '<p class="published-date">June 22, 2023</p>', "en")
    assert (read.published_at, read.published_local) == (datetime(2023, 6, 23, 2, 41, 41, tzinfo=UTC), "2023-06-22")


@pytest.mark.parametrize(
    ("line", "day", "rule"),
    [
        ("Updated June 23, 2023", "2023-06-23", "markup:updated; day only"),
        ("June 23, 2023 (updated)", "2023-06-23", "markup:updated; day only"),
        ("Published June 22, 2023, updated June 23, 2023", "2023-06-22", "markup:date; day only"),
    ],
)
def test_the_date_of_a_change_is_said_to_be_one(line: str, day: str, rule: str) -> None:
    read = story("", f'<p class="published-date">{line}</p>', "en")
    assert (read.published_local, read.provenance["published_at"]) == (day, rule)
