"""Are broken feeds read entry by entry, never with fewer right links than feedparser alone finds?"""

import gzip
import random
import re
from io import BytesIO

import feedparser
import pytest

from crawler.discovery.feed_reading import FeedReading
from crawler.discovery.feeds import read_entries
from model.errors import CrawlError, ParseError, TooLargeError
from net.urls import absolute_url
from tests.crawler.discovery.broken_feeds import GOOD, GOOD_ATOM, GROUPS, SITE, BrokenFeed, atom, entry, item, rss
from tests.crawler.discovery.endpoint_pages import ENDPOINT, SOURCE, at, endpoint_page

FEEDS = [pytest.param(feed, id=f"{group}: {name}") for group, feeds in GROUPS.items() for name, feed in feeds.items()]


def read(content: str | bytes, **headers: str) -> FeedReading:
    page = endpoint_page(content)
    return read_entries(
        page.model_copy(update={"headers": {k.replace("_", "-"): v for k, v in headers.items()}}), SOURCE
    )


def alone(content: str | bytes, **headers: str) -> set[str]:
    """The web addresses that feedparser by itself finds."""
    raw = content.encode() if isinstance(content, str) else content
    try:
        parsed = feedparser.parse(BytesIO(raw), response_headers={"content-location": ENDPOINT, **headers})
    except UnicodeEncodeError:  # a reference to a lone surrogate
        return set()
    links = (dict(entry).get("link") for entry in parsed.entries)
    return {url for link in links if link and (url := absolute_url(ENDPOINT, link))}


@pytest.mark.parametrize("feed", FEEDS)
def test_golden_lists(feed: BrokenFeed) -> None:
    page = endpoint_page(feed.content).model_copy(update={"headers": feed.headers})
    found = [(link.url, link.title, link.publisher_id, link.published_at) for link in read_entries(page, SOURCE).links]
    assert found == [
        (url if "//" in url else SITE + url, title, identifier, at(instant) if instant else None)
        for url, title, identifier, instant in feed.expected
    ]


@pytest.mark.parametrize("feed", FEEDS)
def test_feedparser_alone_finds_no_right_link_more(feed: BrokenFeed) -> None:
    page = endpoint_page(feed.content).model_copy(update={"headers": feed.headers})
    ours = {absolute_url("", link.url) for link in read_entries(page, SOURCE).links}
    right = {absolute_url(SITE, url) for url, *_ in feed.expected}
    assert alone(feed.content, **feed.headers) & right <= ours


def test_the_kinds_are_many() -> None:
    assert len(FEEDS) >= 100


JUNK = (
    *("<br>", "<p>", "</p>", "&", "&nbsp;", "<", ">", '"', "'", "]]>", "<![CDATA[", "<!--", "-->", "<a href=foo>"),
    *("</b>", "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<description>", "</description>"),
    *("\0", "<?php", "?>", '<img src="x>', "&#x0;", "<div", "</", "<link>", "</link>", "<b><i><u>", "</channel>"),
    *("</rss>", "</feed>", "<script>if(a<b && c>d){}</script>", "<!DOCTYPE html>", "\x0b", "é"),
)
ATOM_STORIES = atom(
    *(
        entry(
            n,
            f'<link rel="enclosure" href="/{n}.mp3"/><link rel="alternate" type="text/html" href="{SITE}{n}"/>'
            "<summary>&lt;p&gt;It rained.&lt;/p&gt;</summary>",
        )
        for n in range(1, 6)
    )
)
RSS_STORIES = rss(*(item(n, "<description><![CDATA[<p>It <b>rained</b><br>]]></description>") for n in range(1, 6)))


def damaged(feed: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(feed))
        tags = [found.span() for found in re.finditer("<[^<>]*>", feed)]
        start, end = chance.choice(tags or [(place, place)])
        feed = chance.choice(
            [
                feed[: max(60, place)],
                feed[:place] + chance.choice(JUNK) + feed[place:],
                feed[:end] + chance.choice(JUNK) + feed[end:],
                chance.choice(JUNK) + feed,
                feed + chance.choice(JUNK),
                feed[:start] + feed[end:],
                feed[:start] + feed[start:end].upper() + feed[end:],
                feed[:place] + feed[place + chance.randint(1, 30) :],
                feed[:start] + feed[start:end].replace('"', "", 1) + feed[end:],
                re.sub(r"<!\[CDATA\[|\]\]>", "", feed),
                feed.replace("&lt;", "<"),
            ]
        )
    return feed


