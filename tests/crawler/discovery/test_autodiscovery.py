"""Are the endpoints of every kind of site found, with few requests, and is what was passed over told?"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crawler.discovery import FoundEndpoints, find_endpoints
from crawler.http.fetcher import Fetcher
from model.errors import GoneError, ParseError, RefusedError
from tests.crawler.discovery.site_kinds import SITES, Served, home, link, rss, story, urlset
from tests.crawler.fault_server import FaultServer


@pytest.fixture
def other() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def find(fetcher: Fetcher, url: str) -> FoundEndpoints:
    return find_endpoints(url, fetcher.get, lambda page_url: fetcher.robots_rules(page_url).sitemaps)


def serve(server: FaultServer, other: FaultServer, pages: dict[str, Served]) -> None:
    base, foreign = server.url(""), other.url("")
    server.routes |= {path: page.bytes_for(base, foreign) for path, page in pages.items()}


@pytest.mark.parametrize("name", SITES)
def test_what_is_found(fetcher: Fetcher, server: FaultServer, other: FaultServer, name: str) -> None:
    kind = SITES[name]
    base, foreign = server.url(""), other.url("")
    serve(server, other, kind.pages)
    other.routes |= {path: page.bytes_for(base, foreign) for path, page in kind.others.items()}

    def whole(path: str) -> str:
        return path.replace("{other}", foreign) if path.startswith("{other}") else base + path

    found = find(fetcher, whole(kind.given))
    assert (found.feeds, found.sitemaps, found.fronts) == (
        tuple(map(whole, kind.feeds)),
        tuple(map(whole, kind.sitemaps)),
        tuple(map(whole, kind.fronts)),
    )
    reasons = {rejected.url: rejected.reason for rejected in found.rejected}
    assert {path: words for path, words in kind.told.items() if words not in reasons.get(whole(path), "")} == {}
    assert len(server.log) + len(other.log) - ("/robots.txt" in other.paths()) <= kind.most
    assert len(set(server.paths())) == len(server.log)
    assert not set(reasons) & {endpoint.url for endpoint in found.endpoints}


def test_at_least_thirty_kinds_of_site() -> None:
    assert len(SITES) >= 30


def test_what_is_known_of_what_was_found(fetcher: Fetcher, server: FaultServer, other: FaultServer) -> None:
    feed = rss(story(1), story(2), language="de-AT", day="Sun, 12 May 2024 10:00:00 GMT")
    pages = {"/": home(link("/f"), attributes="").bytes_for("", ""), "/f": feed.bytes_for("", "")}
    server.routes |= pages
    found = find(fetcher, server.url("/"))
    assert (found.title, found.language) == ("T", "de")
    (endpoint,) = found.endpoints
    assert (endpoint.kind, len(endpoint.pages), endpoint.title) == ("feed", 2, "The Desk")
    assert endpoint.newest_at == datetime(2024, 5, 12, 10, tzinfo=UTC)
    alone = find(fetcher, server.url("/f"))
    assert (alone.title, alone.language, alone.feeds) == ("The Desk", "de", (server.url("/f"),))


def test_requests_are_bounded_whatever_a_page_names(fetcher: Fetcher, server: FaultServer, other: FaultServer) -> None:
    lines = "\n".join(f"Sitemap: {{base}}/sitemap-{n}.xml" for n in range(500))
    links = "".join(link(f"/rss/{n}.xml") for n in range(500))
    anchors = "".join(f"<a href='/atom/{n}.xml'>RSS</a>" for n in range(500))
    serve(server, other, {"/": home(links, anchors), "/robots.txt": Served(lines, "text/plain")})
    found = find(fetcher, server.url("/"))
    assert not found
    assert len(server.log) <= 92
    assert len(found.rejected) > 1000


def test_a_private_sitemap_is_never_asked_for(fetcher: Fetcher, server: FaultServer, other: FaultServer) -> None:
    pages = {
        "/": home(link("/f")),
        "/f": rss(story(1)),
        "/robots.txt": Served("Sitemap: http://169.254.169.254/sitemap.xml\nSitemap: {base}/map.xml", "text/plain"),
        "/map.xml": urlset(story(1), story(2)),
    }
    serve(server, other, pages)
    found = find(fetcher, server.url("/"))
    assert found.sitemaps == (server.url("/map.xml"),)
    reasons = {rejected.url: rejected.reason for rejected in found.rejected}
    assert "169.254.169.254" in reasons["http://169.254.169.254/sitemap.xml"]


def test_a_home_page_that_cannot_be_had(fetcher: Fetcher, server: FaultServer) -> None:
    with pytest.raises(GoneError):
        find(fetcher, server.url("/"))


@pytest.mark.parametrize("url", ["ftp://example.org/", "no address", "http://user:secret@127.0.0.1/"])
def test_what_is_no_address(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(RefusedError):
        find(fetcher, url)


def test_a_list_of_many_publishers_is_no_source(fetcher: Fetcher, server: FaultServer) -> None:
    outlines = "".join(f'<outline text="x" xmlUrl="https://site{n}.example/feed"/>' for n in range(3))
    text = f'<opml version="1.0"><body>{outlines}</body></opml>'
    server.routes["/list.opml"] = Served(text, "text/xml").bytes_for("", "")
    with pytest.raises(ParseError, match="sources import"):
        find(fetcher, server.url("/list.opml"))
