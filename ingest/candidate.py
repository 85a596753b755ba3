"""Candidates: what is brought to the desk, before it is known which story it is.

A candidate is a page with what the extractor read on it (or why it read no story), or a line of another desk. Where it
came from makes no further difference: crawl, archive, saved page and line are judged by the same rules.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ingest.told_language import in_told_language
from model.fields import LANGUAGE
from model.page import Page
from model.story import StoredStory, Story
from net.former_rules import former_url
from net.urls import bare_url, canonical_url, identity_key
from store.sql.aliases import bare_alias, likely_alias, path_alias, url_alias
from store.sql.rows import content_of
from store.sql.story_ids import mint

_FIELDS = tuple(Story.model_fields)
_EMPTY = Story.model_construct(source="", headline="")
"""What readings of lines are copies of: to construct one takes several times as long."""


@dataclass(frozen=True)
class Candidate:
    """A reading with its evidence.

    `story` is None where the page can't be read as one: `unreadable` says why. `urls` are the canonical forms of the
    final and the requested address, in this order; empty for what has no address. `feed` is the endpoint within which
    the publisher's identifier counts ("" where the page itself or a line bears it), `announced` the headline that the
    feed gives. `id` is the id that it bears already. `comes_again` where it is fetched now, and will be again if it
    is doubted (a crawl). `line` is what another desk knew of it, `told` the names of the fields that it knew.
    """

    story: Story | None
    seen_at: datetime
    urls: tuple[str, ...] = ()
    page: Page | None = None
    unreadable: str | None = None
    feed: str = ""
    announced: str | None = None
    id: str | None = None
    comes_again: bool = False
    line: StoredStory | None = None
    told: frozenset[str] = frozenset()

    @property
    def address(self) -> str | None:
        """Where it was read: the final address in its canonical form."""
        return self.urls[0] if self.urls else None

    @cached_property
    def likely(self) -> tuple[str, ...]:
        """Texts that are equal for addresses that are probably one page."""
        return tuple(dict.fromkeys(map(identity_key, self.urls)))

    @cached_property
    def bare(self) -> tuple[str, ...]:
        """The same of its addresses without the parameters that may be tracking."""
        return tuple(dict.fromkeys(identity_key(bare_url(url)) for url in self.urls))

    @cached_property
    def former_urls(self) -> tuple[str, ...]:
        """The canonical forms that earlier rules gave to its addresses, where they differ."""
        return tuple(dict.fromkeys(form for url in self.urls if (form := former_url(url)) is not None))

    @cached_property
    def asked_aliases(self) -> tuple[str, ...]:
        """The aliases by which it may be known."""
        likely = self.likely
        keys = [*map(url_alias, self.urls), *map(likely_alias, likely), *map(path_alias, likely)]
        keys += [*map(url_alias, self.former_urls), *map(bare_alias, self.bare)]
        keys += [likely_alias(key) for key in self.bare if key not in likely]
        claimed = self.story.url if self.story is not None else None
        return (*keys, url_alias(claimed)) if claimed else tuple(keys)


def page_candidate(page: Page, reading: Story | str, *, comes_again: bool = False) -> Candidate:
    """A page of a web address, with the story read on it or the reason why there is none."""
    urls = tuple(dict.fromkeys((canonical_url(page.final_url), canonical_url(page.link.url))))
    return _of_page(page, reading, urls, comes_again)


def saved_page_candidate(page: Page, reading: Story | str) -> Candidate:
    """A page that names no address: it is known by its content alone."""
    if isinstance(reading, Story):
        reading = reading.model_copy(update={"url": None})
    return _of_page(page, reading, (), comes_again=False)


def line_candidate(line: StoredStory, told: frozenset[str]) -> Candidate:
    """A story as another desk wrote it; `told` are the names of the fields that the line holds."""
    known = vars(line)
    story = _EMPTY.model_copy(update={name: known[name] for name in _FIELDS})
    if LANGUAGE.attribute not in told:
        story = in_told_language(story)
    urls = (canonical_url(line.url),) if line.url else ()
    # An id that was made of the address proves no more than the address does.
    story_id = line.id if "id" in told or not urls else None
    return Candidate(story, line.seen_at, urls, id=story_id, line=line, told=told)


def _of_page(page: Page, reading: Story | str, urls: tuple[str, ...], comes_again: bool) -> Candidate:
    link = page.link
    if isinstance(reading, str):
        return Candidate(None, page.fetched_at, urls, page, unreadable=reading, comes_again=comes_again)
    return Candidate(
        reading,
        page.fetched_at,
        urls,
        page,
        feed=(link.found_in or "") if link.publisher_id else "",
        announced=link.title,
        id=None if urls else mint(content_of(reading)),
        comes_again=comes_again,
    )
