"""Highlighters: where in passages the words and phrases of a query stand.

Cutting a text into words and stemming them is what costs. Words never reach across blanks, so each run of characters
between two blanks is tested once, by the stem of the word in it, and remembered: most runs of news are the same few
thousand.
"""

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby
from operator import itemgetter
from typing import NamedTuple

import regex

from model.query import Fuzzy, Leaf, Phrase, Wildcard, Word
from search.highlight.phrase_spans import paths
from text.analysis import Token, fold, parts, query_stems, stem, tokens
from text.edit_distance import within

Span = tuple[int, int]
"""Start and end of a match, in characters of its passage."""
Numbered = tuple[int, Leaf]

_CACHED_CHARACTERS = 40
_CACHED_RUNS = 1 << 17
_POSSESSIVES = ("'s", "’s")
SEVERAL = "several words"
"""What no stem is."""
_MARKS = ',.;:?!()[]"-'
"""What stands around a word without changing it, and what no word begins or ends with."""


class LeafMatch(NamedTuple):
    """One leaf of the query found in one passage; `leaf` is its ordinal in the query."""

    leaf: int
    spans: tuple[Span, ...]


Highlighter = Callable[[Sequence[str]], Iterator[tuple[int, tuple[LeafMatch, ...]]]]
"""From passages to the ordinals of those in which something may match, and the leaves that do."""
Test = Callable[[Token], bool]
"""Whether a word matches."""


class KeywordHighlighter:
    """Matches keywords, whose value is one word whatever stands in it."""

    def __init__(self, leaves: Sequence[Numbered], language: str | None = None) -> None:
        self._tests = [(n, _value_test(leaf)) for n, leaf in leaves]

    def __call__(self, passages: Sequence[str]) -> Iterator[tuple[int, tuple[LeafMatch, ...]]]:
        """The leaves that match each whole value."""
        for number, text in enumerate(passages):
            plain = text.casefold()
            token = Token(plain, fold(plain), fold(plain), 0, 0, len(text))
            yield number, tuple(LeafMatch(n, ((0, len(text)),)) for n, test in self._tests if test(token))


