"""Looks of a block of text: plain type, the end of a sentence, a date, a clock time, names, prose."""

import re

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.bylines.people import is_bare_names, leads_in, without_prefix
from crawler.extraction.texts import ends_sentence, text_weight, word_key
from text.languages import alternatives

_SHORT = 60
_LONGEST_DATED = 90
_DATE_LINE = re.compile(
    rf"\b(?:19|20)\d\d\b|\b\d{{1,2}}:\d\d\b"
    rf"|\b\d{{1,2}}\.\d\d\s*(?:{alternatives(lambda language: language.dates.o_clock)}|h\b|[ap]\.?m\b)",
    re.I,
)
_NUMBER = re.compile(r"\d+")
_TIME_STAMP = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:\s?(?:am|pm|h|[a-z]{3,4}))?\b[^.!?]{0,40}|\d{1,2}:\d\d[A-Z][^.!?]{0,40}", re.I
)


def is_plain(block: TextBlock) -> bool:
    """Whether a block is no heading, without links and bold type."""
    return not block.linked and not block.bold and not block.is_heading


def is_data(block: TextBlock, main: int) -> bool:
    """Whether a block is a cell of a table of data, beside the text of the `main` element.

    The cells of tables that lay out a page hold the story themselves.
    """
    return block.parent != main and block.tag in ("td", "th")


def prose_of(block: TextBlock, long: int) -> int:
    """The weight of a block's text outside links, where it is longer than `long`; else 0."""
    weight = text_weight(block.text)
    return weight - block.linked if weight > long and block.linked < 0.5 * weight else 0


def is_dated(block: TextBlock) -> bool:
    """Whether a line holds a clock time, or a year with a day, and no sentence."""
    if len(block.text) >= _LONGEST_DATED or block.is_heading:
        return False
    numbers = _NUMBER.findall(block.text)
    stamped = len(numbers) > 3 and len(block.text) < _SHORT
    return len(numbers) > 1 and (stamped or not ends_sentence(block.text)) and bool(_DATE_LINE.search(block.text))


def is_time_stamp(text: str) -> bool:
    """Whether a line is a clock time and a few words."""
    return bool(_TIME_STAMP.fullmatch(text))


def leads_to_names(text: str) -> bool:
    """Whether a line is names behind "By" or the like."""
    return len(text) < _SHORT and leads_in(text) and is_bare_names(without_prefix(text))


def holds_only(text: str, names: frozenset[str]) -> bool:
    """Whether a line says nothing but these names: "Von Nina Magoley"."""
    words = word_key(text).split() if len(text) < 100 else []
    return bool(words) and sum(word in names for word in words) >= max(2, len(words) - 2)
