"""Documents: what the cluster is given of a story."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from index.engines.opensearch.mapping import (
    CORRECTED,
    FORMS,
    GONE,
    KEY,
    LIVE,
    TERM_END,
    TEXT,
    UNCERTAIN,
    WITHDRAWN,
)
from index.relevance.columns import to_microseconds
from index.relevance.spelled_terms import keyword_term
from index.relevance.term_forms import FOLDED_MARK, PART_MARK, STEM_MARK, class_name
from model.fields import FIELDS, PUBLISHED_AT, IndexedField
from model.story import StoredStory
from text.analysis import Token, algorithm_of, tokens

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
    weights, form_weights = Counter[str](), Counter[str]()
    for field in FIELDS:
        passages = field.passages(story)
        if not passages:
            continue
        document["has"].append(field.name)
        if field.kind == "keyword":
            document[field.name] = list(dict.fromkeys(passages))
            document[field.name + KEY] = list(dict.fromkeys(map(keyword_term, passages)))
        else:
            _add_words(document, field, passages, story.language, weights, form_weights)
    if weights:
        document["length"] = weights.total()
        document[TEXT], document[TEXT + FORMS] = _weighted(weights), _weighted(form_weights)
    return document


def tombstone_of(story_id: str, position: int) -> dict[str, Any]:
    """The document that stands for a story that is gone."""
    return {"id": story_id, "position": position, "state": GONE}


def _add_words(
    document: dict[str, Any],
    field: IndexedField,
    passages: Sequence[str],
    language: str | None,
    weights: Counter[str],
    form_weights: Counter[str],
) -> None:
    algorithm = algorithm_of(language)
    boost = round(field.boost * _TENTHS) if field.default else 0
    read = [words for passage in passages if (words := list(tokens(passage, language)))]
    exact, forms = [], []
    for words in read:
        terms = [_forms(token, algorithm, stemmed=field.kind == "text") for token in words]
        exact.append(" ".join(token.exact for token in words))
        forms.append(" ".join(map(TERM_END.join, terms)))
        if boost:
            for token, own in zip(words, terms, strict=True):
                weights[token.exact] += boost
                for term in own:
                    form_weights[term] += boost
    if read:
        document[field.name], document[field.name + FORMS] = exact, forms


def _forms(token: Token, algorithm: str, *, stemmed: bool) -> list[str]:
    """The marked terms of a word, each once; names are not stemmed and have no parts."""
    if not stemmed:
        return [FOLDED_MARK + token.folded, STEM_MARK + class_name(algorithm, token.folded)]
    parts = dict.fromkeys(PART_MARK + class_name(algorithm, part) for part in token.parts)
    return [FOLDED_MARK + token.folded, STEM_MARK + class_name(algorithm, token.stem), *parts]


def _weighted(weights: Counter[str]) -> str:
    return " ".join(f"{term}{TERM_END}{weight}" for term, weight in weights.items())
