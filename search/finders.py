"""Where in one passage do the words and phrases of a query stand?

Cutting a text into words and stemming them is what costs. Words never reach across blanks, so each run of characters
between two blanks is judged once, by the forms of the words in it, and remembered: most runs of news are the same few
thousand.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from index.analysis import Token, fold, stem, tokens
from index.query import Fuzzy, Leaf, Phrase, Wildcard, Word
from search.edits import within
from search.phrases import paths

Span = tuple[int, int]
"""Start and end of a match, in characters of its passage."""
Numbered = tuple[int, Leaf]

_CACHED_CHARACTERS = 40
_CACHED_RUNS = 1 << 15
_MARKS = ',.;:?!()[]"-'
"""What stands around a word without changing it, and what no word begins or ends with."""


@dataclass(frozen=True, slots=True)
class Match:
    """One leaf of the query found in one passage; `leaf` is its ordinal in the query."""

    leaf: int
    spans: tuple[Span, ...]


Finder = Callable[[str], Iterator[Match]]
"""From a passage to the leaves that match in it."""
Test = Callable[[Token], bool]
"""Whether a word matches."""


class ValueFinder:
    """Matches keywords, whose value is one word whatever stands in it."""

    def __init__(self, leaves: Sequence[Numbered], language: str | None = None) -> None:
        self._tests = [(n, _value_test(leaf)) for n, leaf in leaves]

    def __call__(self, text: str) -> Iterator[Match]:
        """The leaves that match the whole value."""
        plain = text.casefold()
        token = Token(plain, fold(plain), fold(plain), 0, 0, len(text))
        return (Match(n, ((0, len(text)),)) for n, test in self._tests if test(token))


class WordFinder:
    """Matches words, patterns and phrases in running text of one language."""

    def __init__(self, leaves: Sequence[Numbered], language: str | None) -> None:
        self._language = language
        self._forms = run_forms((language or "").partition("-")[0] or None)
        self._tests: list[tuple[int, Test]] = []
        self._phrases: list[tuple[int, tuple[str, ...], int]] = []
        wanted: set[str] = set()
        self._is_open = False
        for n, leaf in leaves:
            if isinstance(leaf, Word | Phrase):
                words = tuple(tokens(leaf.text, language))
                if isinstance(leaf, Word) and len(words) == 1:
                    self._tests.append((n, _word_test(words[0])))
                    wanted.update(_forms(words))
                else:
                    slop = leaf.slop if isinstance(leaf, Phrase) else 0
                    self._phrases.append((n, tuple(word.exact for word in words), slop))
                    wanted |= {word.folded for word in words}
            else:
                self._tests.append((n, _pattern_test(leaf)))
                self._is_open = True
        self._wanted = frozenset(wanted)

    def __call__(self, text: str) -> Iterator[Match]:
        """The leaves that match in the passage."""
        words = [word for start, run in self._promising(text) for word in _placed(run, start, self._language)]
        if not words:
            return
        for n, test in self._tests:
            spans = tuple((word.start, word.end) for word in words if test(word))
            if spans:
                yield Match(n, spans)
        present = {word.exact for word in words} if self._phrases else set()
        for n, wanted, slop in self._phrases:
            if wanted and present.issuperset(wanted):
                spans = tuple(_phrase_spans(list(tokens(text)), wanted, slop))
                if spans:
                    yield Match(n, spans)

    def _promising(self, text: str) -> Iterator[tuple[int, str]]:
        """The runs of characters, with their places, in which a word may match."""
        runs = text.split(" ")
        promising: Iterable[int] = range(len(runs))
        if not self._is_open:
            # Nearly all runs fall out here, without a step of Python for each.
            barren = list(map(self._wanted.isdisjoint, map(self._forms.__getitem__, runs)))
            promising = _places_of(False, barren)
        place = done = 0
        for number in promising:
            place += sum(map(len, runs[done:number])) + number - done
            done = number
            yield place, runs[number]


def _places_of(sought: bool, among: list[bool]) -> Iterator[int]:
    place = -1
    for _ in range(among.count(sought)):
        place = among.index(sought, place + 1)
        yield place


def _phrase_spans(words: Sequence[Token], wanted: Sequence[str], slop: int) -> Iterator[Span]:
    for path in paths([word.exact for word in words], wanted, slop):
        if slop:  # the words between those of a loose phrase are not marked
            yield from ((words[n].start, words[n].end) for n in path)
        else:
            yield words[path[0]].start, words[path[-1]].end


def _placed(run: str, start: int, language: str | None) -> Iterator[Token]:
    for exact, folded, stemmed, position, begin, end in _words(run, language):
        yield Token(exact, folded, stemmed, position, begin + start, end + start)


@lru_cache(maxsize=1 << 14)
def _words(run: str, language: str | None) -> tuple[Token, ...]:
    return tuple(tokens(run, language))


class RunForms(dict[str, tuple[str, ...]]):
    """Run of characters -> the folded forms and the stems (marked with a circumflex) of the words in it.

    Of two generations of runs the older one is forgotten when the younger one is full, so that what is often met stays.
    """

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._language = language
        self._older: dict[str, tuple[str, ...]] = {}

    def __missing__(self, run: str) -> tuple[str, ...]:
        forms = self._older.get(run)
        if forms is None:
            forms = forms_of_run(run, self._language)
        # Scripts without blanks make runs as long as sentences, which do not come twice.
        if len(run) <= _CACHED_CHARACTERS:
            if len(self) >= _CACHED_RUNS:
                self._older = dict(self)
                self.clear()
            self[run] = forms
        return forms


@lru_cache(maxsize=32)
def run_forms(language: str | None) -> RunForms:
    """The forms of runs in a language, shared by all searches; a dictionary's steps are safe between threads."""
    return RunForms(language)


def forms_of_run(run: str, language: str | None) -> tuple[str, ...]:
    """The folded forms and the stems (marked) of the words in a run of characters."""
    word = run.strip(_MARKS)
    # One word of plain letters, as most runs are: what `tokens` would find, at a tenth of its cost.
    if word.isascii() and word.isalpha() and 1 < len(word) <= _CACHED_CHARACTERS:
        plain = word.lower()
        return plain, f"^{stem(plain, language)}"
    return _forms(tokens(run, language))


def _forms(words: Iterable[Token]) -> tuple[str, ...]:
    return tuple(form for word in words for form in (word.folded, f"^{word.stem}"))


def _word_test(sought: Token) -> Test:
    return lambda word: word.folded == sought.folded or word.stem == sought.stem


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
