"""Are sitemaps of every kind read, and floods bounded?"""

import gzip
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.sitemap_index import ChildSitemap, parts_worth_reading
from crawler.discovery.sitemaps import Sitemap, read_sitemap
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


RAIN = "https://news.example/world/rain-returns-to-the-north"


def entry(address: str, more: str = "") -> str:
    return f"<url><loc>{address}</loc>{more}</url>"


CAPTION = (
    "<image:image><image:loc>https://img.example/1.jpg</image:loc><image:caption>A man.</image:caption></image:image>"
)


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        pytest.param(f"<urlset>{entry(RAIN)}</urlset>", [""], id="no-namespace"),
        pytest.param(f'<s:urlset xmlns:s="x"><s:url><s:loc>{RAIN}</s:loc></s:url></s:urlset>', [""], id="prefixed"),
        pytest.param(f"<URLSET><URL><LOC>{RAIN}</LOC></URL></URLSET>", [""], id="upper-case"),
        pytest.param(f"<urlset>{entry(f'{chr(10)}  {RAIN}{chr(9)}{chr(10)}')}</urlset>", [""], id="blanks-in-loc"),
        pytest.param(f"<urlset>{entry(f'<![CDATA[{RAIN}?a=1&b=2]]>')}</urlset>", ["?a=1&b=2"], id="cdata"),
        pytest.param(f"<urlset>{entry(RAIN + '?a=1&b=2&copy=3')}</urlset>", ["?a=1&b=2&copy=3"], id="bare-ampersands"),
        pytest.param(f"<urlset>{entry(RAIN + '?a=1&amp;b=2')}</urlset>", ["?a=1&b=2"], id="ampersands"),
        pytest.param(f"<urlset>{entry(RAIN, '<t>&eacute;</t>')}</urlset>", [""], id="entities-of-html"),
        pytest.param("<urlset><url><loc>/world/rain-returns-to-the-north</loc></url></urlset>", [""], id="relative"),
        pytest.param(f"<urlset>{entry(RAIN[6:])}</urlset>", [""], id="protocol-relative"),
        pytest.param(f"<urlset>{entry(RAIN + '-1')}{entry(RAIN + '-2')}<url><loc>{RAIN}", ["-1", "-2"], id="cut"),
        pytest.param(
            f"<urlset>{entry(RAIN + '-1')}<url><loc>{RAIN}-2</loc><lastmod>202", ["-1"], id="cut-behind-loc"
        ),
        pytest.param(
            f"<urlset>{entry(RAIN + '-1')}<url><loc>{RAIN}-2</lastmod></url>{entry(RAIN + '-3')}</urlset>",
            ["-1", "-2", "-3"],
            id="tags-that-do-not-match",
        ),
        pytest.param(
            f"<urlset><url><loc>{RAIN}-1</loc><url><loc>{RAIN}-2</loc></url></urlset>", ["-1", "-2"], id="not-closed"
        ),
        pytest.param(f"<urlset><!-- {entry(RAIN + '-1')} -->{entry(RAIN + '-2')}</urlset>", ["-2"], id="comment"),
        pytest.param(f"<b>Warning</b>: x on line 3<br />\n<?xml version='1.0'?><urlset>{entry(RAIN)}</urlset>", [""],
                     id="php-warning"),
        pytest.param(f"<urlset>{entry(RAIN + '-1')}</urlset><?xml version='1.0'?><urlset>{entry(RAIN + '-2')}",
                     ["-1", "-2"], id="two-documents"),
        pytest.param(f"<?xml encoding='UTF-16' version='1.0'?><urlset>{entry(RAIN)}", [""], id="wrong-charset"),
        pytest.param(f"<urlset>{entry(RAIN)}</urlset>".encode("utf-16"), [""], id="utf-16"),
        pytest.param(f"<urlset>{entry(RAIN + '-café')}</urlset>".encode("latin-1"), ["-café"], id="latin-1"),
        pytest.param(f"<urlset>{entry(RAIN + chr(11))}</urlset>", [""], id="control-character"),
        pytest.param(f"<!DOCTYPE urlset SYSTEM 'x.dtd'><urlset>{entry(RAIN)}</urlset>", [""], id="doctype"),
        pytest.param(f"<urlset>{entry('')}{entry('javascript:x')}{entry(RAIN)}</urlset>", [""], id="no-addresses"),
        pytest.param(f"<urlset>{entry('https://cdn.example/world/rain-in-the-north-9')}</urlset>", None, id="foreign"),
        pytest.param(f"# made today\n\n{RAIN}\n{RAIN}-2\nno address\n", ["-2", ""], id="list-with-comments"),
        pytest.param(f"\ufeff{RAIN}\r\n{RAIN}-2", ["-2", ""], id="list-with-mark"),
        pytest.param(gzip.compress(f"{RAIN}\n".encode()), [""], id="zipped-list"),
    ],
)  # fmt: skip
def test_whole_entries_whatever_is_around_them(content: bytes | str, ends: list[str] | None) -> None:
    addresses = [link.url for link in read(content).links]
    assert addresses == (
        ["https://cdn.example/world/rain-in-the-north-9"] if ends is None else [RAIN + e for e in ends]
    )


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(CAPTION, id="namespace-not-declared"),
        pytest.param(
            CAPTION.replace("image:image>", 'image:image xmlns:image="http://www.google.com/x">', 1), id="other"
        ),
    ],
)
def test_extensions_in_any_namespace(more: str) -> None:
    date = "<news:publication_date>2024-05-12</news:publication_date>"
    news = f"<news:news><news:title>Rain & wind</news:title>{date}</news:news>"
    (link,) = read(f"<urlset>{entry(RAIN, news + more)}</urlset>").links
    assert (link.title, link.published_at) == ("Rain & wind", at("2024-05-12 00:00"))
    assert link.captions == (Caption(text="A man.", image_url="https://img.example/1.jpg"),)


