"""Cleaning of text before it is kept.

Unicode NFC, entities resolved, mojibake repaired (ftfy), no control characters, no lone surrogates (they break
databases and XML), white space folded to single blanks.
"""

import html
import re
import unicodedata

import ftfy
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_DAMAGE = re.compile("[\x1b\x7f-\x9f\ud800-\udfff]")
_HARMLESS = frozenset({"common", "start_punctuation", "end_punctuation", "lower_common"})
_TELLING = "".join(characters for name, characters in MOJIBAKE_CATEGORIES.items() if name not in _HARMLESS)
# What all mojibake holds: a character that tells by itself, one of the rarer ones beside another beyond ASCII, or a
# hyphen between letters that open sequences in code pages of Cyrillic and Greek.
_SUSPECT = re.compile(
    rf"[^\x00-\x7f](?:(?<=[\x80-\x9fÂÃŒœ])|(?<=[{_TELLING}])[^\x00-\x7f]|[{_TELLING}]|(?<=[ВГРСΒΓΞΟ])-[ВГРСΒΓΞΟ])"
)
# As many characters as the longest sequence that ftfy calls bad, and more.
_REACH = 10
# Quotes and dashes stay as the publisher wrote them; only damage is repaired.
_FTFY = ftfy.TextFixerConfig(
    unescape_html=False,
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    normalization=None,
    explain=False,
)


def clean_text(value: str | None) -> str | None:
    """One line of clean text, or None where nothing is left.

    Entities that were escaped twice by the publisher ("&amp;quot;") are resolved too.
    """
    if not value:
        return None
    text = html.unescape(value) if "&" in value else value
    if not text.isascii():
        text = unicodedata.normalize("NFC", ftfy.fix_text(text, _FTFY) if _is_damaged(text) else text)
    if not text.isprintable():  # as all is that is dropped or folded here, but for blanks side by side
        text = _CONTROL.sub("", " ".join(_INVISIBLE.sub("", text).split()))
    elif "  " in text:
        text = " ".join(text.split())
    return text.strip() or None


def _is_plain(text: str) -> bool:
    """Whether there is nothing to clean: printable ASCII without entities, and blanks between words alone."""
    if not (text.isascii() and text.isprintable()) or "&" in text or "  " in text:
        return False
    return text[:1].strip() != "" and text[-1].strip() != ""


def _is_damaged(text: str) -> bool:
    """Whether there is anything to repair: asked first, since most text is well and repairing costs more."""
    return holds_mojibake(text) or (not text.isprintable() and _DAMAGE.search(text) is not None)


def holds_mojibake(text: str) -> bool:
    """Whether ftfy calls a text bad.

    It is asked of the surroundings of what is suspect alone: a letter with an accent among others and lone quotation
    marks are not, and its expression costs more than all other cleaning together.
    """
    asked = 0
    for found in _SUSPECT.finditer(text):
        if found.end() + _REACH > asked:
            asked = found.end() + 3 * _REACH
            if BADNESS_RE.search(text, max(0, found.start() - _REACH), asked):
                return True
    return False


def clean_texts(values: "list[str] | tuple[str, ...]") -> tuple[str, ...]:
    """Each value clean, the empty ones left out, order kept."""
    joined = " ".join(values)
    if _is_plain(joined):
        return tuple(values)
    return tuple(text for value in values if (text := clean_text(value)))
