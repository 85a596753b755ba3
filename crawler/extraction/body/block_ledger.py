"""Ledger of what is seen of each block, step by step, until each has its role.

Steps see the blocks that still stand as the story's, and note what speaks for and against them; nothing is taken away,
so that what a step decided can be shown, and outweighed by another.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.roles import PRIOR, BlockEvidence, Role, score_of, total_of
from crawler.extraction.captions.credits import looks_like_credit

_SHORT_HEADING = 90


class JudgedBlock(NamedTuple):
    """A block with everything that was seen of it, in order."""

    block: TextBlock
    evidence: tuple[BlockEvidence, ...] = ()

    @property
    def text(self) -> str:
        """The block's text."""
        return self.block.text

    @property
    def score(self) -> float:
        """The probability, from 0 to 1, that the block is the story's."""
        return score_of(self.evidence)

    @property
    def role(self) -> Role:
        """What the block is: below one half what the heaviest evidence says that names a field, else boilerplate."""
        if self.is_story:
            return _role_in_story(self.block)
        speaking = [item for item in self.evidence if item.weight < 0]
        heaviest = min(speaking, key=lambda item: (item.role is Role.BOILERPLATE, item.weight))
        if heaviest.role is Role.CAPTION and looks_like_credit(self.text):
            return Role.CREDIT
        return heaviest.role

    @property
    def is_story(self) -> bool:
        """Whether the block stands in the story's body."""
        return total_of(self.evidence) >= 0

    @property
    def reason(self) -> str:
        """What was seen of the block, the heaviest first."""
        ordered = sorted(self.evidence, key=lambda item: -abs(item.weight))
        return "; ".join(dict.fromkeys(item.reason for item in ordered)) or "text in the story's element"


def _role_in_story(block: TextBlock) -> Role:
    if "blockquote" in block.within:
        return Role.QUOTE
    bold = block.bold >= 0.9 * len(block.text) and len(block.text) < _SHORT_HEADING and block.tag not in ("td", "th")
    return Role.SUB_HEAD if block.is_heading or bold else Role.BODY


class BlockLedger:
    """Blocks in page order, and the evidence noted so far."""

    def __init__(self, blocks: Iterable[TextBlock]) -> None:
        self.blocks: Sequence[TextBlock] = tuple(blocks)
        self._evidence: list[list[BlockEvidence]] = [[block.seen] if block.seen else [] for block in self.blocks]
        self._totals = [PRIOR + block.seen.weight if block.seen else PRIOR for block in self.blocks]

    def note(self, position: int, evidence: BlockEvidence) -> None:
        """Write down what was seen of the block at a position."""
        self._evidence[position].append(evidence)
        self._totals[position] += evidence.weight

    def standing(self) -> list[int]:
        """The positions of the blocks that stand as the story's by now."""
        return [position for position, total in enumerate(self._totals) if total >= 0]

    def judged(self) -> list[JudgedBlock]:
        """Each block with its evidence."""
        return list(map(JudgedBlock, self.blocks, map(tuple, self._evidence)))
