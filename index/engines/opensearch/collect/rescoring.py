"""Rescoring of the best stories by more than their words alone, over the places of words that are kept of them.

How close the words of a query stand, how much of a question a story holds in one place, how like the best answers it
is: as in the embedded engine, whose modules proximity.py, passages.py and relevance_feedback.py say where each is from.
What each part is worth stands in relevance/bm25f.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.engines.opensearch.collect.order import MatchedStory
from index.engines.opensearch.collect.relevance_feedback import likeness
from index.engines.opensearch.collect.stored_words import StoredWords
from index.engines.opensearch.mapping import PLACES
from index.engines.opensearch.query.leaves import Weighed
from index.engines.opensearch.query.statistics import IndexFacts
from index.engines.opensearch.query.translation import LooseWords, Translation
from index.engines.opensearch.word_places import ALIGNED, HeldTerm, PlacesAsked
from index.relevance.bm25f import CLOSENESS, FEW_WORDS, K1, PASSAGE, SEVERAL_WORDS
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, query_words
from model import query as q

MOST_RESCORED = 200
"""So many stories are rescored."""
_FURTHEST = 8
_RARE, _NOT_COMMON = 0.1, 0.5
_HALF = ALIGNED
_MARKS = (FOLDED_MARK, STEM_MARK, PART_MARK)

AddedScores = dict[str, float]
"""What each part adds to a score."""
_WordPlaces = Mapping[int, int]
"""Where the words of a query stand in a story: position, ascending -> a bit for each word."""


class _AskedWord(NamedTuple):
    """A word of a query: the terms that it may be, its rarity, and in how many stories it stands."""

    terms: frozenset[str]
    idf: float
    frequency: int


def wants_rescoring(translation: Translation) -> bool:
    """Whether there is anything to score the best stories by once more."""
    return any(words.number > 1 for words in translation.loose)


def places_asked(translation: Translation, facts: IndexFacts) -> PlacesAsked | None:
    """What has to be known of the best stories; None where nothing has."""
    terms = [term for loose in translation.loose for term in _table(_words_of(translation, loose, facts))]
    return PlacesAsked(PLACES, terms, places=True) if terms else None


def rescored(
    translation: Translation,
    facts: IndexFacts,
    candidates: Sequence[MatchedStory],
    scores: Sequence[float],
    asked: PlacesAsked | None,
    stored: StoredWords,
) -> list[AddedScores]:
    """What is added to the scores of some stories, in their order; `asked` is what their `places` answer."""
    added: list[AddedScores] = [{} for _ in candidates]
    held = [asked.read(candidate.places) if asked else {} for candidate in candidates]
    for loose in translation.loose:
        if loose.number < 2 or not candidates:
            continue
        words = _words_of(translation, loose, facts)
        table = _table(words)
        places = [_places(own, table) for own in held]
        own_scores = list(scores)
        if loose.number <= FEW_WORDS:
            chosen = _worth_pairing(words, facts.stories)
            _add(added, own_scores, "closeness", [_closeness(words, chosen, own) for own in places])
        if loose.number >= SEVERAL_WORDS:
            weight = loose.ceiling / (K1 + 1)
            passages = _Passages(words, facts.stories)
            _add(added, own_scores, "passage", [PASSAGE * weight * passages.best(own) ** 2 for own in places])
            _add(added, own_scores, "likeness", likeness(candidates, own_scores, weight, facts, stored))
    return added


def _add(added: Sequence[AddedScores], scores: list[float], name: str, values: Sequence[float]) -> None:
    for row, value in enumerate(values):
        added[row][name] = added[row].get(name, 0.0) + value
        scores[row] += value


def _words_of(translation: Translation, loose: LooseWords, facts: IndexFacts) -> list[_AskedWord]:
    return _asked_words(translation.weights, loose.queries, facts.algorithms) if loose.number > 1 else []


def _asked_words(
    weights: Mapping[q.Leaf, Sequence[Weighed]], queries: Iterable[q.Query], algorithms: frozenset[str]
) -> list[_AskedWord]:
    found: list[_AskedWord] = []
    for query in queries:
        if isinstance(query, q.And):
            found += _asked_words(weights, query.clauses, algorithms)
        elif isinstance(query, q.Word):
            forms = query_words(query.text, algorithms)
            for word, weighed in zip(forms, weights.get(query, ()), strict=False):
                terms = frozenset(term for form in word.forms for term in form.terms)
                found.append(_AskedWord(terms, weighed.idf, weighed.frequency))
    return found


def _table(words: Sequence[_AskedWord]) -> dict[str, int]:
    """The marked terms of the words -> a bit for each word that it may be."""
    table: defaultdict[str, int] = defaultdict(int)
    for number, word in enumerate(words):
        for term in word.terms:
            if term.startswith(_MARKS):
                table[term] |= 1 << number
    return table


def _places(held: Mapping[str, HeldTerm], table: Mapping[str, int]) -> _WordPlaces:
    """Where words stand in a story."""
    found: defaultdict[int, int] = defaultdict(int)
    for term, own in held.items():
        if words := table.get(term):
            for position in own.positions:
                found[position] |= words
    return dict(sorted(found.items()))


def _worth_pairing(words: Sequence[_AskedWord], stories: int) -> list[int]:
    """The words that make pairs: common ones are passed over where enough others are left."""
    rare = [number for number, word in enumerate(words) if word.frequency <= _RARE * stories]
    return rare if len(rare) > 1 else list(range(len(words)))


def _closeness(words: Sequence[_AskedWord], chosen: Sequence[int], places: _WordPlaces) -> float:
    total = 0.0
    for one, other in pairwise(chosen):
        if words[one].terms == words[other].terms:
            continue
        nearest = _distance(places, one, other)
        if nearest <= _FURTHEST:
            total += CLOSENESS * min(words[one].idf, words[other].idf) / nearest
    return total


def _distance(places: _WordPlaces, one: int, other: int) -> int:
    """The smallest distance of two words that is none at all."""
    best = _FURTHEST + 1
    first, second = 1 << one, 1 << other
    positions = [(at, words) for at, words in places.items() if words & (first | second)]
    for number, (at, here) in enumerate(positions):
        for then, there in positions[number + 1 :]:
            if then - at >= best:
                break
            if (here & first and there & second) or (here & second and there & first):
                best = then - at
    return best


class _Passages:
    """How much of some words, weighed by their idf, the best passage of a story holds."""

    def __init__(self, words: Sequence[_AskedWord], stories: int) -> None:
        weights = {number: word.idf for number, word in enumerate(words) if word.frequency <= _NOT_COMMON * stories}
        # A word that is asked for twice counts once.
        seen: dict[frozenset[str], int] = {}
        self._weights = {n: w for n, w in weights.items() if seen.setdefault(words[n].terms, n) == n}
        self._total = sum(self._weights.values()) or 1.0
        self._known: dict[int, float] = {}

    def best(self, places: _WordPlaces) -> float:
        """The share that the best passage holds: 0 to 1."""
        halves: dict[int, int] = {}
        for position, words in places.items():
            half = position // _HALF
            halves[half] = halves.get(half, 0) | words
        passages = {words | halves.get(half + 1, 0) for half, words in halves.items()}
        return max(map(self._share, passages), default=0.0)

    def _share(self, words: int) -> float:
        share = self._known.get(words)
        if share is None:
            held = sum(weight for number, weight in self._weights.items() if words >> number & 1)
            share = self._known[words] = held / self._total
        return share
