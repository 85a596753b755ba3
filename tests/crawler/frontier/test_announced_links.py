"""What a feed or a news sitemap has announced once stays announced, whatever leads to it later."""

import pytest

from config import SourceConfig
from crawler.discovery import merge_links
from crawler.discovery.sitemaps import read_sitemap
from crawler.frontier.url_state import as_announced, pending, with_evidence
from model.page import Link, Page
from tests.ingest.times import NOW

URL = "https://paper.example/2026/03/01/vote.html"


def link(kind: str, *, announced: bool = False) -> Link:
    return Link.model_validate(
        {
            "url": URL,
            "source": "paper",
            "kind": kind,
            "found_in": f"https://paper.example/{kind}",
            "announced": announced,
        }
    )


FEED, NEWS, SITEMAP, FRONT = link("feed"), link("sitemap", announced=True), link("sitemap"), link("front")
CASES = [
    pytest.param(FRONT, FEED, True, id="front, then feed"),
    pytest.param(FEED, FRONT, True, id="feed, then front"),
    pytest.param(NEWS, FRONT, True, id="news sitemap, then front"),
    pytest.param(SITEMAP, NEWS, True, id="sitemap, then news sitemap"),
    pytest.param(SITEMAP, FRONT, False, id="sitemap, then front"),
    pytest.param(FRONT, FRONT, False, id="front twice"),
]


@pytest.mark.parametrize(("first", "second", "announced"), CASES)
def test_the_state_of_a_url_remembers_it(first: Link, second: Link, announced: bool) -> None:
    state = with_evidence(pending(first, NOW), second, NOW)
    assert state.link is not None
    assert Link.model_validate_json(state.link).is_announced is announced


@pytest.mark.parametrize(("first", "second", "announced"), CASES)
def test_a_visit_is_made_with_it(first: Link, second: Link, announced: bool) -> None:
    assert as_announced(second, pending(first, NOW)).is_announced is announced
    assert as_announced(second, None).is_announced is second.is_announced


@pytest.mark.parametrize(("first", "second", "announced"), CASES)
def test_links_of_one_run_are_merged_with_it(first: Link, second: Link, announced: bool) -> None:
    (merged,) = merge_links([first, second])
    assert merged.is_announced is announced
    assert merged.kind == first.kind


@pytest.mark.parametrize(
    ("news", "announced"),
    [
        pytest.param("", False, id="a sitemap"),
        pytest.param("<news:news><news:title>Vote</news:title></news:news>", True, id="a news sitemap"),
        pytest.param("<news:news/>", True, id="a news sitemap that says nothing more"),
    ],
)
def test_a_news_sitemap_announces(news: str, announced: bool) -> None:
    content = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{URL}</loc>{news}</url></urlset>"
    )
    place = "https://paper.example/sitemap.xml"
    page = Page(link=SITEMAP, url=place, final_url=place, fetched_at=NOW, content=content.encode())
    (found,) = read_sitemap(page, SourceConfig(name="paper", sitemaps=(place,))).links
    assert found.is_announced is announced
