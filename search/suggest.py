"""Suggestions: completions of a query while it is typed, and corrections of misspelt words.

Both are taken from stories that the index finds: completions from headlines that hold a word beginning so, corrections
from words an edit or two away from one that is found nowhere.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import regex

from model.fields import HEADLINE
from model.query import And, Fuzzy, Prefix, Query, SearchRequest, Word, Words
from model.story import StoredStory
from search.base import Index, StoryReader
from text.analysis import fold, tokens
from text.edit_distance import distance, within

MAX_TYPED = 200
"""Characters of a query that is completed or corrected."""
_LOOKED_AT = 30
_STORIES_SHOWN = 4
_LAST_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’]+$")


class Suggestion(NamedTuple):
    """A completion: a query to run, or a story by its headline."""

    text: str
    kind: Literal["query", "story"]
    id: str | None = None


class Suggestions:
    """Completes and corrects queries; safe to use from several threads."""

    def __init__(self, index: Index, stories: StoryReader) -> None:
        self._index = index
        self._stories = stories

    def complete(self, typed: str, size: int) -> list[Suggestion]:
        """At most `size` completions of what was typed so far; none where its end is no word."""
        match = _LAST_WORD.search(typed)
        if match is None or len(typed) > MAX_TYPED or len(match[0]) < 2:
            return []
        before = [Word(token.exact, HEADLINE.name) for token in tokens(typed[: match.start()])][-3:]
        beginning = Prefix(match[0], HEADLINE.name)
        stories = self._found(And((*before, beginning)) if before else beginning)
        words = _beginning_with(match[0], stories)
        queries = [Suggestion(typed[: match.start()] + word, "query") for word, _ in words.most_common(size)]
        room = max(0, size - min(len(queries), size - _STORIES_SHOWN))
        titles = [Suggestion(story.headline, "story", story.id) for story in stories[: min(room, _STORIES_SHOWN)]]
        return [*queries[: size - len(titles)], *titles]

    def correct(self, typed: str, query: Query) -> str | None:
        """The query with words that are found nowhere replaced by near ones that are; None where nothing is near."""
        if len(typed) > MAX_TYPED:
            return None
        corrected = typed
        for word in _plain_words(query):
            near = self._near(word.text) if self._count(word) == 0 else None
            if near is not None:
                corrected = regex.sub(rf"\b{regex.escape(word.text)}\b", near, corrected)
        return corrected if corrected != typed else None

    def _near(self, word: str) -> str | None:
        if len(word) < 4 or not word.isalpha():
            return None
        plain = fold(word.casefold())
        for edits in (1, 2) if len(word) > 5 else (1,):
            runs = [_runs_of(story) for story in self._found(Fuzzy(word, None, edits))]
            # Many of the runs recur, and to compare two words takes long.
            near = {
                run: [token.exact for token in tokens(run) if within(plain, token.folded, edits)]
                for run in frozenset().union(*runs)
            }
            found = Counter(text for own in runs for text in {text for run in own for text in near[run]})
            if found:
                return min(found, key=lambda text: (distance(plain, fold(text)), -found[text], text))
        return None

    def _count(self, query: Query) -> int:
        return self._index.search(SearchRequest(query, limit=0, facets=False)).total

    def _found(self, query: Query) -> Sequence[StoredStory]:
        hits = self._index.search(SearchRequest(query, sort="score", limit=_LOOKED_AT, facets=False)).hits
        stories = self._stories.get_many([hit.id for hit in hits])
        return [stories[hit.id] for hit in hits if hit.id in stories]


def _plain_words(query: Query) -> Iterator[Word]:
    """The first few bare words of a query."""
    clauses = query.clauses if isinstance(query, Words | And) else (query,)
    plain = [clause for clause in clauses if isinstance(clause, Word) and clause.field is None]
    return iter(plain[:4])


def _beginning_with(typed: str, stories: Sequence[StoredStory]) -> Counter[str]:
    """The words of headlines that begin so, as they are compared (case-folded), most frequent first."""
    start = fold(typed.casefold())
    found: Counter[str] = Counter()
    for story in stories:
        found.update({token.exact for token in tokens(story.headline) if token.folded.startswith(start)})
    return found


def _runs_of(story: StoredStory) -> frozenset[str]:
    """The different runs of characters between blanks, which no word reaches across."""
    passages = (story.headline, story.deck or "", *story.body, *(caption.text for caption in story.captions))
    return frozenset(" ".join(passages).split(" "))
