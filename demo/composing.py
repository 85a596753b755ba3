"""Composer of recurring stories, published when the hand-written ones are out.

Recurring news (earthquakes, market closes, match reports) told from patterns: each pattern has several wordings of
every paragraph, cases whose facts belong together, and facts of its own for every number. The same number always
gives the same story.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from demo.drafts import STORIES
from demo.story import Correction, Draft, TextBlock, WireCaption

PREFIX = "composed-"
_SLOT = re.compile(r"\{(\w+)\}")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)")
_PERSONS = 5


@dataclass(frozen=True)
class Pattern:
    """One kind of recurring story, as its TOML file tells it.

    `slots` are lists of words or ranges of numbers such as "4.6..6.4"; `cases` hold facts that go together, among
    them `people`, the pool that names are drawn from; "|" parts alternatives. `correction` names the slot that a
    correction changes.
    """

    name: str
    sources: tuple[str, ...]
    section: str
    dateline: str
    headlines: tuple[str, ...]
    decks: tuple[str, ...]
    paragraphs: tuple[tuple[str, ...], ...]
    captions: tuple[str, ...]
    credits: tuple[str, ...]
    tags: tuple[str, ...]
    agencies: tuple[str, ...]
    cases: tuple[Mapping[str, str], ...]
    slots: Mapping[str, Any]
    correction: Mapping[str, str] | None


class Composer:
    """Draws story after story from the patterns of a folder."""

    def __init__(self, folder: Path = STORIES / "recurring") -> None:
        self._patterns: list[Pattern] = []
        for path in sorted(folder.glob("*.toml")):
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            if path.stem == "people":
                self._people: dict[str, dict[str, list[str]]] = table
            else:
                self._patterns.append(_pattern(path.stem, table))

    def compose(self, number: int) -> Draft:
        """The draft of a number from 1 on; neighbours are of different patterns."""
        pattern = self._patterns[number % len(self._patterns)]
        round_number = number // len(self._patterns)

        def pick(name: str, choices: Sequence[Any]) -> Any:
            digest = sha256(f"{pattern.name}/{round_number}/{name}".encode()).digest()
            return choices[int.from_bytes(digest[:4], "big") % len(choices)]

        facts = self._facts(pattern, round_number, pick)

        def tell(name: str, choices: Sequence[str]) -> str:
            return _SLOT.sub(lambda slot: facts.get(slot[1], slot[0]), pick(name, choices))

        # Where there are as many headlines as first paragraphs they belong together.
        paragraphs = [
            tell(f"paragraph {place}" if place else "opening", ways) for place, ways in enumerate(pattern.paragraphs)
        ]
        caption = WireCaption(text=tell("caption", pattern.captions), credit=tell("credit", pattern.credits))
        return Draft(
            slug=f"{PREFIX}{pattern.name}-{number}",
            sources=(pick("source", pattern.sources),),
            section=pattern.section,
            headline=tell("opening", pattern.headlines),
            deck=tell("deck", pattern.decks) if pattern.decks else None,
            byline=(facts["person5"],) if pick("byline", (True, True, False)) else (),
            dateline=tell("dateline", (pattern.dateline,)),
            agencies=pattern.agencies,
            blocks=tuple(TextBlock("paragraph", text) for text in paragraphs),
            captions=(caption,),
            tags=tuple(tell("tag", (tag,)) for tag in pattern.tags),
            correction=_correction(pattern.correction, facts),
        )

    def _facts(self, pattern: Pattern, round_number: int, pick: Callable[[str, Sequence[Any]], Any]) -> dict[str, str]:
        """The value of every slot; cases take turns so that a place comes back as late as possible."""
        case = pattern.cases[round_number % len(pattern.cases)]
        facts = {name: pick(name, value.split("|")) for name, value in case.items()}
        pool = self._people[facts.pop("people")]
        for name, value in tuple(facts.items()):
            facts[name.capitalize()] = value[0].upper() + value[1:]  # {Sector} opens a sentence
            facts[f"{name}_last"] = value.split()[-1]  # {scorer_last} is the surname of {scorer}
        for place in range(1, _PERSONS + 1):
            # Steps through the pool, so that no two persons of one story share a name.
            first = _step(pool["first"], pick("first", range(100)) + 3 * place)
            surname = _step(pool["last"], pick("last", range(100)) + place)
            facts[f"person{place}"] = f"{first} {surname}"
            facts[f"surname{place}"] = surname
        for name, choices in pattern.slots.items():
            facts[name] = _number(choices, pick(name, range(1000))) if isinstance(choices, str) else pick(name, choices)
        return facts


def _step(pool: Sequence[str], place: int) -> str:
    return pool[place % len(pool)]


def _number(bounds: str, share: int) -> str:
    """A number between two bounds, `share` thousandths along, with the decimals of the bounds."""
    found = _RANGE.fullmatch(bounds)
    if found is None:
        raise ValueError(f"{bounds!r}: expected a range of numbers such as 4.6..6.4")
    low, high = float(found[1]), float(found[2])
    decimals = len(found[1].partition(".")[2])
    value = low + (high - low) * share / 999
    return f"{value:,.{decimals}f}"


def _correction(pattern: Mapping[str, str] | None, facts: Mapping[str, str]) -> Correction | None:
    """A correction of one number by a fifth; None where the pattern has none."""
    if pattern is None:
        return None
    old = facts[pattern["slot"]]
    decimals = len(old.partition(".")[2])
    value = float(old.replace(",", ""))
    new = f"{value + max(value / 5, 10**-decimals):,.{decimals}f}"
    # With its unit, so that the same digits elsewhere in the text stay as they are.
    unit = pattern["unit"]
    note = pattern["note"].replace("{old}", old).replace("{new}", new)
    return Correction(old=unit.replace("{}", old), new=unit.replace("{}", new), note=note)


def _pattern(name: str, table: Mapping[str, Any]) -> Pattern:
    return Pattern(
        name=name,
        sources=tuple(table["sources"]),
        section=table["section"],
        dateline=table["dateline"],
        headlines=tuple(table["headlines"]),
        decks=tuple(table.get("decks", ())),
        paragraphs=tuple(tuple(ways) for ways in table["paragraphs"]),
        captions=tuple(table["captions"]),
        credits=tuple(table["credits"]),
        tags=tuple(table.get("tags", ())),
        agencies=tuple(table.get("agencies", ())),
        cases=tuple(table["case"]),
        slots=table.get("slots", {}),
        correction=table.get("correction"),
    )
