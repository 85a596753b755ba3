"""Sources that are there: which endpoints are configured already, and which names are free for new ones."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from config import SourceConfig
from net.urls import plain_key, registrable_domain

_LONGEST_NAME = 63


class KnownSources:
    """The sources of a configuration and those about to be added, by their endpoints and names.

    Endpoints that differ in scheme, "www." or slashes are one.
    """

    def __init__(self, sources: Iterable[SourceConfig]) -> None:
        self._names: set[str] = set()
        self._holders: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        for source in sources:
            self.take(source.name, (*source.feeds, *source.sitemaps, *source.fronts))

    def take(self, name: str, endpoints: Iterable[str]) -> None:
        """One more source is there."""
        self._names.add(name)
        for url in endpoints:
            key = endpoint_key(url)
            self._holders.setdefault(key, name)
            self._hosts.setdefault(key.partition("/")[0], name)

    def holder_of(self, url: str) -> str | None:
        """The name of the source that has an endpoint."""
        return self._holders.get(endpoint_key(url))

    def at_home(self, url: str) -> str | None:
        """The name of a source with an endpoint on a host, where `url` is the root of that host."""
        return self._hosts.get(endpoint_key(url)) if urlsplit(url).path in ("", "/") else None

    def free_name(self, *wishes: str | None) -> str:
        """The first wish that can be a name and is free, else the first that can be one, with a number."""
        stems = [stem for stem in map(_stem, wishes) if stem] or ["source"]
        return next(name for name in _spellings(stems) if name not in self._names)


def name_of_site(url: str | None) -> str | None:
    """The registrable domain's first label, else the whole host; None where there is no host."""
    if not url:
        return None
    domain = registrable_domain(url)
    try:
        return domain.split(".")[0] if domain else urlsplit(url).hostname
    except ValueError:
        return None


def endpoint_key(url: str) -> str:
    """A text equal for the ways to write one endpoint's address."""
    try:
        return plain_key(url)
    except ValueError:
        return url


def _stem(wish: str | None) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", (wish or "").lower()).strip("-")[:_LONGEST_NAME].strip("-")


def _spellings(stems: list[str]) -> Iterator[str]:
    yield from stems
    number = 1
    while True:
        number += 1
        yield f"{stems[0][: _LONGEST_NAME - 6]}-{number}"
