"""Blocks that recur in other stories of the host: promos, legal notes, portraits of authors inside the story's element.

One page can't tell them from the story; several can. Recurring is evidence and no veto, as reporters repeat what led to
the news, mostly at the end: a block is left out where most stories have it, or where it stands at the end and its links
or its type say the same. Short sentences ("He declined to comment.") need all of it; what most of a story consists of
stays.
"""

from collections.abc import Iterable

from crawler.extraction.body.block_ledger import BlockLedger
from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.roles import VETO, against
from crawler.extraction.recurring_blocks import RecurringBlocks
from crawler.extraction.texts import text_weight, word_key

RECURS = against("recurs on this host", VETO)
_OFTEN = _MARKED = 1
_MOSTLY = 2
_HEADING = _SHORT = -2
_ENOUGH = 3
_LAST_BLOCKS = 3
_SENTENCE = 40
_LINKED_SHARE = 0.2
_MOST = 0.5


def note_recurring(ledger: BlockLedger, known: RecurringBlocks) -> None:
    """Note which blocks that stand as a story's recur on its host."""
    if not known.often:
        return
    standing = ledger.standing()
    last = max(len(standing) - _LAST_BLOCKS, 1)
    blocks = {position: ledger.blocks[position] for position in standing}
    recurring = [
        position
        for at, (position, block) in enumerate(blocks.items())
        if _weight(block, known, is_last=at >= last) >= _ENOUGH
    ]
    if _length(blocks[position] for position in recurring) <= _MOST * _length(blocks.values()):
        for position in recurring:
            ledger.note(position, RECURS)


def _weight(block: TextBlock, known: RecurringBlocks, *, is_last: bool) -> int:
    """How much speaks for boilerplate."""
    key = word_key(block.text)
    if key not in known.often:
        return 0
    size, is_short = len(block.text), text_weight(block.text) < _SENTENCE
    return (
        _OFTEN
        + _MOSTLY * (key in known.mostly)
        + _MARKED * (block.linked >= _LINKED_SHARE * size)
        + _MARKED * (block.bold >= 0.9 * size)
        + _MARKED * is_last
        + _SHORT * is_short
        + _HEADING * block.is_heading
    )


def _length(blocks: Iterable[TextBlock]) -> int:
    return sum(text_weight(block.text) for block in blocks)
