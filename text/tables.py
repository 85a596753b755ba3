"""Word tables in text files, for what is too long for a module.

One or more entries a line, "#" opening a comment; several entries in a line are separated by " | ". A line with a
single known heading ("hard", "soft") opens a section.
"""

from functools import cache
from pathlib import Path


@cache
def lines(path: Path) -> tuple[str, ...]:
    """The lines of a table without comments and empty lines."""
    text = path.read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def table_names(path: Path) -> list[str]:
    """The entries of a table without sections, in order."""
    return [name.strip() for line in lines(path) for name in line.split(" | ")]


def sections(path: Path, headings: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The lines of a table by the heading above them."""
    found: dict[str, list[str]] = {heading: [] for heading in headings}
    current = headings[0]
    for line in lines(path):
        if line in found:
            current = line
        else:
            found[current].append(line)
    return {heading: tuple(values) for heading, values in found.items()}
