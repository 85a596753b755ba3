"""Lines of boilerplate, recognised by their words: share bars, promotions, consent, headings of lists of other stories.

The words of each language stand in text/languages. What matches is evidence; paragraphs.py weighs it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from text.languages import alternatives, phrases

_LONGEST_BUTTONS = 120
_LONGEST_PROMOTION = 450
_ARROWS = " →▶►»>|•-–—:"


def _whole_line(patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{patterns})\s*[:.…»>→]*")


# Networks and what scripts put into share bars have the same names in all languages.
_NETWORKS = "tweet|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram"
_SHARE_BAR = (
    rf"(?:{alternatives(lambda language: language.boilerplate.share_buttons)}|{_NETWORKS}|instagram|youtube|tiktok|"
    rf"pocket|flipboard)(?:[\s,|/·]+(?:"
    rf"{alternatives(lambda language: language.boilerplate.share_buttons_behind)}|{_NETWORKS}|x))*"
)
_BUTTONS = _whole_line(
    rf"(?:{alternatives(lambda language: language.boilerplate.advertisement)})(?:\s*[-·|:]\s*.{{0,40}})?|{_SHARE_BAR}"
)
_LINES = (
    "©.{0,200}",
    rf".{{0,120}}\b(?:{alternatives(lambda language: language.boilerplate.rights_reserved)})\b.{{0,120}}",
    *phrases(lambda language: language.boilerplate.lines),
)
_OTHER_WORDS_BEFORE = re.compile(r"\.\{0,\d+\}\\b")
_WITH_PHRASES = tuple(filter(_OTHER_WORDS_BEFORE.match, _LINES))
_LINE = _whole_line("|".join(line for line in _LINES if line not in _WITH_PHRASES))
_LINE_WITH_PHRASE = _whole_line("|".join(_WITH_PHRASES))
_END_LINE = _whole_line(alternatives(lambda language: language.boilerplate.end_lines))
_PROMOTIONS = alternatives(lambda language: language.boilerplate.promotions)
_PROMOTION = re.compile(rf"[^a-z]\b(?:{_PROMOTIONS})\b")
# What promotions say, and lines behind other words: one search tells that most texts are neither. The phrases begin
# with a word; `re` skips quickly to the next character that is no plain letter.
_PHRASES = "|".join((_PROMOTIONS, *(_OTHER_WORDS_BEFORE.sub("", line) for line in _WITH_PHRASES)))
_PHRASE = re.compile(rf"[^a-z]\b(?:{_PHRASES})")
# Of scripts that put no blanks between words.
_ATTACHED_PROMOTION = re.compile(alternatives(lambda language: language.boilerplate.promotions_attached))
_CONSENT = re.compile(alternatives(lambda language: language.boilerplate.consent))


def is_buttons(text: str) -> bool:
    """Whether a line is a share bar or the label of an advertisement."""
    return len(text) < _LONGEST_BUTTONS and bool(_BUTTONS.fullmatch(text.lower().strip(_ARROWS)))


def is_boilerplate_line(text: str) -> bool:
    """Whether a line of text is boilerplate by its words."""
    return _said_in(text).line


def is_promotion(text: str) -> bool:
    """Whether a short paragraph asks for subscriptions, downloads or the like."""
    return len(text) < _LONGEST_PROMOTION and _said_in(text).promotion


class _Said(NamedTuple):
    line: bool
    promotion: bool


@lru_cache(maxsize=1024)
def _said_in(text: str) -> _Said:
    said = text.lower()
    line = said.strip(_ARROWS)
    holds_phrase = bool(_PHRASE.search(f" {said}"))
    return _Said(
        bool(_LINE.fullmatch(line) or (holds_phrase and _LINE_WITH_PHRASE.fullmatch(line))),
        bool(holds_phrase and _PROMOTION.search(f" {said}"))
        or bool(not said.isascii() and _ATTACHED_PROMOTION.search(said)),
    )


def is_consent(text: str) -> bool:
    """Whether a paragraph asks for consent to cookies or the like."""
    return len({match[0] for match in _CONSENT.finditer(text.lower())}) > 1 if len(text) < 1500 else False


def is_end_line(text: str) -> bool:
    """Whether a heading announces other stories, comments or the like."""
    return len(text) < 90 and bool(_END_LINE.fullmatch(text.lower().strip(_ARROWS)))
