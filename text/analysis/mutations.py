"""Mutations: words whose first letters change with the word before them, and words with syllables set into them.

In Celtic languages "Caerdydd" is "Gaerdydd" behind one preposition and "Nghaerdydd" behind another. Which word a form
comes from is often open, so that a query asks for all that it can be, and a story's words stay as they are.
"""

from collections.abc import Mapping

from text.languages.analysis_rules import AnalysisRules
from text.languages.date_words import Phrases

_SHORTEST = 3
"""Letters of a word whose first ones change, at least."""
_VOWELS = frozenset("aeiou")


class Mutations:
    """First letters of a language -> those that they change to."""

    def __init__(self, initials: Mapping[str, Phrases]) -> None:
        self._changed = sorted(initials.items(), key=lambda pair: -len(pair[0]))
        pairs = ((form, first) for first, forms in initials.items() for form in forms)
        self._unchanged = sorted(pairs, key=lambda pair: -len(pair[0]))

    def forms(self, word: str) -> tuple[str, ...]:
        """All words that a word can stand for: those it may come from, and what it and they change to."""
        if len(word) < _SHORTEST:
            return ()
        bases = [
            word,
            *(
                first + word[len(form) :]
                for form, first in self._unchanged
                if word.startswith(form) and not word.startswith(first)
            ),
        ]
        found = dict.fromkeys(bases[1:])
        for base in bases:
            first, forms = next(((f, forms) for f, forms in self._changed if base.startswith(f)), ("", ()))
            found.update(dict.fromkeys(form + base[len(first) :] for form in forms))
        found.pop(word, None)
        return tuple(found)


def without_syllables(word: str, rules: AnalysisRules) -> tuple[str, ...]:
    """What is left of a word without a syllable set into it or said twice: "boto" of "bumoto", "takbo" of "tatakbo"."""
    found = [word]
    if word[:1] not in _VOWELS:
        found += [word[0] + word[1 + len(infix) :] for infix in rules.infixes if word.startswith(infix, 1)]
    if rules.reduplicated:
        found += [left[2:] for left in found if left[:2] == left[2:4]]
    return tuple(left for left in found[1:] if len(left) >= rules.shortest)
