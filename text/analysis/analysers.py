"""Analysers: the forms of words in one language, by the rules of its data file (text/languages).

A language without rules has no stems but the folded words.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import regex

from text.analysis import lemmas, stemmers
from text.analysis.affixes import Affixes
from text.analysis.compounds import CompoundSplitter
from text.analysis.endings import LayeredEndings
from text.analysis.inflections import LightStemmer
from text.analysis.lemmas import LemmaDictionary
from text.analysis.mutations import Mutations, without_syllables
from text.analysis.spelling import exact, fold, syllables_apart, without_points
from text.languages import languages
from text.languages.analysis_rules import AnalysisRules
from text.languages.format import Language

VERSION = 1
"""Counts changes of the code of this room: other code may give other stems to the same rules."""
NO_ALGORITHM = ""
"""The algorithm of languages without rules."""

_APOSTROPHE = regex.compile(r"['’ʼ]")
_LONG = 4
"""Letters of what a query asks for besides the word itself, at least."""
_LONGEST_PREFIX = 2
"""Letters before an apostrophe that are a preposition or an article, at most."""
_DOTLESS_I = {ord("I"): "ı", ord("İ"): "i"}
_PLAIN: dict[str, Any] = {"stemmer": "", "script": "", "irregular": {}, "unstemmed": (), "spellings": ""}
"""Rules that have no others beside them make a word's stem in one step."""
_LETTERS_ALONE = regex.compile(r"[\p{L}\p{M}]+")


