"""Is every charset read wherever documents come in: saved pages, pages that a server sends, feeds, sitemaps, fronts?"""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import CrawlerConfig
from crawler.discovery.feeds import read_feed
from crawler.discovery.front_pages import read_front
from crawler.discovery.sitemaps import read_sitemap
from crawler.extraction import parse
from crawler.http.fetcher import Fetcher
from crawler.http.host_pacing import HostPacing
from crawler.http.local_paces import LocalPaces
from crawler.http.robots import Robots
from ingest.readers.file_kinds import kind_by_content
from ingest.readers.saved_pages import stated_address
from model.page import NO_ADDRESS, Link, Page
from tests.crawler.discovery.endpoint_pages import SOURCE, endpoint_page
from tests.crawler.fault_server import FaultServer
from tests.crawler.http.fetchers import fetcher_of
from tests.text.charset_texts import TEXTS, WrittenText, written

NOW = datetime(2024, 5, 12, tzinfo=UTC)
STORY = (
    '<!doctype html><html lang="{language}"><head>{meta}<title>{headline}</title>'
    '<link rel="canonical" href="https://news.example/2024/05/12/story-7"></head><body><nav><a href="/">Home</a></nav>'
    "<article><h1>{headline}</h1><p>{paragraph}</p><p>{paragraph}</p></article></body></html>"
)
FEED = (
    "<?xml version='1.0'{declared}?><rss version='2.0'><channel><title>{headline}</title>"
    "<language>{language}</language>"
    "<item><title>{headline}</title><link>https://news.example/7</link><description>{paragraph}</description></item>"
    "</channel></rss>"
)
SITEMAP = (
    "<?xml version='1.0'{declared}?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
    "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://news.example/2024/05/12/story-7</loc>"
    "<news:news><news:publication><news:language>{language}</news:language></news:publication>"
    "<news:title>{headline}. {paragraph}</news:title></news:news></url></urlset>"
)
CASES = [
    pytest.param(text, codec, declared, id=f"{text.name} {codec} {'declared' if declared else 'not declared'}")
    for text in TEXTS
    for codec in text.charsets
    for declared in (True, False)
]


@pytest.fixture(scope="module")
def fetcher() -> Iterator[Fetcher]:
    config = CrawlerConfig(allow_private_networks=["127.0.0.0/8"], obey_robots=False)
    clock = lambda: datetime.now(UTC)  # noqa: E731
    robots = Robots(config.user_agent, clock=clock, obey=False)
    made = fetcher_of(config, robots, HostPacing(0.0, LocalPaces(clock), clock=clock, jitter=lambda: 0.0), clock=clock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def _filled(template: str, text: WrittenText, codec: str, declared: bool) -> bytes:
    label = text.charsets.get(codec, codec)
    filled = template.format(
        language=text.language,
        meta=f'<meta charset="{label}">' if declared else "",
        declared=f" encoding='{label}'" if declared else "",
        headline=text.headline,
        paragraph=text.paragraph,
    )
    return written(filled, codec)


def _alike(one: str | None, other: str) -> bool:
    return unicodedata.normalize("NFC", one or "") == unicodedata.normalize("NFC", other)


def _saved(content: bytes) -> Page:
    return Page(
        link=Link(url=NO_ADDRESS, source="desk"), url=NO_ADDRESS, final_url=NO_ADDRESS, fetched_at=NOW, content=content
    )


@pytest.mark.parametrize(("text", "codec", "declared"), CASES)
def test_saved_pages(text: WrittenText, codec: str, declared: bool) -> None:
    story = parse(_saved(_filled(STORY, text, codec, declared)))
    assert _alike(story.headline, text.headline)
    assert all(_alike(paragraph, text.paragraph) for paragraph in story.body)


@pytest.mark.parametrize(("text", "codec", "declared"), CASES)
def test_pages_that_a_server_sends(
    server: FaultServer, fetcher: Fetcher, text: WrittenText, codec: str, declared: bool
) -> None:
    content = _filled(STORY, text, codec, declared=False)
    header = f"; charset={text.charsets[codec]}" if declared else ""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html{header}\r\nContent-Length: {len(content)}\r\n"
    server.routes["/story"] = f"{head}Connection: close\r\n\r\n".encode() + content
    page = fetcher.get(Link(url=server.url("/story"), source="desk"))
    assert isinstance(page, Page)
    assert _alike(parse(page).headline, text.headline)


@pytest.mark.parametrize(("text", "codec", "declared"), CASES)
def test_feeds(text: WrittenText, codec: str, declared: bool) -> None:
    (link,) = read_feed(endpoint_page(_filled(FEED, text, codec, declared)), SOURCE)
    assert _alike(link.title, text.headline)


@pytest.mark.parametrize(("text", "codec", "declared"), CASES)
def test_sitemaps(text: WrittenText, codec: str, declared: bool) -> None:
    (link,) = read_sitemap(endpoint_page(_filled(SITEMAP, text, codec, declared)), SOURCE).links
    assert link.title is not None
    assert _alike(link.title[: len(text.headline)], text.headline[: len(link.title)])


def test_front_pages_state_their_charset_in_a_meta_element() -> None:
    front = '<html><head><meta charset="windows-1250"></head><body>' + "".join(
        f'<h2><a href="/2024/05/12/story-{number}">Rząd przyjął ustawę o podwyżkach {number}</a></h2>'
        for number in "123"
    )
    links = read_front(endpoint_page(front.encode("cp1250"), "text/html"), SOURCE)
    assert [link.title for link in links] == [f"Rząd przyjął ustawę o podwyżkach {number}" for number in "123"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_saved_pages_in_every_form_of_unicode(codec: str, tmp_path: Path) -> None:
    text = TEXTS[0]
    content = _filled(STORY, text, codec, declared=False)
    saved = tmp_path / "page"
    saved.write_bytes(content)
    assert kind_by_content(saved) == "page"
    assert stated_address(content) == "https://news.example/2024/05/12/story-7"
    assert parse(_saved(content)).headline == text.headline


def test_characters_that_are_lost_are_told() -> None:
    text = TEXTS[0]
    content = _filled(STORY, text, "utf-8", declared=True)
    whole = parse(_saved(content))
    broken = parse(_saved(content.replace(b"Rhein", b"Rh\xffin")))
    assert "unreadable" not in "".join(whole.provenance.values())
    assert broken.provenance["body"] == f"{whole.provenance['body']}, unreadable characters"
    assert broken.provenance["headline"] == whole.provenance["headline"]
