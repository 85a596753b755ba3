"""Are pages left out that ask not to be indexed, and no others?"""

from datetime import UTC, datetime

import pytest

from crawler.http.noindex import forbids_indexing
from model.page import Link, Page

URL = "https://news.example/world/rain"


def page(header: str | None, body: str) -> Page:
    headers = {} if header is None else {"x-robots-tag": header}
    at = datetime(2024, 5, 12, tzinfo=UTC)
    link = Link(url=URL, source="daily")
    return Page(link=link, url=URL, final_url=URL, fetched_at=at, headers=headers, content=body.encode())


@pytest.mark.parametrize(
    ("header", "forbids"),
    [
        pytest.param(None, False, id="none"),
        pytest.param("noindex", True, id="all"),
        pytest.param("NOINDEX, nofollow", True, id="upper-case"),
        pytest.param("none", True, id="none-of-it"),
        pytest.param("nofollow, noarchive", False, id="other-rules"),
        pytest.param("otherbot: noindex", False, id="another-crawler"),
        pytest.param("otherbot: noindex, nofollow", False, id="another-crawlers-list"),
        pytest.param("wiredesk: noindex", True, id="ours"),
        pytest.param("Wiredesk/2.0: noindex", True, id="ours-with-a-version"),
        pytest.param("wiredesk-images: noindex", False, id="a-longer-name"),
        pytest.param("otherbot: nofollow, wiredesk: noindex", True, id="ours-behind-another"),
        pytest.param("unavailable_after: 25 Jun 2010 15:00:00 GMT, noindex", True, id="behind-a-date"),
        pytest.param("unavailable_after: Friday, 25-Jun-10 15:00:00 GMT, noindex", True, id="behind-a-date-with-comma"),
        pytest.param("max-snippet: 50, noindex", True, id="behind-a-value"),
        pytest.param("max-image-preview: large, max-video-preview: -1", False, id="values-alone"),
        pytest.param("otherbot: max-snippet: 5, noindex", False, id="another-crawlers-value"),
    ],
)
def test_header(header: str | None, forbids: bool) -> None:
    assert forbids_indexing(page(header, "<html><body>Rain</body></html>"), "Wiredesk") is forbids


@pytest.mark.parametrize(
    ("element", "forbids"),
    [
        pytest.param('<meta name="robots" content="noindex, follow">', True, id="all"),
        pytest.param("<META CONTENT='NOINDEX' NAME='ROBOTS'>", True, id="upper-case-other-order"),
        pytest.param("<meta name=robots content=none>", True, id="no-quotes"),
        pytest.param('<meta name="wiredesk" content="noindex">', True, id="ours"),
        pytest.param('<meta name="Wiredesk/2.0" content="noindex">', True, id="ours-with-a-version"),
        pytest.param('<meta name="wiredesk-images" content="noindex">', False, id="a-longer-name"),
        pytest.param('<meta name="otherbot" content="noindex">', False, id="another-crawler"),
        pytest.param('<meta name="robots" content="max-image-preview:large">', False, id="other-rules"),
        pytest.param('<meta name="description" content="noindex">', False, id="another-element"),
    ],
)
def test_element(element: str, forbids: bool) -> None:
    content = f"<html><head>{element}</head><body>Rain</body></html>"
    assert forbids_indexing(page(None, content), "Wiredesk") is forbids


def test_an_element_in_the_body_says_nothing() -> None:
    content = '<html><head></head><body><p>Write <meta name="robots" content="noindex"></p></body></html>'
    assert not forbids_indexing(page(None, content), "Wiredesk")
