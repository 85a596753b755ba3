"""Query tree, and an engine's request and result.

`search/query/parser.py` turns what a person typed into this tree; each engine compiles the tree into its own terms.
Text in the tree is as the person typed it: analysis belongs to the engine (text/analysis).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

Sort = Literal["relevance", "score", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word, matched in any of its forms (exact, folded, stemmed); in the default fields where `field` is None."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words matched as written, in order, at most `slop` positions further apart than in the phrase.

    A quoted single word is a phrase of one word.
    """

    text: str
    field: str | None = None
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words that begin with `text` (typed `text*`)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """All words that match a pattern of `*` (any run) and `?` (any one character)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """All words within `edits` insertions, deletions, substitutions or transpositions (typed `text~`)."""

    text: str
    field: str | None = None
    edits: int = 1


@dataclass(frozen=True, slots=True)
class DateRange:
    """Stories dated in [`after`, `before`): whole days in UTC; undated stories never match."""

    after: date | None = None
    before: date | None = None
    field: str = "published_at"


@dataclass(frozen=True, slots=True)
class Has:
    """Stories in which `field` is not empty."""

    field: str


@dataclass(frozen=True, slots=True)
class Status:
    """Stories of one status ("live", "withdrawn"), "corrected" ones (version above 1) or "uncertain" ones."""

    status: Literal["live", "withdrawn", "corrected", "uncertain"]


@dataclass(frozen=True, slots=True)
class Everything:
    """All stories."""


@dataclass(frozen=True, slots=True)
class And:
    """Stories that match all clauses."""

    clauses: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Stories that match at least one clause."""

    clauses: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Loose words as typed side by side: any may match, and stories with all of them rank first."""

    clauses: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Stories that do not match the clause."""

    clause: "Query"


Leaf = Word | Phrase | Prefix | Wildcard | Fuzzy
Query = Leaf | DateRange | Has | Status | Everything | And | Or | Words | Not


def asks_for_withdrawn(query: Query) -> bool:
    """Whether a tree holds Status("withdrawn")."""
    match query:
        case Status(status):
            return status == "withdrawn"
        case And(clauses) | Or(clauses) | Words(clauses):
            return any(map(asks_for_withdrawn, clauses))
        case Not(clause):
            return asks_for_withdrawn(clause)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions that do not score; a field's values are alternatives, fields restrict each other.

    Keys of `values` are facet fields (source, agency, language, section).
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: date | None = None
    before: date | None = None


class SortKey(NamedTuple):
    """Where a hit stands in the order of a result: hits come by `value`, highest first, and of equal ones by `id`.

    `value` is what the order goes by (a score, an instant in the engine's own unit); it means nothing to anybody but
    the engine that made it, for the same query, filters, sort and `now`.
    """

    value: float
    id: str


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search as an engine is asked; `offset` and `limit` count hits, `limit` 0 asks for the counts alone.

    `offset` is for the first pages. `after` goes on to any depth: the hits begin behind the story of that key, where
    it stands now if it still matches, and where the key itself would stand if it doesn't; `offset` is counted from
    there.

    Where `fold` is set, of near-identical stories (StoredStory.copy_group) that match the first in order is a hit, and
    the others are none.

    Withdrawn stories match only where the tree holds `Status("withdrawn")`. `now` is the instant that recency
    is counted from (sort "relevance"). After `timeout_seconds` (None: never), what has not been worked out matches
    nothing, and excludes everything under Not, so that a part of the stories is answered. `explain` asks for the parts
    of scores.
    """

    query: Query
    filters: Filters = Filters()
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    after: SortKey | None = None
    facets: bool = True
    fold: bool = False
    explain: bool = False
    now: datetime | None = None
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of a score.

    `kind` is that of a leaf (word, phrase, prefix, wildcard, fuzzy), with its `text` as typed, or one of "all words",
    "closeness", "passage", "likeness", "recency". Of a word, `form` is the best form that the story holds (exact,
    stem, folded, part), and `fields` says how much of the part each field brings.
    """

    kind: str
    score: float
    text: str | None = None
    form: str | None = None
    fields: Mapping[str, float] = field(default_factory=dict)


class EngineHit(NamedTuple):
    """A story that matched; `score` is the score that it was sorted by (relevance, score), else its BM25F score.

    `parts` add up to the score, where they were asked for and the time was enough.
    """

    id: str
    score: float
    parts: tuple[ScorePart, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineResult:
    """`total` is exact; `facets` maps a facet field to (value, count) pairs, most frequent first.

    Both count stories before folding. `folded_total` counts hits, exactly; without folding it is `total`.

    The facet "published" holds ("2013-01", count) pairs in order of time. `checkpoint` is that of the commit that
    answered. `next_key` is the sort key of the last hit, None where no hit follows. `timed_out`: the time was over
    before all of the query was worked out, and the hits and counts are those of a part. An engine may count very many
    different values, or groups of copies, about: `facets_exact` and `folded_total_exact` say so.
    """

    total: int
    folded_total: int
    hits: tuple[EngineHit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    checkpoint: int = 0
    next_key: SortKey | None = None
    timed_out: bool = False
    facets_exact: bool = True
    folded_total_exact: bool = True
