"""Fields and passages of a story in which a query matches.

The same analysis as the index's (text/analysis), applied to the text of one story: a loose word matches in any of
its forms, a phrase word by word as written and within one passage.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from model.field_annotation import FieldKind
from model.fields import FIELDS, IndexedField
from model.query import And, Fuzzy, Leaf, Or, Phrase, Prefix, Query, Wildcard, Word, Words
from model.story import StoredStory
from search.highlight.deadline import HighlightDeadline
from search.highlight.highlighter import Highlighter, KeywordHighlighter, Match, TextHighlighter

Ordinals = tuple[int, ...]
_AT_ONCE = 10
"""Stories that are looked through in one go."""
_ORDER = {field.name: position for position, field in enumerate(FIELDS)}


class MatchedPassage(NamedTuple):
    """A passage in which something matched: the `number`th of its field."""

    field: IndexedField
    number: int
    text: str
    matches: Sequence[Match]


def positive_leaves(query: Query) -> tuple[Leaf, ...]:
    """The words and phrases that a story may match, left to right; what is excluded (Not) is not among them."""
    match query:
        case And(clauses) | Or(clauses) | Words(clauses):
            return tuple(leaf for clause in clauses for leaf in positive_leaves(clause))
        case Word() | Phrase() | Prefix() | Wildcard() | Fuzzy():
            return (query,)
        case _:
            return ()


class PassageMatcher:
    """Finds the leaves of one query in stories until its deadline; made for one search, used by one thread."""

    def __init__(self, leaves: Sequence[Leaf], deadline: HighlightDeadline) -> None:
        self._deadline = deadline
        self._leaves = leaves
        groups: dict[tuple[Ordinals, FieldKind], list[IndexedField]] = {}
        for field in FIELDS:
            if asked := tuple(_asked(leaves, field)):
                groups.setdefault((asked, field.kind), []).append(field)
        self._groups = [_FieldGroup(asked, kind, tuple(fields)) for (asked, kind), fields in groups.items()]

    def passages(self, stories: Sequence[StoredStory]) -> list[list[MatchedPassage]]:
        """The passages of each story in which leaves match, in the order of the schema."""
        found: list[list[MatchedPassage]] = [[] for _ in stories]
        for start in range(0, len(stories), _AT_ONCE):
            for number, passage in self._of_stories(stories[start : start + _AT_ONCE]):
                found[start + number].append(passage)
        return [
            sorted(passages, key=lambda passage: (_ORDER[passage.field.name], passage.number)) for passages in found
        ]

    def _of_stories(self, stories: Sequence[StoredStory]) -> Iterator[tuple[int, MatchedPassage]]:
        """The ordinals of a few stories with their passages, until the time is over."""
        for group in self._groups:
            languages = [story.language if group.kind == "text" else None for story in stories]
            for language in dict.fromkeys(languages):
                places = [
                    (number, field, n, text)
                    for number, story in enumerate(stories)
                    if languages[number] == language
                    for field in group.fields
                    for n, text in enumerate(field.passages(story))
                ]
                highlight = group.highlighter(self._leaves, language)
                for place, matches in highlight([place[-1] for place in places]):
                    if matches:
                        number, field, n, text = places[place]
                        yield number, MatchedPassage(field, n, text, matches)
                    if self._deadline.cuts():
                        return


class _FieldGroup:
    """Fields of one kind in which the same leaves, by their ordinals, are looked for, with a highlighter a language."""

    def __init__(self, asked: Ordinals, kind: FieldKind, fields: Sequence[IndexedField]) -> None:
        self.kind = kind
        self.fields = fields
        self._asked = asked
        self._highlighters: dict[str | None, Highlighter] = {}

    def highlighter(self, leaves: Sequence[Leaf], language: str | None) -> Highlighter:
        """What finds the leaves in texts of that language."""
        if language not in self._highlighters:
            make = KeywordHighlighter if self.kind == "keyword" else TextHighlighter
            self._highlighters[language] = make([(n, leaves[n]) for n in self._asked], language)
        return self._highlighters[language]


def _asked(leaves: Sequence[Leaf], field: IndexedField) -> Iterator[int]:
    """The ordinals of the leaves that may match in the field."""
    for number, leaf in enumerate(leaves):
        if field.default if leaf.field is None else leaf.field == field.name:
            yield number
