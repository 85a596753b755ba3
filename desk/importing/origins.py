"""Origins of imported pages: the source that an address belongs to, and what its feed told of it.

A page that was crawled before, or whose story is known, is read with the link that is stored for it, as the crawler
would read it. What was never seen belongs to the configured source that is nearest to its address, else to one named by
the domain.
"""

import re
from collections.abc import Sequence

from config import SourceConfig
from model.page import NO_ADDRESS, Link
from net.urls import bare_url, canonical_url, host_of, identity_key, registrable_domain, same_site
from store.opening import Store
from store.sql.aliases import likely_alias, url_alias

FOREIGN_SOURCE = "import"
"""The source of what names no address, and of foreign lines that name no source."""

_LANGUAGE = re.compile(rb"""<html\b[^>]{0,500}?\blang\s*=\s*["']?([a-z]{2,3})\b""", re.IGNORECASE)
_HEAD_BYTES = 20_000


class Origins:
    """Finds the link that stands for an imported page."""

    def __init__(self, store: Store, sources: Sequence[SourceConfig]) -> None:
        self._store = store
        self._sources = sources

    def link_to(self, url: str, content: bytes) -> Link:
        """The link of a page: the one that is stored for its address, else one of the source that it belongs to."""
        if url == NO_ADDRESS:
            return Link(url=url, source=FOREIGN_SOURCE)
        address = canonical_url(url)
        state = self._store.crawl.url(address)
        if state is not None and state.link:
            return Link.model_validate_json(state.link)
        return self._of_known_story(url, address) or self._of_nearest_source(url, content)

    def _of_known_story(self, url: str, address: str) -> Link | None:
        """The link with which a story was read at the address, else one of the source of the story that it leads to."""
        with self._store.stories.reading() as look:
            likely = dict.fromkeys((identity_key(address), identity_key(bare_url(address))))
            keys = (url_alias(address), *map(likely_alias, likely))
            known = look.aliases(keys)
            alias = next((known[key] for key in keys if key in known and known[key].kind != "disputed"), None)
            held = look.held(alias.story_id) if alias else None
            is_seen = alias is not None and alias.kind == "seen"
            page_id = look.page_at(held.story.id, [address]) if held and is_seen else None
        link = self._store.pages.link_of(page_id) if page_id is not None else None
        if link is None:
            link = self._of_source(url, held.story.source) if held else None
        return link.model_copy(update={"kind": "known"}) if link and is_seen and link.kind == "manual" else link

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
