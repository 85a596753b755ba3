"""The pages: what they show, escaped, and with nothing from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from bs4 import BeautifulSoup
from lxml import etree

PAGES = ["/", "/search?q=harbour", "/search?q=xyzzy", "/search", "/sources", "/help", "/docs"]
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def page(client: httpx.Client) -> Callable[[str], BeautifulSoup]:
    def read(path: str) -> BeautifulSoup:
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == 200
        return BeautifulSoup(response.text, "lxml")

    return read


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_no_other_host_and_hold_no_inline_script(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    soup = BeautifulSoup(response.text, "lxml")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    for element in soup.select("script, link[rel=stylesheet], img, iframe"):
        assert (element.get("src") or element.get("href") or "").startswith("/static/")
    assert not any(script.get_text() for script in soup.select("script"))
    assert not soup.select("style, [style], [onclick], [onload]")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_ours_answers(client: httpx.Client, path: str) -> None:
    soup = BeautifulSoup(client.get(path).text, "lxml")
    links = {a["href"] for a in soup.select("a[href], link[href], script[src]") if a.get("href", "").startswith("/")}
    assert links
    for link in sorted(links):
        assert client.get(link, follow_redirects=True).status_code == 200, link


def test_first_page(page: Callable[[str], BeautifulSoup], desk: Any) -> None:
    soup = page("/")
    assert soup.select_one("input#q") is not None
    assert soup.select_one("label[for=q]") is not None
    assert "33 stories" in " ".join(soup.select_one(".tally").get_text().split())
    assert f"/story/{desk.ids['bridge']}" in [a["href"] for a in soup.select(".latest h2 a")]


def test_results(page: Callable[[str], BeautifulSoup]) -> None:
    soup = page("/search?q=%22last+rivet%22")
    hit = soup.select_one(".hit")
    assert hit.select_one("h2").get_text() == "Old harbour bridge reopens after repairs"
    assert hit.select_one(".where").get_text() == "Caption · AP Photo/Lena Fors"
    assert hit.select_one(".snippet mark").get_text() == "last rivet"
    assert soup.select_one("input#q")["value"] == '"last rivet"'
    assert soup.select_one("link[type='application/atom+xml']")["href"] == "/feed.atom?q=%22last+rivet%22"


def test_facets_and_chips_turn_filters_on_and_off(page: Callable[[str], BeautifulSoup]) -> None:
    soup = page("/search?q=harbour")
    log = next(a for a in soup.select(".facet a") if a.select_one(".value").get_text() == "log")
    narrowed = page(log["href"])
    assert narrowed.select_one(".tally-line h1 strong").get_text() == "25"
    assert narrowed.select_one(".facet a[aria-current]").select_one(".value").get_text() == "log"
    assert page(narrowed.select_one(".chips a")["href"]).select_one(".tally-line h1 strong").get_text() == "28"


def test_the_histogram_narrows_to_a_bar(page: Callable[[str], BeautifulSoup]) -> None:
    bars = page("/search?q=harbour").select(".histogram a")
    assert bars[-1]["aria-label"] == "Jan 2013: 2 stories"
    assert page(bars[-1]["href"]).select_one(".tally-line h1 strong").get_text() == "2"


def test_pages_turn(page: Callable[[str], BeautifulSoup]) -> None:
    first = page("/search?q=harbour")
    second = page(first.select_one("a[rel=next]")["href"])
    third = page(second.select_one("a[rel=next]")["href"])
    assert [len(soup.select(".hit")) for soup in (first, second, third)] == [10, 10, 8]
    assert third.select_one("a[rel=next]") is None
    assert page(third.select_one("a[rel=prev]")["href"]).select(".hit")[0] == second.select(".hit")[0]


def test_a_query_read_otherwise_and_a_suggestion_are_told(page: Callable[[str], BeautifulSoup]) -> None:
    notes = [note.get_text() for note in page("/search?q=(lighthuose").select(".note")]
    assert "parenthesis" in notes[0]
    assert "lighthouse" in notes[1]


def test_story(page: Callable[[str], BeautifulSoup], desk: Any) -> None:
    soup = page(f"/story/{desk.ids['bridge']}")
    assert soup.select_one("h1").get_text() == "Old harbour bridge reopens after repairs"
    assert soup.select_one(".byline").get_text(" ", strip=True) == "By Nora Whitfield , Idris Okoro AP Reuters"
    assert soup.select_one(".dateline").get_text() == "PORT ELLEN, Scotland"
    assert soup.select_one(".captions .label").get_text() == "Night shift"
    assert soup.select_one(".captions .image a")["href"] == "https://pictures.example/rivet.jpg"
    assert soup.select_one("article")["lang"] == "en"
    assert soup.select_one("details.provenance") is not None


def test_versions_with_their_words(page: Callable[[str], BeautifulSoup], desk: Any) -> None:
    soup = page(f"/story/{desk.ids['strike']}")
    assert [badge.get_text() for badge in soup.select(".version .badge")] == ["version 2", "version 1"]
    assert "Monday" in [gone.get_text() for gone in soup.select("del")]
    assert "Tuesday" in [new.get_text() for new in soup.select("ins")]


def test_pages_answer_head(client: httpx.Client, desk: Any) -> None:
    for path in ("/", "/search?q=ferry", f"/story/{desk.ids['strike']}"):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_more_like_this(page: Callable[[str], BeautifulSoup], desk: Any) -> None:
    links = [a["href"] for a in page(f"/story/{desk.ids['log-03']}").select(".similar h2 a")]
    assert len(links) == 6
    assert f"/story/{desk.ids['log-03']}" not in links


def test_a_withdrawn_story_says_so(page: Callable[[str], BeautifulSoup], desk: Any) -> None:
    assert "Withdrawn" in page(f"/story/{desk.ids['withdrawn']}").select_one(".notice.alarm").get_text()


def test_a_story_that_may_be_none_says_so_and_why(page: Callable[[str], BeautifulSoup], desk: Any) -> None:
    badge = page("/search?q=tide").select_one(".hit .badge")
    why = "looks like a list of stories; the chance that it is one is put at 12 %"
    assert (badge.get_text(), badge["title"]) == ("may not be a story", why)
    soup = page(f"/story/{desk.ids['undated']}")
    assert soup.select_one(".notice").get_text() == f"This may not be a story: {why}. See how it was read"
    facts = soup.select_one("#reading[open]").get_text(" ", strip=True)
    assert "Story looks like a list of stories 12 % sure" in facts
    assert "Headline h1 90 % sure Body article" in facts
    assert page("/search?q=diary").select(".hit .badge") == []
    assert page(f"/story/{desk.ids['lighthouse']}").select(".notice, #reading[open]") == []


def test_sources_count_what_may_be_no_story(page: Callable[[str], BeautifulSoup]) -> None:
    herald, courier = page("/sources").select("tbody tr")
    link = herald.select_one("td a")
    assert (link["href"], link.get_text()) == ("/search?q=is%3Auncertain&source=herald", "1")
    assert courier.select("td")[1].get_text() == "–"


def test_sources(page: Callable[[str], BeautifulSoup]) -> None:
    rows = [row.get_text(" ", strip=True) for row in page("/sources").select("tbody tr")]
    assert "well" in rows[0]
    assert "DNS: no such host <courier.example>" in rows[1]


@pytest.mark.parametrize("path", ["/search?q=kraken", "/story/{hostile}", "/search?q=<script>alert(1)</script>", "/"])
def test_scripts_in_stories_are_text(client: httpx.Client, desk: Any, path: str) -> None:
    response = client.get(path.replace("{hostile}", desk.ids["hostile"]))
    assert re.findall(r"<script(?! src=\"/static/)", response.text) == []
    assert "&lt;script&gt;" in response.text


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/story/unknown", 404), ("/search?page=0", 400), ("/search?after=x", 400)]
)
def test_mistakes_are_pages_for_people(client: httpx.Client, path: str, status: int) -> None:
    response = client.get(path, headers={"Accept": "text/html,*/*"})
    assert response.status_code == status
    assert BeautifulSoup(response.text, "lxml").select_one("h1") is not None
    assert "error" in client.get(path, headers={"Accept": "application/json"}).json()


def test_feed(client: httpx.Client, desk: Any) -> None:
    response = client.get("/feed.atom", params={"q": "ferries \x01 OR kraken"})
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"a:{name}", namespaces=ATOM)
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [
        f"urn:wiredesk:story:{desk.ids[key]}" for key in ("bridge", "strike", "hostile")
    ]
    assert entries[0].findtext("a:updated", namespaces=ATOM) == "2013-01-19T12:00:00Z"
    link = entries[0].find("a:link[@rel='alternate']", ATOM)
    assert link is not None
    assert client.get(link.attrib["href"]).status_code == 200


@pytest.mark.parametrize("q", ["", "ferries \x01 OR kraken", "zzzzzz", "<script>&\ud7ff", "is:withdrawn", "日本 OR 港"])
def test_feeds_are_valid(client: httpx.Client, q: str) -> None:
    schema = etree.RelaxNG(file=Path(__file__).with_name("atom.rng"))
    feed = etree.fromstring(client.get("/feed.atom", params={"q": q}).content)
    schema.assertValid(feed)
    ids = feed.xpath("//a:id/text()", namespaces=ATOM)
    assert len(ids) == len(set(ids))
    # One alternate a type and language, and a link to the feed itself (RFC 4287, section 4.1.1).
    for element in (feed, *feed.iterfind("a:entry", ATOM)):
        assert len(element.findall("a:link[@rel='alternate']", ATOM)) == 1
    assert len(feed.findall("a:link[@rel='self']", ATOM)) == 1


def test_a_feed_that_is_not_valid_is_found_out(client: httpx.Client) -> None:
    schema = etree.RelaxNG(file=Path(__file__).with_name("atom.rng"))
    feed = etree.fromstring(client.get("/feed.atom").content)
    feed.find("a:entry/a:updated", ATOM).text = "yesterday"
    assert not schema.validate(feed)


def test_opensearch(client: httpx.Client) -> None:
    response = client.get("/opensearch.xml")
    assert response.headers["content-type"] == "application/opensearchdescription+xml"
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    description = ElementTree.fromstring(response.content)
    templates = [url.attrib["template"] for url in description.findall("o:Url", space)]
    assert client.get(templates[0].replace("{searchTerms}", "rivet")).status_code == 200


def test_static_files_may_be_kept(client: httpx.Client) -> None:
    sheet = BeautifulSoup(client.get("/").text, "lxml").select_one("link[rel=stylesheet]")["href"]
    assert client.get(sheet).headers["content-type"] == "text/css; charset=utf-8"
    assert client.get("/static/../app.py").status_code == 404
