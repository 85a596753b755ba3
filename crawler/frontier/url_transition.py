"""Transition of a URL's state by one visit: its outcome, its counters and its next recheck."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from crawler.frontier.recheck import RecheckSchedule, is_gone_for_good
from crawler.frontier.url_state import pending, with_evidence
from crawler.results import UrlResult, outcome_of
from ingest.apply import Applied
from model.errors import BackingOffError, CrawlError, ForgottenStoryError, GoneError, NotAStoryError
from model.outcomes import Outcome
from model.page import Link, Page
from store.sql.crawl_state import UrlState

_SET_ASIDE = (
    Outcome.NOT_A_STORY,
    Outcome.GONE,
    Outcome.ROBOTS,
    Outcome.REFUSED,
    Outcome.TOO_LARGE,
    Outcome.POISON,
)
_KINDS_OF_FAILURE = {
    **{outcome: outcome for outcome in _SET_ASIDE},
    Outcome.FAILED: Outcome.FAILED,
    Outcome.BLOCKED: Outcome.FAILED,
}


class CompletedVisit(NamedTuple):
    """A result with the state to keep; `withdraw` is the story that is gone, if the run agrees.

    `is_stored` where the state was stored together with the story.
    """

    result: UrlResult
    state: UrlState
    withdraw: str | None = None
    is_stored: bool = False


class UrlTransition:
    """One visit of one URL: the state `before` it, and the state after each way in which it may end."""

    def __init__(
        self, link: Link, known: UrlState | None, schedule: RecheckSchedule, clock: Callable[[], datetime]
    ) -> None:
        """`known` is the state in which the last visit left the URL; None for the first one."""
        self.link = link
        self.before = known or pending(link, clock())
        self._schedule = schedule
        self._clock = clock

    def not_modified(self) -> CompletedVisit:
        """The page is the one that was fetched before."""
        now, checks = self._clock(), self.before.visits + 1
        recheck_at = self._schedule.after_story(now, checks)
        result = UrlResult(self.before.url, Outcome.UNCHANGED, None, self.before.story_id, recheck_at)
        return self._read_well(result, self.before, checks, now)

    def applied(self, page: Page, applied: Applied) -> CompletedVisit:
        """The page was read, and ingest said what becomes of it."""
        if applied.outcome is Outcome.REFUSED:
            return self.failed(ForgottenStoryError(applied.detail or "", url=self.link.url))
        if applied.outcome is Outcome.NOT_A_STORY and applied.story_id is None:
            return self.failed(NotAStoryError(applied.detail or "", url=self.link.url))
        now = self._clock()
        if applied.recheck_at is not None:
            checks = self.before.visits if applied.held_back else 0
        else:
            checks = self.before.visits + 1 if applied.held_back or applied.outcome is Outcome.UNCHANGED else 0
        recheck_at = applied.recheck_at or self._schedule.after_story(now, checks)
        validators = {} if applied.unconditional else page.headers
        state = self.before._replace(etag=validators.get("etag"), last_modified=validators.get("last-modified"))
        result = UrlResult(self.before.url, applied.outcome, applied.detail, applied.story_id, recheck_at)
        return self._read_well(result, state, checks, now)

    def failed(self, error: CrawlError) -> CompletedVisit:
        """The page could not be fetched or read; one that is gone ends in `gone`."""
        now, outcome = self._clock(), outcome_of(error)
        was_sent = not isinstance(error, BackingOffError)  # else it is no failure of this URL
        before = 0 if was_sent and self._fails_otherwise(outcome) else self.before.failures
        failures = before + was_sent
        recheck_at = self._schedule.after_error(error, now, failures)
        result = UrlResult(self.before.url, outcome, str(error), self.before.story_id, recheck_at)
        return self._completed(result, self.before._replace(failures=failures), now)

    def gone(self, error: GoneError, story_id: str | None) -> CompletedVisit:
        """The page is gone: 410 is believed at once, 404 after three checks over a day.

        `story_id` is the story that was read there. A page that returns is read whole.
        """
        now = self._clock()
        checks, since = self.before.gone_visits + 1, self.before.gone_since or now
        recheck_at = self._schedule.after_gone(now, checks)
        result = UrlResult(self.before.url, Outcome.GONE, str(error), story_id, recheck_at)
        state = self.before._replace(gone_visits=checks, gone_since=since, etag=None, last_modified=None)
        believed = is_gone_for_good(error, checks, since, now)
        return self._completed(result, state, now, withdraw=story_id if believed else None)

    def _fails_otherwise(self, outcome: Outcome) -> bool:
        """Whether the last visit ended in a failure of another kind: each kind counts by itself."""
        kind = _KINDS_OF_FAILURE.get(Outcome(self.before.outcome))
        return kind is not None and kind is not _KINDS_OF_FAILURE.get(outcome)

    def _read_well(self, result: UrlResult, state: UrlState, checks: int, now: datetime) -> CompletedVisit:
        state = state._replace(visits=checks, failures=0, gone_visits=0, gone_since=None)
        return self._completed(result, state, now)

    def _completed(
        self, result: UrlResult, state: UrlState, now: datetime, withdraw: str | None = None
    ) -> CompletedVisit:
        state = with_evidence(state, self.link, now)._replace(
            outcome=result.outcome.value,
            detail=result.detail,
            recheck_at=result.recheck_at,
            story_id=result.story_id,
            is_late=self._is_late(result.recheck_at, state.visits, now),
        )
        return CompletedVisit(result, state, withdraw)

    def _is_late(self, recheck_at: datetime | None, checks: int, now: datetime) -> bool:
        return recheck_at is not None and self._schedule.is_late(recheck_at - now, checks)
