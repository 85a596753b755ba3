"""A visit of one URL, from a link to the store.

Fetched if it changed, read in the pool, and handed to ingest, which compares it with what is held and keeps it together
with what is to be remembered of the URL. Whatever goes wrong ends in a `Result`; only a store that can't be used is
raised, and so ends the round: the page is asked for again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from crawler.frontier.recheck import Freshness, is_gone_for_good
from crawler.frontier.url_state import Visited, ended, look_at, pending, told
from crawler.http.fetcher import NotModified
from crawler.results import Result, outcome_of
from ingest.apply import Applied, Ingest
from ingest.candidate import page_candidate
from model.errors import (
    BackingOffError,
    CrawlError,
    GoneError,
    NotAStoryError,
    ParseError,
    RefusedError,
    RobotsDisallowedError,
    StoreError,
)
from model.outcomes import Outcome
from model.page import Link, Page
from model.story import Story
from net.urls import canonical_url, looks_like_home_or_section
from store.base import StoryStore
from store.sql.crawl_state import UrlState


class Fetch(Protocol):
    """What a visit asks of the fetcher: `Fetcher.get`."""

    def __call__(self, link: Link, *, etag: str | None = None, last_modified: str | None = None) -> Page | NotModified:
        """The page, or that it did not change. Raises CrawlError."""


class Visitor:
    """Visits one URL at a time; safe to share between threads.

    `forbids` says whether a page asks not to be indexed, where the configuration wants that to be obeyed.
    """

    def __init__(
        self,
        stories: StoryStore,
        ingest: Ingest,
        fetch: Fetch,
        parse: Callable[[Page], Story],
        freshness: Freshness,
        clock: Callable[[], datetime],
        *,
        forbids: Callable[[Page], bool] = lambda page: False,
    ) -> None:
        self._stories = stories
        self._ingest = ingest
        self._fetch = fetch
        self._parse = parse
        self._freshness = freshness
        self._clock = clock
        self._forbids = forbids
        self._log = structlog.get_logger("crawler")

    def visit(self, link: Link, known: UrlState | None) -> Visited:
        """Look at a URL and keep what it says; `known` is what became of it the last time. Raises StoreError."""
        before = known or pending(link, self._clock())
        try:
            return self._look(link, before)
        except CrawlError as error:
            return self._failed(link, before, error)
        except StoreError:
            raise
        except Exception as error:  # one bad page never stops a source
            self._log.exception("visit failed", url=link.url)
            return self._failed(link, before, CrawlError(f"unexpected {error!r}", url=link.url))

    # Looking -------------------------------------------------------------------------------------------------

    def _look(self, link: Link, before: UrlState) -> Visited:
        page = self._fetch(link, etag=before.etag, last_modified=before.last_modified)
        if isinstance(page, NotModified):
            return self._seen(link, before, Outcome.UNCHANGED, before.story_id)
        _refuse_home_page(link, page)
        if self._forbids(page):
            raise RobotsDisallowedError("the page asks not to be indexed", url=link.url)
        candidate = page_candidate(page, self._read(page), comes_again=True)
        read = before._replace(etag=page.headers.get("etag"), last_modified=page.headers.get("last-modified"))
        applied = self._ingest.apply(candidate, lambda applied: self._applied(link, before, read, applied).state)
        return self._applied(link, before, read, applied)._replace(is_stored=applied.is_stored)

    def _read(self, page: Page) -> Story | str:
        """The story, or why there is none. Raises CrawlError where the page can't be judged now."""
        try:
            return self._parse(page)
        except (NotAStoryError, ParseError) as error:
            return error.reason

    def _applied(self, link: Link, before: UrlState, read: UrlState, applied: Applied) -> Visited:
        """What ingest made of the page, and what follows for the next look."""
        if applied.outcome is Outcome.REFUSED:
            return self._failed(link, before, RefusedError(applied.detail or "", url=link.url))
        if applied.outcome is Outcome.NOT_A_STORY and applied.story_id is None:
            return self._failed(link, before, NotAStoryError(applied.detail or "", url=link.url))
        if applied.unconditional:
            read = read._replace(etag=None, last_modified=None)
        looks = before.looks + 1 if applied.held_back else None
        visited = self._seen(link, read, applied.outcome, applied.story_id, applied.detail, looks)
        if applied.look_at is None:
            return visited
        return look_at(visited, applied.look_at, before.looks if applied.held_back else 0)

    # Remembering ---------------------------------------------------------------------------------------------

    def _seen(
        self,
        link: Link,
        before: UrlState,
        outcome: Outcome,
        story_id: str | None,
        detail: str | None = None,
        looks: int | None = None,
    ) -> Visited:
        now = self._clock()
        if looks is None:
            looks = before.looks + 1 if outcome is Outcome.UNCHANGED else 0
        next_look_at = self._freshness.after_story(now, looks)
        state = told(before, link, now)._replace(
            outcome=outcome.value,
            detail=detail,
            next_look_at=next_look_at,
            story_id=story_id,
            looks=looks,
            failures=0,
            gone_looks=0,
            gone_since=None,
        )
        return Visited(Result(before.url, outcome, detail, story_id, next_look_at), state)

    def _failed(self, link: Link, before: UrlState, error: CrawlError) -> Visited:
        now = self._clock()
        if isinstance(error, GoneError):
            return self._gone(link, before, error, now)
        waiting = isinstance(error, BackingOffError)  # not asked at all: no failure of this URL
        failures = before.failures + (not waiting)
        next_look_at = self._freshness.after_error(error, now, failures)
        result = Result(before.url, outcome_of(error), str(error), before.story_id, next_look_at)
        state = told(before, link, now)._replace(failures=failures)
        return Visited(result, ended(state, result))

    def _gone(self, link: Link, before: UrlState, error: GoneError, now: datetime) -> Visited:
        """410 is believed at once, 404 after three looks over a day; a page that returns is read whole."""
        story_id = before.story_id or self._stories.find(before.url)
        looks, since = before.gone_looks + 1, before.gone_since or now
        next_look_at = self._freshness.after_gone(now, looks, story=story_id is not None)
        believed = is_gone_for_good(error, looks, since, now)
        result = Result(before.url, Outcome.GONE, str(error), story_id, next_look_at)
        state = told(before, link, now)._replace(
            story_id=story_id, gone_looks=looks, gone_since=since, etag=None, last_modified=None
        )
        return Visited(result, ended(state, result), withdraw=story_id if believed else None)


def _refuse_home_page(link: Link, page: Page) -> None:
    """A story that redirects to a home or section page is gone."""
    if looks_like_home_or_section(page.final_url) and canonical_url(page.final_url) != canonical_url(link.url):
        raise GoneError(f"redirects to {page.final_url}", url=link.url, status=404)
