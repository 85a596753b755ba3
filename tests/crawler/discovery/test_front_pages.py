"""Are the stories of a front page told from its furniture?"""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import SourceConfig
from crawler.discovery.front_pages import read_front
from model.errors import ParseError
from tests.crawler.discovery.endpoint_pages import SOURCE, endpoint_page

HOME = "https://www.news.example/"
FRONT = """<!DOCTYPE html><html lang="en"><head><title>Desk</title></head><body>
<nav><a href="/">Home</a><a href="/world/">World</a><a href="/special/rain-in-the-north-all-you-need">Special</a></nav>
<main>
 <article><a href="/world/rain-1000001"><img src="1.jpg" alt=""></a>
  <h2><a href="/world/rain-1000001?utm_source=front">Rain returns to the north after ten dry years</a></h2></article>
 <h3><a href="/world/wind-1000002">Wind takes roofs off forty houses</a></h3>
 <a href="/sport/2024/05/12/final">Final ends in a draw, and in the rain</a>
 <ul><li><a href="/a/one">One headline of a small story here</a></li>
  <li><a href="/a/two">Two headlines are better than just one</a></li>
  <li><a href="/a/three">Three headlines make a list of stories</a></li></ul>
 <a href="/tag/rain">Everything that we have written of rain</a>
 <a href="/author/ann-lee-of-the-foreign-desk">Ann Lee of the foreign desk</a>
 <a href="https://shop.news.example/umbrellas-for-every-weather-1000009">Buy umbrellas for every kind of weather</a>
 <a href="https://other.example/news/rain-in-another-country-7">Another publisher's story about the rain</a>
 <a href="/img/rain-1000001.jpg">A picture of the rain in the north</a>
 <a href="mailto:desk@news.example">Write to us about the rain please</a>
 <a href="#top">Back to the very top of this page</a><a>no address</a>
</main>
<footer><a href="/legal/terms-of-use-of-this-site">Terms of use of this site</a></footer></body></html>"""


def read(content: str | bytes, url: str = HOME) -> list[str]:
    return [link.url for link in read_front(endpoint_page(content, "text/html", url), SOURCE)]


def test_stories_are_found_in_the_pages_order() -> None:
    assert read(FRONT) == [
        "https://www.news.example/world/rain-1000001",
        "https://www.news.example/world/wind-1000002",
        "https://www.news.example/sport/2024/05/12/final",
    ]


def test_a_headline_is_evidence() -> None:
    links = read_front(endpoint_page(FRONT, "text/html", HOME), SOURCE)
    assert links[0].title == "Rain returns to the north after ten dry years"
    assert (links[0].kind, links[0].found_in) == ("front", HOME)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        pytest.param("main h3 a", [f"{HOME}world/wind-1000002"], id="links"),
        pytest.param("article, h3", [f"{HOME}world/rain-1000001", f"{HOME}world/wind-1000002"], id="around-links"),
        pytest.param("a[href^='/tag/']", [f"{HOME}tag/rain"], id="what-looks-like-no-story"),
        pytest.param("a[href*=other]", ["https://other.example/news/rain-in-another-country-7"], id="another-site"),
        pytest.param("[href^='#'], [href^=mailto], [href*=sport]", [f"{HOME}sport/2024/05/12/final"], id="web-pages"),
        pytest.param("aside a", [], id="nothing"),
    ],
)
def test_a_selector_says_which_links_are_stories(selector: str, found: list[str]) -> None:
    source = SourceConfig(name="desk", fronts=(HOME,), front_selector=selector)
    links = read_front(endpoint_page(FRONT, "text/html", HOME), source)
    assert [link.url.partition("?")[0] for link in links] == found


def test_a_selected_link_has_its_longest_text_for_a_title() -> None:
    source = SourceConfig(name="desk", fronts=(HOME,), front_selector="article")
    (link,) = read_front(endpoint_page(FRONT, "text/html", HOME), source)
    assert link.title == "Rain returns to the north after ten dry years"


def test_company_and_headings_make_up_for_a_plain_address() -> None:
    small = "".join(
        f"<h2><a href='/a/{word}'>A headline about {word} today</a></h2>" for word in ("rain", "wind", "sun1")
    )
    found = read(f"<html><body>{small}</body></html>")
    assert "https://www.news.example/a/sun1" in found


def test_base_and_charset() -> None:
    page = '<html><head><base href="/world/"></head><body><h2><a href="pluie-1000001">L’été sera très pluvieux</a></h2>'
    links = read_front(endpoint_page(page.encode("cp1252"), "text/html; charset=windows-1252", HOME), SOURCE)
    assert [(link.url, link.title) for link in links] == [
        ("https://www.news.example/world/pluie-1000001", "L’été sera très pluvieux")
    ]


def test_at_most_the_limit() -> None:
    many = "".join(f"<h2><a href='/world/rain-{n}'>Rain returns for day {n}</a></h2>" for n in range(100000, 100300))
    links = read_front(endpoint_page(f"<html><body>{many}</body></html>", "text/html", HOME), SOURCE, limit=20)
    assert len(links) == 20


CROWDED = "<a " + " ".join(f'a{n}=">"' for n in range(30_000)) + ">Rain</a>"


@pytest.mark.parametrize(
    "content", ["", "   ", "<!-- nothing -->", CROWDED], ids=["empty", "blank", "comment", "crowded"]
)
def test_what_is_no_page(content: str) -> None:
    with pytest.raises(ParseError):
        read(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_a_parse_error(content: bytes) -> None:
    with suppress(ParseError):
        read(content)


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_address_is_survived(addresses: list[str]) -> None:
    anchors = "".join(f'<h2><a href="{address}">A headline of six words here</a></h2>' for address in addresses)
    read(f"<html><body>{anchors}</body></html>")
