"""Agreement of two readings: how much speaks for their being the same story.

Evidence adds up: words of the headlines, runs of three words of the bodies (Broder, "On the resemblance and containment
of documents", 1997), publication dates, figures. Each caller asks for as much as its own ground is weak: an address
where the story was read before needs next to nothing, a publisher's identifier a good deal.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

from model.story import Story
from text.analysis import tokens

_RUN = 3
_FEWEST_RUNS = 5
_FEW_RUNS = 40
"""A body of fewer runs may be the flash of a story that was written later."""
_GROWN = 3
_NOTHING_SHARED = 0.05
_LONG_WORD = 5
_WORDS_ENOUGH = 6
_SAME_MATTER = 0.25
_CHANCE_SHARED = 0.25
"""Different stories of one desk share so much: names, standing phrases, who reported."""

_SAME_TEXT, _OTHER_TEXT = 2.0, -0.6
_SAME_INSTANT, _SAME_DAY, _OTHER_DAY = 0.4, 0.1, -0.5
_DAY = timedelta(days=1)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_FIGURES_ENOUGH = 3
_SAME_FIGURES = 0.5
_OTHER_FIGURES = -2.0
_NEARLY_HEADLINE, _NEARLY_TEXT = 0.9, 0.8
_STRONG = 0.85
_SAME_LATER = 0.9
_LEAD_WORDS = 40
_LEAD = 0.1
_REMEMBERED = 64

WordRuns = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two readings have in common.

    `headline` is the share of common words (0 to 1), `text` the share of the shorter body's runs that the longer one
    has (None where a body is too short to say), `likeness` the share of all runs that both have. `dates` is positive
    where the stated dates agree and negative where they don't; `lead` is the share of one body's beginning that stands
    in the other (None where there is too little); `other_figures` where most figures of the bodies differ,
    `strange_figures` where any of the body with fewer is not in the other.
    """

    headline: float
    text: float | None
    likeness: float
    dates: float
    lead: float | None
    other_figures: bool
    strange_figures: bool

    @property
    def score(self) -> float:
        """The sum of the evidence: 3.4 for equal readings, below 0 for different ones.

        Texts made from one pattern (results, forecasts) share most of their words: their figures tell them apart.
        """
        figures = _OTHER_FIGURES if self.other_figures else 0.0
        return self.headline + _weight_of_text(self.text) + self.dates + figures

    @property
    def is_strong(self) -> bool:
        """Whether the readings are one story on a ground that proves little by itself.

        Reports of one affair end with the same background: their leads tell them apart. The next of a series ("Fed adds
        reserves") bears the headline and most words of the one before: its day does.
        """
        is_of_one_day = self.dates >= 0 or (self.text or 0.0) >= _SAME_LATER
        return self.score >= _STRONG and is_of_one_day and (self.lead is None or self.lead >= _LEAD)

    @property
    def same_instant(self) -> bool:
        """Whether both were published at the same time of the same day."""
        return self.dates == _SAME_INSTANT

    @property
    def nearly_same(self) -> bool:
        """Whether the readings are one text under one headline, with the same figures."""
        alike = self.headline >= _NEARLY_HEADLINE and self.likeness >= _NEARLY_TEXT
        return alike and self.dates >= 0 and not self.strange_figures


def agreement(one: Story, other: Story) -> Agreement:
    """Compare two readings; symmetric."""
    if one.body == other.body and one.body:  # as nearly always when a story is seen again
        return Agreement(
            headline=headline_share(one.headline, other.headline),
            text=1.0,
            likeness=1.0,
            dates=_dates(one.published_at, other.published_at),
            lead=1.0,
            other_figures=False,
            strange_figures=False,
        )
    runs, others = _runs(one.body), _runs(other.body)
    shorter, longer = sorted((runs, others), key=len)
    common = len(shorter & longer)
    fewer, more = sorted((_figures(one.body), _figures(other.body)), key=len)
    return Agreement(
        headline=headline_share(one.headline, other.headline),
        text=_text_share(common, len(shorter), len(longer), one, other),
        likeness=common / max(len(shorter) + len(longer) - common, 1) if shorter else float(one.body == other.body),
        dates=_dates(one.published_at, other.published_at),
        lead=_lead_share(_lead(one.body), runs, _lead(other.body), others),
        other_figures=len(fewer) >= _FIGURES_ENOUGH and len(fewer & more) < _SAME_FIGURES * len(fewer),
        strange_figures=not fewer <= more,
    )


