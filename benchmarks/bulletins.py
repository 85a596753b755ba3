"""Bulletins of one pattern, with true copies hidden among them, for benchmarks/copies.py.

Weather, as stations send it out: 55 to 160 words of which the town, the day and the figures alone differ, some of them
in one place only. A copy is another source's: with a dateline in front, a credit line behind and a word changed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 120
SOURCES = ("coastwire", "metdesk", "northpost", "radio4", "thecourier", "theherald")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HEADS = (
    "Ard",
    "Bal",
    "Car",
    "Dun",
    "Eller",
    "Fen",
    "Glas",
    "Hart",
    "Inver",
    "Kil",
    "Lang",
    "Mor",
    "Nor",
    "Pen",
    "Stan",
)
_TAILS = (
    "beg",
    "castle",
    "dale",
    "ford",
    "garth",
    "ham",
    "keld",
    "loch",
    "mouth",
    "ness",
    "port",
    "ton",
    "wick",
    "worth",
)
TOWNS = (
    *(head + tail for head in _HEADS for tail in _TAILS),
    *(f"{kind} {head}{tail}" for kind in ("Port", "East", "Little") for head in _HEADS[:6] for tail in _TAILS[:6]),
)
_SENTENCES = (
    "{town} will have a {sky} {day} with temperatures rising to {high} degrees in the afternoon, the weather office "
    "said in its bulletin of {hour}:{minute:02}.",
    "Winds from the {wind} will blow at {speed} kilometres an hour and reach {gust} in gusts along the coast, where "
    "small boats should stay in harbour until the evening.",
    "The night will be {night}, and the mercury is expected to fall to {low} degrees in {town} and to {frost} in the "
    "valleys behind it.",
    "Rain of {rain} millimetres is likely by midnight, most of it in showers that will cross the district from the "
    "{wind} between {hour} and {till} o'clock.",
    "The barometer at the harbour stood at {pressure} hectopascals, {tendency} since the last reading, and the water "
    "had a temperature of {water} degrees.",
    "Humidity was {humidity} per cent and visibility {sight} kilometres at the station, which is manned day and night "
    "and puts out its next bulletin in six hours.",
    "Drivers were asked to take care on the pass above {town}, where {snow} centimetres of snow lie beside the road "
    "and the surface may be slippery in the morning.",
)
_WORDS = {
    "sky": ("bright", "cloudy", "dull", "misty", "sunny", "wet"),
    "night": ("calm", "clear", "cold", "damp", "mild"),
    "wind": ("north", "north-west", "south", "south-east", "west"),
    "tendency": ("falling", "rising", "steady"),
}
_FIGURES = {
    "high": (-5, 31),
    "hour": (1, 23),
    "minute": (0, 59),
    "speed": (5, 60),
    "gust": (60, 120),
    "low": (-15, 15),
    "frost": (-20, 10),
    "rain": (1, 60),
    "till": (1, 12),
    "pressure": (960, 1040),
    "water": (2, 19),
    "humidity": (30, 99),
    "sight": (1, 40),
    "snow": (1, 80),
}
_CHANGED = (("expected", "forecast"), ("likely", "probable"), ("asked", "told"), ("small", "light"), ("stood", "was"))
_CREDITS = ("(Reporting by Anna Vell; Editing by Jo Marsh)", "(Writing by Tom Elwell in Wick)", "Copyright Coast Wire.")


@dataclass(frozen=True)
class Bulletin:
    """One bulletin or a copy of one; bulletins of one `number` are one story."""

    number: int
    source: str
    at: datetime
    town: str
    sentences: int
    values: dict[str, Any]
    copied: bool = False

    def line(self) -> dict[str, Any]:
        """The story as a line that `import` reads."""
        body = " ".join(_SENTENCES[: self.sentences]).format(
            town=self.town, day=DAY_NAMES[self.at.weekday()], **self.values
        )
        name = f"{self.source}-{self.number}-{'copy' if self.copied else 'own'}"
        if self.copied:
            old, new = _CHANGED[self.number % len(_CHANGED)]
            place = f"{self.town.upper()}, {self.at:%b}. {self.at.day} (CW) - "
            body = f"{place}{body.replace(old, new, 1)} {_CREDITS[self.number % len(_CREDITS)]}"
        return {
            "id": name,
            "url": f"https://{self.source}.example/{name}",
            "source": self.source,
            "headline": f"Weather: {self.town}",
            "body": [body],
            "published_at": self.at.isoformat(),
            "first_seen_at": self.at.isoformat(),
            "language": "en",
        }


def make_bulletins(count: int, copies: int, seed: int = 7) -> list[Bulletin]:
    """So many bulletins, of which no two are one story but for the copies among them; in mixed order."""
    chance = random.Random(seed)
    made: list[Bulletin] = []
    while len(made) < count - copies:
        made += _next(chance, len(made))
    made = made[: count - copies]
    for original in chance.sample(made, copies):
        source = chance.choice([name for name in SOURCES if name != original.source])
        at = original.at + timedelta(minutes=chance.randint(-300, 300))
        # The day's name is part of the text: a copy of the same evening still says it.
        at = at if at.date() == original.at.date() else original.at
        made.append(replace(original, source=source, at=at, copied=True))
    chance.shuffle(made)
    return made


def _next(chance: random.Random, number: int) -> Iterator[Bulletin]:
    """A bulletin, and now and then one that differs from it in hardly anything, but is another."""
    town = chance.choice(TOWNS)
    at = FIRST_DAY + timedelta(minutes=chance.randrange(DAYS * 24 * 60))
    values: dict[str, Any] = {name: chance.choice(words) for name, words in _WORDS.items()}
    values |= {name: chance.randint(*bounds) for name, bounds in _FIGURES.items()}
    one = Bulletin(number, chance.choice(SOURCES), at, town, chance.randint(2, len(_SENTENCES) - 1), values)
    yield one
    kind = chance.random()
    if kind < 0.02:
        other = chance.choice([name for name in TOWNS if name not in town and " " not in name])
        yield replace(one, number=number + 1, town=other, source=chance.choice(SOURCES))
    elif kind < 0.04:
        yield replace(one, number=number + 1, values=values | {"gust": values["gust"] + 1})
    elif kind < 0.05:
        yield replace(one, number=number + 1, at=at + timedelta(days=1))
