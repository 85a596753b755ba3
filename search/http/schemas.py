"""Schemas of the JSON that each route answers.

These models are the contract of docs/http-api.md and the source of the OpenAPI document. New keys may come; those that
are here stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from model.fields import BY_NAME, FACETS, PUBLISHED
from model.story import Status, StoredStory, Withdrawal
from search.highlight.matched_fields import positive_leaves
from search.question import Hit, ResultPage


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class ErrorDetail(_Schema):
    """`code` is for programs, `message` says to a person what to fix."""

    code: str = Field(examples=["bad_parameter"])
    message: str = Field(examples=["size='1000': expected a number from 1 to 100"])
    parameter: str | None = Field(default=None, examples=["size"])


class ErrorAnswer(_Schema):
    """The one shape of every error."""

    error: ErrorDetail


class CopyAnswer(_Schema):
    """A near-identical copy of a hit's story."""

    id: str
    source: str
    url: str | None = None


class SnippetOrigin(_Schema):
    """Where the snippet was taken from: a field, and of a caption its label and credit."""

    field: str = Field(examples=["caption"])
    label: str | None = None
    credit: str | None = Field(default=None, examples=["AP Photo/Jerome Delay"])


class FoundAnswer(_Schema):
    """One field in which a hit's words were found, with its weight and how often each word stands in it."""

    field: str = Field(examples=["caption"])
    boost: float
    words: dict[str, int] = Field(examples=[{"rivet": 2}])


class PartAnswer(_Schema):
    """A part of a score: a word, phrase or pattern of the query, or what the story gains as a whole or by its date."""

    kind: str = Field(
        examples=["word"],
        description="word, phrase, prefix, wildcard, fuzzy; all words, closeness, passage, likeness, recency.",
    )
    score: float
    text: str | None = Field(examples=["rivets"])
    form: str | None = Field(description="Of a word: exact, stem or folded, the best form that was met.")
    fields: dict[str, float] = Field(examples=[{"headline": 4.1, "body": 1.4}])


class HitAnswer(_Schema):
    """One story that was found; `snippet` is HTML: escaped, the matches in <mark>."""

    id: str
    url: str | None
    source: str = Field(examples=["voa"])
    headline: str
    score: float
    published_at: datetime | None
    first_seen_at: datetime
    byline: tuple[str, ...]
    dateline: str | None = Field(examples=["BAMAKO, Mali"])
    agencies: tuple[str, ...] = Field(examples=[("AP", "AFP", "Reuters")])
    language: str | None = Field(examples=["en"])
    section: str | None
    version: int
    status: Status
    uncertain: bool = Field(description="The page may be no story; `is:uncertain` finds such.")
    withdrawn_at: datetime | None = Field(description="When it was taken back; null: it is live, or it isn't known.")
    matched_in: tuple[str, ...] = Field(examples=[("caption", "body")])
    snippet: str = Field(examples=["French troops near <mark>Diabaly</mark> …"])
    snippet_from: SnippetOrigin
    also_in: tuple[CopyAnswer, ...]
    explanation: tuple[FoundAnswer, ...] | None = Field(default=None, description="With explain=1 only.")
    score_parts: tuple[PartAnswer, ...] | None = Field(
        default=None, description="With explain=1 only: they add up to the score."
    )


class SearchAnswer(_Schema):
    """One page of ranked stories; `total` and `facets` count stories before folding, `total` exactly."""

    query: str
    total: int
    folded_total: int
    page: int | None
    size: int
    next_cursor: str | None
    took_ms: float
    suggestion: str | None
    notes: tuple[str, ...] = Field(description="What in the query was read otherwise than typed.")
    partial: bool = Field(description="The time was over before all of the query was worked out; a note says so, too.")
    hits: tuple[HitAnswer, ...]
    facets: dict[str, tuple[tuple[str, int], ...]] = Field(examples=[{"source": [["voa", 12]]}])
    facets_exact: bool = Field(description="False where an engine on servers has met over 10,000 values of a facet.")
    folded_total_exact: bool = Field(description="False where it has met over 10,000 groups of copies.")


class SimilarAnswer(_Schema):
    """Stories like one story, the most alike first."""

    id: str
    hits: tuple[HitAnswer, ...]


class VersionsAnswer(_Schema):
    """All versions of a story, oldest first; each with `changed`, the fields that the publisher changed.

    `withdrawals` are all times that the publisher took it back, the earliest first; one with `restored_at` is over.
    """

    id: str
    versions: tuple[StoredStory, ...]
    withdrawals: tuple[Withdrawal, ...] = ()


