"""Where do the long word tables of the parser come from?

Text files beside this module, one or more words a line, "#" opening a comment; a line with a single known heading word
("hard", "soft") opens a section.
"""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("tables")


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a table without comments and empty lines."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def sections(name: str, headings: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The lines of a table by the heading above them."""
    found: dict[str, list[str]] = {heading: [] for heading in headings}
    current = headings[0]
    for line in lines(name):
        if line in found:
            current = line
        else:
            found[current].append(line)
    return {heading: tuple(values) for heading, values in found.items()}
