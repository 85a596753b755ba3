"""A generator of identity traps: worlds in which stories are easily taken for one another, or one for two.

A recipe is a function that writes one world; the settings with which it is called cover each pair of variations. The
same traps come out in every run.
"""

import random
from collections.abc import Callable, Mapping
from itertools import product

from tests.ingest.traps import (
    canonicals,
    headlines,
    ids,
    parameters,
    reused_addresses,
    spellings,
)
from tests.ingest.traps.stage import Stage
from tests.ingest.traps.worlds import Setting, World

Recipe = Callable[[Stage], None]
FAMILIES: Mapping[str, Mapping[str, tuple[Recipe, int]]] = {
    "ids": ids.TRAPS,
    "canonicals": canonicals.TRAPS,
    "reused": reused_addresses.TRAPS,
    "headlines": headlines.TRAPS,
    "parameters": parameters.TRAPS,
    "spellings": spellings.TRAPS,
}
"""family -> recipe's name -> the recipe, and how often it is varied."""


def all_traps() -> list[World]:
    """All worlds, the same in every run, in the order of the families."""
    return [
        _trap(family, name, recipe, number)
        for family, recipes in FAMILIES.items()
        for name, (recipe, times) in recipes.items()
        for number in range(times)
    ]


def _trap(family: str, name: str, recipe: Recipe, number: int) -> World:
    setting = _setting(number, sum(map(ord, name)))
    stage = Stage(name, setting, random.Random(f"{name} {number}"))
    recipe(stage)
    return World(family, name, recipe.__doc__ or "", setting, tuple(stage.steps), tuple(stage.true_stories))


def _setting(number: int, start: int) -> Setting:
    """A row of the orthogonal array L8(2^7): in its eight rows each two flags stand in all four combinations.

    Every other recipe begins at another row, so that the first few rows are not the only ones that are tried.
    """
    a, b, c = list(product((False, True), repeat=3))[(start + 3 * number) % 8]
    return Setting(
        number=number,
        short=a,
        backwards=b,
        several_feeds=c,
        canonical=a ^ b,
        slowly=a ^ c,
        alike=a ^ b ^ c,
        figures=b ^ c,
        at_once=number // 2 % 2 == 1,
    )
