"""Paragraphs of the story among the blocks of its page, and what speaks for and against each.

Lines that lead elsewhere, repeated headlines and captions, bylines, dates, credit lines: each is an observation with a
weight. Words alone condemn nothing: a sentence among others, without a link and in plain type, is the story's.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from crawler.extraction.body.block_ledger import BlockLedger
from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.boilerplate_lines import is_boilerplate_line, is_promotion
from crawler.extraction.body.lines import (
    ends_sentence,
    holds_only,
    is_dated,
    is_plain,
    is_time_stamp,
    leads_to_names,
    repeats,
)
from crawler.extraction.body.roles import STRONG, VETO, WEAK, BlockEvidence, Role, against
from crawler.extraction.body.story_ends import main_parent, note_head, note_lists, note_tail
from crawler.extraction.texts import word_key

_SENTENCE_BESIDE = BlockEvidence("a sentence in plain type beside the story's paragraphs", WEAK)
_WORDLESS = against("no letter or digit", VETO)
_TIME = against("a clock time", STRONG, Role.DATE)
_BYLINE = against("names behind a word for authors", STRONG, Role.BYLINE)
_LEADS_ELSEWHERE = against("a link to another page", STRONG)
_BOILERPLATE = against("words of share bars, promotions and the like", WEAK)
_REFRAIN = against("a line that comes again and again", STRONG)
_NAMES = against("the authors' names", STRONG, Role.BYLINE)
_DATED = against("a date above the text", STRONG, Role.DATE)
_HEADLINE = against("the headline's words again", STRONG, Role.HEADLINE)
_COPY = against("told before, word for word", STRONG)
_LEADING = 8


def note_paragraphs(ledger: BlockLedger, headline: str, people: Sequence[str], told: Mapping[str, Role]) -> None:
    """Note of each block that still stands whether it is story; `told` holds texts told elsewhere, with their roles."""
    standing = ledger.standing()
    blocks = [ledger.blocks[position] for position in standing]
    counts = Counter(block.text for block in blocks)
    main = main_parent(blocks)
    names = frozenset(word for name in people for word in word_key(name).split())
    note_lists(ledger)
    # A line that comes again and again is a button; where most lines do, the page shows the story for several screens.
    refrains = sum(count > 2 for count in counts.values()) < 0.3 * len(counts)
    title = frozenset(word_key(headline).split())
    for order, position in enumerate(ledger.standing()):
        block = ledger.blocks[position]
        if block.text in told:
            ledger.note(position, against(f"told as the {told[block.text]}", VETO, told[block.text]))
        if refrains and counts[block.text] > 2 and 15 < len(block.text) < 200:
            ledger.note(position, _REFRAIN)
        for evidence in _own(block, beside=block.parent == main):
            ledger.note(position, evidence)
        if holds_only(block.text, names):
            ledger.note(position, _NAMES)
        if order < _LEADING and is_dated(block):
            ledger.note(position, _DATED)
        if order < _LEADING and repeats(block.text, title):
            ledger.note(position, _HEADLINE)
    _note_copies(ledger)
    note_head(ledger, people, main)
    note_tail(ledger, people)


def _own(block: TextBlock, *, beside: bool) -> Iterator[BlockEvidence]:
    """What a block's own words and type say; `beside` says that it stands beside most of the story's paragraphs."""
    text = block.text
    if not re.search(r"[^\W_]", text):
        yield _WORDLESS
    if is_time_stamp(text):
        yield _TIME
    if leads_to_names(text):
        yield _BYLINE
    if block.linked > 0.7 * len(text) and len(text) < 250 and block.tag != "blockquote":
        yield _LEADS_ELSEWHERE
    if beside and is_plain(block) and ends_sentence(text):
        yield _SENTENCE_BESIDE
    marked = len(text) < 80 or block.linked > 0.2 * len(text) or block.bold > 0.3 * len(text)
    if (len(text) < 400 and marked and is_boilerplate_line(text)) or is_promotion(text):
        yield _BOILERPLATE


def _note_copies(ledger: BlockLedger) -> None:
    seen: set[str] = set()
    for position in ledger.standing():
        text = ledger.blocks[position].text
        if text in seen:
            ledger.note(position, _COPY)
        seen.add(text)
