"""Sign-off: the credit lines at the end of a story, and the agencies credited there.

"With files from The Canadian Press", "(dpa/lrs)", "Reporting by ... for Reuters", "Copyright 2013 The Associated
Press": the line goes, the agency stays. A credit in brackets behind the last sentence is taken off it.
"""

import re

from crawler.extraction.body.block_ledger import BlockLedger
from crawler.extraction.body.roles import VETO, Role, against
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
_LOOKED_AT = 5
_LONGEST = 260
_LONGEST_TAG = 60
"""More characters than a credit in brackets or behind a dash has, as its expressions count them."""
_CREDITS_OTHERS = against("credits others at the end", VETO, Role.SIGN_OFF)


def note_sign_off(ledger: BlockLedger) -> list[str]:
    """Note the credit lines among the last blocks; returns the agencies that they and the last words credit."""
    found: list[str] = []
    standing = ledger.standing()
    for position in reversed(standing[1:][-_LOOKED_AT:]):
        text = ledger.blocks[position].text
        if len(text) > _LONGEST:
            continue
        credited = _names_credit(text)
        named = agencies_in(text) if credited or _CONTRIBUTED.search(text) else []
        found = named + found
        if (named and (credited or len(text) < 160)) or _NEVER_STORY.match(text):
            ledger.note(position, _CREDITS_OTHERS)
    last = ledger.standing()[-1:]
    found += last_words(ledger.blocks[last[0]].text)[1] if last else []
    return list(dict.fromkeys(found))


def last_words(text: str) -> tuple[str, list[str]]:
    """A last paragraph without a credit behind its last sentence, and the agencies credited there."""
    for pattern in (_LAST_BRACKET, _LAST_DASH):
        match = pattern.search(text, max(0, len(text) - _LONGEST_TAG))
        if match and _is_tag(match[1].strip()):
            return text[: match.start()].rstrip(), agencies_in(match[1])
    return text, []


def _names_credit(text: str) -> bool:
    return bool(_CREDIT_LINE.match(text)) or bool(_SIGN_OFF.match(text) and _is_tag(text.strip("()[] .*—–-")))


def _is_tag(text: str) -> bool:
    """Whether a text is agencies and desk codes alone: "dpa/lrs", "AP, AFP"."""
    pieces = [piece.strip() for piece in _BETWEEN_AGENCIES.split(text) if piece.strip()]
    known = [piece for piece in pieces if agency(piece)]
    return bool(known) and all(agency(piece) or re.fullmatch(r"[a-z]{2,6}", piece) for piece in pieces)
