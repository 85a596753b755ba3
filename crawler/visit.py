"""Visit of one URL, from a link to the store.

Fetched if it changed, read in the pool, and handed to ingest, which compares it with what is held and keeps it together
with the URL's new state. Whatever goes wrong ends in a result; only a store that can't be used is raised, and so ends
the crawl run: the page is fetched again in the next.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from crawler.frontier.recheck import RecheckSchedule
from crawler.frontier.url_transition import CompletedVisit, UrlTransition
from crawler.http.fetcher import NotModified
from ingest.apply import Applied, Remember
from ingest.candidate import Candidate, page_candidate
from model.errors import CrawlError, GoneError, NoindexError, NotAStoryError, ParseError, StoreError
from model.page import Link, Page
from model.story import Story
from net.urls import looks_like_home_or_section, plain_key
from store.base import StoryStore
from store.sql.crawl_state import UrlState


class Fetch(Protocol):
    """What a visit needs of the fetcher: `Fetcher.get`."""

    def __call__(
        self, link: Link, *, etag: str | None, last_modified: str | None, check: Callable[[], None]
    ) -> Page | NotModified:
        """The page, or that it did not change; `check` is called before a request goes out. Raises CrawlError."""


class Keep(Protocol):
    """What a visit needs of ingest: `Ingest.apply`, or that of several visits (`JointIngest.apply`)."""

    def __call__(self, candidate: Candidate, remember: Remember) -> Applied:
        """Keep what was found, and what is to be remembered of it. Raises StoreError."""


class Visitor:
    """Visits one URL at a time; safe to share between threads.

    `forbids` says whether a page asks not to be indexed; None where the configuration wants that not to be obeyed.
    """

    def __init__(
        self,
        stories: StoryStore,
        keep: Keep,
        fetch: Fetch,
        parse: Callable[[Page], Story],
        schedule: RecheckSchedule,
        clock: Callable[[], datetime],
        *,
        forbids: Callable[[Page], bool] | None = None,
    ) -> None:
        self._stories = stories
        self._keep = keep
        self._fetch = fetch
        self._parse = parse
        self._schedule = schedule
        self._clock = clock
        self._forbids = forbids
        self._log = structlog.get_logger("crawler")

    def visit(self, link: Link, known: UrlState | None, check: Callable[[], None] = lambda: None) -> CompletedVisit:
        """Fetch a URL and keep what it says; `known` is the state after its last visit. Raises StoreError.

        `check` is called before a request goes out and before anything is kept, and passes on what it raises.
        """
        transition = UrlTransition(link, known, self._schedule, self._clock)
        try:
            return self._fetch_and_ingest(transition, check)
        except GoneError as error:
            before = transition.before
            return transition.gone(error, before.story_id or self._stories.find(before.url))
        except CrawlError as error:
            return transition.failed(error)
        except StoreError:
            raise
        except Exception as error:  # one bad page never stops a source
            self._log.exception("visit failed", url=link.url)
            return transition.failed(CrawlError(f"unexpected {error!r}", url=link.url))

    def _fetch_and_ingest(self, transition: UrlTransition, check: Callable[[], None]) -> CompletedVisit:
        link, before = transition.link, transition.before
        page = self._fetch(link, etag=before.etag, last_modified=before.last_modified, check=check)
        if isinstance(page, NotModified):
            return transition.not_modified()
        _refuse_home_page(link, page)
        if self._forbids is not None and self._forbids(page):
            raise NoindexError("the page asks not to be indexed", url=link.url)
        candidate = page_candidate(page, self._read(page), comes_again=True)
        check()
        stored: list[CompletedVisit] = []

        def remember(applied: Applied) -> UrlState:
            stored.append(transition.applied(page, applied)._replace(is_stored=True))
            return stored[-1].state

        applied = self._keep(candidate, remember)
        return stored[-1] if applied.is_stored else transition.applied(page, applied)

    def _read(self, page: Page) -> Story | str:
        """The story, or why there is none. Raises CrawlError where the page can't be judged now."""
        try:
            return self._parse(page)
        except (NotAStoryError, ParseError) as error:
            return error.reason


def _refuse_home_page(link: Link, page: Page) -> None:
    """A story that redirects to a home or section page is gone."""
    if looks_like_home_or_section(page.final_url) and plain_key(page.final_url) != plain_key(link.url):
        raise GoneError(f"redirects to {page.final_url}", url=link.url, status=404)
