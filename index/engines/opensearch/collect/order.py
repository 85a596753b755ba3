"""Order of hits: what they are sorted by in the cluster, and the sort key of each."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from index.engines.opensearch.mapping import PLACES
from index.engines.opensearch.query.statistics import Clause
from index.engines.opensearch.query.translation import QueryPart
from index.relevance.bm25f import RECENCY_HALF_LIFE_DAYS, RECENCY_WEIGHT
from index.relevance.columns import to_microseconds
from model.query import SearchRequest, SortKey

_DAY_MICROSECONDS = 86_400_000_000


@dataclass(frozen=True, slots=True)
class MatchedStory:
    """A story that matched: `key` is its place in the order, `sort` the same as the cluster says it;
    `places` are what a script has found of its words."""

    id: str
    key: SortKey
    score: float
    sort: tuple[Any, ...]
    group: str | None
    dated: int
    length: int
    places: Sequence[int]


class SearchTime:
    """The time of one search, in seconds from now (None: without end); `was_over` once something was left out."""

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = inf if seconds is None else clock() + seconds
        self.was_over = False

    def left(self) -> float:
        """Seconds left; infinite without end."""
        return max(0.0, self._end - self._clock())

    def is_over(self) -> bool:
        """Whether the next step must be left out, which is remembered."""
        self.was_over = self.was_over or self.left() == 0.0
        return self.was_over


class Order:
    """The order that a request asks for: dates where it says so or nothing ranks, else scores, perhaps with recency."""

    def __init__(self, request: SearchRequest, part: QueryPart) -> None:
        self.by_date = request.sort in ("newest", "oldest") or (request.sort == "relevance" and not part.is_scored)
        self.is_scored = part.is_scored and not self.by_date
        self._now = to_microseconds(request.now) if request.now and request.sort == "relevance" else None
        self._oldest = request.sort == "oldest"

    def sort(self) -> list[dict[str, str]]:
        """The order in the cluster's terms; ties go by id."""
        first = {"dated": "asc" if self._oldest else "desc"} if self.by_date else {"_score": "desc"}
        return [first, {"id": "asc"}]

    def query(self, part: QueryPart, filters: list[Clause]) -> Clause:
        """The whole query, with its scores as the order wants them."""
        if not part.is_scored:
            return {"bool": {"filter": [part.query, *filters]}}
        whole: Clause = {"bool": {"must": [part.query], "filter": filters}}
        if not self.is_scored or self._now is None:
            return whole
        past = {"range": {"dated": {"lte": self._now}}}
        fading = {"origin": self._now, "scale": RECENCY_HALF_LIFE_DAYS * _DAY_MICROSECONDS, "decay": 0.5}
        functions = [
            {"weight": 1.0},
            {"filter": past, "exp": {"dated": fading}, "weight": RECENCY_WEIGHT},
            {"filter": {"range": {"dated": {"gt": self._now}}}, "weight": RECENCY_WEIGHT},
        ]
        return {
            "function_score": {"query": whole, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}
        }

    def recency(self, dated: int) -> float:
        """What the score of a story of a date is multiplied by."""
        if self._now is None:
            return 1.0
        age_days = max(self._now - dated, 0) / _DAY_MICROSECONDS
        return float(1.0 + RECENCY_WEIGHT * 2.0 ** (-age_days / RECENCY_HALF_LIFE_DAYS))

    def candidate(self, hit: Mapping[str, Any]) -> MatchedStory:
        """A hit as the cluster gives it."""
        value, story_id = hit["sort"]
        fields = hit.get("fields", {})
        return MatchedStory(
            id=story_id,
            key=SortKey(-value if self._oldest else value, story_id),
            score=float(hit["_score"] or 0.0),
            sort=(value, story_id),
            group=fields.get("group", [None])[0],
            dated=int(fields.get("dated", [0])[0]),
            length=int(fields.get("length", [0])[0]),
            places=fields.get(PLACES, ()),
        )

    def as_sort(self, key: SortKey) -> tuple[Any, ...]:
        """A sort key as the cluster says it."""
        return (-key.value if self._oldest else key.value), key.id


def place(key: SortKey) -> tuple[float, str]:
    """What hits are compared by: the first in order is the lowest."""
    return -key.value, key.id