def headline_share(one: str, other: str) -> float:
    """The share of all words of two headlines that both have; letter case, accents and punctuation aside."""
    if one == other:
        return 1.0 if one else 0.0
    words, others = ({token.folded for token in tokens(headline)} for headline in (one, other))
    return len(words & others) / len(words | others) if words and others else 0.0


def kept_share(held: Story, story: Story) -> float:
    """The share of the held body's runs of three words that the new body still has; 1.0 where there was no body."""
    before = _runs(held.body)
    return len(before & _runs(story.body)) / len(before) if before else 1.0


def holds_all_of(held: Story, story: Story) -> bool:
    """Whether each paragraph of the held body is the beginning of one of the other body's."""
    paragraphs = [_words((paragraph,)) for paragraph in story.body]
    return all(any(p[: len(w)] == w for p in paragraphs) for w in (_words((text,)) for text in held.body))


def _text_share(common: int, shorter: int, longer: int, one: Story, other: Story) -> float | None:
    share = common / shorter if shorter else 0.0
    may_be_flash = shorter < _FEWEST_RUNS or (shorter < _FEW_RUNS and longer >= _GROWN * shorter)
    if not may_be_flash or (share >= _NOTHING_SHARED and shorter >= _FEWEST_RUNS):
        return share
    # A flash shares no sentence with what grew of it, but it speaks of the same.
    words, others = sorted((_telling_words(one), _telling_words(other)), key=len)
    if len(words) < _WORDS_ENOUGH or len(words & others) >= _SAME_MATTER * len(words):
        return None
    return share


def _lead_share(lead: WordRuns, runs: WordRuns, other_lead: WordRuns, others: WordRuns) -> float | None:
    """The share of a beginning that stands in the other body; of the two the one that has more."""
    if min(len(lead), len(other_lead)) < _FEWEST_RUNS:
        return None
    return max(len(lead & others) / len(lead), len(other_lead & runs) / len(other_lead))


def _weight_of_text(share: float | None) -> float:
    """From a body that shares nothing over one that shares what is shared by chance to the same body."""
    if share is None:
        return 0.0
    if share < _CHANCE_SHARED:
        return _OTHER_TEXT * min((_CHANCE_SHARED - share) / (_CHANCE_SHARED - _NOTHING_SHARED), 1.0)
    return _SAME_TEXT * (share - _CHANCE_SHARED) / (1.0 - _CHANCE_SHARED)


def _dates(one: datetime | None, other: datetime | None) -> float:
    if one is None or other is None:
        return 0.0
    apart = abs(one - other)
    if apart >= _DAY:
        return _OTHER_DAY
    # Midnight is what a date without a time becomes: many stories have it.
    return _SAME_DAY if apart or one.time() == time.min else _SAME_INSTANT


@lru_cache(_REMEMBERED)
def _words(body: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token.folded for paragraph in body for token in tokens(paragraph))


@lru_cache(_REMEMBERED)
def _runs(body: tuple[str, ...]) -> WordRuns:
    return _runs_of(_words(body))


def _lead(body: tuple[str, ...]) -> WordRuns:
    return _runs_of(_words(body)[:_LEAD_WORDS])


def _runs_of(words: tuple[str, ...]) -> WordRuns:
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _telling_words(story: Story) -> frozenset[str]:
    """Words that say what a story is about: long ones, and those of scripts in which words are short."""
    words = (*_words((story.headline,)), *_words(story.body))
    return frozenset(word for word in words if len(word) >= _LONG_WORD or not word.isascii())


def _figures(body: Iterable[str]) -> frozenset[str]:
    return frozenset(figure for paragraph in body for figure in _FIGURE.findall(paragraph))
