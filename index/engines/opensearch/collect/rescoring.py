"""Rescoring of the best stories by more than their words alone, over the tokens that the cluster keeps of them.

How close the words of a query stand, how much of a question a story holds in one place, how like the best answers it
is: as in the embedded engine, whose modules proximity.py, passages.py and relevance_feedback.py say where each is from.
What each part is worth stands in relevance/bm25f.py.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import Any, NamedTuple

from index.engines.opensearch.collect.order import MatchedStory
from index.engines.opensearch.mapping import FORMS, TERM_END, TEXT
from index.engines.opensearch.query.leaves import Weighed
from index.engines.opensearch.query.statistics import IndexFacts
from index.engines.opensearch.query.translation import LooseWords, Translation
from index.relevance.bm25f import CLOSENESS, FEW_WORDS, K1, LIKENESS, PASSAGE, SEVERAL_WORDS, B, idf
from index.relevance.columns import PASSAGE_GAP
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, query_words
from model import query as q
from model.fields import DEFAULT_FIELDS

MOST_RESCORED = 200
"""So many stories are rescored."""
_FURTHEST = 8
_RARE, _NOT_COMMON = 0.1, 0.5
_HALF = 25
_ANSWERS, _CONTRAST, _LEAST_ANSWERS = 10, 8, 2
_SAMPLE = 40
_ENDS = (" ", TERM_END)
_FEEDBACK_WORDS, _LOOKED_UP, _FEEDBACK_COMMON = 10, 30, 0.2
_TEXTS = tuple(default.name + FORMS for default in DEFAULT_FIELDS if default.kind == "text")
_TENTHS = 10.0

AddedScores = dict[str, float]
"""What each part adds to a score."""
CountTerms = Callable[[Sequence[str]], Sequence[int]]
"""How many stories hold each of some terms in any default field."""


class _AskedWord(NamedTuple):
    """A word of a query: the terms that it may be, its rarity, and in how many stories it stands."""

    terms: frozenset[str]
    idf: float
    frequency: int


@dataclass(slots=True)
class _WordPlaces:
    """Where the words of a query stand in one field of a story: position -> numbers of the words."""

    positions: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def wants_rescoring(translation: Translation) -> bool:
    """Whether there is anything to score the best stories by once more."""
    return any(words.number > 1 for words in translation.loose)


def rescored(
    translation: Translation,
    facts: IndexFacts,
    candidates: Sequence[MatchedStory],
    scores: Sequence[float],
    count_terms: CountTerms,
) -> list[AddedScores]:
    """What is added to the scores of some stories, in their order."""
    added: list[AddedScores] = [{} for _ in candidates]
    for loose in translation.loose:
        if loose.number < 2 or not candidates:
            continue
        for parts, more in zip(added, _parts(translation, loose, facts, candidates, scores, count_terms), strict=True):
            for name, value in more.items():
                parts[name] = parts.get(name, 0.0) + value
    return added


def _parts(
    translation: Translation,
    loose: LooseWords,
    facts: IndexFacts,
    candidates: Sequence[MatchedStory],
    scores: Sequence[float],
    count_terms: CountTerms,
) -> list[AddedScores]:
    words = _asked_words(translation.weights, loose.queries, facts.algorithms)
    table = _table(words)
    places = [_places(candidate.source, table) for candidate in candidates]
    added: list[AddedScores] = [{} for _ in candidates]
    if loose.number <= FEW_WORDS:
        chosen = _worth_pairing(words, facts.stories)
        for parts, fields in zip(added, places, strict=True):
            parts["closeness"] = _closeness(words, chosen, fields)
    if loose.number >= SEVERAL_WORDS:
        weight = loose.ceiling / (K1 + 1)
        for parts, fields in zip(added, places, strict=True):
            parts["passage"] = PASSAGE * weight * _best_passage(words, fields, facts.stories) ** 2
        base = [score + sum(parts.values()) for score, parts in zip(scores, added, strict=True)]
        likeness = _likeness(candidates, base, weight, facts, count_terms)
        for parts, value in zip(added, likeness, strict=True):
            parts["likeness"] = value
    return added


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


def _table(words: Sequence[_AskedWord]) -> dict[str, list[int]]:
    """The marked terms of the words, as they stand in the kept fields: a folded form stands for the exact one, too."""
    table: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words):
        for term in word.terms:
            if term.startswith((FOLDED_MARK, STEM_MARK, PART_MARK)):
                table[term].append(number)
    return table


def _places(source: Mapping[str, Any], table: Mapping[str, Sequence[int]]) -> list[_WordPlaces]:
    """Where words stand in each field of a story."""
    return [_in_field(passages, table) for name in _TEXTS if (passages := source.get(name))]


def _in_field(passages: Sequence[str], table: Mapping[str, Sequence[int]]) -> _WordPlaces:
    found, start = _WordPlaces(), 0
    for passage in passages:
        for term, numbers in table.items():
            for position in _positions(passage, term):
                found.positions[start + position].update(numbers)
        start += passage.count(" ") + 1 + PASSAGE_GAP
    found.positions = dict(sorted(found.positions.items()))
    return found


def _positions(passage: str, term: str) -> Iterator[int]:
    """Where a marked term stands in a passage, counted in words."""
    at, position, counted = passage.find(term), 0, 0
    while at >= 0:
        end = at + len(term)
        if end == len(passage) or passage[end] in _ENDS:
            position, counted = position + passage.count(" ", counted, at), at
            yield position
        at = passage.find(term, end)


def _worth_pairing(words: Sequence[_AskedWord], stories: int) -> list[int]:
    """The words that make pairs: common ones are passed over where enough others are left."""
    rare = [number for number, word in enumerate(words) if word.frequency <= _RARE * stories]
    return rare if len(rare) > 1 else list(range(len(words)))


def _closeness(words: Sequence[_AskedWord], chosen: Sequence[int], fields: Sequence[_WordPlaces]) -> float:
    total = 0.0
    for one, other in pairwise(chosen):
        if words[one].terms == words[other].terms:
            continue
        nearest = min((_distance(place, one, other) for place in fields), default=_FURTHEST + 1)
        if nearest <= _FURTHEST:
            total += CLOSENESS * min(words[one].idf, words[other].idf) / nearest
    return total


def _distance(places: _WordPlaces, one: int, other: int) -> int:
    """The smallest distance of two words in a field that is none at all."""
    best = _FURTHEST + 1
    positions = [(at, numbers) for at, numbers in places.positions.items() if one in numbers or other in numbers]
    for number, (at, here) in enumerate(positions):
        for then, there in positions[number + 1 :]:
            if then - at >= best:
                break
            if (one in here and other in there) or (other in here and one in there):
                best = then - at
    return best


def _best_passage(words: Sequence[_AskedWord], fields: Sequence[_WordPlaces], stories: int) -> float:
    """The share of the words, weighed by their idf, that the best passage of a story holds: 0 to 1."""
    weights = {number: word.idf for number, word in enumerate(words) if word.frequency <= _NOT_COMMON * stories}
    # A word that is asked for twice counts once.
    seen: dict[frozenset[str], int] = {}
    weights = {n: w for n, w in weights.items() if seen.setdefault(words[n].terms, n) == n}
    best = 0.0
    for places in fields:
        halves: dict[int, set[int]] = defaultdict(set)
        for position, numbers in places.positions.items():
            for half in (position // _HALF, position // _HALF + 1):
                halves[half].update(numbers)
        best = max([best, *(sum(weights.get(n, 0.0) for n in numbers) for numbers in halves.values())])
    return best / (sum(weights.values()) or 1.0)


class _Classes:
    """The classes of words of one story, each with its impact (BM25 without idf)."""

    def __init__(self, candidate: MatchedStory, average_length: float) -> None:
        self._terms: str = candidate.source.get(TEXT + FORMS, "")
        self._norm = K1 * ((1 - B) + B * candidate.length / (average_length or 1.0))

    def names(self) -> Iterator[str]:
        """All of them."""
        terms = self._terms.split(" ")
        return (term.partition(TERM_END)[0] for term in terms if term.startswith(STEM_MARK))

    def impact(self, name: str) -> float:
        """The impact of one of them, 0 where it is none."""
        before, _, behind = self._terms.partition(name + TERM_END)
        if not behind or (before and before[-1] != " "):
            return 0.0
        weight = int(behind.partition(" ")[0]) / _TENTHS
        return weight * (K1 + 1) / (weight + self._norm)


def _likeness(
    candidates: Sequence[MatchedStory],
    scores: Sequence[float],
    weight: float,
    facts: IndexFacts,
    count_terms: CountTerms,
) -> list[float]:
    """What likeness to the best of some stories adds to their scores."""
    classes = [_Classes(candidate, facts.average_length) for candidate in candidates]
    words = _feedback_words(classes, scores, facts.stories, count_terms)
    share = LIKENESS * weight / (sum(words.values()) or 1.0)
    return [share * sum(value * own.impact(name) for name, value in words.items()) for own in classes]


def _feedback_words(
    classes: Sequence[_Classes], scores: Sequence[float], stories: int, count_terms: CountTerms
) -> dict[str, float]:
    """The words that weigh most in the best stories, each with its weight."""
    best = sorted(range(len(scores)), key=lambda row: -scores[row])[:_ANSWERS]
    highest = max(1e-9, max(scores))
    least = min(_LEAST_ANSWERS, len(best))
    answers = Counter[str]()
    impacts: defaultdict[str, float] = defaultdict(float)
    for row in best:
        share = (scores[row] / highest) ** _CONTRAST
        for name in classes[row].names():
            answers[name] += 1
            impacts[name] += share * classes[row].impact(name)
    # How many of some stories at hand hold a word stands for how many of all do, until it is looked up.
    sample = classes[-_SAMPLE:]
    held = Counter(name for own in sample for name in own.names())
    guesses = {n: impacts[n] * log((len(sample) + 2) / (held[n] + 1)) for n, k in answers.items() if k >= least}
    looked_up = sorted(guesses, key=lambda name: (-guesses[name], name))[:_LOOKED_UP]
    values = {}
    for name, frequency in zip(looked_up, count_terms(looked_up), strict=True):
        if frequency <= max(least, _FEEDBACK_COMMON * stories):
            values[name] = impacts[name] * idf(frequency, stories)
    kept = sorted(values, key=lambda name: (-values[name], name))[:_FEEDBACK_WORDS]
    return {name: values[name] for name in kept}
