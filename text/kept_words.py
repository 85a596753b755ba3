"""Words of a headline as they are kept: digests of forgotten stories are made of them.

A digest can't be made anew, since nothing else is left of the story. So these words never change: they are cut and
folded as they were when the first digests were made, whatever the analysis of the index (text/analysis) learns.
"""

import unicodedata

import regex

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_WORD = regex.compile(
    r"(?P<plain>[A-Za-z]{2,}+(?![\p{L}\p{M}\p{N}_'’]))"
    rf"|(?P<unspaced>{_UNSPACED}+)"
    r"|(?P<initials>\b(?:\p{Lu}\.){2,}(?:\p{Lu}\b)?)"
    r"|(?P<number>\d++(?:[.,]\d++)*+(?![\p{L}\p{M}]))"
    r"|(?P<elision>\b(?i:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|sull|dall|un|quest)['’](?=[\p{L}]{2}))"
    rf"|(?P<word>(?:(?!{_UNSPACED})[\p{{L}}\p{{M}}\p{{N}}_])+(?:['’](?:(?!{_UNSPACED})[\p{{L}}\p{{M}}\p{{N}}])+)*)"
)
_POSSESSIVE = regex.compile(r"['’]s$")
_THOUSANDS = regex.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_MAX_CHARACTERS = 64
_WITHOUT_MARKS = {ord("ı"): "i", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("æ"): "ae", ord("œ"): "oe"}


def kept_words(text: str) -> tuple[str, ...]:
    """The words of a text, case-folded and without accents; pairs of characters in scripts without blanks."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        if match.lastgroup == "unspaced":
            run = match[0]
            pieces = [run[place : place + 2] for place in range(max(1, len(run) - 1))]
            found += map(_plain, pieces)
        else:
            found += [_folded(word)] if (word := _plain(match[0][:_MAX_CHARACTERS])) else []
    return tuple(found)


def _plain(word: str) -> str:
    plain = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", word).casefold().replace("’", "'"))
    if _THOUSANDS.match(plain):
        return plain.replace(",", "")
    return plain if plain[0].isdigit() else plain.replace(".", "").replace("'", "")


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    kept = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept).translate(_WITHOUT_MARKS) or word
