"""Lexer of the query language.

Words, quoted phrases, parentheses, operators in capitals, `field:` in front of any of them. Nothing is refused:
a mark that fits nowhere separates words.
"""

from dataclasses import dataclass
from typing import Literal

import regex

from model.fields import ALIASES, BY_NAME

LexemeKind = Literal["term", "quoted", "field", "open", "close", "or", "and", "not"]

CONDITIONS = ("after", "before", "on", "when", "has", "is", "status")
"""Names before a colon that are no fields of a story."""

_CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]")
# Phones and word processors curl quotation marks; a phrase stays a phrase when it is pasted.
# Japanese and Chinese keyboards write full-width marks.
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»＂", '"'), **dict(zip("（）：＊～－", "():*~-", strict=True))})
_NAMES = "|".join(sorted((*BY_NAME, *ALIASES, *CONDITIONS)))
_LEXEME = regex.compile(
    r"(?P<open>\()"
    r"|(?P<close>\))"
    r'|"(?P<quoted>[^"]*)"(?:~(?P<slop>\d{0,9}))?'
    # Inside a word a hyphen joins; at the start of one it takes the word away.
    r'|(?<![^\s(])(?P<not>-(?=["(\p{L}\p{N}*?]))'
    # A blank, a second colon or a slash after the colon: a sentence, a path or an address, no field.
    rf"|(?P<field>(?i:{_NAMES})):(?=[^\s:/)])"
    r'|(?P<term>[^\s()"]+)'
)
OPERATORS: dict[str, LexemeKind] = {"OR": "or", "AND": "and", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query; `text` without its quotation marks or colon, `slop` the number after a phrase's tilde."""

    kind: LexemeKind
    text: str
    slop: int = 0


def plain(text: str) -> str:
    """The query with straight quotation marks and without control characters."""
    return _CONTROL.sub(" ", text).translate(_QUOTES)


def lexemes(text: str) -> list[Lexeme]:
    """The pieces of a `plain` query in order; a quotation mark without a partner separates words."""
    return [_lexeme(match) for match in _LEXEME.finditer(text)]


def _lexeme(match: "regex.Match[str]") -> Lexeme:
    if match["quoted"] is not None:
        return Lexeme("quoted", match["quoted"], int(match["slop"] or 0))
    if match["field"] is not None:
        return Lexeme("field", match["field"].casefold())
    if match["open"]:
        return Lexeme("open", "(")
    if match["close"]:
        return Lexeme("close", ")")
    if match["not"]:
        return Lexeme("not", "-")
    return Lexeme(OPERATORS.get(match["term"], "term"), match["term"])
