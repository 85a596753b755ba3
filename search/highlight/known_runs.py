"""Known runs: the stem of the word in each run of characters between two blanks, worked out once.

Cutting a text into words and stemming them is what costs, and most runs of news are the same few thousand.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from secrets import randbits
from threading import Lock

import numpy as np

from search.highlight.run_scan import LONGEST_WORD, MARKS, SEPARATOR, Bytes, Digests, keep, wanted_runs
from text.analysis import exact, fold, parts, stem, tokens
from text.compiled import compiling

SEVERAL = "several words"
"""What no stem is."""
_POSSESSIVES = ("'s", "’s")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_MOST_RUNS = 1 << 17
_ALL_BITS = (1 << 64) - 1
_SEPARATOR = bytes((SEPARATOR,))


Run = tuple[int, int, str]
"""A run of characters: the ordinal of its passage, where it begins there, and what it is."""


class KnownRuns:
    """The stems of runs in one language, as far as they were met, at `most` so many; shared by all searches.

    `most` is a power of two.
    """

    def __init__(self, language: str | None, most: int = _MOST_RUNS) -> None:
        self._language = language
        self._most = most
        self._lock = Lock()
        self._seed = np.uint64(randbits(64))
        self._forget()

    def with_stems(self, passages: Sequence[str], wanted: frozenset[str]) -> list[Run]:
        """The runs of passages whose stem is wanted, in order."""
        rows = self._rows(passages, _numbers_of(wanted), is_any_wanted=False)
        runs = [(passage, start, passages[passage][start:end]) for passage, start, end, _ in rows]
        unknown = [run[2] for run, row in zip(runs, rows, strict=True) if not row[3]]
        if not unknown:
            return runs
        learnt = self._learn(unknown)
        return [run for run in runs if run[2] not in learnt or learnt[run[2]] in wanted]

    def all_of(self, passages: Sequence[str]) -> list[Run]:
        """All runs of passages, in order."""
        found = self._rows(passages, np.empty(0, np.uint64), is_any_wanted=True)
        return [(passage, start, passages[passage][start:end]) for passage, start, end, _ in found]

    def _rows(self, passages: Sequence[str], wanted: Digests, *, is_any_wanted: bool) -> list[list[int]]:
        text = _bytes_of(passages)
        found = np.empty((text.size // 2 + 1, 4), np.int32)
        with self._lock:
            count = wanted_runs(text, wanted, is_any_wanted, self._seed, self._known, found)
        rows: list[list[int]] = found[:count].tolist()
        return rows

    def _learn(self, runs: Sequence[str]) -> dict[str, str]:
        """The stems of runs that were not known."""
        stems = {run: stem_of_run(run, self._language) for run in dict.fromkeys(runs)}
        # Scripts without blanks make runs as long as sentences, which do not come twice.
        short = [run for run in stems if len(run) <= LONGEST_WORD]
        if short:
            digests = _numbers_of([stems[run] for run in short])
            with self._lock:
                if self._count + len(short) > self._most:
                    self._forget()
                self._count += keep(_bytes_of(short), digests, self._seed, self._known)
        return stems

    def _forget(self) -> None:
        self._count = 0
        self._known = np.zeros((2 * self._most, 2), np.uint64)


def _bytes_of(texts: Sequence[str]) -> Bytes:
    """Texts as the loops take them."""
    return np.frombuffer(_SEPARATOR.join([text.encode("utf-8", "surrogatepass") for text in texts]), np.uint8)


def _numbers_of(stems: Collection[str]) -> Digests:
    """64 bits for each stem that stand for it in this process."""
    return np.fromiter([hash(stem) & _ALL_BITS for stem in stems], np.uint64, len(stems))


@lru_cache(maxsize=32)
def known_runs(language: str | None) -> KnownRuns:
    """The runs of a language, shared by all searches."""
    return KnownRuns(language)


def stem_of_run(run: str, language: str | None) -> str:
    """The stem of the word in a run of characters; empty where there is none, SEVERAL where one stem can't say all.

    Words that match a sought word share its stem, or else the stem of its folded form.
    """
    bare = run.strip(MARKS)
    word = bare[:-2] if bare.endswith(_POSSESSIVES) else bare
    # A word of plain letters or a number, as most runs are: what `tokens` would find, at a tenth of its cost.
    if word.isascii() and word.isalpha() and 1 < len(word) <= LONGEST_WORD:
        lower, is_capitalised = word.lower(), word[0].isupper()
        return SEVERAL if parts(lower, language, is_capitalised) else stem(lower, language, is_capitalised)
    if len(bare) <= LONGEST_WORD and _NUMBER.fullmatch(bare):
        return fold(exact(bare))
    words = tuple(tokens(run, language))
    if not words:
        return ""
    one = words[0]
    folded_stem = stem(one.folded, language, run[one.start].isupper())
    is_one = len(words) == 1 and not one.parts and folded_stem == one.stem
    return one.stem if is_one else SEVERAL


@lru_cache(maxsize=1)
def prepare() -> None:
    """Compile or load the loops, once a process: at their first call that takes longer than a search may."""
    with compiling():
        KnownRuns(None, most=1).with_stems(["rehearsal"], frozenset())
