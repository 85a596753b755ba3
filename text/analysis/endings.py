"""Endings of words: what languages write behind a word as a part of it, taken off from the outside in.

Postpositions, articles, plurals and particles come in layers ("of the students" is one word of two endings), so that
each layer of a language's rules is tried once. Some have a form behind vowels and one behind consonants,
which tells most of them from the last syllable of a noun.
"""

from collections.abc import Mapping

import regex

from text.languages.ending_rules import EndingRules

_MARKS = regex.compile(r"\p{M}+")
_SYLLABLES = regex.compile(r"[\uac00-\ud7a3]{3,12}")
_SCRIPTS = regex.compile(r"\p{Latin}{2,}|\p{Hangul}{2,}")
_JOINS = ("\u094d", "\u09cd", "\u0acd")
"""The virama where it joins letters and ends no word: of Devanagari, Bengali and Gujarati."""
_VOWEL_SIGN = regex.compile(
    r"\p{Indic_Syllabic_Category=Vowel_Dependent}|\p{Indic_Syllabic_Category=Vowel_Independent}"
)
_INDIC = ("\u0900", "\u0dff")
_LONGEST = 20
"""Characters of an ending at most."""
_HANGUL, _END_OF_HANGUL = 0xAC00, 0xD7A4
_FINALS = 28
"""Ends that a Hangul syllable may have, none among them: the Unicode Standard, 3.12, Conjoining Jamo Behavior."""


class LayeredEndings:
    """The endings of one language, taken off its words."""

    def __init__(self, rules: EndingRules) -> None:
        replaced = {ending: own for own, endings in rules.replaced.items() for ending in endings}
        self._outer = dict.fromkeys((*rules.outer, *rules.after_vowel, *rules.after_consonant), "") | replaced
        self._inner = [dict.fromkeys(layer, "") for layer in rules.inner]
        self._behind_vowel = dict.fromkeys(rules.after_vowel, True) | dict.fromkeys(rules.after_consonant, False)
        self._whole = rules.whole
        self._shortest = rules.shortest
        self._syllables = rules.syllables

    def without(self, word: str) -> str:
        """A word without the endings of each layer that leave enough of it, the longest of a layer first."""
        return self.without_inner(self._without(word, self._outer))

    def without_inner(self, word: str) -> str:
        """The same of a word that has none of the outermost endings."""
        for layer in self._inner:
            word = self._without(word, layer)
        return word

    def parts(self, word: str) -> list[str]:
        """What a Korean word begins or ends with, of two syllables and more; none of a whole noun.

        A word of two scripts has both as parts.
        """
        noun = self.without(word) if self._syllables else ""
        if not _SYLLABLES.fullmatch(noun):
            found = _SCRIPTS.findall(noun)
            return [] if found == [noun] else found
        if noun in self._whole:
            return []
        return [noun[:cut] for cut in range(2, len(noun))] + [noun[cut:] for cut in range(1, len(noun) - 1)]

    def _without(self, word: str, layer: Mapping[str, str]) -> str:
        for length in range(min(_LONGEST, len(word) - 1), 0, -1):
            ending = word[-length:]
            if ending in layer and self._fits(word, word[:-length], ending):
                return word[:-length] + layer[ending]
        return word

    def _fits(self, word: str, bare: str, ending: str) -> bool:
        """Whether a word may be `bare` with an ending behind it."""
        if bare.endswith(_JOINS) or len(_MARKS.sub("", bare)) < self._shortest:
            return False
        behind_vowel = self._behind_vowel.get(ending)
        if behind_vowel is not None and _ends_in_vowel(bare) == (not behind_vowel):
            return False
        # What stands within a whole noun is no ending.
        return not word.endswith(self._whole) or not any(
            len(noun) >= len(ending) and word.endswith(noun) for noun in self._whole
        )


def _ends_in_vowel(word: str) -> bool | None:
    """Whether a word ends in an open Hangul syllable or an Indic vowel; None where it ends in neither script."""
    last = word[-1]
    if _INDIC[0] <= last <= _INDIC[1]:
        return _VOWEL_SIGN.match(last) is not None
    code = ord(last)
    return (code - _HANGUL) % _FINALS == 0 if _HANGUL <= code < _END_OF_HANGUL else None