class TextHighlighter:
    """Matches words, patterns and phrases in running text of one language; made for one search, used by one thread."""

    def __init__(self, leaves: Sequence[Numbered], language: str | None) -> None:
        self._language = language
        self._stems = run_stems((language or "").partition("-")[0] or None)
        self._tests: list[tuple[int, Test]] = []
        self._phrases: list[tuple[int, tuple[Test, ...], int]] = []
        self._leaves_by_run: dict[str, tuple[tuple[int, int, int], ...]] = {}
        wanted = {SEVERAL}
        self._is_open = False
        for n, leaf in leaves:
            if isinstance(leaf, Word | Phrase):
                words = tuple(tokens(leaf.text, language))
                wanted.update(form for word in words for form in (word.stem, stem(fold(word.exact), language)))
                if isinstance(leaf, Phrase):
                    self._phrases.append((n, tuple(_exact_test(word) for word in words), leaf.slop))
                    continue
                wanted.update(form for word in words for form in query_stems(word.exact, language))
                tests = tuple(_word_test(word, language) for word in words)
                if len(tests) == 1:
                    self._tests.append((n, tests[0]))
                else:
                    self._phrases.append((n, tests, 0))
            else:
                self._tests.append((n, _pattern_test(leaf)))
                self._is_open = True
        self._wanted = frozenset(wanted)

    def __call__(self, passages: Sequence[str]) -> Iterator[tuple[int, tuple[LeafMatch, ...]]]:
        """The leaves that match in each passage in which one may."""
        for number, found in groupby(self._promising(passages), itemgetter(0)) if passages else ():
            runs = [(start, run) for _, start, run in found]
            spans = self._words_in(runs)
            if self._phrases:
                spans |= self._phrases_in(passages[number], runs)
            yield number, tuple(LeafMatch(leaf, tuple(spans[leaf])) for leaf in sorted(spans))

    def _words_in(self, runs: Sequence[tuple[int, str]]) -> dict[int, list[Span]]:
        """Where words and patterns match in runs of a passage, each with its offset."""
        spans: dict[int, list[Span]] = {}
        for offset, run in runs:
            for leaf, start, end in self._leaves_of(run):
                spans.setdefault(leaf, []).append((offset + start, offset + end))
        return spans

    def _leaves_of(self, run: str) -> tuple[tuple[int, int, int], ...]:
        """The leaves that match a word of a run, with its start and end; worked out once, as the same runs recur."""
        if run not in self._leaves_by_run:
            words = _words(run, self._language)
            self._leaves_by_run[run] = tuple((n, w.start, w.end) for w in words for n, test in self._tests if test(w))
        return self._leaves_by_run[run]

    def _phrases_in(self, text: str, runs: Sequence[tuple[int, str]]) -> dict[int, list[Span]]:
        """Where phrases match in a passage, of which these runs may hold their words."""
        present = {word._replace(position=0, start=0, end=0) for _, run in runs for word in _words(run, self._language)}
        likely = [
            phrase for phrase in self._phrases if phrase[1] and all(any(map(test, present)) for test in phrase[1])
        ]
        words = list(tokens(text, self._language)) if likely else []
        found = {n: list(_phrase_spans(words, wanted, slop)) for n, wanted, slop in likely}
        return {n: spans for n, spans in found.items() if spans}

    def _promising(self, passages: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """The runs of characters in which a word may match, with the ordinal of the passage and their offset in it."""
        runs = " ".join(passages).split(" ")
        promising: Iterable[int] = range(len(runs))
        if not self._is_open:
            # Nearly all runs fall out here, without a step of Python for each.
            wanted = list(map(self._wanted.__contains__, map(self._stems.__getitem__, runs)))
            promising = _ordinals_of(True, wanted)
        begins = [0, *accumulate(len(passage) + 1 for passage in passages)]
        offset = done = 0
        for number in promising:
            offset += sum(map(len, runs[done:number])) + number - done
            done = number
            passage = bisect_right(begins, offset) - 1
            yield passage, offset - begins[passage], runs[number]


def _ordinals_of(sought: bool, among: list[bool]) -> Iterator[int]:
    ordinal = -1
    for _ in range(among.count(sought)):
        ordinal = among.index(sought, ordinal + 1)
        yield ordinal


def _phrase_spans(words: Sequence[Token], wanted: Sequence[Test], slop: int) -> Iterator[Span]:
    for path in paths([[n for n, word in enumerate(words) if test(word)] for test in wanted], slop):
        if slop:  # the words between those of a loose phrase are not marked
            yield from ((words[n].start, words[n].end) for n in path)
        else:
            yield words[path[0]].start, words[path[-1]].end


@lru_cache(maxsize=1 << 14)
def _words(run: str, language: str | None) -> tuple[Token, ...]:
    return tuple(tokens(run, language))


class RunStems(dict[str, str]):
    """Run of characters -> the stem of the word in it, as `stem_of_run` tells it.

    Of two generations of runs the older one is forgotten when the younger one is full, so that what is often met stays.
    """

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._language = language
        self._older: dict[str, str] = {}

    def __missing__(self, run: str) -> str:
        found = self._older.get(run)
        if found is None:
            found = sys.intern(stem_of_run(run, self._language))
        # Scripts without blanks make runs as long as sentences, which do not come twice.
        if len(run) <= _CACHED_CHARACTERS:
            if len(self) >= _CACHED_RUNS:
                self._older = dict(self)
                self.clear()
            self[run] = found
        return found


@lru_cache(maxsize=32)
def run_stems(language: str | None) -> RunStems:
    """The stems of runs in a language, shared by all searches; a dictionary's steps are safe between threads."""
    return RunStems(language)


def stem_of_run(run: str, language: str | None) -> str:
    """The stem of the word in a run of characters; empty where there is none, SEVERAL where one stem can't say all.

    Words that match a sought word share its stem, or else the stem of its folded form.
    """
    word = run.strip(_MARKS)
    word = word[:-2] if word.endswith(_POSSESSIVES) else word
    # A word of plain letters, as most runs are: what `tokens` would find, at a tenth of its cost.
    if word.isascii() and word.isalpha() and 1 < len(word) <= _CACHED_CHARACTERS:
        lower, is_capitalised = word.lower(), word[0].isupper()
        return SEVERAL if parts(lower, language, is_capitalised) else stem(lower, language, is_capitalised)
    words = tuple(tokens(run, language))
    if not words:
        return ""
    one = words[0]
    folded_stem = stem(one.folded, language, run[one.start].isupper())
    is_one = len(words) == 1 and not one.parts and folded_stem == one.stem
    return one.stem if is_one else SEVERAL


def _word_test(sought: Token, language: str | None) -> Test:
    stems, own = frozenset(query_stems(sought.exact, language)), stem(sought.exact, language)
    plain = fold(sought.exact)
    return lambda word: word.folded == plain or word.stem in stems or own in word.parts or word.exact == sought.exact


def _exact_test(sought: Token) -> Test:
    return lambda word: word.exact == sought.exact


def _value_test(leaf: Leaf) -> Test:
    if isinstance(leaf, Word | Phrase):
        value = leaf.text.strip().casefold()
        return lambda word: word.exact == value
    return _pattern_test(leaf)


def _pattern_test(leaf: Leaf) -> Test:
    plain = leaf.text.casefold()
    folded = fold(plain)
    match leaf:
        case Wildcard():
            parts = {"*": r"\w*", "?": r"\w"}
            pattern = regex.compile("".join(parts.get(c) or regex.escape(c) for c in plain))
            return lambda word: bool(pattern.fullmatch(word.exact) or pattern.fullmatch(word.folded))
        case Fuzzy(_, _, edits):
            return lambda word: within(folded, word.folded, edits)
        case _:
            return lambda word: word.exact.startswith(plain) or word.folded.startswith(folded)
