"""Random query trees whose words are taken from stories: rare and frequent ones, whole, cut, misspelt and in a row."""

import random
from collections.abc import Sequence
from datetime import timedelta

from model.fields import BY_NAME, FIELDS
from model.query import (
    And,
    DateRange,
    Everything,
    Filters,
    Fuzzy,
    Has,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    SearchRequest,
    Sort,
    Status,
    Wildcard,
    Word,
    Words,
)
from model.story import StoredStory

SORTS: tuple[Sort, ...] = ("relevance", "score", "newest", "oldest")
_LETTERS = "aeinorstk0éßжсل中の"
_DEEPEST = 4
_FILTERED = ("source", "agency", "language", "section")


class TreeMaker:
    """Makes requests about some stories, always the same for the same seed."""

    def __init__(self, stories: Sequence[StoredStory], seed: int) -> None:
        self._stories = stories
        self._dice = random.Random(seed)

    def request(self) -> SearchRequest:
        """A whole request; its `now` is left open."""
        dice = self._dice
        return SearchRequest(
            self.tree(),
            self._filters(),
            dice.choice(SORTS),
            fold=dice.random() < 0.5,
        )

    def tree(self, depth: int = 0) -> Query:
        """A query tree."""
        dice = self._dice
        chance = dice.random()
        if depth >= _DEEPEST or chance < 0.4 + 0.1 * depth:
            return self.leaf() if dice.random() < 0.8 else self._condition()
        if chance < 0.9:
            number = dice.choice((1, 2, 2, 3, 3, 4, 7))
            clauses = tuple(self.tree(depth + 1) for _ in range(number))
            return dice.choice((And, Or, Or, Words, Words))(clauses)
        return Not(self.tree(depth + 1))

    def leaf(self) -> Leaf:
        """A word, a phrase, a prefix, a pattern or a misspelling."""
        dice = self._dice
        name, text = self._words_of(dice.choice(self._stories))
        field = dice.choice((None, None, None, name))
        if dice.random() < 0.03:
            field = dice.choice((*BY_NAME, "lang", "colour"))
        words = text.split() or ["…"]
        start = dice.randrange(len(words))
        word = words[start]
        kind = dice.choice((Word, Word, Phrase, Phrase, Prefix, Wildcard, Fuzzy))
        if kind is Word:
            return Word(word if dice.random() < 0.85 else " ".join(words[start : start + 2]), field)
        if kind is Phrase:
            return self._phrase(words[start : start + dice.randrange(1, 7)], field)
        if kind is Prefix:
            return Prefix(word[: dice.randrange(1, 7)], field)
        if kind is Wildcard:
            return Wildcard(self._pattern(word), field)
        return Fuzzy(self._misspelt(word), field, dice.choice((1, 1, 2, 2, 0, 3)))

    def _phrase(self, words: list[str], field: str | None) -> Phrase:
        dice = self._dice
        slop = dice.choice((0, 0, 0, 1, 2, 5, 40))
        if slop and len(words) > 2 and dice.random() < 0.7:
            del words[dice.randrange(1, len(words) - 1)]
        if dice.random() < 0.1:
            words.reverse()
        if dice.random() < 0.05:
            words = words[:2] * 2
        return Phrase(" ".join(words), field, slop)

    def _pattern(self, word: str) -> str:
        dice = self._dice
        letters = list(word)
        for _ in range(dice.randrange(1, 4)):
            place = dice.randrange(len(letters))
            letters[place] = dice.choice("*?")
        pattern = "".join(letters)
        return pattern[: dice.randrange(1, 8)] + "*" if dice.random() < 0.3 else pattern

    def _misspelt(self, word: str) -> str:
        dice = self._dice
        for _ in range(dice.randrange(3)):
            place = dice.randrange(len(word) + 1)
            letter = dice.choice(_LETTERS)
            swapped = word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]
            word = word[:place] + dice.choice(
                (letter + word[place:], letter + word[place + 1 :], word[place + 1 :], swapped)
            )
        return word or "a"

    def _words_of(self, story: StoredStory) -> tuple[str, str]:
        """A field of a story and what stands in it."""
        held = [(field.name, text) for field in FIELDS for text in field.passages(story)]
        return self._dice.choice(held)

    def _condition(self) -> Query:
        dice = self._dice
        kind = dice.randrange(5)
        if kind < 2:
            first = dice.choice(self._stories)
            name = dice.choice(("published_at", "published_at", "first_seen_at"))
            day = (getattr(first, name) or first.first_seen_at).date()
            after = day if dice.random() < 0.8 else None
            before = day + timedelta(days=dice.choice((0, 1, 30, 400))) if dice.random() < 0.6 else None
            return DateRange(after, before, name)
        if kind == 2:
            return Has(dice.choice((*BY_NAME, "published_at", "lang", "colour")))
        if kind == 3:
            return Status(dice.choice(("live", "withdrawn", "corrected", "uncertain")))
        return Everything()

    def _filters(self) -> Filters:
        dice = self._dice
        values: dict[str, tuple[str, ...]] = {}
        for name in _FILTERED:
            if dice.random() < 0.12:
                held = [text for story in dice.choices(self._stories, k=9) for text in BY_NAME[name].passages(story)]
                values[name] = tuple(text.upper() if dice.random() < 0.2 else text for text in held[:3])
        after = before = None
        if dice.random() < 0.15:
            after = dice.choice(self._stories).first_seen_at.date()
            before = after + timedelta(days=dice.randrange(200)) if dice.random() < 0.5 else None
        return Filters(values, after, before)
