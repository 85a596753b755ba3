"""Is every dialect of feed read, and every mistake survived?"""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.dates import EndpointDates
from crawler.discovery.feeds import read_feed
from model.errors import ParseError
from model.page import Link
from model.story import Caption
from tests.crawler.discovery.endpoint_pages import ENDPOINT, SOURCE, at, endpoint_page

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Desk</title><link>https://news.example/</link><language>en-GB</language>
<item>
  <title>Rain returns &amp;amp; stays</title>
  <link>https://news.example/world/rain?id=7&amp;utm_source=rss</link>
  <guid isPermaLink="false">desk-7</guid>
  <pubDate>Sun, 12 May 2024 09:00:00 +0200</pubDate>
  <dc:creator>Ann Lee</dc:creator>
  <category>World</category><category>Weather</category>
  <description><![CDATA[<p>It rained & <b>rained</b>.</p>]]></description>
</item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Desk</title>
<entry><id>tag:news.example,2024:7</id><title type="html">La &lt;i&gt;pluie&lt;/i&gt;</title>
<link rel="enclosure" href="/rain.mp3"/><link rel="alternate" href="../world/rain"/>
<published>2024-05-12T09:00:00+02:00</published><updated>2024-05-12T10:30:00Z</updated>
<author><name>Ann Lee</name></author><category term="world" label="Monde"/>
<summary>Il pleut.</summary></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>Desk</title></channel>
<item rdf:about="https://news.example/world/rain"><title>Rain</title><link>https://news.example/world/rain</link>
<dc:date>2024-05-12T09:00+02:00</dc:date></item></rdf:RDF>"""

RSS_091 = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Desk</title>
<item><title>Rain</title><link>https://news.example/world/rain</link></item></channel></rss>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en-GB",
        "items": [
            {
                "id": 7,
                "url": "/world/rain",
                "title": "Rain <b>returns</b>",
                "summary": "It rained.",
                "date_published": "2024-05-12T09:00:00+02:00",
                "date_modified": "2024-05-12T10:30:00Z",
                "authors": [{"name": "Ann Lee"}, {"url": "https://x.example"}],
                "tags": ["World", "", 5, None],
            },
            {"title": "no address"},
            "nonsense",
        ],
    }
)


def read(content: bytes | str, content_type: str | None = None, **source: object) -> tuple[Link, ...]:
    return read_feed(endpoint_page(content, content_type), SOURCE.model_copy(update=source))


def only(content: bytes | str, content_type: str | None = None, **source: object) -> Link:
    (link,) = read(content, content_type, **source)
    return link


def item(inside: str) -> str:
    """An RSS feed of one item with an address and what else it is given."""
    return (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>d</title>'
        f"<item><link>https://news.example/world/rain</link>{inside}</item></channel></rss>"
    )


def test_rss_2() -> None:
    assert only(RSS) == Link(
        url="https://news.example/world/rain?id=7&utm_source=rss",
        source="desk",
        kind="feed",
        found_in=ENDPOINT,
        title="Rain returns & stays",
        summary="It rained & rained.",
        authors=("Ann Lee",),
        published_at=at("2024-05-12 07:00"),
        published_local="2024-05-12T09:00:00+02:00",
        publisher_id="desk-7",
        tags=("World", "Weather"),
        language="en",
    )


def test_atom() -> None:
    link = only(ATOM)
    assert link.url == "https://news.example/world/rain"
    assert (link.title, link.summary, link.authors, link.tags) == ("La pluie", "Il pleut.", ("Ann Lee",), ("Monde",))
    assert (link.published_at, link.modified_at) == (at("2024-05-12 07:00"), at("2024-05-12 10:30"))
    assert link.publisher_id == "tag:news.example,2024:7"


@pytest.mark.parametrize("content", [RDF, RSS_091], ids=["rdf", "0.91-with-doctype"])
def test_old_rss(content: str) -> None:
    link = only(content)
    assert (link.url, link.title) == ("https://news.example/world/rain", "Rain")


def test_rdf_date() -> None:
    assert only(RDF).published_at == at("2024-05-12 07:00")


def test_json_feed() -> None:
    link = only(JSON_FEED, "application/feed+json")
    assert link.url == "https://news.example/world/rain"
    assert (link.title, link.summary, link.publisher_id) == ("Rain returns", "It rained.", "7")
    assert (link.authors, link.tags, link.language) == (("Ann Lee",), ("World", "5"), "en")
    assert (link.published_at, link.modified_at) == (at("2024-05-12 07:00"), at("2024-05-12 10:30"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(item("<title>Rain & wind</title>"), "Rain & wind", id="bare-ampersand"),
        pytest.param(item("<title>Rain&nbsp;&eacute;t&eacute; &mdash; x</title>"), "Rain été — x", id="html-entities"),
        pytest.param(item("<title>A &amp;quot;wet&amp;quot; day</title>"), 'A "wet" day', id="escaped-twice"),
        pytest.param(item("<title><![CDATA[Rain <em>and</em> wind]]></title>"), "Rain and wind", id="cdata"),
        pytest.param(item("<title>5 &lt; 6 and 7 > 3</title>"), "5 < 6 and 7 > 3", id="no-markup"),
        pytest.param(item("<title>Rain\x0b\x00 returns</title>"), "Rain returns", id="control-characters"),
        pytest.param(item("<title>Rain <b>returns</b></title>"), "Rain returns", id="raw-markup"),
        pytest.param(item("<title>Rain</title>")[:-30], "Rain", id="cut-off"),
        pytest.param("\n\n  " + item("<title>Rain</title>"), "Rain", id="blank-lines-first"),
        pytest.param(item("<title>Rain</wrong></title>"), "Rain", id="wrong-end-tag"),
        pytest.param(item("<title></title>"), None, id="empty"),
    ],
)
def test_mistakes_in_titles(content: str, expected: str | None) -> None:
    assert only(content).title == expected


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        pytest.param(item("<title>Été</title>").encode(), None, id="utf-8-undeclared"),
        pytest.param(
            b'<?xml version="1.0" encoding="iso-8859-1"?>' + item("<title>Été</title>").encode(), None, id="lie"
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="utf-8"?>' + item("<title>Été</title>").encode("cp1252"), None, id="lie-too"
        ),
        pytest.param(
            item("<title>Été</title>").encode("cp1252"), "application/rss+xml; charset=windows-1252", id="http-charset"
        ),
        pytest.param(b"\xef\xbb\xbf" + item("<title>Été</title>").encode(), None, id="utf-8-bom"),
        pytest.param(item("<title>Été</title>").encode("utf-16"), None, id="utf-16-bom"),
        pytest.param(item("<title>Été</title>").encode("utf-16-le"), None, id="utf-16-without-bom"),
        pytest.param(
            b'<?xml version="1.0" encoding="no-such"?>' + item("<title>Été</title>").encode("cp1252"),
            None,
            id="unknown",
        ),
    ],
)
def test_charsets(content: bytes, content_type: str | None) -> None:
    assert only(content, content_type).title == "Été"


def test_one_bad_byte_does_not_change_the_charset() -> None:
    content = item("<title>Été " + "é" * 300 + "</title>").encode().replace(b"<title>", b"<title>\xff")
    assert "Été" in (only(content).title or "")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<link>/world/rain</link>", "https://news.example/world/rain"),
        ("<link>rain</link>", "https://news.example/dir/rain"),
        ("<link> \n https://news.example/a \n</link>", "https://news.example/a"),
        ("<link><![CDATA[https://news.example/a?x=1&y=2]]></link>", "https://news.example/a?x=1&y=2"),
        ("<link>https://news.example/a?x=1&y=2</link>", "https://news.example/a?x=1&y=2"),
        ('<guid isPermaLink="true">https://news.example/a</guid>', "https://news.example/a"),
        ("<guid>https://news.example/a</guid>", "https://news.example/a"),
    ],
)
def test_addresses(inside: str, expected: str) -> None:
    assert only(f'<rss version="2.0"><channel><item>{inside}<title>t</title></item></channel></rss>').url == expected


@pytest.mark.parametrize(
    "inside",
    ["<title>t</title>", "<link>javascript:x()</link>", "<link>http://u:p@a.example/</link>", "<guid>7</guid>x"],
)
def test_entries_without_a_web_address_are_left_out(inside: str) -> None:
    links = read(f'<rss version="2.0"><channel><item>{inside}</item></channel></rss>')
    assert [link for link in links if not link.url.startswith("https://news.example/")] == []


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("Sun, 12 May 2024 09:00:00 GMT", None, "2024-05-12 09:00"),
        ("Sun, 12 May 2024 09:00:00", None, "2024-05-12 09:00"),
        ("Sun, 12 May 2024 09:00:00", "Europe/Paris", "2024-05-12 07:00"),
        ("2024-05-12 09:00", "Europe/Paris", "2024-05-12 07:00"),
        ("Sun, 12 May 2024 05:00:00 EDT", "Europe/Paris", "2024-05-12 09:00"),
        ("Sun, 12 May 2024 09:00:00 CEST", None, "2024-05-12 07:00"),
        ("Sun, 12 May 2024 09:00:00 -0000", "Europe/Paris", "2024-05-12 09:00"),
        ("12 May 2024 09:00 BST", None, "2024-05-12 08:00"),
        ("May 12, 2024", None, "2024-05-12 00:00"),
        ("2024-05-12", None, "2024-05-12 00:00"),
        ("20240512T090000Z", None, "2024-05-12 09:00"),
        ("Sun, 12 May 2024 15:00:00 GMT", None, "2024-05-12 12:00"),
        ("Sun, 12 May 2034 15:00:00 GMT", None, None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, None),
        ("03/04/2024", None, None),
        ("Monday", None, None),
        ("yesterday", None, "2024-05-11 00:00"),
        ("Thu, 99 May 2024 09:00:00 GMT", None, None),
        ("Sun, 12 May 2024 29:00:00 GMT", None, None),
        ("", None, None),
    ],
)
def test_dates(text: str, zone: str | None, expected: str | None) -> None:
    link = only(item(f"<pubDate>{text}</pubDate>"), timezone=zone)
    assert link.published_at == (at(expected) if expected else None)
    assert link.timezone == zone


@pytest.mark.parametrize(
    ("built", "source_zone", "expected"),
    [
        ("Sun, 12 May 2024 11:00:00 +0300", None, "2024-05-12 06:00"),
        ("Sun, 12 May 2024 11:00:00 +0300", "Europe/Paris", "2024-05-12 07:00"),
        ("Sun, 12 May 2024 11:00:00 GMT", None, "2024-05-12 09:00"),
        ("Sun, 12 May 2024 11:00:00", None, "2024-05-12 09:00"),
    ],
)
def test_the_feeds_own_zone_comes_after_the_sources(built: str, source_zone: str | None, expected: str) -> None:
    content = item("<pubDate>Sun, 12 May 2024 09:00:00</pubDate>").replace(
        "<item>", f"<lastBuildDate>{built}</lastBuildDate><item>"
    )
    assert only(content, timezone=source_zone).published_at == at(expected)


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    page = endpoint_page("")
    found = EndpointDates(page, SOURCE.model_copy(update={"timezone": "Europe/Paris"})).read(text)
    day = timedelta(0) if found is None or found.has_time else timedelta(hours=14)
    assert found is None or at("1980-01-01 00:00") <= found.at <= page.fetched_at + day


def test_captions_are_evidence_and_do_not_touch_the_entry() -> None:
    link = only(
        item(
            "<title>Rain</title><description>It rained.</description>"
            '<media:group><media:content url="https://img.example/1.jpg" medium="image">'
            "<media:title>IMG_1</media:title><media:description>A man walks.</media:description>"
            "<media:credit>AP</media:credit></media:content></media:group>"
            '<media:content url="https://img.example/2.jpg" type="image/jpeg">'
            "<media:description>A &lt;b&gt;woman&lt;/b&gt; runs.</media:description></media:content>"
            '<media:content url="https://img.example/3.mp4" type="video/mp4">'
            "<media:description>A film.</media:description></media:content>"
            '<media:content url="https://img.example/4.jpg"/>'
        )
    )
    assert (link.title, link.summary) == ("Rain", "It rained.")
    assert link.captions == (
        Caption(text="A man walks.", credit="AP", image_url="https://img.example/1.jpg"),
        Caption(text="A woman runs.", image_url="https://img.example/2.jpg"),
    )


def test_the_sources_language_comes_first() -> None:
    assert only(RSS, language="cy").language == "cy"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("", "no XML", id="empty"),
        pytest.param("nothing here", "no XML", id="text"),
        pytest.param("<html><body>Sign in</body></html>", "<html>", id="html"),
        pytest.param("<!DOCTYPE html><html><body/></html>", "<html>", id="html-with-doctype"),
        pytest.param('{"items": 3}', "no list of items", id="json-of-another-kind"),
        pytest.param('{"items": [', "no JSON", id="json-cut-off"),
        pytest.param('{"a":' * 100_000, "no JSON", id="json-too-deep"),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
            "entities",
            id="entity-bomb",
        ),
        pytest.param(
            '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
            "entities",
            id="external-entity",
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><rss/>',
            "entities",
            id="parameter-entity",
        ),
        pytest.param(
            '<?x y?><!-- <a> --><?z?>\n<!doctype rss [<!ENTITY x "y">]><rss/>', "entities", id="behind-a-comment"
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY x "y">]><rss/>'.encode("utf-16"), "entities", id="entities-in-another-charset"
        ),
    ],
)
def test_what_is_no_feed(content: bytes | str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(content)


def test_a_flood_leaves_the_newest() -> None:
    entries = "".join(
        f"<item><link>https://news.example/{n}</link><pubDate>2024-05-{1 + n % 10:02}T00:00Z</pubDate></item>"
        for n in range(500)
    )
    links = read_feed(endpoint_page(f"<rss><channel>{entries}</channel></rss>"), SOURCE, limit=50)
    assert len(links) == 50
    assert {link.published_at for link in links} == {at("2024-05-10 00:00")}


def test_deep_nesting_is_no_danger() -> None:
    links = read("<rss><channel>" + "<x>" * 100_000 + "<item><link>https://news.example/a</link></item>")
    assert len(links) <= 1


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_parse_error(content: bytes) -> None:
    with suppress(ParseError):
        read(content)


@given(st.data(), st.sampled_from([RSS, ATOM, RDF, JSON_FEED]))
def test_damaged_feeds_are_read_or_refused(data: st.DataObject, feed: str) -> None:
    content = bytearray(feed.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position : position + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=10))
    try:
        links = read(bytes(content))
    except ParseError:
        return
    assert all(link.url.startswith("http") for link in links)
