"""Look-up of the texts that may be copies of a story, by the keys of index/duplicates/candidate_keys.py.

Under each key the store has texts in the order of their days, and a few before and after a story are asked for, however
many there are: of thousands that share a key, those nearest in time. A key is stored with its month, so that what a
desk reads and writes at a time lies together and does not grow with the years; a few bands are stored without, and find
what is printed again much later.
"""

import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.duplicates.candidate_keys import BANDS, KEY_BITS, Traits, packed, unpacked
from index.duplicates.comparison import MOST_APART
from store.sql.duplicates import DuplicatesReads, DuplicatesWrites, TextRow

Numbers = NDArray[np.int64]

_LASTING = 3
"""So many bands are stored without their month."""
_NEAREST = 8
"""So many texts before and so many after a story are asked for of each of its keys."""
_MOST_CANDIDATES = 32
"""Those that share most with a story are looked at more closely."""
_OWN_KEY_WEIGHT = 2
"""What a key of a text's own figures and names says, where a band says 1."""

# A place in one number that SQLite can hold: 29 bits of time (until 9999), 34 bits of the number of a text.
_NUMBER_BITS = 34
_NUMBER = (1 << _NUMBER_BITS) - 1
_BEGIN = datetime(1, 1, 1, tzinfo=UTC)
_UNIT = timedelta(minutes=15)
_MONTH = timedelta(days=32) // _UNIT
_REACH = MOST_APART // _UNIT + 1


class KnownText(NamedTuple):
    """A text as the store knows it."""

    number: int
    digest: int
    place: int
    keys: tuple[int, ...]
    traits: Traits


class NewText(NamedTuple):
    """A text to be kept; `at` is when its story was published, else first seen."""

    story_id: str
    digest: int
    at: datetime
    keys: Sequence[int]
    traits: Traits


class CopyCandidate(NamedTuple):
    """A story whose text may be a copy."""

    story_id: str
    place: int
    traits: Traits
    group: str | None
    first_seen_at: datetime


def known_texts(state: DuplicatesReads, ids: Iterable[str]) -> dict[str, KnownText]:
    """What is known of the texts of some stories; those of which nothing is are left out."""
    return {
        row.story_id: KnownText(row.number, row.digest, row.place, _keys(row.keys), unpacked(row.traits))
        for row in state.known_texts(ids)
    }


def drop_texts(step: DuplicatesWrites, known: Mapping[str, KnownText]) -> None:
    """Forget texts with all their keys."""
    if known:
        step.drop_keys(_pairs(known.values()))
        step.drop_texts(known)


def keep_texts(
    step: DuplicatesWrites, texts: Sequence[NewText], known: Mapping[str, KnownText]
) -> dict[str, KnownText]:
    """Keep texts, each in the place of what was `known` of its story before; returns what is known of them now."""
    next_number = step.highest_number() + 1
    kept: dict[str, KnownText] = {}
    for new in texts:
        before = known.get(new.story_id)
        number = before.number if before else next_number
        next_number += before is None
        kept[new.story_id] = KnownText(number, new.digest, _place(new.at, number), tuple(new.keys), new.traits)
    _change_keys(step, [known[story_id] for story_id in kept if story_id in known], kept.values())
    step.keep_texts([_row(story_id, text) for story_id, text in kept.items()])
    return kept


def _change_keys(step: DuplicatesWrites, before: Collection[KnownText], now: Collection[KnownText]) -> None:
    """Let texts be found as they are now, and no more as some of them were before."""
    come = _pairs(now)
    if before:
        former, latter = (set(map(tuple, pairs.tolist())) for pairs in (_pairs(before), come))
        step.drop_keys(_rows(former - latter))
        come = _rows(latter - former)
    step.add_keys(come)


def candidates(state: DuplicatesReads, texts: Mapping[str, KnownText]) -> dict[str, list[CopyCandidate]]:
    """For each of these stories those that may be copies of it, those that share most with it first."""
    best = _best(state.near(_questions(texts.values()), _NEAREST), texts.values())
    numbers = {place & _NUMBER for places in best.values() for place in places}
    found = {
        row.number: CopyCandidate(row.story_id, row.place, unpacked(row.traits), row.group, row.first_seen_at)
        for row in state.neighbours(numbers)
    }
    return {
        story_id: [found[place & _NUMBER] for place in best[text.number] if place & _NUMBER in found]
        for story_id, text in texts.items()
    }