@pytest.mark.parametrize("block", range(8))
@pytest.mark.parametrize("feed", [RSS_STORIES, ATOM_STORIES], ids=["rss", "atom"])
def test_damage_costs_no_more_than_feedparser_alone_loses(feed: str, block: int) -> None:
    right = {f"{SITE}{n}" for n in range(1, 6)}
    for seed in range(block * 40, block * 40 + 40):
        chance = random.Random(seed)
        content = damaged(feed, chance).encode(chance.choice(["utf-8", "utf-8", "utf-16", "cp1252"]), "replace")
        try:
            ours = {absolute_url("", link.url) for link in read(content).links}
        except CrawlError:
            ours = set()
        assert alone(content) & right <= ours, f"seed {seed}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(" \n\0", "empty", id="blank"),
        pytest.param("Service unavailable", "begins with 'Service unav", id="text"),
        pytest.param(
            '<!doctype html><html><head><title>Log in</title></head><form><input type="password" name=p></form>',
            'sign-in page \\("Log in"\\)',
            id="sign-in",
        ),
        pytest.param(
            '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><p>x',
            "names the feed /feed",
            id="page-that-names-its-feed",
        ),
        pytest.param('<html><body><div class="hentry"><a rel="bookmark" href="/1">x</a></div>', "web page", id="hatom"),
        pytest.param(
            f"<html><body><pre>{GOOD.replace('<', '&lt;')}</pre></body></html>", "web page", id="escaped-feed"
        ),
        pytest.param(
            '<opml version="2.0"><body><outline xmlUrl="https://a.example/"/></body></opml>', "OPML", id="opml"
        ),
        pytest.param("<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>", "`sitemaps`", id="sitemaps"),
        pytest.param("<Error><Code>AccessDenied</Code></Error>", "error message", id="error"),
        pytest.param('{"statuses": [], "search_metadata": {}}', "members are: statuses", id="json"),
        pytest.param("[1, 2]", "a list of 2", id="json-list"),
        pytest.param('{"items": {"a": 1}}', "no list of items", id="json-items-no-list"),
    ],
)
def test_what_is_no_feed_says_what_it_is(content: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(content)


def test_entries_without_links_are_counted_by_reason() -> None:
    reading = read(rss(item(1), item(1), item(2), "<item><guid>desk-7</guid></item>"))
    assert (reading.entries, len(reading.links)) == (4, 2)
    assert reading.left_out == {"without a web address": 1, "announced twice": 1}
    assert reading.loss == "1 of 4 entries were left out: 1 without a web address"
    assert reading.failure is None


def test_a_feed_that_leads_nowhere_says_so() -> None:
    reading = read(rss("<item><guid>7</guid></item>", "<item><title>x</title></item>"))
    assert "none of its 2 entries leads to a story (2 without a web address)" in str(reading.failure)


def test_a_feed_without_entries_is_well() -> None:
    reading = read(rss())
    assert (reading.entries, reading.failure, reading.loss) == (0, None, None)


def test_what_is_over_the_limit_is_told() -> None:
    reading = read(rss(*(item(n) for n in range(1, 1200))).replace("8:00:00", "09:00:00"))
    assert (len(reading.links), reading.left_out["older than the newest that a feed yields"]) == (1000, 199)
    assert "199 of 1199 entries were left out" in str(reading.loss)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 9 if n else "ha"}">' for n in range(9))
HOSTILE = {
    "laughs": (f"<!DOCTYPE rss [{LAUGHS}]>{rss(item(1), head='')}".replace("Story 1", "&l8;"), "hold others"),
    "itself": ('<!DOCTYPE rss [<!ENTITY a "&a;">]>' + rss(item(1), head="").replace("Story 1", "&a;"), "hold others"),
    "quadratic": (
        f'<!DOCTYPE rss [<!ENTITY a "{"x" * 9000}">]>' + rss(item(1), head="").replace("Story 1", "&a;" * 9000),
        "more than a feed needs",
    ),
    "long": (
        f'<!DOCTYPE rss [<!ENTITY a "{"x" * 20_000}">]>' + rss(item(1), head="").replace("Story 1", "&a;"),
        "longer than a feed needs",
    ),
    "external": (
        '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss(item(1), head="").replace("Story 1", "&a;"),
        "outside",
    ),
}


@pytest.mark.parametrize(("content", "words"), HOSTILE.values(), ids=HOSTILE)
def test_entities_have_a_budget(content: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(content)


@pytest.mark.parametrize(
    "inside",
    ["<x>", "<!--", "<![CDATA[", "<", "<a ", '<a "', "<a b='", "<title>", "<item>", "</item>", "<?", "<a/", "&"],
)
def test_floods_of_one_mistake_do_not_hide_the_entry_behind_them(inside: str) -> None:
    assert f"{SITE}2" in [link.url for link in read(rss(inside * 900, item(2))).links]


def test_more_tags_than_a_feed_holds_are_refused_in_damaged_markup() -> None:
    with pytest.raises(ParseError, match="more than 1000000 tags"):
        read(rss("<b>" * 1_000_001))


def test_a_compressed_bomb_ends_at_the_limit() -> None:
    with pytest.raises(TooLargeError):
        read(gzip.compress(b"<rss>" + b" " * 30_000_000))


def test_evidence_of_a_mended_entry_stays_with_it() -> None:
    media = (
        '<media:content url="https://img.example/{0}.jpg"><media:description>Picture {0}.</media:description>'
        "<media:credit>AP</media:credit></media:content><dc:creator>Ann {0}</dc:creator><category>Tag {0}</category>"
        "<description>It <br>rained {0}</description>"
    )
    for number, link in enumerate(read(rss(item(1, media.format(1)), item(2, media.format(2)))).links, 1):
        assert [(caption.text, caption.credit) for caption in link.captions] == [(f"Picture {number}.", "AP")]
        assert (link.authors, link.tags, link.summary) == (
            (f"Ann {number}",),
            (f"Tag {number}",),
            f"It rained {number}",
        )


@pytest.mark.parametrize("mark", ["<wiredesk-entry/>", '<wiredesk-entry n="x"/>', "<wiredesk-entry>1</wiredesk-entry>"])
def test_a_feed_may_hold_the_element_that_numbers_entries(mark: str) -> None:
    assert [link.url for link in read(rss(item(1, mark), item(2))).links] == [f"{SITE}1", f"{SITE}2"]


def test_links_of_good_feeds_are_those_of_feedparser() -> None:
    assert alone(GOOD) == alone(GOOD_ATOM) == {f"{SITE}1", f"{SITE}2"}
