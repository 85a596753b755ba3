"""News agencies that a text credits, in the spellings that stories keep.

An agency counts where it is credited: alone in a byline, in a dateline's tag, in a closing credit line, in a copyright
line. One that the story merely speaks of ("AP exams", "the BTA tournament") is none: callers hand in credit, not prose.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from text.languages import languages
from text.tables import lines

_TABLE = Path(__file__).with_name("tables") / "agencies.txt"
_SEPARATOR = r"(?:^|(?<=[^\w]))"
_SUFFIX = r"(?=$|[^\w])"


@cache
def _spellings() -> dict[str, str]:
    """How publishers write it -> the spelling that is kept; long names in lower case."""
    table: dict[str, str] = {}
    stated = [(kept, written.split(" | ")) for kept, _, written in (line.partition(" = ") for line in lines(_TABLE))]
    for kept, names in [*stated, *(item for language in languages() for item in language.agencies.items())]:
        for name in names:
            table[name if _is_exact(name) else name.lower()] = kept
    return table


def _is_exact(name: str) -> bool:
    return len(name) <= 4 or name.isupper()


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(_spellings(), key=len, reverse=True)
    exact = "|".join(re.escape(name) for name in names if _is_exact(name))
    loose = "|".join(re.escape(name) for name in names if not _is_exact(name))
    return re.compile(rf"{_SEPARATOR}(?:(?i:{loose})|{exact}){_SUFFIX}")


def agency(name: str) -> str | None:
    """The kept spelling where the whole text is one agency's name."""
    text = name.strip(" .,;:()[]/*–—-©")
    table = _spellings()
    return table.get(text) or (table.get(text.lower()) if len(text) > 4 else None)


def agencies_in(credit: str) -> list[str]:
    """The agencies that a line of credit names, each once, in order."""
    table = _spellings()
    found: dict[str, None] = {}
    for match in _pattern().finditer(credit):
        kept = table.get(match[0]) or table.get(match[0].lower())
        if kept:
            found.setdefault(kept)
    return list(found)


def merged(groups: Iterable[Iterable[str]]) -> list[str]:
    """All agencies of several places, each once, in order of appearance."""
    return list(dict.fromkeys(name for group in groups for name in group))
