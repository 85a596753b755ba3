"""Do two stories tell the same, word for word?

Papers carry an agency's text under a headline of their own, in other paragraphs, cut at the end, with a word changed
here and there. Two texts are compared by their runs of three words (shingles): by how many of the shorter text's runs
the longer one has too. Texts made from a pattern (results, markets, weather) share most of their words as well; what
tells them apart is their figures and their days. MinHash bands of the beginning (Broder, "On the resemblance and
containment of documents", 1997) say which stories are worth comparing at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from rensa import RMinHash

RULES = RMinHash.ALGORITHM_VERSION * 1000 + 1
"""Counts changes of what makes a copy: where it differs, groups are decided anew."""

BANDS = 10
_ROWS = 3
_SEED = 1
"""Of beginnings that share seven runs of ten, 98 in 100 have a band in common; of strangers one in millions."""
_BEGINNING = 100
"""Words from which the bands are made: papers cut stories at the end."""

# Three values and the number of the band in one number that SQLite can hold, by odd multipliers (Knuth, vol. 3, 6.4).
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_MASK = np.uint64((1 << 56) - 1)
_NUMBERS = np.arange(BANDS, dtype=np.uint64) << np.uint64(56)

_FEWEST = 20
"""Texts of fewer words are alike by chance."""
_BRIEF = 40
_SHORT = 100
_RUNS = ((_BRIEF, 0.9), (_SHORT, 0.85), (None, 0.8))
"""(words below, share of the shorter text's runs that the longer one must have): a name weighs more in fewer words."""
_LIKE = 0.45
"""The least resemblance of two sources' texts: one may be cut to half, but is no alert ahead of a long story."""
_LIKE_OWN = 0.8
"""The same where a source tells it twice: its updates are stories of their own."""
_DAYS = timedelta(days=4)
_HOURS_SHORT = timedelta(hours=36)
_HOURS_SHORT_OWN = timedelta(hours=12)
"""Texts further apart are the next of a series, the short ones above all."""
_RUNS_LATER, _LIKE_LATER = 0.95, 0.8
"""What long texts must share that are further apart: the same feature printed again."""
_CREDITS = 25
"""So many words at the end of a copy may be the paper's own: who wrote and edited it."""
_WORDS_A_FIGURE = 100
"""One figure in so many words may be another."""

# Thai to Khmer, kana and Han have no blanks between words: each character counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*[^\W{_UNSPACED}]*|[{_UNSPACED}]|[^\W{_UNSPACED}]+")
# "BAMAKO, Mali, Jan. 17 (AP) - The text": where and when it was sent, not what it says.
_DATELINE = re.compile(r"^[^-\u2013\u2014]{1,60}?\s?(?:-{1,2}|[\u2013\u2014])\s")


@dataclass(frozen=True)
class Telling:
    """The text of one story as it is compared."""

    source: str
    published_at: datetime | None
    words: tuple[str, ...]

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Each run of three words, once."""
        return frozenset(zip(self.words, self.words[1:], self.words[2:], strict=False))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers in it, and words that begin with one; 1,400 is 1400."""
        return frozenset(word.replace(",", "") for word in self.words if word[0].isdigit())


def telling(source: str, published_at: datetime | None, body: Sequence[str]) -> Telling | None:
    """A story's text, without the dateline in front; None where it is too short to be anything's copy."""
    text = _DATELINE.sub("", " ".join(body), count=1).casefold()
    words = _WORD.findall(text)
    return Telling(source, published_at, tuple(words)) if len(words) >= _FEWEST else None


def bands(text: Telling) -> list[int]:
    """Numbers of which texts with like beginnings have at least one in common: positive, below 2**60."""
    minhash = RMinHash(num_perm=BANDS * _ROWS, seed=_SEED)
    words = text.words[:_BEGINNING]
    minhash.update([" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)])
    rows = np.array(minhash.digest(), np.uint64).reshape(BANDS, _ROWS)
    numbers: list[int] = ((rows * _MIXERS).sum(axis=1, dtype=np.uint64) & _MASK | _NUMBERS).tolist()
    return numbers


def is_copy(one: Telling, other: Telling) -> bool:
    """Whether two texts are tellings of one story, near-identical; symmetric."""
    shorter, longer = sorted((one, other), key=lambda text: (len(text.runs), text.words))
    size = len(shorter.words)
    common = len(shorter.runs & longer.runs)
    contained = common / max(common, _runs_without_credits(shorter, longer), 1)
    like = common / (len(shorter.runs) + len(longer.runs) - common)
    own = one.source == other.source
    wanted = next(share for below, share in _RUNS if below is None or size < below)
    if contained < wanted or like < (_LIKE_OWN if own else wanted if size < _BRIEF else _LIKE):
        return False
    strangers = len(shorter.figures - longer.figures)
    if strangers * _WORDS_A_FIGURE > size:
        return False
    if one.published_at is None or other.published_at is None:
        return True
    apart = abs(one.published_at - other.published_at)
    if size < _SHORT:
        return apart <= (_HOURS_SHORT_OWN if own else _HOURS_SHORT)
    return apart <= _DAYS or (contained >= _RUNS_LATER and like >= _LIKE_LATER and not strangers)


def _runs_without_credits(text: Telling, other: Telling) -> int:
    """The number of a text's runs, less those after the last one that the other text has too."""
    words, strangers = text.words, 0
    while strangers < min(_CREDITS, len(words) - _BRIEF) and words[-3 - strangers :][:3] not in other.runs:
        strangers += 1
    return len(text.runs) - strangers