class Analyser:
    """The rules of one language, applied."""

    def __init__(self, language: Language) -> None:
        self._rules = rules = language.analysis
        self._affixes = Affixes(rules)
        self.language = language.code
        self.algorithm = rules.stemmer or language.code
        self._endings = LayeredEndings(rules.layered_endings) if rules.layered_endings else None
        self.has_parts = bool(
            rules.compounds
            or rules.syllables
            or rules.accents_differ
            or rules.prefixes
            or rules.infixes
            or (rules.layered_endings and rules.layered_endings.syllables)
        )
        self._dictionary = LemmaDictionary(rules)
        self._splitter = CompoundSplitter(rules.compounds, self._dictionary) if rules.compounds else None
        self._script = regex.compile(rf"\p{{Script={rules.script}}}") if rules.script else None
        self._unstemmed = frozenset(rules.unstemmed)
        self._mutations = Mutations(rules.initials)
        self._letters = sorted(rules.letters.items(), key=lambda pair: -len(pair[0]))
        self._light = LightStemmer(rules, lambda ending: fold(self._spelt(ending)))
        self._cuts_suffixes = rules.dotless_i or rules.apostrophe_before_suffix or rules.apostrophe_behind_prefix
        self._is_plain = rules.model_copy(update=_PLAIN) == AnalysisRules(**_PLAIN)

    def forms(self, written: str, word: str) -> tuple[str, str, tuple[str, ...]]:
        """The folded form, the stem and the parts of a word of a story, as written and in its exact form."""
        if self._is_plain and word.isascii():
            return word, (self.is_for(word) and self.stem(word, True)) or word, ()
        bare = (exact(self.without_suffix(written)) or word) if self._cuts_suffixes else word
        is_ours = self.is_for(word)
        form = self.folded(word) if is_ours else fold(word)
        if not (is_ours if bare == word else self.is_for(bare)):
            return form, fold(bare), ()
        is_capitalised = written[0].isupper()
        parts = self.parts(bare, is_capitalised) if self.has_parts else ()
        return form, self.stem(bare, is_capitalised) or fold(bare), parts

    def is_for(self, word: str) -> bool:
        """Whether a word is one of this language by its letters."""
        if word.isascii():
            return word.isalpha() and (self._script is None or self._script.match(word[0]) is not None)
        return bool(_LETTERS_ALONE.fullmatch(word)) and (self._script is None or self._script.match(word) is not None)

    def without_suffix(self, written: str) -> str:
        """A word as written, without what stands behind an apostrophe, or before it, where that is no part of it."""
        if self._rules.dotless_i:
            written = written.translate(_DOTLESS_I)
        pieces = _APOSTROPHE.split(written, maxsplit=1)
        bare = written
        if self._rules.apostrophe_before_suffix:
            bare = pieces[0]
        elif self._rules.apostrophe_behind_prefix and len(pieces[0]) <= _LONGEST_PREFIX:
            bare = pieces[-1]
        return bare if len(bare) > 1 else written

    def stem(self, word: str, is_capitalised: bool) -> str:
        """The stem by which a word of a story is found."""
        if self._is_plain:
            word = word if word in self._unstemmed else self._rules.irregular.get(word, word)
            keeps = word in self._unstemmed or not self._rules.stemmer
            return fold(word if keeps else stemmers.snowball(word, self._rules.stemmer))
        spelt = self._spelt(word)
        return self._stem(self._base(spelt, is_capitalised) or self._root(spelt))

    def query_stems(self, word: str) -> tuple[str, ...]:
        """The stems that a word of a query asks for: its own first, then those of other readings of it."""
        if self._is_plain and word not in self._rules.irregular:
            return (self.stem(word, True),)
        spelt = self._spelt(word)
        base = self._base(spelt)
        readings = [base, self._base(spelt, is_capitalised=False), spelt, *self._base_rests(spelt)]
        if base is None:
            # What looks like an ending may be none: names.
            inner = [self._endings.without_inner(spelt)] if self._endings is not None else []
            readings = [self._root(spelt), self._affixes.without_ending(spelt), *inner, spelt]
            readings += [self._base(bare) or bare for bare in self._affixes.without_prefixes(spelt, _LONG)]
        for form in self._mutations.forms(spelt):
            readings += [self._base(form), form]
        stems = dict.fromkeys(self._stem(reading) for reading in readings if reading)
        if self._rules.lemmas or self._rules.inflections:
            # A name that happens to end like a form of another word: "Hamas" in Lithuanian.
            stems[self._light.unified(fold(spelt))] = None
        if self._rules.lemmas_unstemmed and base is None:
            # Forms that the dictionary lacks.
            stems[self._stemmed(spelt)] = None
        if self._rules.lemmas and self._rules.stemmer and base is None:
            # A name that looks inflected: "Putinin" has the stem "putin", but "Putin" the stem "put".
            bare = self._stem(spelt)
            stems[self._stem(self._base(bare) or bare)] = None
        for reading in tuple(stems):
            stems.update(dict.fromkeys(self._light.stems_of_forms(reading)))
        return tuple(stems)

    def parts(self, word: str, is_capitalised: bool) -> tuple[str, ...]:
        """The stems of what a word of a story is made of, but for the whole."""
        spelt = self._spelt(word)
        if self._rules.accents_differ:
            return () if fold(spelt) == spelt else (fold(spelt),)
        found: Iterable[str] = self._base_rests(spelt)
        if self._affixes.has_parts and self._base(spelt) is None:
            found = self._affixes.parts(spelt)
        if self._endings is not None:
            found = (*found, *self._endings.parts(spelt))
        if self._rules.infixes or self._rules.reduplicated:
            found = (*found, *(left for part in (spelt, *found) for left in without_syllables(part, self._rules)))
        if self._splitter is not None and (is_capitalised or not self._rules.nouns_capitalised):
            found = (*found, *self._splitter.parts(spelt))
        if not found:
            return ()
        whole = self.stem(word, is_capitalised)
        stems = dict.fromkeys(self._stem(self._base(part) or self._root(part)) for part in found)
        return tuple(stem for stem in stems if stem != whole)

    def _spelt(self, word: str) -> str:
        word = without_points(word) or word
        word = syllables_apart(word) if self._rules.syllabic else word
        for written, known in self._letters:
            word = word.replace(written, known)
        return word

    def _base(self, word: str, is_capitalised: bool = True) -> str | None:
        """The word that a form is a form of, as far as a dictionary knows it, or the last part of a compound."""
        if word in self._unstemmed:
            return word
        if not self._rules.lemmas:
            return None
        found = self._known(word, is_capitalised)
        if found is None and self._splitter is not None:
            found = self._splitter.base(word)
        return found or self._affixes.known_rest(word, self._known)

    def _known(self, word: str, is_capitalised: bool = True) -> str | None:
        found = self._dictionary.lemma(word, is_capitalised)
        if found and found != word and word not in self._rules.irregular:
            found = self._behind_article(word, found) or found
        return self._rules.irregular.get(found, found) if found else None

    def _behind_article(self, word: str, lemma: str) -> str | None:
        """The base form of what follows the article in a form of which a dictionary says another lemma."""
        rest = self._affixes.behind_article(word)
        if not rest or self._rules.ambiguous:
            return rest if rest and self._is_base(rest) else None
        return None if self._affixes.behind_article(fold(lemma)) else self._known(rest)

    def _is_base(self, word: str) -> bool:
        return self._dictionary.lemma(word) == word

    def _base_rests(self, word: str) -> tuple[str, ...]:
        """What a form that a dictionary knows may be besides, without its particles."""
        return tuple(self._affixes.base_rests(word, self._is_base)) if self._rules.ambiguous else ()

    def _stem(self, word: str) -> str:
        whole = self._rules.lemmas_unstemmed and self._dictionary.lemma(word) == word
        return fold(word) if whole or word in self._unstemmed else self._stemmed(word)

    def _stemmed(self, word: str) -> str:
        stemmed = stemmers.snowball(word, self._rules.stemmer) if self._rules.stemmer else word
        return self._light.stem(self.folded(stemmed))

    def _root(self, word: str) -> str:
        """A word that no dictionary knows without its endings, or what that is a form of."""
        if self._endings is None:
            return self._affixes.root(word)
        irregular = self._rules.irregular
        if word in irregular:
            return irregular[word]
        bare = self._endings.without(word)
        return bare if bare == word else self._base(bare) or irregular.get(bare, bare)

    def folded(self, word: str) -> str:
        """The form of a word in which accents make no difference, where they make none."""
        return word if self._rules.accents_differ else fold(word)


