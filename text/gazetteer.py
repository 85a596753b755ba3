"""Gazetteer: names of places that datelines and bylines print without their country."""

from functools import cache
from pathlib import Path

from text.tables import table_names

_TABLE = Path(__file__).with_name("tables") / "places.txt"


def is_known_place(name: str) -> bool:
    """Whether a name, in any case, stands in the table of places."""
    return name.strip(" .").lower() in _places() or name.strip().lower() in _places()


@cache
def _places() -> frozenset[str]:
    return frozenset(table_names(_TABLE))
