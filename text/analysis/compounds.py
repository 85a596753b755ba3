"""Compounds: what a word is made of, told by a dictionary of the language.

A compound is cut in two where its end is a word and what stands before it is one too, as first parts are written: in
base form, with linking letters, shortened, or in a case. Of several cuts the one with the longest end counts. Both
sides may be compounds themselves.
"""

from collections.abc import Iterator
from functools import lru_cache

from text.analysis.lemmas import LemmaDictionary
from text.languages.compound_rules import CompoundRules

_SHORTEST = 4
"""Letters of a part at least: shorter words are found in nearly every word."""
_SHORTEST_KNOWN = 2
_LONG = 7
"""Letters of a word at least that is told from its end alone."""
_LONGEST = 40
_REMEMBERED = 1 << 14


class CompoundSplitter:
    """The compounds of one language."""

    def __init__(self, rules: CompoundRules, dictionary: LemmaDictionary) -> None:
        self._rules = rules
        self._dictionary = dictionary
        self._no_parts = frozenset(rules.no_parts)
        self._no_ends = frozenset(rules.no_ends)
        self._no_compounds = frozenset(rules.no_compounds)
        self._short_parts = frozenset(rules.short_parts)
        self._linking = sorted(rules.linking.items(), key=lambda item: -len(item[0]))
        self._read = lru_cache(_REMEMBERED)(self._read_whole)
        self._base = lru_cache(_REMEMBERED)(self._look_up)
        self._as_first = lru_cache(_REMEMBERED)(self._read_first)

    def parts(self, word: str) -> list[str]:
        """The words that a compound is made of in their base forms, and theirs; none where it is no compound."""
        _, found = self._read(word)
        return [part for part in dict.fromkeys(found) if len(part) >= _SHORTEST and part != word]

    def base(self, word: str) -> str | None:
        """The base form of a compound that the dictionary lacks, by its last part; None where it is no compound."""
        return self._read(word)[0]

    def _read_whole(self, word: str) -> tuple[str | None, tuple[str, ...]]:
        if not _SHORTEST + _SHORTEST_KNOWN <= len(word) <= _LONGEST:
            return None, ()
        whole = self._base(word)
        if whole is not None:
            return whole, self._cut(whole, is_base=True)[1]
        if self._dictionary.has_capital_nouns and self._dictionary.other(word):
            return None, ()
        return self._cut(word, is_base=False)

    def _cut(self, word: str, is_base: bool) -> tuple[str | None, tuple[str, ...]]:
        """The base form of a word that can be cut, and its parts; of a base form the last one is a base form too."""
        if word in self._no_compounds:
            return None, ()
        whole: str | None = None
        parts: list[str] = []
        before = 0
        for start in range(_SHORTEST_KNOWN, len(word) - _SHORTEST_KNOWN + 1):
            if start < _SHORTEST and word[:start] not in self._short_parts:
                continue
            last = self._as_last(word[start:], is_base)
            if last is None or (parts and not self._as_first(word[before:start])):
                continue
            first = self._as_first(word[:start])
            if first:
                parts += [*first, last]
                before = start
                whole = whole or word[:start] + last
        return (whole, tuple(parts)) if parts else self._behind_unknown(word, is_base)

    def _behind_unknown(self, word: str, is_base: bool) -> tuple[str | None, tuple[str, ...]]:
        """A long word at the end of another behind what no dictionary has, as names and short forms."""
        for start in range(_SHORTEST, len(word) - _LONG + 1) if not word.startswith(self._rules.no_parts) else ():
            last = self._as_last(word[start:], is_base)
            if last is not None and len(last) >= _LONG:
                return word[:start] + last, (last,)
        return None, ()

    def _as_last(self, written: str, is_base: bool) -> str | None:
        base = None if written in self._no_ends else self._base(written)
        if base is None or base in self._no_ends:
            return None
        if base == written or not is_base:
            return base
        return base if written.endswith(self._rules.base_endings) else written if self._is_noun(written) else None

    def _read_first(self, written: str) -> tuple[str, ...]:
        """The base form of a first part, followed by its own parts; empty where there is no such word."""
        if written in self._no_parts:
            return ()
        base = next(self._bases(written), None)
        return () if base is None else (base, *self._cut(base, is_base=True)[1])

    def _bases(self, written: str) -> Iterator[str]:
        """The words that a first part may be, likelier ones first."""
        if self._is_base(written):
            yield written
        for ending, endings in self._linking:
            stem = written[: len(written) - len(ending)]
            if written.endswith(ending) and (ending or len(stem) >= _SHORTEST) and stem not in self._no_parts:
                yield from (stem + other for other in endings if self._is_base(stem + other))
        if self._is_case(written):
            base = self._base(written)
            if base is not None and base != written:
                yield base
        if len(written) > _SHORTEST and not self._dictionary.has_capital_nouns:
            name = self._dictionary.noun(written)
            if name is not None and (name == written or self._is_case(written)):
                yield name

    def _is_case(self, written: str) -> bool:
        return self._rules.any_form or written.endswith(self._rules.linking_cases)

    def _is_base(self, word: str) -> bool:
        base = self._base(word)
        if base == word:
            return True
        if self._dictionary.has_capital_nouns:
            return len(word) >= _SHORTEST and word not in self._no_parts and self._dictionary.other(word) == word
        return base is not None and self._is_noun(word)

    def _is_noun(self, word: str) -> bool:
        """Whether a form that the dictionary has as one of a verb is a noun too, as its other forms tell."""
        endings = self._rules.noun_endings
        # Danish "skat" has "skatten".
        forms = (word + ending for ending in (*endings, *(word[-1] + ending for ending in endings[:2])))
        return any(self._dictionary.direct(form) == word for form in forms)

    def _look_up(self, word: str) -> str | None:
        """The lemma of a word that may be a part, as far as it is one."""
        if word in self._no_parts:
            return None
        if len(word) < _SHORTEST:
            return word if word in self._short_parts else None
        dictionary = self._dictionary
        base = dictionary.noun(word) if self._dictionary.has_capital_nouns else dictionary.other(word)
        if base is None or base in self._no_parts:
            return None
        return base if len(base) >= _SHORTEST or base in self._short_parts else None
