"""Sign-off: the credit lines at the end of a story, and the agencies credited there.

"With files from The Canadian Press", "(dpa/lrs)", "Reporting by ... for Reuters", "Copyright 2013 The Associated
Press": the line goes, the agency stays. A credit in brackets behind the last sentence is taken off it.
"""

import re

from text.agencies import agencies_in, agency
from text.languages import alternatives

_CREDIT_LINE = re.compile(rf"^\W*(?:{alternatives(lambda language: language.sign_offs.credit_lines)}|©)", re.I)
_NEVER_STORY = re.compile(
    rf"^\W*(?:©|{alternatives(lambda language: language.sign_offs.never_story)})|^\S+@\S+\.\w+$", re.I
)
_CONTRIBUTED = re.compile(rf"\b(?:{alternatives(lambda language: language.sign_offs.contributed)})\b", re.I)
_BETWEEN_AGENCIES = re.compile(
    rf"[/,;+&]|\s+(?:{alternatives(lambda language: language.datelines.agency_conjunctions)})\s+"
)
_SIGN_OFF = re.compile(r"^[\W_]*[\w.-]{1,14}(?:\s*[/,;+&]\s*[\w.-]{1,14}){0,4}[\W_]*$")
_LAST_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{2,40})[)\]]\.?\s*$")
_LAST_DASH = re.compile(r"(?<=[.!?”\"»])\s*(?:--?|–|—|/)\s*([^\W\d_][^.!?–—]{1,30})\.?$")
_LOOKED_AT = 6
_LONGEST = 260


def read_sign_off(body: list[str]) -> tuple[list[str], list[str]]:
    """The body without closing credit lines, and the agencies that they and the last words credit."""
    found: list[str] = []
    kept = list(body)
    for position in range(len(kept) - 1, max(0, len(kept) - _LOOKED_AT), -1):
        text = kept[position]
        if len(text) > _LONGEST:
            continue
        credited = _names_credit(text)
        named = agencies_in(text) if credited or _CONTRIBUTED.search(text) else []
        found = named + found
        if (named and (credited or len(text) < 160)) or _NEVER_STORY.match(text):
            del kept[position]
    if kept:
        kept[-1], last = _last_words(kept[-1])
        found += last
    return [text for text in kept if text], list(dict.fromkeys(found))


def _names_credit(text: str) -> bool:
    return bool(_CREDIT_LINE.match(text)) or bool(_SIGN_OFF.match(text) and _is_tag(text.strip("()[] .*—–-")))


def _is_tag(text: str) -> bool:
    """Whether a text is agencies and desk codes alone: "dpa/lrs", "AP, AFP"."""
    pieces = [piece.strip() for piece in _BETWEEN_AGENCIES.split(text) if piece.strip()]
    known = [piece for piece in pieces if agency(piece)]
    return bool(known) and all(agency(piece) or re.fullmatch(r"[a-z]{2,6}", piece) for piece in pieces)


def _last_words(text: str) -> tuple[str, list[str]]:
    for pattern in (_LAST_BRACKET, _LAST_DASH):
        match = pattern.search(text)
        if match and _is_tag(match[1].strip()):
            return text[: match.start()].rstrip(), agencies_in(match[1])
    return text, []
