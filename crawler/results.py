"""Results of the URLs of a crawl run, and what they add up to.

Every URL of a run ends in exactly one `Outcome`, counted and logged once.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from model.errors import (
    BlockedError,
    CrawlError,
    GoneError,
    NotAStoryError,
    ParseError,
    PoisonError,
    RefusedError,
    RetryLaterError,
    RobotsDisallowedError,
    SetAsideError,
    TooLargeError,
)
from model.outcomes import Outcome

_OUTCOME_OF: tuple[tuple[type[CrawlError], Outcome], ...] = (
    (NotAStoryError, Outcome.NOT_A_STORY),
    (ParseError, Outcome.NOT_A_STORY),
    (GoneError, Outcome.GONE),
    (RobotsDisallowedError, Outcome.ROBOTS),
    (TooLargeError, Outcome.TOO_LARGE),
    (PoisonError, Outcome.POISON),
    (RefusedError, Outcome.REFUSED),
    (SetAsideError, Outcome.REFUSED),
    (BlockedError, Outcome.BLOCKED),
    (RetryLaterError, Outcome.FAILED),
)


def outcome_of(error: CrawlError) -> Outcome:
    """The outcome that an error of model/errors.py stands for."""
    return next((outcome for kind, outcome in _OUTCOME_OF if isinstance(error, kind)), Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class UrlResult:
    """One URL's end: `detail` says why, `recheck_at` is None where it is not asked for again."""

    url: str
    outcome: Outcome
    detail: str | None = None
    story_id: str | None = None
    recheck_at: datetime | None = None

    @property
    def fate(self) -> str:
        """What happens next, as logs say it: "look again" or "set aside"."""
        return "set aside" if self.recheck_at is None else "look again"


@dataclass(frozen=True, slots=True)
class CrawlRunSummary:
    """One crawl run of a source: how many URLs ended how, and which of its endpoints failed (URL -> reason).

    `endpoints` is the number of those fetched, `found` that of new stories whose links no earlier run had seen.
    `endpoint_losses` says of endpoints that were read what was left out and why, `left_out` counts these entries by
    reason, `endpoint_results` the endpoints by how reading them went ("well", "failed", "in part", "empty",
    "unchanged").
    `poison` are the pages that ended in POISON, with their reasons and next looks. `no_stories` counts the pages that
    were no stories by reason.
    """

    source: str
    started_at: datetime
    ended_at: datetime
    counts: Mapping[Outcome, int] = field(default_factory=Counter)
    endpoint_errors: Mapping[str, str] = field(default_factory=dict)
    endpoints: int = 0
    alarm: str | None = None
    found: int = 0
    endpoint_losses: Mapping[str, str] = field(default_factory=dict)
    endpoint_results: Mapping[str, int] = field(default_factory=Counter)
    left_out: Mapping[str, int] = field(default_factory=Counter)
    poison: tuple[UrlResult, ...] = ()
    no_stories: Mapping[str, int] = field(default_factory=Counter)

    @property
    def failed(self) -> bool:
        """Whether the source gave nothing: every one of its feeds, sitemaps and front pages failed."""
        return bool(self.endpoints) and len(self.endpoint_errors) == self.endpoints

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.ended_at - self.started_at).total_seconds()