def time_between(one: int, other: int) -> timedelta:
    """The time between two places, or up to half an hour less."""
    return max(abs((one >> _NUMBER_BITS) - (other >> _NUMBER_BITS)) - 1, 0) * _UNIT


class _Keys(NamedTuple):
    """The keys of texts one after the other: the text of each, by its position, and which of its keys it is."""

    keys: Numbers
    texts: Numbers
    ordinals: Numbers

    @classmethod
    def of(cls, texts: Collection[KnownText]) -> "_Keys":
        """All keys of some texts."""
        counts = np.array([len(text.keys) for text in texts], np.int64)
        keys = np.fromiter(chain.from_iterable(text.keys for text in texts), np.int64, counts.sum())
        begins = np.repeat(np.cumsum(counts) - counts, counts)
        return cls(keys, np.repeat(np.arange(counts.size), counts), np.arange(keys.size) - begins)

    def stored(self, months: Numbers) -> Numbers:
        """The keys as they are stored, given the month of each text: a few without it."""
        return np.where(self.ordinals < _LASTING, self.keys, months[self.texts] << KEY_BITS | self.keys)


def _pairs(texts: Collection[KnownText]) -> Numbers:
    """The rows of the keys of texts: key and place."""
    found, places = _Keys.of(texts), np.array([text.place for text in texts], np.int64)
    return np.column_stack((found.stored(_months(places >> _NUMBER_BITS)), places[found.texts]))


def _rows(pairs: Collection[tuple[int, ...]]) -> Numbers:
    return np.array([*pairs], np.int64).reshape(-1, 2)


def _questions(texts: Collection[KnownText]) -> Numbers:
    """What is asked for each text, row by row: a key, the text's place and number, and what the key says."""
    found, places = _Keys.of(texts), np.array([text.place for text in texts], np.int64)
    numbers = np.array([text.number for text in texts], np.int64)
    weights = np.where(found.ordinals < BANDS, 1, _OWN_KEY_WEIGHT)
    at = places >> _NUMBER_BITS
    asked, before = [], np.zeros(at.size, np.int64)
    for months in (_months(at - _REACH), _months(at), _months(at + _REACH)):
        # Of the months around it a text is asked for once in each; what is stored without is asked for with the first.
        which = np.flatnonzero(
            (months != before)[found.texts] & ((found.ordinals >= _LASTING) | (before[found.texts] == 0))
        )
        of = found.texts[which]
        asked.append(np.column_stack((found.stored(months)[which], places[of], numbers[of], weights[which])))
        before = months
    return np.concatenate(asked)


def _best(shared: Numbers, texts: Collection[KnownText]) -> dict[int, list[int]]:
    """By the number of each text the places of those that share most with it, the nearest first among equals.

    The rows of `shared` say what a key of a text says: the text's number, a weight and the place of another.
    """
    best: dict[int, list[int]] = {text.number: [] for text in texts}
    numbers, weights, places = shared[np.lexsort((shared[:, 2], shared[:, 0]))].T
    if not numbers.size:
        return best
    begins = np.flatnonzero(np.append(True, (numbers[1:] != numbers[:-1]) | (places[1:] != places[:-1])))
    weights, numbers, places = np.add.reduceat(weights, begins), numbers[begins], places[begins]
    own = np.array(sorted((text.number, text.place) for text in texts), np.int64)
    apart = np.abs(places - own[np.searchsorted(own[:, 0], numbers), 1])
    for row in np.lexsort((apart, -weights, numbers)).tolist():
        likest = best[int(numbers[row])]
        if len(likest) < _MOST_CANDIDATES:
            likest.append(int(places[row]))
    return best


def _place(at: datetime, number: int) -> int:
    return (at - _BEGIN) // _UNIT << _NUMBER_BITS | number


def _months(units: Numbers) -> Numbers:
    return np.maximum(units, 0) // _MONTH + 1


def _row(story_id: str, kept: KnownText) -> TextRow:
    keys = struct.pack(f"<{len(kept.keys)}q", *kept.keys)
    return TextRow(kept.number, story_id, kept.digest, kept.place, keys, packed(kept.traits))


def _keys(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 8}q", content)
