"""Search service: which stories answer a question, and what is shown of each.

The index says which stories and in which order, the store says what they are: a hit is always shown as the store
has it now.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from model.errors import QueryError
from model.query import And, EngineHit, EngineResult, Everything, Leaf, SearchRequest, Status
from model.story import Copy, StoredStory
from search import paging as cursors
from search.base import Index, StoryReader
from search.highlight import known_runs
from search.highlight.deadline import HighlightDeadline
from search.highlight.matched_fields import PassageMatcher, positive_leaves
from search.highlight.snippets import Extract
from search.more_like_this import query_for
from search.paging import Cursor
from search.question import MAX_DEPTH, Hit, Question, ResultPage
from search.suggest import Suggestion, Suggestions

_PATIENCE = 10
"""An export may take that many times the time of a search."""


class Searcher:
    """Answers questions from an index and a store; safe to use from several threads.

    `clock` gives the aware instant that recency is counted from; `time_limit` bounds one search, in seconds.
    """

    def __init__(
        self, index: Index, stories: StoryReader, *, clock: Callable[[], datetime], time_limit: float = math.inf
    ) -> None:
        self._index = index
        self._stories = stories
        self._clock = clock
        self._time_limit = time_limit
        self._suggestions = Suggestions(index, stories)
        known_runs.prepare()

    def revision(self) -> int:
        """The store revision that answers are made from."""
        return self._index.checkpoint()

    def now(self) -> datetime:
        """The instant that recency is counted from."""
        return self._clock()

    def check(self) -> None:
        """Answer the smallest question. Raises EngineError or StoreError where searches can't be answered."""
        self._index.search(SearchRequest(Everything(), limit=0, facets=False))
        self._stories.revision()

    def search(self, question: Question) -> ResultPage:
        """One page of the answer.

        Raises NowhereError for a cursor of another question and EngineError where the index can't be read.
        """
        began = time.perf_counter()
        leaves = positive_leaves(question.request.query)
        cursor = cursors.read(question.cursor, question) if question.cursor else None
        # Within a minute the same question has the same answer, so that it can be kept by a browser.
        now = cursor.now if cursor else self._clock().replace(second=0, microsecond=0)
        deadline = HighlightDeadline(self._seconds())
        request = replace(
            question.request,
            # Without a word to rank by, the newest story is the best answer.
            sort=question.request.sort if leaves or question.request.sort != "relevance" else "newest",
            now=now,
            timeout_seconds=deadline.remaining_seconds(),
        )
        if cursor:
            request = replace(request, after=cursor.after, offset=0)
        result = self._index.search(request)
        hits = self._hits(result.hits, PassageMatcher(leaves, deadline), fold=request.fold)
        is_first = cursor is None and request.offset + len(result.hits) <= question.size
        looks_for_spelling = is_first and not deadline.is_over()
        return ResultPage(
            question=question,
            total=result.total,
            folded_total=result.folded_total,
            hits=hits,
            facets=result.facets,
            next_cursor=_following(question, result, now),
            suggestion=self._correction(question, leaves, hits) if looks_for_spelling else None,
            partial=result.timed_out or deadline.was_cut,
            facets_exact=result.facets_exact,
            folded_total_exact=result.folded_total_exact,
            revision=result.checkpoint,
            took_ms=round((time.perf_counter() - began) * 1000, 2),
        )

    def ids(self, question: Question) -> list[str]:
        """The ids of all stories that match, in order, from one state of the index.

        Raises QueryError where that takes ten times as long as a search may: half of them would be taken for all.
        """
        seconds = self._seconds()
        deadline = HighlightDeadline(None if seconds is None else _PATIENCE * seconds)
        request = replace(
            question.request,
            offset=0,
            limit=0,
            facets=False,
            fold=False,
            now=self._clock(),
            timeout_seconds=deadline.remaining_seconds(),
        )
        result = self._index.search(request)
        if result.total and not result.timed_out:
            rest = replace(request, limit=result.total, timeout_seconds=deadline.remaining_seconds())
            result = self._index.search(rest)
        if result.timed_out:
            raise QueryError("the query takes too long to be answered in full; narrow it", parameter="q")
        return [hit.id for hit in result.hits]

    def withdrawn(self, question: Question, size: int) -> tuple[tuple[StoredStory, ...], bool]:
        """The withdrawn stories that would match, the last withdrawn first, and whether the time was over before all
        were found. Raises EngineError.
        """
        last_first = self._stories.withdrawn_ids()
        if not last_first:
            return (), False
        request = replace(
            question.request,
            query=And((question.request.query, Status("withdrawn"))),
            sort="newest",
            offset=0,
            limit=min(len(last_first), MAX_DEPTH),
            facets=False,
            fold=False,
            now=self._clock(),
            timeout_seconds=self._seconds(),
        )
        result = self._index.search(request)
        matching = {hit.id for hit in result.hits}
        ids = list(islice((story_id for story_id in last_first if story_id in matching), size))
        found = self._stories.get_many(ids)
        stories = (found[story_id] for story_id in ids if story_id in found)
        return tuple(story for story in stories if story.status == "withdrawn"), result.timed_out

    def similar(self, story: StoredStory, size: int) -> tuple[Hit, ...]:
        """The stories most like this one, its copies left out. Raises EngineError."""
        request = SearchRequest(query_for(story), sort="score", limit=size + 1, facets=False, fold=True)
        found = self._hits(self._index.search(request).hits, PassageMatcher((), HighlightDeadline()), fold=True)
        others = (hit for hit in found if hit.story.id != story.id and not _are_copies(hit.story, story))
        return tuple(islice(others, size))

    def copies(self, story: StoredStory) -> tuple[Copy, ...]:
        """The live near-identical copies of a story, the one seen first in front; of very many the first 100."""
        return _others(self._stories.live_copies([story.copy_group]), story) if story.copy_group else ()

    def complete(self, typed: str, size: int) -> Sequence[Suggestion]:
        """Completions of what was typed so far."""
        return self._suggestions.complete(typed, size)

    def _correction(self, question: Question, leaves: Sequence[Leaf], hits: Sequence[Hit]) -> str | None:
        """A better spelling, looked for only where a word of the query is in none of the best stories."""
        seen = frozenset(n for hit in hits for n in hit.extract.leaves)
        if len(seen) == len(leaves):
            return None
        return self._suggestions.correct(question.text, question.request.query)

    def _hits(self, found: Sequence[EngineHit], matcher: PassageMatcher, *, fold: bool) -> tuple[Hit, ...]:
        """What is shown of the stories found; where copies are folded each hit names all that are live."""
        held = self._stories.get_many([hit.id for hit in found])
        groups = {story.copy_group for story in held.values() if story.copy_group} if fold else ()
        copies = self._stories.live_copies(groups) if groups else {}
        # A story merged or removed since the index's last commit has nothing to show.
        shown = [hit for hit in found if hit.id in held]
        stories = [held[hit.id] for hit in shown]
        return tuple(
            Hit(story, hit.score, Extract(story, passages), _others(copies, story), hit.parts)
            for hit, story, passages in zip(shown, stories, matcher.passages(stories), strict=True)
        )

    def _seconds(self) -> float | None:
        """The time of one search; None where it is not bounded."""
        return None if math.isinf(self._time_limit) else self._time_limit


def _are_copies(one: StoredStory, other: StoredStory) -> bool:
    return one.copy_group is not None and one.copy_group == other.copy_group


def _others(copies: Mapping[str, tuple[Copy, ...]], story: StoredStory) -> tuple[Copy, ...]:
    return tuple(copy for copy in copies.get(story.copy_group or "", ()) if copy.id != story.id)


def _following(question: Question, result: EngineResult, now: datetime) -> str | None:
    """The cursor of the next page, or None after the last."""
    if result.next_key is None:
        return None
    return cursors.write(Cursor(result.next_key, now, cursors.check_of(question)))