def test_entries_that_cross_the_parts_in_which_a_file_is_read() -> None:
    padding = f"<changefreq>{'x' * 30_000}</changefreq>"
    urls = "".join(entry(f"{RAIN}-{n}", padding) for n in range(20))
    found = read(f"<urlset><!-- {entry(RAIN)} {'>' * 200_000} -->{urls}</urlset>", limit=100)
    assert [link.url for link in found.links] == [f"{RAIN}-{n}" for n in range(20)]


@pytest.mark.parametrize(
    ("others", "word", "kept"),
    [
        pytest.param(["/rain-returns-north.html", "/wind-over-the-south.html"], "/flood.html", True, id="page"),
        pytest.param(["/posts/rain-returns-north/", "/posts/wind-over-south/"], "/posts/flood/", True, id="folder"),
        pytest.param(["/world/rain-returns-north", "/harbour/wind-over-south"], "/harbour/", False, id="has-pages"),
        pytest.param(["/world/rain-returns-north", "/a/wind-over-the-south"], "/sport/", False, id="name-of-a-section"),
        pytest.param(["/world/rain-returns-north", "/a/wind-over-the-south"], "/tags/flood/", False, id="tag"),
        pytest.param([], "/flood.html", False, id="alone"),
    ],
)
def test_an_address_of_one_word_may_be_a_story(others: list[str], word: str, kept: bool) -> None:
    urls = "".join(entry(f"https://news.example{path}") for path in [word, *others])
    found = [link.url.removeprefix("https://news.example") for link in read(f"<urlset>{urls}</urlset>").links]
    assert found == others + [word] * kept


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(
            {
                "posts-post-1": None,
                "posts-post-2": None,
                "posts-page-1": None,
                "taxonomies-post_tag-1": None,
                "users-1": None,
            },
            ["posts-post-2", "posts-post-1", "posts-page-1"],
            id="posts-before-pages-never-tags",
        ),
        pytest.param(
            {"post-sitemap": "2024-05-01", "page-sitemap": "2024-05-12", "author-sitemap": "2024-05-12"},
            ["post-sitemap", "page-sitemap"],
            id="a-fresher-page-hides-no-posts",
        ),
        pytest.param({"post-1": "2024-01-01", "post-2": "2024-05-12"}, ["post-2"], id="old-parts"),
        pytest.param({"part-1": "2024-05-12", "part-2": None}, ["part-1", "part-2"], id="undated-among-dated"),
        pytest.param({"video-1": None, "tag-1": None}, ["tag-1", "video-1"], id="nothing-but-lists"),
    ],
)
def test_parts_of_an_index(parts: dict[str, str | None], expected: list[str]) -> None:
    children = [
        ChildSitemap(f"https://news.example/{n}.xml", at(f"{d} 00:00") if d else None) for n, d in parts.items()
    ]
    assert [part.url[21:-4] for part in parts_worth_reading(children)] == expected


def test_all_ages_in_the_first_run() -> None:
    children = [ChildSitemap(f"https://news.example/{year}.xml", at(f"{year}-01-01 00:00")) for year in (2022, 2024)]
    assert len(parts_worth_reading(children)) == 1
    assert len(parts_worth_reading(children, all_ages=True)) == 2


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