@cache
def _with_rules() -> dict[str, Language]:
    """Code of each language that has rules -> the language whose rules they are."""
    by_code = {language.code: language for language in languages()}
    found: dict[str, Language] = {}
    for language in by_code.values():
        if language.analysis != AnalysisRules():
            base = by_code[language.analysis.as_in or language.code]
            found.update(dict.fromkeys((language.code, *language.codes), base))
    return found


@cache
def _made(code: str) -> Analyser:
    """The analyser of a language by its own code; made when it is first asked for."""
    return Analyser(_with_rules()[code])


@lru_cache(maxsize=1 << 10)
def _analyser_of(language: str | None) -> Analyser | None:
    """The analyser of a language tag such as "en-GB"; None where the language has no rules."""
    base = _with_rules().get((language or "").partition("-")[0])
    return None if base is None else _made(base.code)


@cache
def _languages() -> dict[str, str]:
    return {base.analysis.stemmer or base.code: base.code for base in _with_rules().values()}


def algorithm_of(language: str | None) -> str:
    """The name of the rules for a language tag such as "en-GB", or NO_ALGORITHM; languages may share one."""
    analyser = _analyser_of(language)
    return NO_ALGORITHM if analyser is None else analyser.algorithm


def language_of(algorithm: str) -> str | None:
    """The code of a language that an algorithm is for; None where there is none such."""
    return _languages().get(algorithm)


def has_parts(algorithm: str) -> bool:
    """Whether words of an algorithm's language are found by their parts."""
    analyser = _analyser_of(language_of(algorithm))
    return analyser is not None and analyser.has_parts


def analysis_rules() -> dict[str, str]:
    """The rules of each language and the versions of the libraries, as text: what the analysis depends on."""
    rules = {language.code: language.analysis.model_dump_json() for language in languages()}
    return rules | {"code": str(VERSION), "stemmer": stemmers.version(), "lemmas": lemmas.version()}


def _analyser(language: str | None, word: str) -> Analyser | None:
    analyser = _analyser_of(language)
    return analyser if analyser is not None and analyser.is_for(word) else None


def forms(written: str, language: str | None) -> tuple[str, str, str, tuple[str, ...]]:
    """The exact, folded and stemmed form of a word of a story as written, and the stems of its parts."""
    word = exact(written)
    analyser = _analyser_of(language)
    if analyser is None or not word:
        return word, fold(word), fold(word), ()
    return (word, *analyser.forms(written, word))


@lru_cache(maxsize=1 << 16)
def stem(word: str, language: str | None, is_capitalised: bool = True) -> str:
    """The folded stem of a case-folded word; the folded word where `language` has no rules.

    Whether it was written with a capital tells nouns from verbs in German.
    """
    analyser = _analyser(language, word)
    return fold(word) if analyser is None else analyser.stem(word, is_capitalised) or fold(word)


@lru_cache(maxsize=1 << 14)
def query_stems(word: str, language: str | None) -> tuple[str, ...]:
    """All stems that a case-folded word of a query asks for in stories of a language; never none."""
    analyser = _analyser(language, word)
    return (fold(word),) if analyser is None else analyser.query_stems(word) or (fold(word),)


@lru_cache(maxsize=1 << 16)
def parts(word: str, language: str | None, is_capitalised: bool = True) -> tuple[str, ...]:
    """The stems of the parts of a case-folded word: a compound's, or what follows a particle.

    In German, nouns alone are compounds, and these are written with a capital.
    """
    analyser = _analyser(language, word)
    return analyser.parts(word, is_capitalised) if analyser is not None and analyser.has_parts else ()
