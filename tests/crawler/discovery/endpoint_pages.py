"""What do tests of discovery read from? Pages of feeds, sitemaps and fronts, and one source that they belong to."""

from datetime import UTC, datetime

from config import SourceConfig
from model.page import Link, Page

FETCHED_AT = datetime(2024, 5, 12, 12, 0, tzinfo=UTC)
ENDPOINT = "https://news.example/dir/endpoint"
SOURCE = SourceConfig(name="desk", feeds=(ENDPOINT,))


def endpoint_page(content: bytes | str, content_type: str | None = None, url: str = ENDPOINT) -> Page:
    """An endpoint as it was fetched."""
    return Page(
        link=Link(url=url, source="desk"),
        url=url,
        final_url=url,
        headers={"content-type": content_type} if content_type else {},
        fetched_at=FETCHED_AT,
        content=content.encode() if isinstance(content, str) else content,
    )


def at(text: str) -> datetime:
    """An instant in UTC, as "2024-05-12 09:00"."""
    return datetime.fromisoformat(f"{text}+00:00")
