"""Explanation of how a page was read: every block of it with its role, score and reason, and what was dropped.

It is made for a person who asks where a paragraph went; nothing of it is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from model.story import Story


@dataclass(frozen=True)
class ExplainedBlock:
    """A block of text: its role (docs/glossary.md), its score as story from 0 to 1, and what was seen of it."""

    role: str
    score: float
    reason: str
    element: str
    text: str


@dataclass(frozen=True)
class DroppedElement:
    """An element that was dropped before blocks were read: its tag and names, its size, its first words, and why."""

    element: str
    characters: int
    opening: str
    reason: str


@dataclass(frozen=True)
class Explanation:
    """How a page was read; exactly one of `story` and `refusal` is there.

    `candidates` maps fields to what the page states for them, each with the rule that finds it.
    """

    story: Story | None
    refusal: str | None
    blocks: tuple[ExplainedBlock, ...]
    dropped: tuple[DroppedElement, ...]
    candidates: Mapping[str, tuple[tuple[str, str], ...]]
