"""Where in a story does a query match?

The same analysis as the index's (index/analysis.py), applied to the text of one story: a loose word matches in any of
its forms, a phrase word by word as written and within one passage.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from index.analysis import Token, exact, fold, tokens
from index.fields import FIELDS, Field
from index.query import And, Fuzzy, Leaf, Or, Phrase, Prefix, Query, Wildcard, Word, Words
from index.story import StoredStory
from search.edits import within

Span = tuple[int, int]
"""Start and end of a match, in characters of its passage."""


@dataclass(frozen=True, slots=True)
class Match:
    """One leaf of the query found in one passage; `leaf` is its ordinal in the query."""

    leaf: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class MatchedPassage:
    """A passage in which something matched: the `index`th of its field."""

    field: Field
    index: int
    text: str
    matches: tuple[Match, ...]


def positive_leaves(query: Query) -> tuple[Leaf, ...]:
    """The words and phrases that a story may match, left to right; what is excluded (Not) is not among them."""
    match query:
        case And(clauses) | Or(clauses) | Words(clauses):
            return tuple(leaf for clause in clauses for leaf in positive_leaves(clause))
        case Word() | Phrase() | Prefix() | Wildcard() | Fuzzy():
            return (query,)
        case _:
            return ()


def matched_passages(story: StoredStory, leaves: Sequence[Leaf]) -> Iterator[MatchedPassage]:
    """The passages of the story in which leaves match, in the order of the schema."""
    for field in FIELDS:
        asked = [(n, leaf) for n, leaf in enumerate(leaves) if _asks(leaf, field)]
        if not asked:
            continue
        language = story.language if field.kind == "text" else None
        finders = [(n, _finder(leaf, field.kind == "keyword", language)) for n, leaf in asked]
        for index, text in enumerate(field.passages(story)):
            words = [_whole(text)] if field.kind == "keyword" else list(tokens(text, language))
            matches = tuple(Match(n, tuple(spans)) for n, find in finders if (spans := list(find(words))))
            if matches:
                yield MatchedPassage(field, index, text, matches)


def _asks(leaf: Leaf, field: Field) -> bool:
    return field.default if leaf.field is None else leaf.field == field.name


def _whole(value: str) -> Token:
    """A keyword's value as the one word that it is."""
    plain = value.casefold()
    return Token(plain, fold(plain), fold(plain), 0, 0, len(value))


Finder = Callable[[Sequence[Token]], Iterator[Span]]


@lru_cache(maxsize=512)
def _finder(leaf: Leaf, keyword: bool, language: str | None) -> Finder:
    """A function from the tokens of a passage to the spans in which the leaf matches."""
    if keyword and isinstance(leaf, Word | Phrase):
        value = leaf.text.strip().casefold()
        return _each(lambda token: token.exact == value)
    match leaf:
        case Word(text):
            return _word(text, language)
        case Phrase(text, _, slop):
            return _phrase(tuple(token.exact for token in tokens(text)), slop)
        case Prefix(text):
            start = exact(text) or text.casefold()
            folded = fold(start)
            return _each(lambda token: token.exact.startswith(start) or token.folded.startswith(folded))
        case Wildcard(text):
            pattern = _pattern(text)
            return _each(lambda token: bool(pattern.fullmatch(token.exact) or pattern.fullmatch(token.folded)))
        case Fuzzy(text, _, edits):
            word = fold(exact(text))
            return _each(lambda token: within(word, token.folded, edits))


def _each(accepts: Callable[[Token], bool]) -> Finder:
    def find(words: Sequence[Token]) -> Iterator[Span]:
        return ((token.start, token.end) for token in words if accepts(token))

    return find


def _word(text: str, language: str | None) -> Finder:
    found = list(tokens(text, language))
    if len(found) != 1:
        return _phrase(tuple(token.exact for token in found), 0)
    word = found[0]
    return _each(lambda token: token.exact == word.exact or token.folded == word.folded or token.stem == word.stem)


def _pattern(text: str) -> "regex.Pattern[str]":
    parts = {"*": r"\w*", "?": r"\w"}
    return regex.compile("".join(parts.get(c) or regex.escape(c) for c in text.casefold()))


def _phrase(wanted: tuple[str, ...], slop: int) -> Finder:
    def find(words: Sequence[Token]) -> Iterator[Span]:
        if not wanted:
            return
        places = [[n for n, token in enumerate(words) if token.exact == word] for word in wanted]
        if not all(places):
            return
        behind = -1
        for first in places[0]:
            path = _path(first, places, slop) if first > behind else None
            if path:
                behind = path[-1]
                # The words between those of a loose phrase are not marked.
                yield from _merged([(words[n].start, words[n].end) for n in path], joined=not slop)

    return find


def _path(first: int, places: Sequence[Sequence[int]], slop: int) -> list[int] | None:
    """The nearest place of each word after the one before it, from `first` on; None where they are too far apart."""
    path = [first]
    for options in places[1:]:
        following = bisect_right(options, path[-1])
        if following == len(options) or options[following] - first - len(path) > slop:
            return None
        path.append(options[following])
    return path


def _merged(spans: Sequence[Span], *, joined: bool) -> Sequence[Span]:
    return [(spans[0][0], spans[-1][1])] if joined else spans
