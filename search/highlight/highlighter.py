"""Highlighters: where in passages the words and phrases of a query stand.

Words never reach across blanks, so each run of characters between two blanks is tested first by the stem of the word in
it (known_runs.py), and cut into words only where that is a wanted one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import regex

from model.query import Fuzzy, Leaf, Phrase, Wildcard, Word
from search.highlight.known_runs import SEVERAL, Run, known_runs
from search.highlight.phrase_spans import paths
from text.analysis import Token, fold, query_stems, stem, tokens
from text.edit_distance import within

Span = tuple[int, int]
"""Start and end of a match, in characters of its passage."""
Numbered = tuple[int, Leaf]
Match = tuple[int, int, int]
"""A leaf of the query, by its ordinal there, and where it begins and ends in its passage."""
Highlighter = Callable[[Sequence[str]], Iterator[tuple[int, Sequence[Match]]]]
"""From passages to the ordinals of those in which something may match, and what does."""
Test = Callable[[Token], bool]
"""Whether a word matches."""


class KeywordHighlighter:
    """Matches keywords, whose value is one word whatever stands in it."""

    def __init__(self, leaves: Sequence[Numbered], language: str | None = None) -> None:
        self._tests = [(n, _value_test(leaf)) for n, leaf in leaves]

    def __call__(self, passages: Sequence[str]) -> Iterator[tuple[int, Sequence[Match]]]:
        """The leaves that match each whole value."""
        for number, text in enumerate(passages):
            plain = text.casefold()
            token = Token(plain, fold(plain), fold(plain), 0, 0, len(text))
            yield number, [(n, 0, len(text)) for n, test in self._tests if test(token)]


class TextHighlighter:
    """Matches words, patterns and phrases in running text of one language; made for one search, used by one thread."""

    def __init__(self, leaves: Sequence[Numbered], language: str | None) -> None:
        self._language = language
        self._known = known_runs((language or "").partition("-")[0] or None)
        self._tests: list[tuple[int, Test]] = []
        self._phrases: list[tuple[int, tuple[Test, ...], int]] = []
        self._leaves_by_run: dict[str, tuple[Match, ...]] = {}
        self._is_open = False
        wanted = {SEVERAL}
        for n, leaf in leaves:
            if not isinstance(leaf, Word | Phrase):
                self._tests.append((n, _pattern_test(leaf)))
                self._is_open = True
                continue
            stems, tests = _sought(leaf.text, language, as_written=isinstance(leaf, Phrase))
            wanted |= stems
            if isinstance(leaf, Phrase):
                self._phrases.append((n, tests, leaf.slop))
            elif len(tests) == 1:
                self._tests.append((n, tests[0]))
            else:
                self._phrases.append((n, tests, 0))
        self._wanted = frozenset(wanted)

    def __call__(self, passages: Sequence[str]) -> Iterator[tuple[int, Sequence[Match]]]:
        """The leaves that match in each passage in which one may."""
        promising = self._known.all_of(passages) if self._is_open else self._known.with_stems(passages, self._wanted)
        runs_by_passage: dict[int, list[Run]] = {}
        for run in promising:
            runs_by_passage.setdefault(run[0], []).append(run)
        for number, runs in runs_by_passage.items():
            matches = self._words_in(runs)
            if self._phrases:
                matches += self._phrases_in(passages[number], runs)
            yield number, matches

    def _words_in(self, runs: Sequence[Run]) -> list[Match]:
        """Where words and patterns match in runs of a passage."""
        matches = []
        for _, offset, run in runs:
            leaves = self._leaves_by_run.get(run)
            if leaves is None:  # worked out once, as the same runs recur
                leaves = self._leaves_by_run[run] = self._leaves_of(run)
            for leaf, start, end in leaves:
                matches.append((leaf, offset + start, offset + end))
        return matches

    def _leaves_of(self, run: str) -> tuple[Match, ...]:
        """The leaves that match a word of a run, and where it stands there."""
        words = _words(run, self._language)
        return tuple([(n, word.start, word.end) for word in words for n, test in self._tests if test(word)])

    def _phrases_in(self, text: str, runs: Sequence[Run]) -> list[Match]:
        """Where phrases match in a passage, of which these runs may hold their words."""
        present = {word for _, _, run in runs for word in _words(run, self._language)}
        likely = [
            phrase for phrase in self._phrases if phrase[1] and all(any(map(test, present)) for test in phrase[1])
        ]
        words = dict(self._placed(text, runs)) if likely else {}
        return [(n, *span) for n, wanted, slop in likely for span in _phrase_spans(words, wanted, slop)]

    def _placed(self, text: str, runs: Sequence[Run]) -> Iterator[tuple[int, Token]]:
        """The words of these runs, each with its ordinal from the first one's on, all words between them counted."""
        ordinal, done = 0, runs[0][1]
        for _, offset, run in runs:
            ordinal += sum(len(_words(other, self._language)) for other in text[done:offset].split(" "))
            for word in _words(run, self._language):
                yield ordinal, word._replace(start=offset + word.start, end=offset + word.end)
                ordinal += 1
            done = offset + len(run)


def _phrase_spans(words: Mapping[int, Token], wanted: Sequence[Test], slop: int) -> Iterator[Span]:
    for path in paths([[n for n, word in words.items() if test(word)] for test in wanted], slop):
        if slop:  # the words between those of a loose phrase are not marked
            yield from ((words[n].start, words[n].end) for n in path)
        else:
            yield words[path[0]].start, words[path[-1]].end


@lru_cache(maxsize=1 << 14)
def _words(run: str, language: str | None) -> tuple[Token, ...]:
    return tuple(tokens(run, language))


@lru_cache(maxsize=1 << 12)
def _sought(text: str, language: str | None, *, as_written: bool) -> tuple[frozenset[str], tuple[Test, ...]]:
    """The stems of all that a word or phrase matches, and the test of each of its words."""
    words = tuple(tokens(text, language))
    stems = {form for word in words for form in (word.stem, stem(fold(word.exact), language))}
    if as_written:
        return frozenset(stems), tuple(map(_exact_test, words))
    stems.update(form for word in words for form in query_stems(word.exact, language))
    return frozenset(stems), tuple(_word_test(word, language) for word in words)


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
