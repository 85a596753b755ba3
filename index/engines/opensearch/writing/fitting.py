"""Documents as the cluster takes them: what is left out of a story that is too large for it, and what is told of it.

A single story can bring a node down: 300,000 different words end one that has 384 MB. So much text is no news
story; its first words are found. What a server refuses for a reason that is not foreseen becomes a document of a few
numbers.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from index.engines.opensearch.mapping import FORMS, KEY, LONGEST_KEYWORD, TERM_END, TEXT
from model.fields import KEYWORD_FIELDS, TEXT_FIELDS

REFUSED = "refused"
"""Among the flags of a document whose words the cluster has refused."""
_MOST_CHARACTERS = 4_000_000
_MOST_WORDS = 100_000
_GREATEST = 2**63 - 1
_NUMBERS = ("position", "version", "first_seen", "dated", "published")
_KEPT = ("id", "state", "month", "group", "algorithm", "flags", *_NUMBERS)


class FittingDocument(NamedTuple):
    """A document, and the names of the fields that it holds a part of alone."""

    document: Mapping[str, Any]
    cut: tuple[str, ...]


def fitting(document: Mapping[str, Any]) -> FittingDocument:
    """A document without what the cluster would not take."""
    cut: list[str] = []
    made = _without_long_values(document, cut)
    most = _MOST_WORDS
    while _size(made) > _MOST_CHARACTERS and most:
        made = _of_first_words(made, most, cut)
        most //= 2
    return FittingDocument(made, tuple(dict.fromkeys(cut)))


def bare(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a story of which the cluster takes nothing else: it counts, and is found by its dates."""
    kept = {name: document[name] for name in _KEPT if name in document and name not in _NUMBERS}
    kept |= {name: min(max(document[name], -_GREATEST), _GREATEST) for name in _NUMBERS if name in document}
    if len(kept.get("group", "")) > LONGEST_KEYWORD:
        del kept["group"]
    return {**kept, "flags": [*kept.get("flags", ()), REFUSED]}


def _without_long_values(document: Mapping[str, Any], cut: list[str]) -> Mapping[str, Any]:
    long = [
        field.name
        for field in KEYWORD_FIELDS
        if any(len(value) > LONGEST_KEYWORD for value in document.get(field.name, ()))
    ]
    if not long:
        return document
    cut += long
    kept = {
        name: [value for value in document[name] if len(value) <= LONGEST_KEYWORD]
        for field in long
        for name in (field, field + KEY)
    }
    return {**document, **kept}


def _of_first_words(document: Mapping[str, Any], most: int, cut: list[str]) -> Mapping[str, Any]:
    """A document of the first words of each field; its terms keep the weights that they have in the whole."""
    made = dict(document)
    for field in TEXT_FIELDS:
        if field.name not in document:
            continue
        for name in (field.name, field.name + FORMS):
            made[name] = _first_words(document[name], most)
        if sum(map(len, made[field.name])) < sum(map(len, document[field.name])):
            cut.append(field.name)
    for name, of in ((TEXT, ""), (TEXT + FORMS, FORMS)):
        known = {
            term
            for field in TEXT_FIELDS
            for passage in made.get(field.name + of, ())
            for word in passage.split(" ")
            for term in word.split(TERM_END)
        }
        pairs = document.get(name, "").split(" ")
        made[name] = " ".join(pair for pair in pairs if pair.partition(TERM_END)[0] in known)
    return made


def _first_words(passages: list[str], most: int) -> list[str]:
    kept: list[str] = []
    for passage in passages:
        words = passage.split(" ", most)[:most]
        most -= len(words)
        if words:
            kept.append(" ".join(words))
        if most <= 0:
            break
    return kept


def _size(document: Mapping[str, Any]) -> int:
    """The characters of a document's texts."""
    return sum(
        len(value) if isinstance(value, str) else sum(map(len, value))
        for value in document.values()
        if isinstance(value, str | list)
    )
