"""Which names are those of places that datelines and bylines print without their country?"""

from functools import cache

from text.tables import lines


def is_known_place(name: str) -> bool:
    """Whether a name, in any case, stands in the table of places."""
    return name.strip(" .").lower() in _places() or name.strip().lower() in _places()


@cache
def _places() -> frozenset[str]:
    return frozenset(place.strip() for line in lines("places.txt") for place in line.split(" | "))
