"""Does one broken endpoint leave the others alone?"""

import gzip
from datetime import UTC, datetime

import pytest

from config import SourceConfig
from crawler.discovery import EndpointResult, discover, merge_links
from crawler.http.accepted_content import Accept
from crawler.http.fetcher import Fetcher, NotModified
from model.errors import FetchError, GoneError, ParseError, TooLargeError
from model.page import Link, Page
from model.story import Caption
from tests.crawler.discovery.endpoint_pages import at
from tests.crawler.fault_server import FaultServer, answer

XML = "application/xml"
HTML_STORY = "<h2><a href='/world/rain-{n}'>Rain returns for day {n}</a></h2>"


def feed(*paths: str) -> str:
    items = "".join(f"<item><link>{path}</link><title>t</title></item>" for path in paths)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def sitemap(*paths: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>{path}</loc></url>" for path in paths) + "</urlset>"


def index(**children: str | None) -> str:
    parts = (
        f"<sitemap><loc>/{name}.xml</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for name, day in children.items()
    )
    return f"<sitemapindex>{''.join(parts)}</sitemapindex>"


def xml(text: str, **headers: str) -> bytes:
    return answer(text.encode(), content_type=XML, **headers)


def results(fetcher: Fetcher, *, first: bool = False, **endpoints: tuple[str, ...]) -> list[EndpointResult]:
    return list(discover(SourceConfig(name="desk", **endpoints), fetcher.get, first=first))


def test_every_endpoint_is_fetched_and_none_stops_another(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes |= {
        "/feed": xml(feed("/a", "/b"), ETag='"1"', Last_Modified="Sun, 12 May 2024 10:00:00 GMT"),
        "/bomb": xml('<!DOCTYPE r [<!ENTITY a "b">]><rss/>'),
        "/reset": b"",
        "/huge": xml(" " * 200_000),
        "/map": answer(gzip.compress(sitemap("/world/rain-1").encode()), content_type="application/gzip"),
        "/front": answer("".join(HTML_STORY.format(n=n) for n in range(100001, 100004)).encode()),
    }
    found = results(
        fetcher,
        feeds=tuple(server.url(path) for path in ("/bomb", "/feed", "/reset", "/huge", "/gone")),
        sitemaps=(server.url("/map"),),
        fronts=(server.url("/front"),),
    )
    assert [(result.kind, len(result.links), type(result.error)) for result in found] == [
        ("feed", 0, ParseError),
        ("feed", 2, type(None)),
        ("feed", 0, FetchError),
        ("feed", 0, TooLargeError),
        ("feed", 0, GoneError),
        ("sitemap", 1, type(None)),
        ("front", 3, type(None)),
    ]
    assert (found[1].etag, found[1].last_modified) == ('"1"', "Sun, 12 May 2024 10:00:00 GMT")
    assert found[1].links[0].found_in == found[1].endpoint_url == server.url("/feed")


def test_what_has_not_changed_is_said_so(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes["/feed"] = answer(b"", "304 Not Modified", None)

    def get(link: Link, *, accept: Accept) -> Page | NotModified:
        return fetcher.get(link, etag='"1"', accept=accept)

    (result,) = discover(SourceConfig(name="desk", feeds=(server.url("/feed"),)), get)
    assert (result.not_modified, result.links, result.error) == (True, (), None)


def test_a_parsers_own_mistake_is_that_endpoints_failure() -> None:
    def get(link: Link, *, accept: Accept) -> Page | NotModified:
        raise RecursionError("too deep")

    (result,) = discover(SourceConfig(name="desk", feeds=("https://news.example/feed",)), get)
    assert isinstance(result.error, ParseError)
    assert "too deep" in str(result.error)


def test_an_index_leads_to_its_freshest_parts(fetcher: Fetcher, server: FaultServer) -> None:
    days = {f"part{day}": f"2024-05-{day:02}" for day in range(1, 13)}
    server.routes |= {f"/{name}.xml": xml(sitemap(f"/world/rain-{name}-of-may")) for name in days}
    server.routes["/index"] = xml(index(**days), ETag='"1"')
    found = results(fetcher, sitemaps=(server.url("/index"),))
    assert [result.endpoint_url.rpartition("/")[2] for result in found] == [
        "index",
        "part12.xml",
        "part11.xml",
        "part10.xml",
        "part9.xml",
    ]
    assert found[0].etag is None
    assert [len(result.links) for result in found] == [0, 1, 1, 1, 1]


def test_the_first_run_reads_older_parts_too(fetcher: Fetcher, server: FaultServer) -> None:
    days = {f"part{day}": f"2024-05-{day:02}" for day in (1, 12)}
    server.routes |= {f"/{name}.xml": xml(sitemap(f"/world/rain-{name}-of-may")) for name in days}
    server.routes["/index"] = xml(index(**days))
    assert len(results(fetcher, sitemaps=(server.url("/index"),))) == 2
    assert len(results(fetcher, first=True, sitemaps=(server.url("/index"),))) == 3


def test_undated_parts_with_news_in_their_name_come_first(fetcher: Fetcher, server: FaultServer) -> None:
    names = ("videos", "news_1", "sections", "articles_1", "articles_2", "articles_3", "articles_4")
    server.routes["/index"] = xml(index(**dict.fromkeys(names)))
    found = results(fetcher, sitemaps=(server.url("/index"),))
    assert [result.endpoint_url.rpartition("/")[2] for result in found][1:] == [
        "news_1.xml",
        "articles_4.xml",
        "articles_3.xml",
        "articles_2.xml",
        "articles_1.xml",
    ]


def test_an_index_that_names_itself_ends(fetcher: Fetcher, server: FaultServer) -> None:
    server.routes |= {
        "/index.xml": xml(index(index=None, other=None)),
        "/other.xml": xml(index(index=None, third=None)),
    }
    found = results(fetcher, sitemaps=(server.url("/index.xml"),))
    assert [result.endpoint_url.rpartition("/")[2] for result in found] == ["index.xml", "other.xml", "third.xml"]


def test_links_of_several_endpoints_become_one_with_all_evidence() -> None:
    first = Link(url="https://www.news.example/rain?utm_source=rss", source="desk", kind="feed", publisher_id="7")
    second = Link(
        url="http://news.example/rain/amp",
        source="desk",
        kind="sitemap",
        publisher_id="other",
        published_at=at("2024-05-12 09:00"),
        captions=(Caption(text="A man walks."),),
    )
    (merged, other) = merge_links([first, second, Link(url="https://news.example/wind", source="desk")])
    assert merged == first.model_copy(update={"published_at": second.published_at, "captions": second.captions})
    assert other.url == "https://news.example/wind"


AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORY = "https://news.example/rain"


def told(url: str, found_in: str, title: str | None = "Rain", at: datetime | None = AT) -> Link:
    return Link(url=url, source="desk", found_in=f"https://news.example/{found_in}", title=title, published_at=at)


@pytest.mark.parametrize(
    ("one", "other", "urls"),
    [
        pytest.param(told(STORY, "f"), told(f"{STORY}/", "s"), [STORY], id="slash-title-date"),
        pytest.param(told(f"{STORY}?cmp=rss", "f"), told(STORY, "s"), [STORY], id="bare-of-two-endpoints"),
        pytest.param(told(STORY, "f"), told(f"{STORY}?cmp=rss", "s"), [STORY], id="bare-first"),
        pytest.param(told(STORY, "f"), told("http://news.example/rain", "s", None, None), [STORY], id="scheme"),
        pytest.param(told(STORY, "f"), told("https://m.news.example/rain", "s", None), [STORY], id="mobile-host"),
        pytest.param(told(STORY, "f"), told(f"{STORY}/amp", "f", "Another"), [STORY], id="amp"),
        pytest.param(told(STORY, "f"), told(f"{STORY}/", "s", None), [STORY, f"{STORY}/"], id="no-title"),
        pytest.param(told(STORY, "f"), told(f"{STORY}/", "s", at=None), [STORY, f"{STORY}/"], id="no-date"),
        pytest.param(told(STORY, "f"), told(f"{STORY}/", "s", "Wind"), [STORY, f"{STORY}/"], id="another-title"),
        pytest.param(told(STORY, "f"), told(f"{STORY}/", "f"), [STORY, f"{STORY}/"], id="one-endpoint"),
        pytest.param(
            told(f"{STORY}?feature=1", "f"),
            told(f"{STORY}?feature=2", "s"),
            [f"{STORY}?feature=1", f"{STORY}?feature=2"],
            id="two-parameters",
        ),
        pytest.param(told(STORY, "f"), told(f"{STORY}?id=7", "s"), [STORY, f"{STORY}?id=7"], id="a-meaningful-one"),
        pytest.param(
            told(f"{STORY}/", "f"),
            told(f"{STORY}/index.html", "s", None),
            [f"{STORY}/", f"{STORY}/index.html"],
            id="index-page",
        ),
    ],
)
def test_links_are_one_where_their_endpoints_say_so(one: Link, other: Link, urls: list[str]) -> None:
    assert [link.url for link in merge_links([one, other])] == urls
