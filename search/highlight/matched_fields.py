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
from search.highlight.highlighter import Highlighter, KeywordHighlighter, LeafMatch, TextHighlighter

Ordinals = tuple[int, ...]
_ORDER = {field.name: position for position, field in enumerate(FIELDS)}


class MatchedPassage(NamedTuple):
    """A passage in which something matched: the `number`th of its field."""

    field: IndexedField
    number: int
    text: str
    matches: tuple[LeafMatch, ...]


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

    def passages(self, story: StoredStory) -> list[MatchedPassage]:
        """The passages of the story in which leaves match, in the order of the schema."""
        found = [passage for group in self._groups for passage in self._of_group(group, story)]
        return sorted(found, key=lambda passage: (_ORDER[passage.field.name], passage.number))

    def _of_group(self, group: "_FieldGroup", story: StoredStory) -> Iterator[MatchedPassage]:
        """The passages of fields in which the same leaves are looked for, in one go."""
        passages = [(field, n, text) for field in group.fields for n, text in enumerate(field.passages(story))]
        highlight = group.highlighter(self._leaves, story.language if group.kind == "text" else None)
        for number, matches in highlight([text for _, _, text in passages]):
            if matches:
                yield MatchedPassage(*passages[number], matches)
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
