"""Questions as the search service takes them, and the pages of results that it answers with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.errors import QueryError
from model.query import ScorePart, SearchRequest
from model.story import Copy, StoredStory
from search.highlight.snippets import Extract

MAX_SIZE = 100
"""Hits on one page."""
MAX_DEPTH = 10_000
"""How far page numbers reach (page x size); a cursor goes on from there."""


_PARTIAL = (
    "The search took too long and was cut off: there may be more stories, and better ones. "
    "Fewer words, and fewer of them with * or ~, are faster."
)


class NowhereError(QueryError):
    """Well-formed, but there is no such place in the answer: HTTP 404."""


@dataclass(frozen=True, slots=True)
class Question:
    """One search, read and checked: `text` as typed, `request` as understood, `notes` on the difference.

    `request` is what the engine is asked; the service completes it by what only it knows: the instant, the time limit
    and, where `cursor` goes on after an earlier page, the sort key. With a cursor the number of the page says nothing.
    """

    text: str
    request: SearchRequest
    notes: tuple[str, ...] = ()
    cursor: str | None = None

    @property
    def size(self) -> int:
        """Hits on a page."""
        return self.request.limit

    @property
    def page(self) -> int:
        """The number of the page, from 1."""
        return self.request.offset // self.request.limit + 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that was found, and why; `copies` are its live near-identical copies, where they are folded into it.

    `parts` add up to the score, where they were asked for.
    """

    story: StoredStory
    score: float
    extract: Extract
    copies: tuple[Copy, ...] = ()
    parts: tuple[ScorePart, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of an answer; `total` and `facets` count stories before folding, `folded_total` counts hits.

    `revision` is the state of the index that answered; `suggestion` is a query that would find more. `partial`: the
    time was over before all of the query was worked out, so that there may be more stories, and better ones.
    `facets_exact` and `folded_total_exact` are False where an engine has counted very many values about.
    """

    question: Question
    total: int
    folded_total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    next_cursor: str | None = None
    suggestion: str | None = None
    revision: int = 0
    took_ms: float = 0.0
    partial: bool = False
    facets_exact: bool = True
    folded_total_exact: bool = True

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of this answer, in sentences."""
        return (*self.question.notes, _PARTIAL) if self.partial else self.question.notes
