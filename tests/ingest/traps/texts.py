"""A newsroom that writes stories which have nothing in common by chance.

Two stories of one room share no noun of their headlines and next to no run of three words, as real reports do, so that
a test may say of two texts that they agree, or that they don't. The same dice write the same stories.
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.crawler.recheck_pages import Told

_WORDS: dict[str, tuple[str, ...]] = {
    kind: tuple(words.split())
    for kind, words in tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8")).items()
}
_SHAPES = (
    "{Adj} {noun} {verb} {adv}, {name} told {noun2} {people} near {place}.",
    "{name} {verb} {number} {adj} {noun}s while {name2} {verb2} {place}.",
    "Nobody {verb} {place}'s {noun} {adv}; {number} {people} {verb2} {noun2}s.",
    "In {place} {people} {verb} {adj} {noun}s, {noun2} {people2} {adv} {verb2} {number}.",
    "{people} from {place} {adv} {verb} {name}'s {noun} after {number} {adj2} {noun2}s.",
    "Beside {adj} {noun}s {name} {verb} {noun2} {number}, {people} {verb2} {adv}.",
)
COMMON_HEADLINES = ("Morning briefing", "Weather", "Corrections", "Photos of the day")


class Newsroom:
    """Writes stories; `short` ones have two paragraphs of two or three sentences, the others five to eight.

    Without `figures` no number stands in a text that could tell it from another. All stories of one room are published
    `apart` from each other.
    """

    def __init__(
        self,
        dice: random.Random,
        *,
        short: bool,
        now: datetime,
        figures: bool = True,
        apart: timedelta = timedelta(minutes=30),
    ) -> None:
        self._dice = dice
        self._short = short
        self._now = now
        self._figures = figures
        self._apart = apart
        self._written = 0
        self._nouns = _without_end(dice, _WORDS["nouns"])
        self._verbs = _without_end(dice, _WORDS["verbs"])
        self._places = _without_end(dice, _WORDS["places"])

    def story(self, headline: str | None = None, *, hours_ago: float | None = None) -> Told:
        """A story of its own; by default each was published some time before the one written before it."""
        self._written += 1
        place, noun = next(self._places), next(self._nouns)
        slug = f"{noun}-{next(self._nouns)}-{place.lower().encode('ascii', 'ignore').decode()}-report"
        age = timedelta(hours=1) + self._written * self._apart if hours_ago is None else timedelta(hours=hours_ago)
        return Told(
            slug=f"{slug}-{self._written}",
            headline=headline or self.headline(),
            paragraphs=self.paragraphs(),
            byline=f"{self._one('first_names')} {self._one('names')}",
            caption=f"The {self._one('adjectives')} {noun} of {place} as it was seen by {self._one('people')}.",
            deck=f"{self._one('people').capitalize()} had asked {place} for {self._dice.randint(12, 98)} {noun}s.",
            published_at=self._now - age,
        )

    def headline(self) -> str:
        """A headline whose nouns no other of this room has."""
        adjective = self._one("adjectives").capitalize()
        return f"{adjective} {next(self._nouns)} {next(self._verbs)} {next(self._nouns)} at {next(self._places)}"

    def paragraphs(self) -> tuple[str, ...]:
        """A body."""
        count = 2 if self._short else self._dice.randint(5, 8)
        sentences = (2, 3) if self._short else (2, 4)
        return tuple(" ".join(self.sentence() for _ in range(self._dice.randint(*sentences))) for _ in range(count))

    def sentence(self) -> str:
        """About a dozen words."""
        adjective = self._one("adjectives")
        return self._dice.choice(_SHAPES).format(
            adj=adjective,
            Adj=adjective.capitalize(),
            adj2=self._one("adjectives"),
            noun=self._one("nouns"),
            noun2=self._one("nouns"),
            verb=self._one("verbs"),
            verb2=self._one("verbs"),
            adv=self._one("adverbs"),
            name=self._one("names"),
            name2=self._one("names"),
            people=self._one("people"),
            people2=self._one("people"),
            place=self._one("places"),
            number=self._dice.randint(3, 999) if self._figures else self._one("adjectives"),
        )

    def corrected(self, told: Told) -> Told:
        """The same story with a sentence more at its end."""
        return replace(told, paragraphs=(*told.paragraphs[:-1], f"{told.paragraphs[-1]} {self.sentence()}"))

    def retitled(self, told: Told) -> Told:
        """The same text under another headline."""
        return replace(told, headline=self.headline())

    def rewritten(self, told: Told, *, keeps: bool) -> Told:
        """The same event told anew under the same date; `keeps` half of the headline and a sentence, else nothing."""
        headline, (first, *others) = self.headline(), self.paragraphs()
        if not keeps:
            return replace(told, headline=headline, paragraphs=(first, *others))
        before, after = told.headline.split(), headline.split()
        kept = f"{told.paragraphs[0].partition('.')[0]}. {first}"
        return replace(told, headline=" ".join((*before[:3], *after[3:])), paragraphs=(kept, *others))

    def flash(self, told: Told) -> Told:
        """What the wire sent first: a sentence under a headline of its own."""
        return replace(told, headline=self.headline(), paragraphs=(self.sentence(),))

    def _one(self, kind: str) -> str:
        return self._dice.choice(_WORDS[kind])


def abridged(told: Told) -> Told:
    """As AMP pages tell it: the last paragraph is missing."""
    return replace(told, paragraphs=told.paragraphs[:-1])


def _without_end(dice: random.Random, words: Sequence[str]) -> Iterator[str]:
    """All words in an order of chance before any of them comes again."""
    while True:
        yield from dice.sample(words, len(words))
