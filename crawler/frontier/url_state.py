"""URL state: what is remembered of a URL after a visit."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from model.outcomes import Outcome
from model.page import Link
from net.urls import canonical_url
from store.sql.crawl_state import UrlState
from text.dates import follows_fetch

_EVIDENCE = ("title", "published_at", "modified_at")
_BESIDE = {"published_at": ("published_local", "published_note"), "modified_at": ("modified_note",)}
"""What is said of a date goes with it."""


def with_evidence(before: UrlState, link: Link, now: datetime) -> UrlState:
    """The state after a visit, with what the endpoint says of the link now."""
    evidence, known = evidence_digest(link), _known_link(before)
    if known is not None:
        link = _combined(known, link)
    return before._replace(visited_at=now, evidence=evidence, link=link.model_dump_json(exclude_defaults=True))


def has_new_evidence(link: Link, before: UrlState) -> bool:
    """Whether the endpoint of a link says something else of it than it did: another title, another date.

    An endpoint that says less is no news, and neither is another endpoint with a title of its own: of several, each
    may answer "not modified" at its own time. There only a later modification counts.
    """
    if before.evidence == evidence_digest(link):
        return False
    known = _known_link(before)
    if known is None:
        return True
    if link.found_in == known.found_in:
        return any(_stated(link, name) not in (None, getattr(known, name)) for name in _EVIDENCE)
    dates = [at for at in (known.published_at, known.modified_at) if at is not None]
    return link.modified_at is not None and link.modified_at > max(dates, default=link.modified_at)


def evidence_digest(link: Link) -> str:
    """A digest of what the endpoint of a link says of it: title and dates."""
    evidence = tuple(_stated(link, name) for name in _EVIDENCE)
    return hashlib.sha256(repr(evidence).encode()).hexdigest()[:16]


def pending(link: Link, now: datetime) -> UrlState:
    """The state of a URL that was found and not visited yet: it is due at once."""
    return UrlState(
        url=canonical_url(link.url),
        source=link.source,
        outcome=Outcome.KNOWN.value,
        visited_at=now,
        recheck_at=now,
        link=link.model_dump_json(exclude_defaults=True),
    )


def as_announced(link: Link, known: UrlState | None) -> Link:
    """A link that was announced once, by any endpoint, stays so."""
    before = None if link.is_announced or known is None else _known_link(known)
    return _announced(link) if before is not None and before.is_announced else link


def _combined(known: Link, link: Link) -> Link:
    """The newer evidence of one endpoint; of two endpoints the first one's, with what only the other knows."""
    newer = _newer(known, link)
    return _announced(newer) if not newer.is_announced and (known.is_announced or link.is_announced) else newer


def _announced(link: Link) -> Link:
    return link.model_copy(update={"announced": True})


def _newer(known: Link, link: Link) -> Link:
    if link.found_in == known.found_in:
        return link.model_copy(update=_evidence_of(known, [n for n in _EVIDENCE if getattr(link, n) is None]))
    gaps = [name for name in _EVIDENCE if getattr(known, name) is None]
    if link.modified_at and known.modified_at and link.modified_at > known.modified_at:
        gaps.append("modified_at")
    return known.model_copy(update=_evidence_of(link, gaps))


def _evidence_of(link: Link, names: Iterable[str]) -> dict[str, Any]:
    return {n: getattr(link, n) for name in names for n in (name, *_BESIDE.get(name, ()))}


def _stated(link: Link, name: str) -> Any:
    """What a link states; None where it is an instant that moves with each fetch ("2 hours ago")."""
    note = next((getattr(link, n) for n in _BESIDE.get(name, ()) if n.endswith("_note")), None)
    return None if follows_fetch(note) else getattr(link, name)


def _known_link(before: UrlState) -> Link | None:
    return Link.model_validate_json(before.link) if before.link else None
