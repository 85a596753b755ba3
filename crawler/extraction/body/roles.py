"""Roles of the blocks of a page, and the evidence for them.

What is seen of a block is noted with a weight, and the weights add up: a class name or a phrase lowers the score of a
sentence, and what stands around it raises it again. A veto is a weight at the end of the scale.
"""

import math
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a block of a page is; docs/glossary.md explains the words."""

    BODY = "body"
    SUB_HEAD = "sub-head"
    QUOTE = "quote"
    HEADLINE = "headline"
    KICKER = "kicker"
    DECK = "deck"
    BYLINE = "byline"
    DATE = "date"
    DATELINE = "dateline"
    CAPTION = "caption"
    CREDIT = "credit"
    SIGN_OFF = "sign-off"
    BOILERPLATE = "boilerplate"


PRIOR = 1.0
"""The weight with which a block of the story's element begins."""
WEAK, STRONG, VETO = 2.0, 4.0, 8.0
"""Weights of one observation, as logarithms of odds."""

LIKE_STORIES = 0.5
"""Learned score from which on nothing is said against a block."""
_LEARNED = 3.0
"""How much a log-odds of the learned score counts."""


class BlockEvidence(NamedTuple):
    """One observation of a block: in words, with its weight (above 0 for the story), and the role it speaks for."""

    reason: str
    weight: float
    role: Role = Role.BODY


def total_of(evidence: Iterable[BlockEvidence]) -> float:
    """The logarithm of the odds that a block with this evidence is the story's; it stands as such from 0."""
    total = PRIOR
    for item in evidence:
        total += item.weight
    return total


def score_of(evidence: Iterable[BlockEvidence]) -> float:
    """The probability, from 0 to 1, that a block with this evidence is the story's."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total_of(evidence)))))


def against(reason: str, weight: float, role: Role = Role.BOILERPLATE) -> BlockEvidence:
    """An observation that speaks against a block, for a role outside of the body."""
    return BlockEvidence(reason, -weight, role)


def unlike_stories(score: float) -> Iterator[BlockEvidence]:
    """What the learned score of a block says against it: nothing from one half on.

    It speaks for no block: what rules see in a link, a byline or a copy it knows no better.
    """
    if score < LIKE_STORIES:
        sure = max(score, 1e-6)
        yield against("unlike the text of stories", min(VETO, _LEARNED * math.log((1 - sure) / sure)))
