"""Ends of the story: lists of other stories behind it, what stands above its first paragraph, what follows its last.

Each step goes over the blocks that still stand, and notes those that belong to the page rather than to the story.
"""

import re
from collections import Counter
from collections.abc import Sequence

from crawler.extraction.body.block_ledger import BlockLedger
from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.body.boilerplate_lines import is_consent, is_end_line
from crawler.extraction.body.lines import is_data, is_dated, is_plain, prose_of
from crawler.extraction.body.roles import STRONG, Role, against
from crawler.extraction.texts import ends_sentence
from text.languages import alternatives

_LIST = against("in a list of other stories", STRONG)
_ANNOUNCES = against("announces other stories", STRONG)
_ABOVE = against("a short line above the first paragraph", STRONG, Role.KICKER)
_ABOUT_AUTHOR = against("says who the author is", STRONG)
_BELOW = against("announces what does not follow", STRONG)
_CONSENT = against("asks for consent", STRONG)
_BESIDE_CONSENT = against("a short line before a consent layer", STRONG)
_NUMBER = re.compile(r"\d+")
_DOES = re.compile(rf",? (?:{alternatives(lambda language: language.bylines.author_does)}) ", re.I)
_FIGURE = re.compile(r"[^\W\d_]{0,3}[$€£¥]?\s?[+-−]?\d[\d.,]*\b")
_BEGIN_SHARE = 0.7
_END_SHARE = 0.85
_LINKED_SHARE = 0.3
_SHORT_LINE = 30
_LISTED = frozenset({"li", "dt", "dd", "pre"})
_SHORT = 60
_LONG = 110
_ANNOUNCEMENT = 40


def main_parent(blocks: Sequence[TextBlock]) -> int:
    """The number of the element around most of the prose; 0 where there is none."""
    parents: Counter[int] = Counter()
    for block in blocks:
        parents[block.parent] += prose_of(block, _SHORT)
    return max(parents, key=parents.__getitem__, default=0)


def note_lists(ledger: BlockLedger, main: int) -> None:
    """Note lists of other stories: what follows a line that announces them, up to the next paragraph of the story.

    That is a sentence beside the story's other paragraphs that is no link, or, before the end of the story is near, any
    paragraph of prose. A heading that nothing of the kind follows is a sub-head.
    """
    standing = ledger.standing()
    blocks = [ledger.blocks[position] for position in standing]
    long = _LONG if sum(prose_of(block, _LONG) for block in blocks) else _SHORT
    total = sum(prose_of(block, long) for block in blocks)
    before = 0
    announced: int | None = None
    for position, block in zip(standing, blocks, strict=True):
        if before > _BEGIN_SHARE * total and _announces_list(block):
            announced = position
            continue
        prose = prose_of(block, long)
        resumes = prose > 0 and before < _END_SHARE * total
        unlinked = block.linked < _LINKED_SHARE * len(block.text)
        if resumes or (block.parent == main and unlinked and ends_sentence(block.text)):
            announced = None
        before += prose
        if announced is not None:
            ledger.note(announced, _ANNOUNCES)
            ledger.note(position, _LIST)


def _announces_list(block: TextBlock) -> bool:
    short = len(block.text) <= _SHORT_LINE and not ends_sentence(block.text)
    marked = block.is_heading or short or (block.bold >= 0.8 * len(block.text) and not block.linked)
    return marked and is_end_line(block.text)


def note_head(ledger: BlockLedger, people: Sequence[str], main: int) -> None:
    """Note what stands above the first paragraph: kickers, names, dates, where the author reported from.

    Figures stay, in lines beside the other paragraphs or in a table, and so do a salutation, an announcement, lists,
    and headings beside the other paragraphs.
    """
    standing = ledger.standing()
    if len(standing) > 1 and _is_about_author(ledger.blocks[standing[0]], people):
        ledger.note(standing.pop(0), _ABOUT_AUTHOR)
    blocks = [ledger.blocks[position] for position in standing]
    first = next((i for i, block in enumerate(blocks) if len(block.text) > 100 or ends_sentence(block.text)), 0)
    figured = {block.table for block in blocks[:first] if is_data(block, main) and block.table and _is_number(block)}
    begins = (
        i
        for i, block in enumerate(blocks[:first])
        if (block.parent == main and (_is_figures(block) or _leads_on(block)))
        or (is_data(block, main) and block.table in figured and not block.linked)
    )
    for position in standing[: next(begins, first)]:
        block = ledger.blocks[position]
        if block.tag not in _LISTED and not (block.is_heading and block.parent == main):
            ledger.note(position, _ABOVE)


def _is_number(block: TextBlock) -> bool:
    return not block.linked and bool(_FIGURE.match(block.text))


def _leads_on(block: TextBlock) -> bool:
    """Whether a line in plain type opens a letter ("Dear editor,"), or announces what follows in many words."""
    announces = block.text.endswith((":", "：")) and len(block.text) > _ANNOUNCEMENT
    return is_plain(block) and (announces or block.text.endswith((",", "，")))


def note_tail(ledger: BlockLedger, people: Sequence[str]) -> None:
    """Note what stands below a story: headings of lists, words about the authors, consent layers."""
    standing = ledger.standing()
    while standing:
        block = ledger.blocks[standing[-1]]
        if is_consent(block.text):
            ledger.note(standing.pop(), _CONSENT)
            while standing and len(ledger.blocks[standing[-1]].text) < _SHORT:
                ledger.note(standing.pop(), _BESIDE_CONSENT)
        elif _announces(block):
            ledger.note(standing.pop(), _BELOW)
        elif len(standing) > 1 and _is_about_author(block, people):
            ledger.note(standing.pop(), _ABOUT_AUTHOR)
        else:
            return


def _is_figures(block: TextBlock) -> bool:
    """Whether a line in plain type tells figures: "Shr 71 cts vs 15 cts"."""
    return is_plain(block) and len(block.text.split()) > 3 and bool(_NUMBER.search(block.text)) and not is_dated(block)


def _is_about_author(block: TextBlock, people: Sequence[str]) -> bool:
    """Whether a paragraph says what its author does: "Jane Doe is a correspondent based in Nairobi."."""
    names = (form for name in people for form in (name, name.split()[-1]) if len(form) > 2)
    author = next((name for name in names if block.text.casefold().startswith(name.casefold())), None)
    return author is not None and len(block.text) < 500 and bool(_DOES.match(block.text[len(author) :]))


def _announces(block: TextBlock) -> bool:
    return block.is_heading or (block.text.endswith(":") and (bool(block.bold) or len(block.text) < _ANNOUNCEMENT))
