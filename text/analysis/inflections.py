"""Inflections: a light stemmer, the endings of nouns, adjectives and names as data.

Light stemmers take off the longest ending that leaves enough of the word (J. Savoy, "Light Stemming Approaches for the
French, Portuguese, German and Hungarian Languages", SAC 2006, and his later ones for Slavic languages). Words and
endings are compared folded, so that a word typed without its accents has the same stem.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from text.languages.analysis_rules import AnalysisRules

_Value = TypeVar("_Value", int, str)

_SHORTEST = 4
"""Letters that a stem has at least that is made shorter by writing its end in another way."""
_MOST_FINALS = 3
_MOST_SHARED = 2
"""Letters at the end of a word that may be taken for the beginning of an ending, at most."""


class LightStemmer:
    """The endings of one language."""

    def __init__(self, rules: AnalysisRules, folded: Callable[[str], str]) -> None:
        least: dict[str, int] = {}
        for letters, endings in rules.inflections.items():
            least.update((folded(ending), letters) for ending in endings)
        self._endings = _by_length(least)
        alike = {folded(written): folded(known) for written, known in rules.alike.items()}
        self._alike = sorted(alike.items(), key=lambda pair: -len(pair[0]))
        self._endings_alone = tuple(least)
        self._most = rules.inflections_at_most
        self._finals = _by_length({folded(written): folded(known) for written, known in rules.finals.items()})

    def stem(self, word: str) -> str:
        """The stem of a folded word."""
        for _ in range(self._most):
            before, word = word, self._without_ending(word)
            if word == before:
                break
        return self.unified(word)

    def unified(self, word: str) -> str:
        """A folded word, nothing taken off, with its end written as stems are."""
        for _ in range(_MOST_FINALS):
            before, word = word, self._with_final(word)
            if word == before:
                break
        for written, known in self._alike:
            word = word.replace(written, known)
        return word

    def stems_of_forms(self, word: str) -> set[str]:
        """The stems that the forms of a folded word have, where endings are strung together and begin alike.

        "Kazanda" is "Kazan" in one place, and so might be "Kaza".
        """
        found = {self.stem(word + ending) for ending in self._endings_alone} if self._most > 1 else set()
        return {stem for stem in found if len(stem) >= len(word) - _MOST_SHARED}

    def _without_ending(self, word: str) -> str:
        for length, least in self._endings:
            ending = word[-length:]
            if ending in least and len(word) - length >= least[ending]:
                return word[:-length]
        return word

    def _with_final(self, word: str) -> str:
        for length, known in self._finals:
            final = known.get(word[-length:])
            if final is not None and (len(final) == length or len(word) - length + len(final) >= _SHORTEST):
                return word[:-length] + final
        return word


def _by_length(table: Mapping[str, _Value]) -> list[tuple[int, dict[str, _Value]]]:
    """A table as one for each length of its keys, the longest first."""
    lengths = sorted({len(key) for key in table}, reverse=True)
    return [(length, {key: value for key, value in table.items() if len(key) == length}) for length in lengths]
