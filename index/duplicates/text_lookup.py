"""Look-up of the texts that may be copies of a story, by the keys of index/duplicates/candidate_keys.py.

Under each key the store has texts in the order of their days, and a few before and after a story are asked for, however
many there are: of thousands that share a key, those nearest in time. A key is stored with its month, so that what a
desk reads and writes at a time lies together and does not grow with the years; a few bands are stored without, and find
what is printed again much later.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from index.duplicates.candidate_keys import Traits, packed, unpacked
from index.duplicates.comparison import BANDS, KEY_BITS, MOST_APART
from store.sql.duplicates import DuplicatesReads, DuplicatesWrites, TextRow

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

    def pairs(self) -> list[tuple[int, int]]:
        """The rows of its keys."""
        month = _month(self.place >> _NUMBER_BITS)
        lasting = [(key, self.place) for key in self.keys[:_LASTING]]
        return lasting + [(month << KEY_BITS | key, self.place) for key in self.keys[_LASTING:]]


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
        step.drop_keys(pair for text in known.values() for pair in text.pairs())
        step.drop_texts(known)


def keep_texts(
    step: DuplicatesWrites, texts: Sequence[NewText], known: Mapping[str, KnownText]
) -> dict[str, KnownText]:
    """Keep texts, each in the place of what was `known` of its story before; returns what is known of them now."""
    next_number = step.highest_number() + 1
    gone: set[tuple[int, int]] = set()
    come: set[tuple[int, int]] = set()
    kept: dict[str, KnownText] = {}
    for new in texts:
        before = known.get(new.story_id)
        number = before.number if before else next_number
        next_number += before is None
        kept[new.story_id] = now = KnownText(number, new.digest, _place(new.at, number), tuple(new.keys), new.traits)
        gone.update(before.pairs() if before else ())
        come.update(now.pairs())
    step.drop_keys(gone - come)
    step.add_keys(come - gone)
    step.keep_texts([_row(story_id, text) for story_id, text in kept.items()])
    return kept


def candidates(state: DuplicatesReads, texts: Mapping[str, KnownText]) -> dict[str, list[CopyCandidate]]:
    """For each of these stories those that may be copies of it, those that share most with it first."""
    asked = [question for text in texts.values() for question in _questions(text)]
    shared: dict[int, Counter[int]] = {text.number: Counter() for text in texts.values()}
    for number, weight, place in state.near(asked, _NEAREST):
        shared[number][place] += weight
    best = {story_id: _best(shared[text.number], text.place) for story_id, text in texts.items()}
    numbers = {place & _NUMBER for places in best.values() for place in places}
    found = {
        row.number: CopyCandidate(row.story_id, row.place, unpacked(row.traits), row.group, row.first_seen_at)
        for row in state.neighbours(numbers)
    }
    return {
        story_id: [found[place & _NUMBER] for place in places if place & _NUMBER in found]
        for story_id, places in best.items()
    }


def time_between(one: int, other: int) -> timedelta:
    """The time between two places, or up to half an hour less."""
    return max(abs((one >> _NUMBER_BITS) - (other >> _NUMBER_BITS)) - 1, 0) * _UNIT


def _questions(known: KnownText) -> list[tuple[int, int, int, int]]:
    """What is asked for one text: a key, the text's place and number, and what the key says."""
    at = known.place >> _NUMBER_BITS
    months = {_month(at - _REACH), _month(at), _month(at + _REACH)}
    stored = [(key, 1) for key in known.keys[:_LASTING]]
    for month in months:
        stored += [(month << KEY_BITS | key, 1) for key in known.keys[_LASTING:BANDS]]
        stored += [(month << KEY_BITS | key, _OWN_KEY_WEIGHT) for key in known.keys[BANDS:]]
    return [(key, known.place, known.number, weight) for key, weight in stored]


def _best(shared: Counter[int], place: int) -> list[int]:
    """The places of the texts that share most with the one at `place`, the nearest first among equals."""
    return sorted(shared, key=lambda other: (-shared[other], abs(other - place)))[:_MOST_CANDIDATES]


def _place(at: datetime, number: int) -> int:
    return (at - _BEGIN) // _UNIT << _NUMBER_BITS | number


def _month(units: int) -> int:
    return max(units, 0) // _MONTH + 1


def _row(story_id: str, kept: KnownText) -> TextRow:
    keys = struct.pack(f"<{len(kept.keys)}q", *kept.keys)
    return TextRow(kept.number, story_id, kept.digest, kept.place, keys, packed(kept.traits))


def _keys(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 8}q", content)
