"""Origins of imported pages: the source that an address belongs to, and what its feed told of it.

A page that was crawled before, or whose story is known, is read with the link that is stored for it, as the crawler
would read it. What was never seen belongs to the configured source that is nearest to its address, else to one named by
the domain.
"""

import re
from collections.abc import Callable, Sequence

from config import SourceConfig
from index.page import Link
from index.store import Store
from index.store.aliases import url_alias
from index.story import StoredStory
from net.urls import canonical_url, host_of, identity_key, registrable_domain, same_site

FOREIGN_SOURCE = "import"
"""The source of what names no address, and of foreign lines that name no source."""
NOWHERE = "http://unknown.invalid/story"
"""Where pages stand that name no address: .invalid is reserved for that (RFC 2606)."""

LinkTo = Callable[[str, bytes], Link]
"""Makes the link that stands for an address and the page read there."""

_LANGUAGE = re.compile(rb"""<html\b[^>]{0,500}?\blang\s*=\s*["']?([a-z]{2,3})\b""", re.IGNORECASE)
_HEAD_BYTES = 20_000


class Origins:
    """Finds the link that stands for an imported page."""

    def __init__(self, store: Store, sources: Sequence[SourceConfig]) -> None:
        self._store = store
        self._sources = sources

    def link_to(self, url: str, content: bytes) -> Link:
        """The link of a page: the one that is stored for its address, else one of the source that it belongs to."""
        if url == NOWHERE:
            return Link(url=url, source=FOREIGN_SOURCE)
        address = canonical_url(url)
        known = self._known_story(address)
        link = self._stored_link(address) or (self._of_source(url, known.source) if known else None)
        if link is None:
            return self._of_nearest_source(url, content)
        if known is None or link.published_at is not None:
            return link
        return link.model_copy(update={"published_at": known.published_at})  # what no feed told, the story itself did

    def _stored_link(self, address: str) -> Link | None:
        state = self._store.crawl.url(address)
        if state is not None and state.link:
            return Link.model_validate_json(state.link)
        with self._store.stories.reading() as look:
            alias = look.aliases([url_alias(address)]).get(url_alias(address))
            page_id = look.page_at(alias.story_id, [address]) if alias is not None and alias.kind == "seen" else None
        return self._store.pages.link_of(page_id) if page_id is not None else None

    def _known_story(self, address: str) -> StoredStory | None:
        """The story that the address, or a twin of it, leads to."""
        story_id = self._store.stories.find(address, identity_key(address))
        return self._store.stories.get(story_id) if story_id else None

    def _of_source(self, url: str, name: str) -> Link:
        """A page of a source by name, configured or not."""
        source = next((source for source in self._sources if source.name == name), None)
        return Link(url=url, source=name) if source is None else _link(url, source)

    def _of_nearest_source(self, url: str, content: bytes) -> Link:
        found = _LANGUAGE.search(content[:_HEAD_BYTES])
        language = found[1].decode("ascii").lower() if found else None
        near = [source for source in self._sources if any(same_site(url, address) for address in _addresses(source))]
        if not near:
            return Link(url=url, source=registrable_domain(url) or FOREIGN_SOURCE)
        return _link(url, max(near, key=lambda source: _nearness(source, url, language)))


def _link(url: str, source: SourceConfig) -> Link:
    return Link(url=url, source=source.name, timezone=source.timezone, language=source.language)


def _addresses(source: SourceConfig) -> tuple[str, ...]:
    return (*source.feeds, *source.sitemaps, *source.fronts)


def _nearness(source: SourceConfig, url: str, language: str | None) -> tuple[int, int, int]:
    """How near a source of the same site is to a page: by language, by host, by the beginning of the path."""
    speaks = 0 if None in (language, source.language) else 1 if language == source.language else -1
    on_host = [address for address in _addresses(source) if host_of(address) == host_of(url)]
    return speaks, int(bool(on_host)), max((_common_segments(address, url) for address in on_host), default=0)


def _common_segments(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one.split("/")[3:], other.split("/")[3:], strict=False):
        if a != b:
            break
        count += 1
    return count
