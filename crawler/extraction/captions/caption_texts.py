"""Texts of captions: what a text loses that the page put around it, and whether it is a caption at all.

Counters of slides, buttons and labels of screen readers go; a credit alone, a date, an invitation to subscribe, the
name of a button and the headline of another story are none.
"""

import re

from crawler.extraction.body.boilerplate_lines import is_boilerplate_line, is_consent, is_promotion
from crawler.extraction.captions.credits import is_button, looks_like_credit
from crawler.extraction.texts import word_key
from text.languages import alternatives, phrases
from text.written_markup import without_written_markup

MAXIMUM_CAPTION = 1500
"""Characters of the longest caption."""

_LONGEST_BUTTON = 80
_OF = alternatives(lambda language: language.captions.counted_of)
_NOISE = re.compile(
    rf"^(?:(?:(?:{alternatives(lambda language: language.captions.noise)})\s+)?\d{{1,3}}\s*(?:/|{_OF})\s*\d{{1,3}}"
    rf"\s*[:.|–-]?\s+)"
    rf"|^(?:{alternatives(lambda language: language.captions.noise)})\s*[:.,،，]\s*"
    r"|^\[caption\b[^\]]*\]\s*|\s*\[/caption\]$",
    re.I,
)
_BUTTON = re.compile(rf"\s(?:{alternatives(lambda language: language.captions.noise)})\s", re.I)
_COUNTER = re.compile(rf"\W*(?:\w+\s+)?\d{{1,3}}\s*(?:/|{_OF})\s*\d{{1,3}}\W*", re.I)
_PHRASES = phrases(lambda language: language.captions.no_captions)
_OPENINGS = tuple(phrase for phrase in _PHRASES if phrase.startswith("^"))
_NO_CAPTION = re.compile(
    rf"(?:{alternatives(lambda language: language.captions.byline_openings)})\s+\S+.{{0,60}}$"
    rf"|(?:{alternatives(lambda language: language.captions.lone_labels)})\W*$|\d{{1,2}}:\d\d(?: min\.?)?$"
    rf"|{'|'.join(_OPENINGS)}"
)
# `re` skips quickly to the next character that is no plain letter.
_NO_CAPTION_INSIDE = re.compile(
    rf"[^a-z](?:\b\d{{1,2}}[:.]\d\d\s*(?:{alternatives(lambda language: language.dates.o_clock)}|h|am|pm)\b"
    rf"|{'|'.join(phrase for phrase in _PHRASES if phrase not in _OPENINGS)})"
)
_ELSEWHERE = re.compile(rf"^(?:{alternatives(lambda language: language.captions.elsewhere)})\b", re.I)


def without_noise(text: str) -> str:
    """A text without counters, buttons and codes before and behind it."""
    while (match := _NOISE.search(text)) and match[0]:
        text = f"{text[: match.start()]}{text[match.end() :]}".strip()
    return _once(text)


def _once(text: str) -> str:
    """A text once that stands before and behind a button: "A boat. Enlarge A boat. AP"."""
    for button in _BUTTON.finditer(text):
        before, behind = text[: button.start()].strip(), text[button.end() :].strip()
        if before and word_key(behind).startswith(word_key(before)):
            return behind
    return text


def is_furniture(text: str) -> bool:
    """Whether a text is a slide's counter or a gallery's button."""
    return bool(text) and len(text) < _LONGEST_BUTTON and (bool(_COUNTER.fullmatch(text)) or is_button(text))


def is_caption(text: str, credit: str | None, *, marked: bool = False) -> bool:
    """Whether a text without its credit is one that a caption has; `marked` where its element is named as one."""
    text = without_written_markup(text)
    if not text or len(text) > MAXIMUM_CAPTION or not re.search(r"[^\W\d_]{2}", text) or is_furniture(text):
        return False
    if credit is None and (is_promotion(text) or is_consent(text) or (not marked and is_boilerplate_line(text))):
        return False
    return (credit is not None or not (looks_like_credit(text) and len(text) < 60)) and not _says_no_caption(text)


def _says_no_caption(text: str) -> bool:
    """Whether a text is a label, a byline or a time, or says what consent layers and the like say."""
    said = text.lower()
    return bool(_NO_CAPTION.match(said) or _NO_CAPTION_INSIDE.search(f" {said}"))


def leads_on(text: str) -> bool:
    """Whether a text begins as an invitation to another story: "See also"."""
    return bool(_ELSEWHERE.match(text))
