"""Comparison of two texts: whether they are copies of one, word for word.

Papers carry an agency's text under a headline of their own, in other paragraphs, cut at the end, with a word changed
here and there. Two texts are compared by their runs of three words (shingles): by how many of the shorter text's runs
the longer one has too. Texts made from a pattern (results, markets, weather) share most of their words as well; what
tells them apart is their figures, their names and their days. Which stories are worth comparing at all is said by the
keys of index/duplicates/candidate_keys.py.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import islice

from rensa import RMinHash

from index.duplicates.words import UNSPACED_CHARACTER, WORD, figures, without_capitals
from text.languages import languages

RULES = RMinHash.ALGORITHM_VERSION * 1000 + 2
"""Counts changes of what makes a copy: where it differs, groups are decided anew."""

FEWEST = 20
"""Texts of fewer words are alike by chance."""
_BRIEF = 40
_SHORT = 100
_RUNS = ((_BRIEF, 0.9), (_SHORT, 0.85), (None, 0.8))
"""(words below, share of the shorter text's runs that the longer one must have): a name weighs more in fewer words."""
_LIKE = 0.45
"""The least resemblance of two sources' texts: one may be cut to half, but is no alert ahead of a long story."""
_REPEATED = 0.9
"""The longer text has fewer runs than its words let expect, where it says some things twice."""
_LIKE_OWN = 0.8
"""The same where a source tells it twice: its updates are stories of their own."""
MOST_APART = timedelta(days=4)
_HOURS_SHORT = timedelta(hours=36)
_HOURS_SHORT_OWN = timedelta(hours=12)
"""Texts further apart are the next of a series, the short ones above all."""
_SAME_NEWS = timedelta(hours=6)
"""Texts no further apart may name two days of the week for one event."""
_RUNS_LATER, _LIKE_LATER = 0.95, 0.8
"""What long texts must share that are further apart: the same feature printed again."""
_CREDITS = 25
"""So many words at the end of a copy may be the paper's own: who wrote and edited it."""
_LONG = 200
_WORDS_A_SLIP = 100
"""One figure and one name in so many words may be another, in long texts: in a bulletin it makes another bulletin."""
_LEAST_CREDITS = 4
"""So many words at the least are a credit line: fewer are the last word of a pattern."""
_NOUNS_IN_CAPITALS = frozenset({"de", "lb", "nds"})
"""Languages in which a capital says nothing of a name."""

# "BAMAKO, Mali, Jan. 17 (AP) - The text": where and when it was sent, not what it says.
_DATELINE = re.compile(r"^[^-\u2013\u2014]{1,60}?\s?(?:-{1,2}|[\u2013\u2014])\s")


@cache
def _weekdays() -> frozenset[str]:
    """Days of the week where they are written with a capital: of one event papers in two time zones name two."""
    capitalised = (language for language in languages() if language.dates.weekdays_capitalised)
    return frozenset(name for language in capitalised for names in language.dates.weekdays for name in names[:1])


@dataclass(frozen=True)
class ComparedText:
    """The text of one story as it is compared; what is made of it is made when it is asked for."""

    source: str
    published_at: datetime | None
    text: str
    language: str | None = None

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Its words as they stand."""
        return tuple(WORD.findall(self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words without capitals."""
        return without_capitals(self.written)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Each word, once."""
        return frozenset(self.words)

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """Each shingle, a run of three words, once."""
        return frozenset(zip(self.words, self.words[1:], self.words[2:], strict=False))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers in it, and words that begin with one; 1,400 is 1400."""
        return figures(self.text)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """The words written with a capital; none of a text that is in capitals from end to end."""
        found = [word for word, form in zip(self.words, self.written, strict=True) if form[0].isupper()]
        return frozenset(found if len(found) * 2 < len(self.words) else ())

    @property
    def names(self) -> frozenset[str]:
        """The words written with a capital, where that says something of names."""
        return frozenset() if self.language in _NOUNS_IN_CAPITALS else self.capitals


def whole_text(
    source: str, published_at: datetime | None, body: Sequence[str], language: str | None = None
) -> ComparedText:
    """A story's text, without the dateline in front, however short it is."""
    return ComparedText(source, published_at, _DATELINE.sub("", " ".join(body), count=1), language)


def compared_text(
    source: str, published_at: datetime | None, body: Sequence[str], language: str | None = None
) -> ComparedText | None:
    """A story's text, without the dateline in front; None where it is too short to be anything's copy."""
    told = whole_text(source, published_at, body, language)
    return told if any(islice(WORD.finditer(told.text), FEWEST - 1, None)) else None


def is_copy(one: ComparedText, other: ComparedText) -> bool:
    """Whether two texts are copies of one, near-identical; symmetric."""
    own, apart = one.source == other.source, _apart(one, other)
    if one.text != other.text and not _share_enough(one, other, apart, own=own):
        return False
    if own and apart > _HOURS_SHORT_OWN and len(_by_length(one, other)[0].words) < _SHORT:
        return False
    return not are_at_odds(one, other)


def _share_enough(one: ComparedText, other: ComparedText, apart: timedelta, *, own: bool) -> bool:
    """Whether two texts have so much in common as copies that are so far apart; `own` where one source has both."""
    if not (_has_words_of(one, other) or _has_words_of(other, one)):
        return False
    shorter, longer = _by_length(one, other)
    size = len(shorter.words)
    common = len(shorter.shingles & longer.shingles)
    contained = common / max(common, len(shorter.shingles) - _credits(shorter, longer), 1)
    like = common / (len(shorter.shingles) + len(longer.shingles) - common)
    wanted = _share_wanted(size)
    if contained < wanted or like < (_LIKE_OWN if own else wanted if size < _BRIEF else _LIKE):
        return False
    return apart <= MOST_APART or size < _SHORT or (contained >= _RUNS_LATER and like >= _LIKE_LATER)


def are_at_odds(one: ComparedText, other: ComparedText) -> bool:
    """Whether two texts can't be of one story, whatever they share: by their figures, their names or their days.

    Copies of one text are not at odds with one another, however much of its end each has left out; symmetric.
    """
    apart = _apart(one, other)
    if one.text == other.text:
        return apart > _HOURS_SHORT and len(one.words) < _SHORT
    shorter, longer = _by_length(one, other)
    size = len(shorter.words)
    slips = most_slips(size)
    strangers = len(shorter.figures - longer.figures)
    if strangers > slips or len(_replaced_names(shorter, longer)) > slips:
        return True
    return apart > _HOURS_SHORT if size < _SHORT else apart > MOST_APART and strangers > 0


def roughly_words(text: str) -> int:
    """How many words a text has, without telling them apart."""
    return text.count(" ") + 1 + (0 if text.isascii() else len(UNSPACED_CHARACTER.findall(text)))


def most_slips(words: int) -> int:
    """How many figures, and how many names, of a text of so many words may be others in a copy of it."""
    return words // _WORDS_A_SLIP if words >= _LONG else 0


def is_of_a_size(words: int, longer: int, *, own: bool) -> bool:
    """Whether texts of so many words may be copies; `own` where one source has both."""
    return words >= longer * (_LIKE_OWN if own else _LIKE) * _REPEATED


def is_in_time(words: int, apart: timedelta, *, own: bool, strangers: int) -> bool:
    """Whether texts that are so far apart may be copies, by the words of the shorter and its figures of its own."""
    if words < _SHORT:
        return apart <= (_HOURS_SHORT_OWN if own else _HOURS_SHORT)
    return apart <= MOST_APART or not strangers


def _share_wanted(words: int) -> float:
    return next(share for below, share in _RUNS if below is None or words < below)


def _has_words_of(text: ComparedText, other: ComparedText) -> bool:
    """Whether a text can have the runs that a copy of the other has: each word that it has alone costs it one."""
    words = len(text.words)
    spared = (1 - _share_wanted(words)) * words + max(min(_CREDITS, words - _BRIEF), 0)
    return len(text.vocabulary - other.vocabulary) <= spared


def _by_length(one: ComparedText, other: ComparedText) -> tuple[ComparedText, ComparedText]:
    shorter, longer = sorted((one, other), key=lambda text: (len(text.shingles), text.words))
    return shorter, longer


def _apart(one: ComparedText, other: ComparedText) -> timedelta:
    """The time between two texts; none where it is not known of one."""
    if one.published_at is None or other.published_at is None:
        return timedelta(0)
    return abs(one.published_at - other.published_at)


def _credits(text: ComparedText, other: ComparedText) -> int:
    """The number of words at the end of a text after the last run that the other text has too."""
    words, strangers = text.words, 0
    while strangers < min(_CREDITS, len(words) - _BRIEF) and words[-3 - strangers :][:3] not in other.shingles:
        strangers += 1
    return max(strangers, 0)


def _replaced_names(shorter: ComparedText, longer: ComparedText) -> Set[str]:
    """The names in the shorter text in whose place the longer one has another that the shorter has not.

    "rain in Wick on Monday" and "rain in Thurso on Monday" tell of two towns. A name that one text has more, in a
    lead or a credit line of its own or in front of another name, is in the place of none.
    """
    missing = shorter.names.difference(longer.words)
    is_dated = shorter.published_at is not None and longer.published_at is not None
    if is_dated and len(shorter.words) >= _SHORT and _apart(shorter, longer) <= _SAME_NEWS:
        missing = missing - _weekdays()  # else it may be the forecast of another day
    others = longer.names.difference(shorter.words) if missing else missing
    if not others:
        return frozenset()
    places = {place for _, around in _around(longer, others, shorter) for place in around}
    return {name for name, around in _around(shorter, missing, longer) if not places.isdisjoint(around)}


def _around(text: ComparedText, names: Set[str], other: ComparedText) -> Iterator[tuple[str, Sequence[object]]]:
    """Each of these names with the three words before it, after it and on both sides; credit lines are left out."""
    credit = _credits(text, other)
    end = len(text.words) - (credit if credit >= _LEAST_CREDITS else 0)
    words = ("", "", "", *text.words, "", "", "")
    for index, word in enumerate(text.words[:end], 3):
        if word in names:
            yield word, [(left, words[index - left : index], words[index + 1 : index + 4 - left]) for left in range(4)]
