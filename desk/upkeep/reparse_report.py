"""Report of a reparse: what another reading of the stored pages changed, and what was kept and why.

Numbers with a few stories as examples, so that a person can look at what changed before it is believed. It can be
written down and read again, as a reparse may go on after it was interrupted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

Group = Literal[
    "changed",
    "newly_read",
    "no_longer_read",
    "not_told_and_kept",
    "became_uncertain",
    "no_longer_uncertain",
    "much_shorter",
    "refused_and_kept",
    "not_read_and_kept",
    "without_page",
]
"""What is counted; each by a key of its own: a field, a reason, or "" where there is one number only."""

_EXAMPLES = 5
_TITLES: Mapping[Group, str] = {
    "changed": "{key}: {count} read otherwise",
    "newly_read": "{key}: {count} newly read",
    "no_longer_read": "{key}: {count} no longer read",
    "not_told_and_kept": "{key}: {count} kept, as the page does not tell it",
    "became_uncertain": "became uncertain: {count}",
    "no_longer_uncertain": "no longer uncertain: {count}",
    "much_shorter": "much shorter than before: {count}",
    "refused_and_kept": "would be refused now, and kept: {count}, {key}",
    "not_read_and_kept": "kept as it was: {count}, {key}",
    "without_page": "not read again: {count}, {key}",
}


class ReparsedVersion(NamedTuple):
    """What became of one version: `is_read` where its page was there, `is_replaced` where its reading is new."""

    story_id: str
    version: int
    is_read: bool = True
    is_replaced: bool = False
    notes: tuple[tuple[Group, str], ...] = ()


class ReparseReport:
    """Counts what became of the versions of a store."""

    def __init__(self, written: Mapping[str, Any] | None = None) -> None:
        """An empty report, or one that was written down by `as_json`."""
        written = written or {}
        self.pages = int(written.get("pages", 0))
        self.replaced = int(written.get("replaced", 0))
        self._counts: dict[Group, dict[str, _Count]] = {
            group: {key: _Count(one["count"], list(one["examples"])) for key, one in written.get(group, {}).items()}
            for group in _TITLES
        }

    def add(self, reparsed: ReparsedVersion) -> None:
        """Count one version."""
        self.pages += reparsed.is_read
        self.replaced += reparsed.is_replaced
        for group, key in reparsed.notes:
            self._counts[group].setdefault(key, _Count(0, [])).add(reparsed)

    def count(self, group: Group, key: str = "") -> int:
        """How many versions are counted there."""
        counted = self._counts[group].get(key)
        return counted.number if counted else 0

    def keys(self, group: Group) -> tuple[str, ...]:
        """The fields or reasons that are counted in a group, the most frequent first."""
        return tuple(sorted(self._counts[group], key=lambda key: (-self._counts[group][key].number, key)))

    def examples(self, group: Group, key: str = "") -> tuple[str, ...]:
        """A few of the stories that are counted there."""
        counted = self._counts[group].get(key)
        return tuple(counted.examples) if counted else ()

    def as_json(self) -> dict[str, Any]:
        """The report as values of JSON."""
        found: dict[str, Any] = {"pages": self.pages, "replaced": self.replaced}
        for group in _TITLES:
            found[group] = {
                key: {"count": self.count(group, key), "examples": [*self.examples(group, key)]}
                for key in self.keys(group)
            }
        return found

    def lines(self) -> Iterator[str]:
        """The report in words, line by line."""
        yield f"{self.pages} pages read again, {self.replaced} readings replaced, no version added"
        for group, title in _TITLES.items():
            for key in self.keys(group):
                told = title.format(key=key.replace("_", " "), count=self.count(group, key))
                examples = self.examples(group, key)
                more = " …" if self.count(group, key) > len(examples) else ""
                yield f"  {told} ({', '.join(examples)}{more})"


class _Count:
    def __init__(self, number: int, examples: list[str]) -> None:
        self.number = number
        self.examples = examples

    def add(self, reparsed: ReparsedVersion) -> None:
        self.number += 1
        if len(self.examples) < _EXAMPLES and reparsed.story_id not in self.examples:
            self.examples.append(reparsed.story_id)
