"""What came of looking at one feed, sitemap or front page?"""

from dataclasses import dataclass
from typing import Protocol

from crawler.http.responses import Accept, NotModified
from model.errors import CrawlError
from model.page import Link, LinkKind, Page


class GetPlace(Protocol):
    """How discovery fetches: `Fetcher.get` with the place's validators (etag, last-modified) put in."""

    def __call__(self, link: Link, *, accept: Accept) -> Page | NotModified:
        """Fetch a place. Raises CrawlError."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """One look at one place: its links, newest evidence included, or the error that kept us from reading it.

    `etag` and `last_modified` are the validators to send next time; None with `not_modified`, when the earlier ones
    stand, and with an error.
    """

    place_url: str
    kind: LinkKind
    links: tuple[Link, ...] = ()
    error: CrawlError | None = None
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
