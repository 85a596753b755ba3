"""Lemmas: the words that forms are forms of, by simplemma's dictionaries.

A dictionary is made a trie at its first word and kept so in the user's cache folder (`lemma_trie`); the next process
opens it in milliseconds: 1 to 21 MB, half a microsecond a look-up. Where nothing can be kept there, it is read as it is
packed: 0.05 to 1.2 s at the first word of each process, 2 to 50 MB, some microseconds a look-up.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import simplemma
from platformdirs import user_cache_dir
from simplemma.strategies.dictionaries import StreamDictionaryFactory, TrieDictionaryFactory

from text.analysis import lemma_trie
from text.languages.analysis_rules import AnalysisRules

_LONGEST_CHAIN = 4


@cache
def _dictionary(language: str) -> Mapping[str, str]:
    folder = Path(user_cache_dir("wiredesk")) / "lemmas" / version()
    if _can_keep(folder):
        lemma_trie.make(language, folder)
        return TrieDictionaryFactory(disk_cache_dir=str(folder)).get_dictionary(language)
    return StreamDictionaryFactory().get_dictionary(language)


def _can_keep(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


class LemmaDictionary:
    """The forms of one language. Words are asked case-folded, and answered so."""

    def __init__(self, rules: AnalysisRules) -> None:
        self._language = rules.lemmas
        self._respelt = tuple(rules.dictionary_letters.items())
        self._irregular = rules.irregular
        self.has_capital_nouns = rules.nouns_capitalised

    def lemma(self, word: str, is_capitalised: bool = True) -> str | None:
        """The lemma of a word, or None where the dictionary has no such form.

        Where nouns are written with a capital, a capitalised word is a noun if it can be one, any other is none if it
        can be something else; in other languages a word is a name only if it can be nothing else.
        """
        known = self._irregular.get(word)
        if known is not None or not self._language:
            return known
        readings = (self.noun, self.other) if self.has_capital_nouns and is_capitalised else (self.other, self.noun)
        return readings[0](word) or readings[1](word)

    def noun(self, word: str) -> str | None:
        """The lemma of a word that is written with a capital: a name, in some languages any noun."""
        return self._irregular.get(word) or self._last_of_chain(word, str.capitalize)

    def other(self, word: str) -> str | None:
        """The lemma of a word that is written without a capital."""
        return self._irregular.get(word) or self._last_of_chain(word, str)

    def direct(self, word: str) -> str | None:
        """The lemma of a word that is written without a capital, whatever the lemma is a form of."""
        return self._found(word, word)

    def _last_of_chain(self, word: str, written: Callable[[str], str]) -> str | None:
        """The lemma of the lemma where a lemma has one, so that a word and its forms meet: "pris" is one of "prisa"."""
        chain: list[str] = []
        found = self._found(written(word), word)
        while found is not None and found not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(found)
            found = found if found == word else self._found(written(found), found)
        if not chain:
            return None
        return min(chain[chain.index(found) :]) if found in chain else chain[-1]

    def _found(self, key: str, word: str) -> str | None:
        if not self._language:
            return None
        forms = _dictionary(self._language)
        if key.endswith("σ"):
            key = key[:-1] + "ς"  # as Greek ends words; case folding has one form
        found = forms.get(key)
        if found is None:
            found = next(filter(None, map(forms.get, self._other_spellings(key))), None)
        return found.casefold().replace("_", "") if found else None

    def _other_spellings(self, key: str) -> Iterator[str]:
        """How a dictionary may write what case folding or a keyboard writes otherwise: "ß" and "ss", "ä" and "ae"."""
        for written, known in self._respelt:
            if written in key:
                yield key.replace(written, known)
                if key.count(written) > 1:
                    yield key.replace(written, known, 1)
                    yield known.join(key.rsplit(written, 1))


def version() -> str:
    """The library's version: other versions may know other forms."""
    return str(simplemma.__version__)
