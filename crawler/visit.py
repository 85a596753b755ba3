"""What happens to one URL, from a link to the store?

Fetched if it changed, read in the pool, compared with what we hold, saved with its evidence. Whatever goes wrong ends
in a `Result`; only a store that can't be used is raised, and so ends the round: the page is asked for again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from crawler.errors import (
    BackingOffError,
    CrawlError,
    GoneError,
    NotAStoryError,
    ParseError,
    RefusedError,
    RobotsDisallowedError,
)
from crawler.fetcher import NotModified
from crawler.freshness import Freshness, is_gone_for_good
from crawler.memory import Visited, ended, look_at, pending, told
from crawler.outcomes import Outcome, Result, outcome_of
from crawler.parsing import PARSER_VERSION
from index.errors import StoreError
from index.page import Link, Page
from index.store import Store
from index.store.crawl_state import UrlState
from index.store.identity import alias_keys
from index.store.versions import changed_fields
from index.story import StoredStory, Story
from ingest.comparison import judge
from ingest.interstitials import wall
from ingest.kill_notices import is_kill_notice
from ingest.live_blogs import next_version_at
from ingest.quarantine import WAIT, doubt, is_confirmed, reading_digest, text_digest
from net.urls import canonical_url, identity_key, looks_like_home_or_section


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
        store: Store,
        fetch: Fetch,
        parse: Callable[[Page], Story],
        freshness: Freshness,
        clock: Callable[[], datetime],
        *,
        forbids: Callable[[Page], bool] = lambda page: False,
    ) -> None:
        self._store = store
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
            return self._seen(link, before, Outcome.UNCHANGED, story_id=before.story_id)
        _refuse_home_page(link, page)
        if self._forbids(page):
            raise RobotsDisallowedError("the page asks not to be indexed", url=link.url)
        try:
            story = self._parse(page)
        except (NotAStoryError, ParseError) as error:
            if before.story_id is None:
                raise
            return self._no_story(link, before, error)
        return self._read(link, before, page, story)

    def _read(self, link: Link, before: UrlState, page: Page, story: Story) -> Visited:
        """Compare what was read with what we hold, and keep what is new."""
        urls = tuple(dict.fromkeys((canonical_url(page.final_url), canonical_url(link.url))))
        if self._store.forgotten.among(alias_keys(story, urls, _likely(urls))):
            raise RefusedError("the story was forgotten on request", url=link.url)
        headers = page.headers
        before = before._replace(etag=headers.get("etag"), last_modified=headers.get("last-modified"))
        held = self._held(story, urls)
        if is_kill_notice(story):
            return self._killed(link, before, held)
        if held is None:
            if obstacle := wall(story):
                raise NotAStoryError(obstacle, url=link.url)
            return self._keep(link, before, page, story, urls, None)
        suspect, digest = doubt(held, story, page), reading_digest(story)
        if suspect and (suspect.final or not is_confirmed(before, digest, self._clock())):
            return self._suspected(link, before, Outcome.UNCHANGED, held.id, digest, suspect.reason)
        return self._keep(link, before, page, story, urls, held)

    def _held(self, story: Story, urls: tuple[str, ...]) -> StoredStory | None:
        """The story as we hold it, read by today's parser: a better parser is no correction."""
        held = self._store.stories.match(story, urls, _likely(urls))
        if held is None or held.parser_version in (0, PARSER_VERSION):
            return held
        page_id = self._store.stories.page_of(held.id, held.version)
        page = self._store.pages.load(page_id) if page_id is not None else None
        if page is None:
            return held
        try:
            self._store.stories.replace_reading(held.id, held.version, self._parse(page))
        except CrawlError as error:
            self._log.warning("stored page can't be read any more", story=held.id, reason=str(error))
        return self._store.stories.get(held.id)

    # Keeping -------------------------------------------------------------------------------------------------

    def _keep(
        self, link: Link, before: UrlState, page: Page, story: Story, urls: tuple[str, ...], held: StoredStory | None
    ) -> Visited:
        before = before._replace(suspect=None, suspect_at=None)
        if held is None or not changed_fields(held, story):
            return self._save(link, before, page, story, urls, moved=held is None)
        judged = judge(held, story, self._compared_page(before, held), page, self._parse)
        if judged.redressed:
            before = before._replace(page_id=self._store.pages.save(page))
        moved = bool(changed_fields(held, judged.story))
        if moved and (next_at := next_version_at(held, page)):
            return self._postponed(link, before, held, next_at)
        return self._save(link, before, page, judged.story, urls, moved=moved)

    def _save(
        self, link: Link, before: UrlState, page: Page, story: Story, urls: tuple[str, ...], *, moved: bool
    ) -> Visited:
        page_id = self._store.pages.save(page) if moved else None
        saved = self._store.stories.save(
            story, urls=urls, likely=_likely(urls), seen_at=page.fetched_at, page_id=page_id
        )
        if saved.change == "unchanged" and page_id is not None:
            self._store.pages.drop(page_id)
        if saved.change != "unchanged" and moved:
            before = before._replace(page_id=None)
        detail = f"changed: {', '.join(saved.changed)}" if saved.changed else None
        return self._seen(link, before, Outcome(saved.change.upper()), story_id=saved.id, detail=detail)

    def _compared_page(self, before: UrlState, held: StoredStory) -> Page | None:
        """The page that tells what the parser made of the story the last time."""
        page_id = before.page_id or self._store.stories.page_of(held.id, held.version)
        return self._store.pages.load(page_id) if page_id is not None else None

    def _killed(self, link: Link, before: UrlState, held: StoredStory | None) -> Visited:
        if held is None:
            raise NotAStoryError("a kill notice of a story that we never had", url=link.url)
        changed = self._store.stories.set_status(held.id, "withdrawn")
        outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
        return self._seen(link, before, outcome, story_id=held.id, detail="withdrawn by a kill notice")

    # Doubting ------------------------------------------------------------------------------------------------

    def _no_story(self, link: Link, before: UrlState, error: NotAStoryError | ParseError) -> Visited:
        """The page of a story that we hold can't be read as one: that takes nothing away."""
        digest = text_digest(error.reason)
        return self._suspected(link, before, Outcome.NOT_A_STORY, before.story_id, digest, error.reason)

    def _suspected(
        self, link: Link, before: UrlState, outcome: Outcome, story_id: str | None, digest: str, why: str
    ) -> Visited:
        """Keep what we have, and look again in an hour: the page need not have changed to be asked for then.

        What was confirmed and still is not believed goes on along the schedule.
        """
        now = self._clock()
        since = before.suspect_at if before.suspect == digest else now
        stays = is_confirmed(before, digest, now)
        before = before._replace(suspect=digest, suspect_at=since, etag=None, last_modified=None)
        visited = self._seen(link, before, outcome, story_id=story_id, detail=f"suspect: {why}", looks=before.looks + 1)
        return visited if stays else look_at(visited, now + WAIT, before.looks)

    def _postponed(self, link: Link, before: UrlState, held: StoredStory, next_at: datetime) -> Visited:
        """A live blog had a version within the hour; the page need not change to be asked for then."""
        before = before._replace(etag=None, last_modified=None)
        detail = f"a live blog: its next version is taken after {next_at:%H:%M} UTC"
        return look_at(self._seen(link, before, Outcome.UNCHANGED, story_id=held.id, detail=detail), next_at, 0)

    # Remembering ---------------------------------------------------------------------------------------------

    def _seen(
        self,
        link: Link,
        before: UrlState,
        outcome: Outcome,
        *,
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
        story_id = before.story_id or self._store.stories.find(before.url)
        looks, since = before.gone_looks + 1, before.gone_since or now
        next_look_at = self._freshness.after_gone(now, looks, story=story_id is not None)
        believed = is_gone_for_good(error, looks, since, now)
        result = Result(before.url, Outcome.GONE, str(error), story_id, next_look_at)
        state = told(before, link, now)._replace(
            story_id=story_id, gone_looks=looks, gone_since=since, etag=None, last_modified=None
        )
        return Visited(result, ended(state, result), withdraw=story_id if believed else None)


def _likely(urls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(identity_key, urls)))


def _refuse_home_page(link: Link, page: Page) -> None:
    """A story that redirects to a home or section page is gone."""
    if looks_like_home_or_section(page.final_url) and canonical_url(page.final_url) != canonical_url(link.url):
        raise GoneError(f"redirects to {page.final_url}", url=link.url, status=404)
