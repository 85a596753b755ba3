"""Endpoints (feeds, sitemaps, front pages): how one is fetched, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from crawler.http.accepted_content import Accept
from crawler.http.responses import NotModified
from model.errors import CrawlError
from model.page import Link, LinkKind, Page


class FetchEndpoint(Protocol):
    """How discovery fetches: `Fetcher.get` with the endpoint's validators (etag, last-modified) put in."""

    def __call__(self, link: Link, *, accept: Accept) -> Page | NotModified:
        """The endpoint, or that it did not change. Raises CrawlError."""


@dataclass(frozen=True, slots=True)
class EndpointResult:
    """What came of fetching one endpoint: its links, or the error that kept us from reading it.

    `etag` and `last_modified` are the validators to send next time; None with `not_modified`, when the earlier ones
    stay valid, and with an error. `loss` says what of a feed was left out and why, `left_out` counts it by reason;
    `is_empty` is true of a feed that is valid and has no entries.
    """

    endpoint_url: str
    kind: LinkKind
    links: tuple[Link, ...] = ()
    error: CrawlError | None = None
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    loss: str | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    is_empty: bool = False

    @property
    def outcome(self) -> str:
        """How reading it went, as metrics say it."""
        if self.error is not None:
            return "failed"
        if self.is_empty:
            return "empty"
        if self.loss is not None:
            return "in part"
        return "unchanged" if self.not_modified else "well"
