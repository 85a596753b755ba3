"""Pages for the parser's tests, made of markup."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.extraction import parse
from model.page import Link, Page
from model.story import Story

FETCHED_AT = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
ADDRESS = "https://www.example.com/world/2024/05/17/flood-reaches-the-old-town.html"


def page_of(content: bytes | str, *, url: str = ADDRESS, **link: Any) -> Page:
    return Page(
        link=Link(url=url, source="example", **link),
        url=url,
        final_url=url,
        headers={"content-type": "text/html"},
        fetched_at=FETCHED_AT,
        content=content.encode() if isinstance(content, str) else content,
    )


@pytest.fixture
def make_page() -> Callable[..., Page]:
    """Bytes or text, an address, and fields of the link -> a page fetched on 20 May 2024 at noon UTC."""
    return page_of


@pytest.fixture
def read() -> Callable[..., Story]:
    """The same, read at once."""
    return lambda content, **more: parse(page_of(content, **more))
