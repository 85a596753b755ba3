"""Withdrawals: stories whose pages are gone.

A page that is gone is no proof by itself: a story may live on under another address, and a site that is broken takes
all of its pages away at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from crawler.frontier.url_transition import CompletedVisit
from model.outcomes import Outcome
from model.story import Withdrawal
from store.lease_keeper import Claim
from store.opening import Store

GONE_SHARE = 0.2
"""Where more of a source's stories than this share are gone in one run, the site is taken to be broken."""
_GONE_ENOUGH = 3
_RECHECK_AFTER = timedelta(hours=1)
_BELIEVED_ANYWAY = timedelta(days=3)


class Withdrawals:
    """Gathers the visits of stories in one run, and decides at its end, as long as the `claim` on the source lasts."""

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store = store
        self._claim = claim
        self._count = 0
        self._gone: list[CompletedVisit] = []
        self._log = structlog.get_logger("crawler")

    def add(self, visited: CompletedVisit) -> None:
        """Count one visit."""
        if visited.state.story_id is None:
            return
        self._count += 1
        if visited.result.outcome is Outcome.GONE:
            self._gone.append(visited)

    def decide(self, now: datetime) -> str | None:
        """Withdraw what is gone; where too much is gone at once, only what has been gone for days.

        Returns an alarm for a person to see to, or None. Raises LeaseLostError.
        """
        believed = [visited for visited in self._gone if visited.withdraw]
        broken = len(self._gone) >= _GONE_ENOUGH and len(self._gone) > GONE_SHARE * self._count
        if broken:
            self._wait([visited for visited in believed if not _gone_for_days(visited, now)], now)
            believed = [visited for visited in believed if _gone_for_days(visited, now)]
        for visited in believed:
            self._claim.check()
            self._withdraw(visited, now)
        if not broken:
            return None
        return f"{len(self._gone)} of {self._count} pages are gone at once; no story is withdrawn before they stay gone"

    def _withdraw(self, visited: CompletedVisit, now: datetime) -> None:
        story_id = visited.withdraw
        if story_id is None:
            return
        others = self._store.crawl.live_addresses(story_id, visited.state.url)
        if others:  # it moved, or a twin went: the other address says what became of it
            sooner = [o._replace(recheck_at=now) for o in others if o.visited_at < visited.state.visited_at]
            self._store.crawl.save_urls(sooner, under=self._claim.lease)
            return
        withdrawal = _withdrawal(visited)
        if self._store.stories.set_status(story_id, "withdrawn", now, withdrawal):
            self._log.info("withdrawn", story=story_id, url=visited.result.url, reason=withdrawal.reason)

    def _wait(self, held: Sequence[CompletedVisit], now: datetime) -> None:
        later = [visited.state._replace(recheck_at=now + _RECHECK_AFTER) for visited in held]
        self._store.crawl.save_urls(later, under=self._claim.lease)


def _withdrawal(visited: CompletedVisit) -> Withdrawal:
    """Why a story is withdrawn whose page is gone."""
    state = visited.state
    reason = f"the page is gone: {visited.result.detail}"
    if state.gone_visits > 1 and state.gone_since is not None:
        reason += f", at {state.gone_visits} visits since {state.gone_since:%Y-%m-%d %H:%M} UTC"
    return Withdrawal(kind="page_gone", reason=reason, url=visited.result.url)


def _gone_for_days(visited: CompletedVisit, now: datetime) -> bool:
    since = visited.state.gone_since
    return since is not None and now - since >= _BELIEVED_ANYWAY
