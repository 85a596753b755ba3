"""Paragraphs of the story among the blocks of its page, and what speaks for and against each.

Lines that lead elsewhere, repeated headlines and captions, bylines, dates, credit lines: each is an observation with a
weight. Words alone condemn nothing: a sentence among others, without a link and in plain type, is the story's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from crawler.extraction.body.block_ledger import BlockLedger
from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.boilerplate_lines import is_boilerplate_line, is_buttons, is_promotion
from crawler.extraction.body.lines import (
    holds_only,
    is_data,
    is_dated,
    is_plain,
    is_time_stamp,
    leads_to_names,
    prose_of,
)
from crawler.extraction.body.roles import STRONG, VETO, WEAK, BlockEvidence, Role, against
from crawler.extraction.body.story_ends import main_parent, note_head, note_lists, note_tail
from crawler.extraction.texts import ends_sentence, word_key

_SENTENCE_BESIDE = BlockEvidence("a sentence in plain type beside the story's paragraphs", WEAK)
_LINKED_SENTENCE = BlockEvidence("a sentence that is a paragraph beside the story's", STRONG)
_HEADS_PARAGRAPHS = BlockEvidence("a heading above the story's paragraphs", WEAK)
_WORDLESS = against("no letter or digit", VETO)
_TIME = against("a clock time", STRONG, Role.DATE)
_BYLINE = against("the authors' names", STRONG, Role.BYLINE)
_LEADS_ELSEWHERE = against("a link to another page", STRONG)
_BUTTONS = against("a share bar, or the label of an advertisement", STRONG)
_BOILERPLATE = against("words of promotions and the like", WEAK)
_DATED = against("a date above the text", STRONG, Role.DATE)
_COPY = against("told before, word for word", STRONG)
_WORD = re.compile(r"[^\W_]")
_SHORT_LINE = 25
_TEXT_BEGUN = 250
_CHRONICLE = 3
_LONG_COPY = 60


def note_paragraphs(ledger: BlockLedger, people: Sequence[str], told: Mapping[str, Role]) -> None:
    """Note of each block that still stands whether it is story; `told` holds texts told elsewhere, with their roles."""
    blocks = [ledger.blocks[position] for position in ledger.standing()]
    main = main_parent(blocks)
    names = frozenset(word for name in people for word in word_key(name).split())
    for position, block in enumerate(ledger.blocks):
        for evidence in _fields(block, names, told):
            ledger.note(position, evidence)
    note_lists(ledger, main)
    standing = ledger.standing()
    for position, following in zip_longest(standing, standing[1:]):
        next_block = ledger.blocks[following] if following is not None else None
        for evidence in _own(ledger.blocks[position], next_block, main):
            ledger.note(position, evidence)
    _note_dates(ledger, main)
    _note_copies(ledger, main)
    note_head(ledger, people, main)
    note_tail(ledger, people)


def _fields(block: TextBlock, names: frozenset[str], told: Mapping[str, Role]) -> Iterator[BlockEvidence]:
    """What a block tells of other fields than the body, wherever it stands."""
    if block.text in told:
        yield against(f"told as the {told[block.text]}", VETO, told[block.text])
    if leads_to_names(block.text) or (names and holds_only(block.text, names)):
        yield _BYLINE


def _own(block: TextBlock, following: TextBlock | None, main: int) -> Iterator[BlockEvidence]:
    """What a block's own words and type say, among the paragraphs of the story's main element."""
    text = block.text
    if not _WORD.search(text):
        yield _WORDLESS
    if is_time_stamp(text) and not is_data(block, main):
        yield _TIME
    if block.linked > 0.7 * len(text) and len(text) < 250 and "blockquote" not in block.within:
        yield _LEADS_ELSEWHERE
        if block.parent == main and block.tag == "p" and ends_sentence(text):
            yield _LINKED_SENTENCE
    if block.is_heading and not block.linked and following is not None and _is_told(following, main):
        yield _HEADS_PARAGRAPHS
    if _is_told(block, main):
        # Its words are not asked: whatever they are, they weigh less.
        yield _SENTENCE_BESIDE
    elif is_buttons(text):
        yield _BUTTONS
    elif _says_boilerplate(block, main):
        yield _BOILERPLATE


def _says_boilerplate(block: TextBlock, main: int) -> bool:
    """Whether a line that is linked, bold or a mere label, or a short paragraph, says what boilerplate says."""
    text = block.text
    plain_line = block.parent == main and is_plain(block) and len(text) > _SHORT_LINE
    marked = (len(text) < 80 and not plain_line) or block.linked > 0.2 * len(text) or block.bold > 0.3 * len(text)
    return (len(text) < 400 and marked and is_boilerplate_line(text)) or is_promotion(text)


def _is_told(block: TextBlock, main: int) -> bool:
    return block.parent == main and is_plain(block) and ends_sentence(block.text)


def _note_dates(ledger: BlockLedger, main: int) -> None:
    """Note dates above the text; several of them head the entries of a chronicle."""
    standing = ledger.standing()
    dated = [position for position in standing if is_dated(ledger.blocks[position])]
    if len(dated) >= _CHRONICLE:
        return
    before = 0
    for position in standing:
        block = ledger.blocks[position]
        if before < _TEXT_BEGUN and position in dated and not is_data(block, main) and not block.within:
            ledger.note(position, _DATED)
        before += prose_of(block, 0)


def _note_copies(ledger: BlockLedger, main: int) -> None:
    """Note what stands in the story twice: long texts, and short ones in a run that repeats another in its order.

    A line that is said again is none, nor a cell: refrains, answers, results.
    """
    first: dict[str, int] = {}
    before = -1
    standing = ledger.standing()
    origins = []
    for order, position in enumerate(standing):
        origins.append(first.setdefault(ledger.blocks[position].text, order))
    for order, (position, origin) in enumerate(zip(standing, origins, strict=True)):
        block = ledger.blocks[position]
        if origin < order and not is_data(block, main):
            follows = before >= 0 and origin == before + 1
            precedes = order + 1 < len(origins) and origins[order + 1] == origin + 1 < order + 1
            if follows or precedes or len(block.text) > _LONG_COPY:
                ledger.note(position, _COPY)
        before = origin if origin < order else -1
