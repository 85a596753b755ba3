"""Summary of what an import refused: the first ten lines of each file, and how many more there are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_SHOWN = 10
_OF_A_FILE = re.compile(r"(.+?)(?::\d+: |: can't be read from byte )")
_OF_A_STORY = re.compile(r"\S+: (the story was .+)")


def refusals_in_words(refused: Iterable[str]) -> Iterator[str]:
    """The lines to print, in order."""
    counts: Counter[str] = Counter()
    for line in refused:
        group = _group(line)
        counts[group] += 1
        if counts[group] <= _SHOWN:
            yield line
    for group, count in counts.items():
        if count > _SHOWN:
            yield f"{group}: {count - _SHOWN} more like these"


def _group(line: str) -> str:
    found = _OF_A_FILE.match(line) or _OF_A_STORY.fullmatch(line)
    return found[1] if found else line
