"""Which URLs does a round of a source visit?

Links that are new, or of which their feed says something new, then URLs that are due for another look. What a round
can't take up is remembered and due in the next.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from crawler.discovery import merge_links
from crawler.frontier.url_state import evidence_digest, pending, says_something_new
from model.outcomes import Outcome
from model.page import Link
from net.urls import canonical_url, identity_key
from store.opening import Store
from store.sql.aliases import likely_alias, url_alias
from store.sql.crawl_state import UrlState

MAX_VISITS = 1000
_NEVER = datetime.min.replace(tzinfo=UTC)


class Task(NamedTuple):
    """A URL to visit in this round, and what became of it the last time."""

    link: Link
    known: UrlState | None


Ends = Counter[tuple[str | None, Outcome]]
"""How many URLs ended how, by the endpoint that announced them (None: none that is known)."""


class Choice(NamedTuple):
    """What a round visits, and how the other URLs that it found end."""

    tasks: tuple[Task, ...]
    ends: Ends


class Chooser:
    """Chooses for one source at a time; `backfill` bounds what a source's first round takes up."""

    def __init__(self, store: Store, backfill: int) -> None:
        self._store = store
        self._backfill = backfill

    def choose(self, source: str, links: Iterable[Link], now: datetime, *, first: bool) -> Choice:
        """What to visit now of what was found and of what is due; `first` for the first round of a source."""
        found = {canonical_url(link.url): link for link in merge_links(links)}
        states = self._store.crawl.urls(found)
        ends: Ends = Counter()
        tasks = []
        for url, link in self._allowed(found, ends).items():
            if _is_fresh(states.get(url), link, now):
                ends[link.found_in, Outcome.KNOWN] += 1
            else:
                tasks.append(Task(link, states.get(url)))
        if first:
            tasks = self._bounded(tasks, ends, now)
        due = self._store.crawl.due(source, now, MAX_VISITS)
        others = ((state.link, state) for state in due if state.url not in found)
        tasks += [Task(Link.model_validate_json(link), state) for link, state in others if link]
        self.postpone(tasks[MAX_VISITS:], now)
        return Choice(tuple(tasks[:MAX_VISITS]), ends)

    def postpone(self, tasks: Sequence[Task], now: datetime) -> None:
        """Remember links for the next round: their feed may answer "not modified" then."""
        states = [pending(task.link, now) for task in tasks if task.known is None]
        if states:
            self._store.crawl.save_urls(states)

    def _allowed(self, found: dict[str, Link], ends: Ends) -> dict[str, Link]:
        """Without the addresses of stories that were forgotten on request: nothing is asked, nothing is kept."""
        keys = {url_alias(url): url for url in found} | {likely_alias(identity_key(url)): url for url in found}
        refused = {keys[key] for key in self._store.forgotten.among(keys)}
        if not refused:
            return found
        ends.update((found[url].found_in, Outcome.REFUSED) for url in refused)
        return {url: link for url, link in found.items() if url not in refused}

    def _bounded(self, tasks: list[Task], ends: Ends, now: datetime) -> list[Task]:
        """The newest links only; the others are taken up when their feed says something new of them."""
        newest = sorted(tasks, key=lambda task: task.link.published_at or task.link.modified_at or _NEVER, reverse=True)
        chosen = {id(task) for task in newest[: self._backfill]}
        left = [task for task in tasks if id(task) not in chosen and task.known is None]
        if not left:
            return tasks
        self._store.crawl.save_urls(
            pending(task.link, now)._replace(
                next_look_at=None, evidence=evidence_digest(task.link), detail="older than the first round reaches"
            )
            for task in left
        )
        ends.update((task.link.found_in, Outcome.KNOWN) for task in left)
        return [task for task in tasks if id(task) in chosen or task.known is not None]


def _is_fresh(known: UrlState | None, link: Link, now: datetime) -> bool:
    """Whether nothing speaks for a look now: the place says the same as last time and no look is due."""
    if known is None or says_something_new(link, known):
        return False
    return known.next_look_at is None or known.next_look_at > now
