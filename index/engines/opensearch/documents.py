"""Documents: what the cluster is given of a story."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from typing import Any, NamedTuple

from index.engines.opensearch.mapping import (
    CORRECTED,
    FORMS,
    GONE,
    KEY,
    LIVE,
    PLACES,
    TERM_END,
    TEXT,
    UNCERTAIN,
    WITHDRAWN,
)
from index.engines.opensearch.word_places import MOST_PLACES, next_field, packed
from index.relevance.columns import PASSAGE_GAP, to_microseconds
from index.relevance.spelled_terms import keyword_term
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, class_name
from model.fields import FIELDS, PUBLISHED_AT, IndexedField
from model.story import StoredStory
from text.analysis import algorithm_of, tokens

_TENTHS = 10
_LONGEST_ID = 512


def document_id(story_id: str) -> str:
    """The id of a story's document: the story's own, or a digest of one that is longer than the cluster takes."""
    encoded = story_id.encode("utf-8", "surrogatepass")
    return story_id if len(encoded) <= _LONGEST_ID else f"sha256:{sha256(encoded).hexdigest()}"


def document_of(story: StoredStory) -> dict[str, Any]:
    """The document of a story."""
    dated = story.published_at or story.first_seen_at
    document: dict[str, Any] = {
        "id": story.id,
        "position": story.revision,
        "state": WITHDRAWN if story.status == "withdrawn" else LIVE,
        "version": story.version,
        "first_seen": to_microseconds(story.first_seen_at),
        "dated": to_microseconds(dated),
        "algorithm": algorithm_of(story.language),
    }
    if story.copy_group is not None:
        document["group"] = story.copy_group
    if story.published_at is not None:
        document["published"] = to_microseconds(story.published_at)
        document["month"] = f"{story.published_at.year:04d}-{story.published_at.month:02d}"
    document["flags"] = [UNCERTAIN] * story.is_uncertain + [CORRECTED] * (story.version > 1)
    document["has"] = [PUBLISHED_AT] * (story.published_at is not None)
    words = _WordsOfStory(story.language)
    for field in FIELDS:
        passages = field.passages(story)
        if not passages:
            continue
        document["has"].append(field.name)
        if field.kind == "keyword":
            document[field.name] = list(dict.fromkeys(passages))
            document[field.name + KEY] = list(dict.fromkeys(map(keyword_term, passages)))
        else:
            document |= words.added(field, passages)
    return document | words.of_all_fields()


def tombstone_of(story_id: str, position: int) -> dict[str, Any]:
    """The document that stands for a story that is gone."""
    return {"id": story_id, "position": position, "state": GONE}


class _MarkedForms(NamedTuple):
    """The marked terms of a word, each once: all of them, and those whose places are kept.

    These lack the folded form where it is the exact one, which the class tells of as well.
    """

    indexed: str
    placed: str


class _WordsOfStory:
    """The words of one story, field by field, and those of all default fields together."""

    def __init__(self, language: str | None) -> None:
        self._language = language
        self._algorithm = algorithm_of(language)
        self._weights = Counter[str]()
        self._form_weights = Counter[str]()
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._end = 0

    def added(self, field: IndexedField, passages: Sequence[str]) -> dict[str, Any]:
        """What the document holds of a field."""
        read = [words for passage in passages if (words := list(tokens(passage, self._language)))]
        if not read:
            return {}
        is_text = field.kind == "text"
        exact = [[token.exact for token in words] for words in read]
        forms = [[_forms(self._algorithm, *token[:3], token.parts, is_text) for token in words] for words in read]
        indexed = [[own.indexed for own in words] for words in forms]
        if field.default:
            self._weigh(round(field.boost * _TENTHS), exact, indexed)
            if is_text:
                self._place([[own.placed for own in words] for words in forms])
        return {field.name: list(map(" ".join, exact)), field.name + FORMS: list(map(" ".join, indexed))}

    def of_all_fields(self) -> dict[str, Any]:
        """What the document holds of all default fields together."""
        if not self._weights:
            return {}
        places: dict[str, list[int]] = {}
        for joined, own in self._places.items():
            for term in joined.split(TERM_END):
                places[term] = sorted(places[term] + own) if term in places else own
        weights = {
            term: weight for term, weight in self._form_weights.items() if term in places or term.startswith(STEM_MARK)
        }
        return {
            "length": self._weights.total(),
            TEXT: _weighted(self._weights),
            TEXT + FORMS: _weighted(self._form_weights),
            PLACES: packed(weights, places),
        }

    def _weigh(self, boost: int, exact: Sequence[Sequence[str]], indexed: Sequence[Sequence[str]]) -> None:
        for word, number in Counter(chain.from_iterable(exact)).items():
            self._weights[word] += number * boost
        for joined, number in Counter(chain.from_iterable(indexed)).items():
            for term in joined.split(TERM_END):
                self._form_weights[term] += number * boost

    def _place(self, placed: Sequence[Sequence[str]]) -> None:
        start = next_field(self._end)
        for words in placed:
            for position, joined in enumerate(words[: max(0, MOST_PLACES - start)], start):
                self._places[joined].append(position)
            start += len(words) + PASSAGE_GAP
        self._end = start


@lru_cache(maxsize=1 << 16)
def _forms(algorithm: str, exact: str, folded: str, stem: str, parts: tuple[str, ...], is_text: bool) -> _MarkedForms:
    """The marked terms of a word; names are not stemmed and have no parts."""
    stems = (stem, *parts) if is_text else (folded,)
    terms = [STEM_MARK + class_name(algorithm, stems[0])]
    terms += dict.fromkeys(PART_MARK + class_name(algorithm, part) for part in stems[1:])
    indexed = TERM_END.join([*terms, FOLDED_MARK + folded])
    return _MarkedForms(indexed, indexed if folded != exact else TERM_END.join(terms))


def _weighted(weights: Counter[str]) -> str:
    return " ".join([f"{term}{TERM_END}{weight}" for term, weight in weights.items()])
