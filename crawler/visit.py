"""What happens to one URL, from a link to the store?

Fetched if it changed, read in the pool, compared with what we hold, saved with its evidence. Whatever goes wrong ends
in a `Result`, never in an exception.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Protocol

import structlog

from crawler.errors import BackingOffError, CrawlError, GoneError, NotAStoryError
from crawler.fetcher import NotModified
from crawler.freshness import GONE_LOOKS, Freshness
from crawler.outcomes import Outcome, Result, outcome_of
from crawler.parsing import PARSER_VERSION
from crawler.parsing.kills import is_kill_notice
from crawler.suspicion import WAIT, doubt, is_confirmed, reading_digest
from crawler.urls import canonical_url, looks_like_home_or_section
from index.page import Link, Page
from index.store import Store
from index.store.crawl_state import UrlState
from index.store.versions import changed_fields
from index.story import StoredStory, Story


class Fetch(Protocol):
    """What a visit asks of the fetcher: `Fetcher.get`."""

    def __call__(self, link: Link, *, etag: str | None = None, last_modified: str | None = None) -> Page | NotModified:
        """The page, or that it did not change. Raises CrawlError."""


class Visited(NamedTuple):
    """A result with the state to keep; `withdraw` is the story that is gone, if the round agrees."""

    result: Result
    state: UrlState
    withdraw: str | None = None


class Visitor:
    """Visits one URL at a time; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        fetch: Fetch,
        parse: Callable[[Page], Story],
        freshness: Freshness,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._fetch = fetch
        self._parse = parse
        self._freshness = freshness
        self._clock = clock
        self._log = structlog.get_logger("crawler")

    def visit(self, link: Link, known: UrlState | None) -> Visited:
        """Look at a URL and keep what it says; `known` is what became of it the last time."""
        before = known or pending(link, self._clock())
        try:
            return self._look(link, before)
        except CrawlError as error:
            return self._failed(link, before, error)
        except Exception as error:  # one bad page never stops a source
            self._log.exception("visit failed", url=link.url)
            return self._failed(link, before, CrawlError(f"unexpected {error!r}", url=link.url))

    def _look(self, link: Link, before: UrlState) -> Visited:
        answer = self._fetch(link, etag=before.etag, last_modified=before.last_modified)
        if isinstance(answer, NotModified):
            return self._seen(link, before, Outcome.UNCHANGED, story_id=before.story_id)
        _refuse_home_page(link, answer)
        story = self._parse(answer)
        urls = tuple(dict.fromkeys((canonical_url(answer.final_url), canonical_url(link.url))))
        before = before._replace(
            etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified"), failures=0
        )
        held = self._held(story, urls)
        if is_kill_notice(story):
            return self._killed(link, before, held)
        why = doubt(held, story)
        if held and why and not is_confirmed(before, story, self._clock()):
            return self._suspected(link, before, held, story, why)
        saved_id, outcome, detail = self._save(story, urls, answer, held)
        before = before._replace(suspect=None, suspect_at=None)
        return self._seen(link, before, outcome, story_id=saved_id, detail=detail)

    def _held(self, story: Story, urls: tuple[str, ...]) -> StoredStory | None:
        """The story as we hold it, read by today's parser: a better parser is no correction."""
        held = self._store.stories.match(story, urls)
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

    def _save(
        self, story: Story, urls: tuple[str, ...], page: Page, held: StoredStory | None
    ) -> tuple[str, Outcome, str | None]:
        moved = held is None or bool(changed_fields(held, story))
        page_id = self._store.pages.save(page) if moved else None
        saved = self._store.stories.save(story, urls=urls, seen_at=page.fetched_at, page_id=page_id)
        if saved.change == "unchanged" and page_id is not None:
            self._store.pages.drop(page_id)
        detail = f"changed: {', '.join(saved.changed)}" if saved.changed else None
        return saved.id, Outcome(saved.change.upper()), detail

    def _killed(self, link: Link, before: UrlState, held: StoredStory | None) -> Visited:
        if held is None:
            raise NotAStoryError("a kill notice of a story that we never had", url=link.url)
        changed = self._store.stories.set_status(held.id, "withdrawn")
        outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
        return self._seen(link, before, outcome, story_id=held.id, detail="withdrawn by a kill notice")

    def _suspected(self, link: Link, before: UrlState, held: StoredStory, story: Story, why: str) -> Visited:
        """Keep what we have, and look again in an hour: the page need not have changed to be asked for then."""
        now, digest = self._clock(), reading_digest(story)
        since = before.suspect_at if before.suspect == digest else now
        before = before._replace(suspect=digest, suspect_at=since, etag=None, last_modified=None)
        visited = self._seen(link, before, Outcome.UNCHANGED, story_id=held.id, detail=f"suspect: {why}")
        state = visited.state._replace(next_look_at=now + WAIT, looks=before.looks)
        return Visited(replace(visited.result, next_look_at=state.next_look_at), state)

    def _seen(
        self, link: Link, before: UrlState, outcome: Outcome, *, story_id: str | None, detail: str | None = None
    ) -> Visited:
        now = self._clock()
        looks = before.looks + 1 if outcome is Outcome.UNCHANGED else 0
        next_look_at = self._freshness.after_story(now, looks)
        state = before._replace(
            outcome=outcome.value,
            detail=detail,
            looked_at=now,
            next_look_at=next_look_at,
            story_id=story_id,
            evidence=evidence_digest(link),
            link=link.model_dump_json(exclude_defaults=True),
            looks=looks,
            failures=0,
        )
        return Visited(Result(before.url, outcome, detail, story_id, next_look_at), state)

    def _failed(self, link: Link, before: UrlState, error: CrawlError) -> Visited:
        now = self._clock()
        waiting = isinstance(error, BackingOffError)  # not asked at all: no failure of this URL
        outcome, failures = outcome_of(error), before.failures + (not waiting)
        next_look_at = self._freshness.after_error(error, now, failures)
        state = before._replace(
            outcome=outcome.value,
            detail=str(error),
            looked_at=now,
            next_look_at=next_look_at,
            evidence=evidence_digest(link),
            link=link.model_dump_json(exclude_defaults=True),
            failures=failures,
        )
        result = Result(before.url, outcome, str(error), before.story_id, next_look_at)
        return Visited(result, state, withdraw=self._gone_story(before, error, failures))

    def _gone_story(self, before: UrlState, error: CrawlError, failures: int) -> str | None:
        """410 is believed at once, 404 after three looks over a day."""
        if not isinstance(error, GoneError):
            return None
        believed = error.status == 410 or failures >= GONE_LOOKS
        return (before.story_id or self._store.stories.find(before.url)) if believed else None


def _refuse_home_page(link: Link, page: Page) -> None:
    """A story that redirects to a home or section page is gone."""
    if looks_like_home_or_section(page.final_url) and canonical_url(page.final_url) != canonical_url(link.url):
        raise GoneError(f"redirects to {page.final_url}", url=link.url, status=404)


def evidence_digest(link: Link) -> str:
    """Changes whenever the place where the link stood says something else of it: title or dates."""
    told = (link.title, link.published_at, link.modified_at)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def pending(link: Link, now: datetime) -> UrlState:
    """The state of a URL that was found and not visited yet: it is due at once."""
    return UrlState(
        url=canonical_url(link.url),
        source=link.source,
        outcome=Outcome.KNOWN.value,
        looked_at=now,
        next_look_at=now,
        link=link.model_dump_json(exclude_defaults=True),
    )
