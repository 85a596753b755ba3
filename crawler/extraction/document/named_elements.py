"""Class names and ids by which publishers mark the parts of a story, from `tables/element_names.txt`."""

from pathlib import Path
from typing import Literal, get_args

from text.tables import sections

_TABLE = Path(__file__).parents[1] / "tables" / "element_names.txt"

Kind = Literal["body", "byline", "caption", "credit", "date", "deck", "headline", "kicker", "person", "picture", "site"]
"""A heading of the table."""

_KINDS: tuple[Kind, ...] = get_args(Kind)


def named_for(kind: Kind) -> frozenset[str]:
    """The words in class names and ids of elements of that kind, in lower case."""
    return frozenset(word for line in sections(_TABLE, _KINDS)[kind] for word in line.split())
