"""Body of the story: the judged blocks of its page, the dateline, and the agencies credited at its end.

Dateline and last credit stand inside paragraphs: each becomes a block of its own, cut from the paragraph.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.extraction.body.block_ledger import BlockLedger, JudgedBlock
from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.paragraphs import note_paragraphs
from crawler.extraction.body.recurring import RECURS, note_recurring
from crawler.extraction.body.roles import VETO, BlockEvidence, Role, against, unlike_stories
from crawler.extraction.body.sign_off import last_words, note_sign_off
from crawler.extraction.bylines.datelines import Dateline
from crawler.extraction.bylines.filing_place import read_filing
from crawler.extraction.document.document import Document
from crawler.extraction.recurring_blocks import NOTHING_RECURS, RecurringBlocks
from text.agencies import merged

NO_DATELINE = Dateline(None, (), "")
"""What a story without a text has."""


@dataclass(frozen=True)
class StoryBody:
    """All blocks of a page with their roles; those that are story make up its text."""

    blocks: tuple[JudgedBlock, ...]
    dateline: Dateline
    credited: tuple[str, ...]

    @cached_property
    def paragraphs(self) -> list[str]:
        """The paragraphs, sub-heads and quotes of the story, in order."""
        return [block.text for block in self.blocks if block.is_story and block.text]

    @property
    def left_out(self) -> list[str]:
        """The blocks that would be story if they did not recur on the host."""
        return [block.text for block in self.blocks if RECURS in block.evidence and not block.is_story]


def read_body(
    document: Document,
    blocks: Iterable[TextBlock],
    scores: Mapping[int, float],
    people: Sequence[str],
    told: Mapping[str, Role],
    known: RecurringBlocks = NOTHING_RECURS,
) -> StoryBody:
    """Judge the blocks; `told` holds texts that the page tells elsewhere, with their roles.

    `scores` are the learned ones of the blocks that have one, by their positions.
    """
    ledger = BlockLedger(blocks)
    note_scores(ledger, scores)
    credited = note_sign_off(ledger)
    note_paragraphs(ledger, people, told)
    note_recurring(ledger, known)
    credited = merged([credited, note_sign_off(ledger)])
    judged, story = ledger.judged(), ledger.standing()
    if not story:
        return StoryBody(tuple(judged), NO_DATELINE, tuple(credited))
    texts = [judged[position].text for position in story]
    dateline, without = read_filing(document, texts, judged[story[0]].block.lead)
    cut = {position: text for position, old, text in zip(story, texts, without, strict=True) if old != text}
    ends, _ = last_words(without[-1])
    parts: list[JudgedBlock] = []
    for position, block in enumerate(judged):
        pieces = _cut_front(block, cut[position], Role.DATELINE) if position in cut else [block]
        if position == story[-1] and ends != without[-1]:
            pieces = [*pieces[:-1], *_cut_back(pieces[-1], ends)]
        parts += pieces
    return StoryBody(tuple(parts), dateline, tuple(credited))


def note_scores(ledger: BlockLedger, scores: Mapping[int, float]) -> None:
    """Note what the learned score says against each block that has one."""
    for position, score in scores.items():
        for evidence in unlike_stories(score):
            ledger.note(position, evidence)


def _cut_front(block: JudgedBlock, rest: str, role: Role) -> list[JudgedBlock]:
    """What stood in front of the rest as a block of its own, and the rest."""
    front = block.text.removesuffix(rest).strip()
    taken = against("in front of the first sentence", VETO, role)
    return [_part(block, front, (*block.evidence, taken)), _part(block, rest, block.evidence)]


def _cut_back(block: JudgedBlock, rest: str) -> list[JudgedBlock]:
    back = block.text.removeprefix(rest).strip()
    taken = against("behind the last sentence", VETO, Role.SIGN_OFF)
    return [_part(block, rest, block.evidence), _part(block, back, (*block.evidence, taken))]


def _part(block: JudgedBlock, text: str, evidence: tuple[BlockEvidence, ...]) -> JudgedBlock:
    return JudgedBlock(block.block._replace(text=text), evidence)
