"""Differences between the versions of a story, word by word.

Paragraphs are aligned first, then the words inside those that changed (difflib, Ratcliff and Obershelp's matching).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

import regex

from model.fields import lines_of
from model.story import StoredStory

RunKind = Literal["same", "added", "removed"]
_WORD = regex.compile(r"\s+|[\p{L}\p{M}\p{N}]+|.", regex.DOTALL)
# Comparing takes time in the square of the words; beyond this a paragraph is shown as replaced whole.
_MAX_WORDS = 1500
_MAX_PARAGRAPHS = 2000


@dataclass(frozen=True, slots=True)
class DiffRun:
    """Some words that stayed, came or went."""

    kind: RunKind
    text: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """What changed in one field: paragraphs of runs; `unchanged` paragraphs between them are only counted."""

    field: str
    paragraphs: tuple[tuple[DiffRun, ...], ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """A version and what it changed in the one before; nothing for the first."""

    story: StoredStory
    fields: tuple[FieldDifference, ...]


def differences(versions: Sequence[StoredStory]) -> list[VersionDifference]:
    """Each version, newest first, with its changes."""
    found = [VersionDifference(later, tuple(_fields(earlier, later))) for earlier, later in pairwise(versions)]
    return [*reversed(found), *(VersionDifference(first, ()) for first in versions[:1])]


def _fields(earlier: StoredStory, later: StoredStory) -> Iterator[FieldDifference]:
    for name in later.changed:
        before, after = lines_of(earlier, name), lines_of(later, name)
        changed = tuple(paragraphs(before, after))
        same = sum(1 for runs in changed if all(run.kind == "same" for run in runs))
        shown = tuple(runs for runs in changed if any(run.kind != "same" for run in runs))
        if shown:
            yield FieldDifference(name, shown, same)


def paragraphs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[DiffRun, ...]]:
    """The paragraphs of both, aligned, as runs of words."""
    if len(before) + len(after) > _MAX_PARAGRAPHS:
        yield from (_whole("removed", text) for text in before)
        yield from (_whole("added", text) for text in after)
        return
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_whole("same", text) for text in after[k:m])
            continue
        paired = min(j - i, m - k)
        yield from (words(before[i + n], after[k + n]) for n in range(paired))
        yield from (_whole("removed", text) for text in before[i + paired : j])
        yield from (_whole("added", text) for text in after[k + paired : m])


def words(before: str, after: str) -> tuple[DiffRun, ...]:
    """One paragraph as runs of words that stayed, came or went."""
    left, right = _WORD.findall(before), _WORD.findall(after)
    if len(left) + len(right) > _MAX_WORDS:
        return DiffRun("removed", before), DiffRun("added", after)
    runs: list[DiffRun] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < 0.3:  # a new paragraph in place of another: word by word it would be confetti
        return DiffRun("removed", before), DiffRun("added", after)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            runs.append(DiffRun("same", "".join(left[i:j])))
            continue
        if j > i:
            runs.append(DiffRun("removed", "".join(left[i:j])))
        if m > k:
            runs.append(DiffRun("added", "".join(right[k:m])))
    return tuple(runs)


def _whole(kind: RunKind, text: str) -> tuple[DiffRun, ...]:
    return (DiffRun(kind, text),)
