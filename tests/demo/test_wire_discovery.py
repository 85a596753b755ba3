"""Is every story announced where its source announces stories, faults included?"""

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
import requests
from bs4 import BeautifulSoup

from demo.wire import DemoWire


def source_named(wire: DemoWire, name: str) -> dict[str, Any]:
    return next(source for source in wire.sources() if source["name"] == name)


def urls_of(wire: DemoWire, name: str) -> set[str]:
    return {story.url for story in wire.published() if story.source == name and story.status == "live"}


def without_query(url: str) -> str:
    return url.partition("?")[0]


def rss_links(content: bytes, _: str, __: requests.Session) -> list[str]:
    return [entry.link for entry in feedparser.parse(content).entries]


def json_links(content: bytes, _: str, __: requests.Session) -> list[str]:
    return [item["url"].removesuffix("/amp") for item in json.loads(content)["items"]]


def front_links(content: bytes, base: str, _: requests.Session) -> list[str]:
    return [urljoin(base, str(link["href"])) for link in BeautifulSoup(content, "lxml").select("h2 a")]


def sitemap_links(content: bytes, _: str, session: requests.Session) -> list[str]:
    links = []
    for sitemap in BeautifulSoup(content, "xml").select("sitemap > loc"):
        packed = session.get(sitemap.text, timeout=60).content
        links += [loc.text for loc in BeautifulSoup(gzip.decompress(packed), "xml").select("url > loc")]
    return links


@pytest.mark.parametrize(
    ("name", "kind", "find_links"),
    [
        pytest.param("continental", "feeds", rss_links, id="RSS with a stray ampersand"),
        pytest.param("meridian", "feeds", rss_links, id="Atom with tracking parameters"),
        pytest.param("harbour", "feeds", json_links, id="JSON Feed with AMP twins"),
        pytest.param("elbkurier", "fronts", front_links, id="front page"),
        pytest.param("northwire", "sitemaps", sitemap_links, id="sitemap index, gzip"),
    ],
)
def test_every_story_is_announced(
    wire: DemoWire,
    session: requests.Session,
    name: str,
    kind: str,
    find_links: Callable[[bytes, str, requests.Session], list[str]],
) -> None:
    address = source_named(wire, name)[kind][0]
    links = find_links(session.get(address, timeout=60).content, address, session)
    assert urls_of(wire, name) <= {without_query(link) for link in links}


def test_the_broken_feed_is_no_xml_and_still_complete(wire: DemoWire, session: requests.Session) -> None:
    address = source_named(wire, "continental")["feeds"][0]
    feed = feedparser.parse(session.get(address, timeout=60).content)
    assert feed.bozo
    truth = {story.url: story for story in wire.published()}
    dated = [entry for entry in feed.entries if entry.link in truth]
    assert [entry.title for entry in dated] == [truth[entry.link].headline for entry in dated]
    assert [entry.published_parsed[:5] for entry in dated] == [
        truth[entry.link].published_at.timetuple()[:5] for entry in dated
    ]


def test_the_feed_names_a_page_that_is_no_story(wire: DemoWire, session: requests.Session) -> None:
    address = source_named(wire, "continental")["feeds"][0]
    links = rss_links(session.get(address, timeout=60).content, "", session)
    section = next(link for link in links if link.endswith("/section/africa.html"))
    page = session.get(section, timeout=60)
    assert page.status_code == 200
    assert BeautifulSoup(page.content, "lxml").select_one(".articleBody") is None


def test_a_guid_leads_to_its_story(wire: DemoWire, session: requests.Session) -> None:
    address = source_named(wire, "continental")["feeds"][0]
    entry = feedparser.parse(session.get(address, timeout=60).content).entries[0]
    assert session.get(entry.id, timeout=60).url == entry.link


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param("harbour", "/archives/1002003/third-container-berth", id="in a feed"),
        pytest.param("elbkurier", "/wirtschaft/stadtwerke-zahlen-4410972.html", id="on a front page"),
        pytest.param("northwire", "/article/00c0ffee0badcafe", id="in a sitemap"),
    ],
)
def test_a_page_that_is_announced_is_gone(wire: DemoWire, session: requests.Session, name: str, path: str) -> None:
    source = source_named(wire, name)
    address = next(source[kind][0] for kind in ("feeds", "fronts", "sitemaps") if kind in source)
    content = session.get(address, timeout=60).content
    found = [*json_links(content, "", session)] if name == "harbour" else None
    if name == "elbkurier":
        found = front_links(content, address, session)
    if name == "northwire":
        found = sitemap_links(content, "", session)
    url = urljoin(address, path)
    assert found is not None
    assert url in found
    assert session.get(url, timeout=60).status_code == 404


@pytest.mark.parametrize("name", ["meridian", "elbkurier"])
def test_links_lead_where_robots_may_not_go(wire: DemoWire, session: requests.Session, name: str) -> None:
    source = source_named(wire, name)
    address = (source.get("feeds") or source.get("fronts"))[0]
    private = [url for url in wire.disallowed() if url.startswith(urljoin(address, "/"))]
    listing = session.get(address, timeout=60).text
    assert len(private) == 1
    assert urlsplit(private[0]).path in listing
    assert "Disallow: /private/" in session.get(urljoin(address, "/robots.txt"), timeout=60).text
    assert private[0] not in {story.url for story in wire.published()}


def test_robots_txt_of_the_five_hosts(wire: DemoWire, session: requests.Session) -> None:
    answers = {}
    for source in wire.sources():
        address = next(source[kind][0] for kind in ("feeds", "fronts", "sitemaps") if kind in source)
        answers[source["name"]] = session.get(urljoin(address, "/robots.txt"), timeout=60)
    assert answers["harbour"].status_code == 404
    assert "Crawl-delay: 1" in answers["elbkurier"].text
    assert f"Sitemap: {source_named(wire, 'northwire')['sitemaps'][0]}" in answers["northwire"].text


def test_a_correction_shows_in_the_feed(wire: DemoWire, session: requests.Session) -> None:
    for name in ("continental", "meridian"):
        story = next(story for story in wire.published() if story.source == name)
        wire.correct(story.url)
        feed = feedparser.parse(session.get(source_named(wire, name)["feeds"][0], timeout=60).content)
        entry = next(entry for entry in feed.entries if without_query(entry.link) == story.url)
        assert entry.updated_parsed[:6] == (2026, 3, 10, 12, 0, 30)
