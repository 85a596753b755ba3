"""Found endpoints: what autodiscovery chose, and what it passed over and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EndpointKind = Literal["feed", "sitemap", "front"]


@dataclass(frozen=True, slots=True)
class FoundEndpoint:
    """An endpoint that holds stories now.

    `pages` are the identity keys (net/urls.py) of the addresses that it announces, of an index those of the part that
    was read; `parts` is the number of sitemaps that an index names; `title` and `language` are what a feed says of
    itself; `newest_at` is the newest date in it; `note`
    says what a person should know of it.
    """

    url: str
    kind: EndpointKind
    pages: frozenset[str]
    parts: int = 0
    newest_at: datetime | None = None
    title: str | None = None
    language: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RejectedEndpoint:
    """An address that was passed over, and the reason in words."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundEndpoints:
    """The endpoints of one publisher, best first; `title` and `language` are what the page or feed says of itself."""

    endpoints: tuple[FoundEndpoint, ...] = ()
    rejected: tuple[RejectedEndpoint, ...] = ()
    title: str | None = None
    language: str | None = None

    def __bool__(self) -> bool:
        return bool(self.endpoints)

    @property
    def feeds(self) -> tuple[str, ...]:
        return self._of("feed")

    @property
    def sitemaps(self) -> tuple[str, ...]:
        return self._of("sitemap")

    @property
    def fronts(self) -> tuple[str, ...]:
        return self._of("front")

    def _of(self, kind: EndpointKind) -> tuple[str, ...]:
        return tuple(endpoint.url for endpoint in self.endpoints if endpoint.kind == kind)
