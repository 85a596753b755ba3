"""Where in a story does a query match?

The same analysis as the index's (index/analysis.py), applied to the text of one story: a loose word matches in any of
its forms, a phrase word by word as written and within one passage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.budget import Budget
from index.fields import FIELDS, Field
from index.query import And, Fuzzy, Leaf, Or, Phrase, Prefix, Query, Wildcard, Word, Words
from index.story import StoredStory
from search.finders import Finder, Match, ValueFinder, WordFinder


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


class Matcher:
    """Finds the leaves of one query in stories while its budget lasts; made for one search, used by one thread."""

    def __init__(self, leaves: Sequence[Leaf], budget: Budget) -> None:
        self._budget = budget
        self._leaves = tuple(enumerate(leaves))
        self._finders: dict[tuple[str, str | None], Finder | None] = {}

    def passages(self, story: StoredStory) -> Iterator[MatchedPassage]:
        """The passages of the story in which leaves match, in the order of the schema."""
        for field in FIELDS:
            find = self._finder(field, story.language if field.kind == "text" else None)
            if find is None:
                continue
            for index, text in enumerate(field.passages(story)):
                if self._budget.cuts():
                    return
                matches = tuple(find(text))
                if matches:
                    yield MatchedPassage(field, index, text, matches)

    def _finder(self, field: Field, language: str | None) -> Finder | None:
        key = (field.name, language)
        if key not in self._finders:
            asked = [
                (n, leaf)
                for n, leaf in self._leaves
                if (field.default if leaf.field is None else leaf.field == field.name)
            ]
            make = ValueFinder if field.kind == "keyword" else WordFinder
            self._finders[key] = make(asked, language) if asked else None
        return self._finders[key]
