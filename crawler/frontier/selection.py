"""URL selection: which URLs a crawl run of a source visits.

Links that are new, or of which their feed says something new, then URLs whose recheck is due; behind all these a
bounded number of late rechecks, so that a store of a million old stories never keeps a new one waiting. What a run
can't take up is remembered and due in the next.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog

from crawler.discovery import merge_links
from crawler.frontier.url_state import as_announced, evidence_digest, has_new_evidence, pending
from ingest.decision import TOO_LONG
from model.outcomes import Outcome
from model.page import Link
from net.urls import LONGEST_KEPT_URL, canonical_url
from store.base import Lease
from store.opening import Store
from store.sql.crawl_state import UrlState
from store.sql.forgotten import forgotten_addresses

MAX_VISITS = 1000
MAX_LATE_VISITS = 200
"""So many late rechecks (crawler/frontier/recheck.py) a run makes at most."""
_NO_STORY = timedelta(days=1)
_LONGEST_NO_STORY = timedelta(days=30)
_NEVER = datetime.min.replace(tzinfo=UTC)


class PlannedVisit(NamedTuple):
    """A URL to visit in this run, and the state in which the last visit left it; `is_late` where it may wait."""

    link: Link
    known: UrlState | None
    is_late: bool = False


OutcomeCounts = Counter[tuple[str | None, Outcome]]
"""How many URLs ended how, by the endpoint that announced them (None: none that is known)."""


class Selection(NamedTuple):
    """What a run visits, and how the other URLs that it found end."""

    visits: tuple[PlannedVisit, ...]
    outcomes: OutcomeCounts


class UrlSelector:
    """Selects for one source at a time; `backfill` bounds what a source's first run takes up."""

    def __init__(self, store: Store, backfill: int) -> None:
        self._store = store
        self._backfill = backfill
        self._log = structlog.get_logger("crawler")

    def select(
        self, source: str, links: Iterable[Link], now: datetime, *, first: bool, under: Lease | None = None
    ) -> Selection:
        """What to visit now of what was found and of what is due; `first` for the first run of a source.

        Raises LeaseLostError where the lease on the source, `under` which it is crawled, has ended.
        """
        found = {canonical_url(link.url): link for link in merge_links(links)}
        states = self._store.crawl.urls(found)
        outcomes: OutcomeCounts = Counter()
        planned = []
        for url, link in self._allowed(found, states, outcomes).items():
            if _is_fresh(states.get(url), link, now):
                outcomes[link.found_in, Outcome.KNOWN] += 1
            else:
                planned.append(_planned(link, states.get(url)))
        if first:
            planned = self._bounded(planned, outcomes, now, under)
        due = self._store.crawl.due(source, now, MAX_VISITS)
        others = ((state.link, state) for state in due if state.url not in found)
        planned += [
            PlannedVisit(Link.model_validate_json(link), state, state.is_late) for link, state in others if link
        ]
        prompt = [visit for visit in planned if not visit.is_late]
        late = [visit for visit in planned if visit.is_late][: max(0, min(MAX_LATE_VISITS, MAX_VISITS - len(prompt)))]
        self.postpone(prompt[MAX_VISITS:], now, under)
        return Selection((*prompt[:MAX_VISITS], *late), outcomes)

    def postpone(self, visits: Sequence[PlannedVisit], now: datetime, under: Lease | None = None) -> None:
        """Remember links for the next run: their feed may answer "not modified" then.

        Raises LeaseLostError where the lease on the source has ended.
        """
        states = [pending(visit.link, now) for visit in visits if visit.known is None]
        if states:
            self._store.crawl.save_urls(states, under=under)

    def _allowed(
        self, found: dict[str, Link], states: Mapping[str, UrlState], outcomes: OutcomeCounts
    ) -> dict[str, Link]:
        """Without the addresses of stories that were forgotten on request, and new ones that are too long to be kept.

        Nothing of them is fetched, and nothing kept.
        """
        keys: dict[str, list[str]] = {}
        for url in found:
            for key in forgotten_addresses(url):
                keys.setdefault(key, []).append(url)
        refused = {url for key in self._store.forgotten.among(keys) for url in keys[key]}
        too_long = {url for url in found if len(url) > LONGEST_KEPT_URL and url not in states}
        for url in sorted(too_long):
            self._log.info(Outcome.REFUSED.value, source=found[url].source, url=url, detail=TOO_LONG)
        refused |= too_long
        if not refused:
            return found
        outcomes.update((found[url].found_in, Outcome.REFUSED) for url in refused)
        return {url: link for url, link in found.items() if url not in refused}

    def _bounded(
        self, visits: list[PlannedVisit], outcomes: OutcomeCounts, now: datetime, under: Lease | None
    ) -> list[PlannedVisit]:
        """The newest links only; the others are taken up when their feed says something new of them."""
        newest = sorted(visits, key=_newest_date, reverse=True)
        chosen = {id(visit) for visit in newest[: self._backfill]}
        left = [visit for visit in visits if id(visit) not in chosen and visit.known is None]
        if not left:
            return visits
        older = [
            pending(visit.link, now)._replace(
                recheck_at=None, evidence=evidence_digest(visit.link), detail="older than the first round reaches"
            )
            for visit in left
        ]
        self._store.crawl.save_urls(older, under=under)
        outcomes.update((visit.link.found_in, Outcome.KNOWN) for visit in left)
        return [visit for visit in visits if id(visit) in chosen or visit.known is not None]


def _planned(link: Link, known: UrlState | None) -> PlannedVisit:
    """The visit of a link that was found; what its endpoint says anew does not wait."""
    return PlannedVisit(
        as_announced(link, known), known, known is not None and known.is_late and not has_new_evidence(link, known)
    )


def _newest_date(visit: PlannedVisit) -> datetime:
    return visit.link.published_at or visit.link.modified_at or _NEVER


def _is_fresh(known: UrlState | None, link: Link, now: datetime) -> bool:
    """Whether nothing calls for a visit now: the endpoint says the same as last time and no recheck is due."""
    if known is None or (has_new_evidence(link, known) and not _is_no_story(known, link, now)):
        return False
    return known.recheck_at is None or known.recheck_at > now


def _is_no_story(known: UrlState, link: Link, now: datetime) -> bool:
    """Whether a sitemap only gives another date to a page that was no story lately.

    Lists and home pages are dated anew with each story; they are asked again after a day, two days, and so on.
    """
    if link.kind != "sitemap" or known.outcome != Outcome.NOT_A_STORY.value or known.story_id:
        return False
    return now < known.visited_at + min(_NO_STORY * (1 << min(max(known.failures - 1, 0), 10)), _LONGEST_NO_STORY)
