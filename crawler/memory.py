"""What is remembered of a URL after a look?"""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from crawler.outcomes import Outcome, Result
from crawler.urls import canonical_url
from index.page import Link
from index.store.crawl_state import UrlState


class Visited(NamedTuple):
    """A result with the state to keep; `withdraw` is the story that is gone, if the round agrees."""

    result: Result
    state: UrlState
    withdraw: str | None = None


def told(before: UrlState, link: Link, now: datetime) -> UrlState:
    """The state after a look, with what the place says of the link now."""
    evidence, told_link = evidence_digest(link), link.model_dump_json(exclude_defaults=True)
    return before._replace(looked_at=now, evidence=evidence, link=told_link)


def ended(state: UrlState, result: Result) -> UrlState:
    """The state with its result."""
    return state._replace(outcome=result.outcome.value, detail=result.detail, next_look_at=result.next_look_at)


def look_at(visited: Visited, next_look_at: datetime, looks: int) -> Visited:
    """The same with another next look."""
    state = visited.state._replace(next_look_at=next_look_at, looks=looks)
    return Visited(replace(visited.result, next_look_at=next_look_at), state)


def evidence_digest(link: Link) -> str:
    """Changes whenever the place where the link stood says something else of it: title or dates."""
    evidence = (link.title, link.published_at, link.modified_at)
    return hashlib.sha256(repr(evidence).encode()).hexdigest()[:16]


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
