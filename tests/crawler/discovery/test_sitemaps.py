"""Are sitemaps of every kind read, and floods bounded?"""

import gzip
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.sitemaps import ChildSitemap, Sitemap, read_sitemap
from model.errors import CrawlError, FetchError, ParseError
from model.story import Caption
from tests.crawler.discovery.endpoint_pages import SOURCE, at, endpoint_page

NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>
<url><loc> https://news.example/world/rain-returns </loc><lastmod>2024-05-12T10:30:00Z</lastmod>
<news:news><news:publication><news:name>Desk</news:name><news:language>en-gb</news:language></news:publication>
<news:publication_date>2024-05-12T09:00:00+02:00</news:publication_date><news:title>Rain &amp; wind</news:title>
<news:keywords>rain, wind</news:keywords></news:news>
<image:image><image:loc>https://img.example/1.jpg</image:loc><image:caption>A man walks.</image:caption></image:image>
<image:image><image:loc>https://img.example/2.jpg</image:loc><image:title>IMG_2</image:title></image:image></url>
</urlset>"""
INDEX = f"""<sitemapindex {NAMESPACES}>
<sitemap><loc>https://news.example/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
<sitemap><loc>/new.xml.gz</loc></sitemap></sitemapindex>"""


def read(content: bytes | str, **options: int) -> Sitemap:
    return read_sitemap(endpoint_page(content), SOURCE, **options)


@pytest.mark.parametrize("content", [NEWS.encode(), gzip.compress(NEWS.encode())], ids=["plain", "gzip"])
def test_news_sitemap(content: bytes) -> None:
    (link,) = read(content).links
    assert link.url == "https://news.example/world/rain-returns"
    assert (link.kind, link.title, link.language, link.tags) == ("sitemap", "Rain & wind", "en", ("rain", "wind"))
    assert (link.published_at, link.modified_at) == (at("2024-05-12 07:00"), at("2024-05-12 10:30"))
    assert link.captions == (Caption(text="A man walks.", image_url="https://img.example/1.jpg"),)


def test_index() -> None:
    found = read(INDEX)
    assert found.links == ()
    assert found.children == (
        ChildSitemap("https://news.example/old.xml", at("2020-01-01 00:00")),
        ChildSitemap("https://news.example/new.xml.gz"),
    )


def test_homes_and_sections_are_left_out() -> None:
    addresses = ["/", "/world/", "/tag/rain-in-the-north", "/world/rain-returns-to-the-north"]
    urls = "".join(f"<url><loc>https://news.example{path}</loc></url>" for path in addresses)
    found = read(f"<urlset {NAMESPACES}>{urls}</urlset>")
    assert [link.url for link in found.links] == ["https://news.example/world/rain-returns-to-the-north"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(NEWS.replace("&amp;", "&"), id="bare-ampersand"),
        pytest.param(NEWS.replace(NAMESPACES, NAMESPACES.replace("sitemaps.org", "google.com")), id="other-namespace"),
        pytest.param(NEWS.replace("</urlset>", ""), id="cut-off"),
        pytest.param("\n\n" + NEWS, id="blank-lines-first"),
        pytest.param("\ufeff" + NEWS, id="byte-order-mark"),
    ],
)
def test_mistakes(content: str) -> None:
    assert [link.url for link in read(content).links] == ["https://news.example/world/rain-returns"]


def test_a_list_of_addresses() -> None:
    found = read("https://news.example/a/rain-in-the-north-1\r\nhttps://news.example/a/rain-in-the-north-2\nnonsense\n")
    assert [link.url[-1] for link in found.links] == ["2", "1"]


def test_a_feed_serves_as_a_sitemap() -> None:
    found = read('<rss version="2.0"><channel><item><link>https://news.example/a</link></item></channel></rss>')
    assert [link.url for link in found.links] == ["https://news.example/a"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"", ParseError, id="empty"),
        pytest.param(b"nothing", ParseError, id="text"),
        pytest.param(b"<html><body>Sign in</body></html>", ParseError, id="html"),
        pytest.param(
            b'<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>', ParseError, id="entities"
        ),
        pytest.param(gzip.compress(NEWS.encode())[:-20], FetchError, id="gzip-cut-off"),
        pytest.param(b"\x1f\x8b nonsense", FetchError, id="gzip-broken"),
    ],
)
def test_what_is_no_sitemap(content: bytes, error: type[CrawlError]) -> None:
    with pytest.raises(error):
        read(content)


def test_an_empty_sitemap_is_one() -> None:
    assert read(f"<urlset {NAMESPACES}/>") == Sitemap()


def flood(size: int) -> bytes:
    urls = "".join(
        f"<url><loc>https://news.example/world/rain-returns-{n}</loc><lastmod>2024-05-{1 + n % 10:02}</lastmod></url>"
        for n in range(size)
    )
    return f"<urlset {NAMESPACES}>{urls}</urlset>".encode()


def test_a_flood_leaves_the_newest_first_and_never_stands_in_memory() -> None:
    content = gzip.compress(flood(20_000))
    tracemalloc.start()
    try:
        found = read(content, limit=100)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.links) == 100
    assert {link.modified_at for link in found.links} == {at("2024-05-10 00:00")}
    assert [link.url for link in found.links][:2] == [
        "https://news.example/world/rain-returns-9",
        "https://news.example/world/rain-returns-19",
    ]
    assert peak < 12_000_000


@given(st.binary(max_size=300))
def test_any_bytes_are_a_sitemap_or_an_error(content: bytes) -> None:
    with suppress(CrawlError):
        read(content)


@given(st.data(), st.sampled_from([NEWS, INDEX]))
def test_damaged_sitemaps_are_read_or_refused(data: st.DataObject, text: str) -> None:
    content = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position : position + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=10))
    try:
        found = read(bytes(content))
    except CrawlError:
        return
    assert all(link.url.startswith("http") for link in found.links)
