"""Affixes: particles in front of words and endings behind them, in languages that write them together.

What looks like a particle is often a letter of the word itself. A rest counts as the word where a dictionary knows it
and not the whole, or where it is long; a shorter rest that nobody knows is but a part.
"""

from collections.abc import Callable, Iterator

import regex

from text.analysis.spelling import dictionary_spellings
from text.languages.analysis_rules import AnalysisRules

_MOST_PARTICLES = 4
_SHORTEST_KNOWN = 2
"""Letters of a word that a dictionary knows, at least."""
_SHORTEST_PART = 3
"""Letters of a part at least: shorter words are found in nearly every word."""
_LONG = 5
"""Letters from which on a rest is taken for the word, though no dictionary knows it."""
_UNLIKELY_ENDING = 3
"""How unlikely an ending is where a letter counts 2: it may end a name, or leave a rare form of a verb."""


class Affixes:
    """What a language writes together with its words, taken off them."""

    def __init__(self, rules: AnalysisRules) -> None:
        self.has_parts = bool(rules.prefixes)
        self._shortest = rules.shortest
        self._irregular = rules.irregular
        self._prefixes = tuple(sorted(rules.prefixes, key=len))
        self._article = rules.article
        self._before_root = tuple((regex.compile(found), instead) for found, instead in rules.before_root.items())
        # What stands instead of an ending is a guess, which a dictionary confirms where there is one.
        endings = dict.fromkeys(rules.endings, "")
        self._endings = _Endings(endings if rules.lemmas else endings | dict(rules.replaced))
        self._guesses = _Endings(dict(rules.replaced)) if rules.lemmas else _Endings({})

    def without_ending(self, word: str) -> str:
        """A word without the longest ending that leaves enough of it, or with what stands instead of that."""
        return next((rest for rest in self._endings.rests(word) if len(rest) >= self._shortest), word)

    def without_prefixes(self, word: str, shortest: int = 0) -> list[str]:
        """What is left of a word without the particles in front, of so many letters at least; the longest first."""
        if not word.startswith(self._prefixes):
            return []
        rests = [word[len(prefix) :] for prefix in self._prefixes if word.startswith(prefix)]
        return [rest for rest in rests if len(rest) >= (shortest or self._shortest)]

    def known_rest(self, word: str, known: Callable[[str], str | None]) -> str | None:
        """What a dictionary knows of a word without particles and endings, the likeliest; None where nothing."""
        rests: dict[str, int] = {}
        for front in (word, *self.without_prefixes(word, _SHORTEST_KNOWN)):
            rests.setdefault(front, 2 * (len(word) - len(front)))
            for rest in self._without_endings(front, _SHORTEST_KNOWN if front == word else self._shortest):
                rests.setdefault(rest, 2 * (len(word) - len(rest)) + _UNLIKELY_ENDING)
        for rest in sorted(rests, key=rests.__getitem__):
            for spelling in dictionary_spellings(rest):
                if spelling != word and (found := known(spelling)):
                    return found
        return None

    def behind_article(self, word: str) -> str:
        """What follows the article that a word seems to begin with; empty where it doesn't."""
        found = self._article and word.startswith(self._article) and len(word) - len(self._article) >= _SHORTEST_KNOWN
        return word[len(self._article) :] if found else ""

    def base_rests(self, word: str, is_base: Callable[[str], bool]) -> Iterator[str]:
        """What a word is besides its particles where that is a base form, though a dictionary may know the whole.

        A base form is taken apart no further, but for the article: what begins with it is rarely one.
        """
        base = next((rest for rest in (word, *self.without_prefixes(word)) if is_base(rest)), "")
        noun = self.behind_article(base)
        if base and base != word:
            yield base
        if len(noun) >= self._shortest and is_base(noun):
            yield noun

    def _without_endings(self, word: str, shortest: int) -> Iterator[str]:
        for rest in self._guesses.rests(word):
            if len(rest) >= self._shortest:
                yield rest
        for rest in self._endings.rests(word):
            if len(rest) >= shortest:
                yield rest

    def root(self, word: str) -> str:
        """A word without the class of a noun in front of it, and without its ending; irregular forms are looked up."""
        word = self._irregular.get(word, word)
        if self._irregular.get(word) == word:
            return word
        bare = self._bare(word)
        regular = self._irregular.get(bare)
        return bare if regular is None else self._bare(regular)

    def _bare(self, word: str) -> str:
        for expression, instead in self._before_root:
            found = expression.match(word)
            if found and len(word) - found.end() >= self._shortest:
                word = instead + word[found.end() :]
                break
        return self._long_rest(self.without_ending(word))

    def _long_rest(self, word: str) -> str:
        """A word without all that looks like particles in front of it, as long as much is left."""
        for _ in range(_MOST_PARTICLES):
            rests = self.without_prefixes(word, _LONG)
            if not rests:
                break
            word = min(rests, key=len)
        return word

    def parts(self, word: str) -> list[str]:
        """What a word may be besides its particles."""
        return self.without_prefixes(word, max(_SHORTEST_PART, self._shortest))


class _Endings:
    """Endings, each with what stands instead of it; looked up by length, as a language may have a hundred."""

    def __init__(self, endings: dict[str, str]) -> None:
        self._endings = endings
        self._lengths = tuple(sorted({len(ending) for ending in endings}, reverse=True))

    def rests(self, word: str) -> Iterator[str]:
        """A word without each of the endings that it has, the longest first."""
        for length in self._lengths:
            if length < len(word) and (instead := self._endings.get(word[-length:])) is not None:
                yield word[:-length] + instead