class SourceAnswer(_Schema):
    """How a source is doing; `failures` counts failed rounds in a row, `alarm` is for a person to look into."""

    name: str
    title: str | None
    stories: int
    last_round_at: datetime | None
    last_success_at: datetime | None
    last_story_at: datetime | None
    next_due_at: datetime | None
    failures: int
    last_error: str | None
    failing_since: datetime | None = None
    stories_a_day: float | None = None
    alarm: str | None = None
    distrusted_ids: int = Field(default=0, description="Identifiers that the publisher gave to different stories.")
    uncertain: int | None = Field(
        default=None, description="Stories that may be none (`is:uncertain`); null while the index can't be read."
    )
    poison: int = Field(default=0, description="Pages that no reader survived; they are tried again.")
    poison_retry_at: datetime | None = None


class SourcesAnswer(_Schema):
    """All sources, configured or imported."""

    sources: tuple[SourceAnswer, ...]


class SuggestionAnswer(_Schema):
    """A completion: a query to run, or a story's headline with its id."""

    text: str
    kind: Literal["query", "story"]
    id: str | None = None


class SuggestAnswer(_Schema):
    """Completions of what was typed so far, the best first."""

    query: str
    suggestions: tuple[SuggestionAnswer, ...]


class HealthAnswer(_Schema):
    """The process answers."""

    status: Literal["ok"]


class ReadyAnswer(_Schema):
    """Whether searches are answered, and what is not as it should be; the revisions say how far the index is."""

    status: Literal["ready", "unavailable"]
    degraded: list[str]
    index_revision: int | None = None
    store_revision: int | None = None


def search_answer(page: ResultPage) -> dict[str, Any]:
    """What a `SearchAnswer` holds for a result page, in the order of its keys.

    As plain values: to make models of what was checked when it was stored takes longer than to write the JSON.
    """
    question = page.question
    is_explained = question.request.explain
    return {
        "query": question.text,
        "total": page.total,
        "folded_total": page.folded_total,
        "page": None if question.cursor else question.page,
        "size": question.size,
        "next_cursor": page.next_cursor,
        "took_ms": page.took_ms,
        "suggestion": page.suggestion,
        "notes": page.notes,
        "partial": page.partial,
        "hits": [_hit(hit) | _explained(page, hit) if is_explained else _hit(hit) for hit in page.hits],
        "facets": {**_NO_FACETS, **page.facets} if question.request.facets else {},
        "facets_exact": page.facets_exact,
        "folded_total_exact": page.folded_total_exact,
    }


def similar_answer(story_id: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """What a `SimilarAnswer` holds for stories like one story."""
    return {"id": story_id, "hits": [_hit(hit) for hit in hits]}


def explanations(page: ResultPage, hit: Hit) -> tuple[FoundAnswer, ...]:
    """Where the words of the query stand in a hit."""
    leaves = positive_leaves(page.question.request.query)
    found: dict[str, Counter[str]] = {}
    for passage in hit.extract.passages:
        words = found.setdefault(passage.field.name, Counter())
        for leaf, _, _ in sorted(passage.matches):
            words[leaves[leaf].text] += 1
    return tuple(FoundAnswer(field=name, boost=BY_NAME[name].boost, words=words) for name, words in found.items())


def _explained(page: ResultPage, hit: Hit) -> dict[str, Any]:
    """What is added to a hit that is explained."""
    parts = tuple(map(PartAnswer.model_validate, hit.parts))
    return {"explanation": explanations(page, hit), "score_parts": parts}


def _hit(hit: Hit) -> dict[str, Any]:
    """What a `HitAnswer` holds, without an explanation."""
    extract = hit.extract
    return {
        **_WITHOUT_VALUES,
        **_of_story(hit.story),
        "score": round(hit.score, 4),
        "matched_in": extract.matched_in,
        "snippet": extract.snippet,
        "snippet_from": _of_snippet(extract),
        "also_in": list(map(_of_copy, hit.copies)),
    }


def _reader(keys: Iterable[str]) -> Callable[[Any], dict[str, Any]]:
    """What takes the attributes of such names, at least two, from a thing."""
    names = tuple(keys)
    values = attrgetter(*names)
    return lambda thing: dict(zip(names, values(thing), strict=True))


_NO_FACETS: dict[str, Any] = dict.fromkeys((*FACETS, PUBLISHED), ())
_WITHOUT_VALUES = dict.fromkeys(name for name, key in HitAnswer.model_fields.items() if key.is_required())
"""The keys of each hit, in their order; those of an explanation are there only where it was asked for."""
_OF_STORIES = frozenset((*StoredStory.model_fields, *StoredStory.model_computed_fields))
_of_story = _reader(name for name in HitAnswer.model_fields if name in _OF_STORIES)
_of_snippet, _of_copy = _reader(SnippetOrigin.model_fields), _reader(CopyAnswer.model_fields)
