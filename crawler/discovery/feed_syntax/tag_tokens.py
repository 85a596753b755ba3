"""Tokenizer for tag soup: the tags, CDATA sections and comments of markup that no XML parser takes.

Every scan is bounded by what it passes over, so that the time is linear in the length of the text: an end that is
missing once is not looked for again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from sys import intern

from model.errors import ParseError

_NAME = r"[A-Za-z_][^\s<>/\"'=&;]*+"
# Quotes that hold a "<" are broken ones: the tag ends at the next ">" (or before the next "<") all the same.
_TAG = re.compile(rf"""<(/?)({_NAME})((?>[^<>"']|"[^"<]*"|'[^'<]*'|["'])*+)(?:>|(?=<))""")
_ATTRIBUTE = re.compile(
    r"""([^\s<>"'=/]+)(?:\s*+=\s*+(?:"([^"<]*)"|'([^'<]*)'|["']([^\s"'<>]*+)|([^\s"'<>]*+)["']?))?"""
)
_OPENING = re.compile(r"<(?:!\[CDATA\[|!--|[?!]|/?[A-Za-z_])")
_DECLARATION = re.compile(r"<[?!][^<>]*+>")
_ENTRY_TAG = re.compile(r"</?(?:item|entry)[\s>]", re.IGNORECASE)
_MOST_TOKENS = 1_000_000
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_COMMENT, _COMMENT_END = "<!--", "-->"


class TokenKind(Enum):
    """What stands between two pieces of text."""

    START = auto()
    END = auto()
    CDATA = auto()
    SKIPPED = auto()  # a comment, an instruction, a declaration


@dataclass(frozen=True, slots=True)
class MarkupToken:
    """One piece of markup of `text[start:end]`; `name` is lower case, `inside` what stands behind it.

    Of CDATA `inside` is the text of the section.
    """

    kind: TokenKind
    start: int
    end: int
    name: str = ""
    inside: str = ""

    @property
    def local_name(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def is_closed(self) -> bool:
        """Whether a start tag is an empty element's."""
        return self.inside.endswith("/")

    def attributes(self) -> Iterator[tuple[str, str]]:
        """Names and values as they are written, quotes or not."""
        for name, *values in _ATTRIBUTE.findall(self.inside):
            *_, half_quoted, _ = values
            value = half_quoted.removesuffix("/") if self.is_closed else half_quoted
            yield name, value or next((value for value in values if value), "")


def tokens_of(text: str, *, url: str) -> list[MarkupToken]:
    """The markup of a text in its order. Raises ParseError where there is more than a feed holds."""
    found: list[MarkupToken] = []
    endless: set[str] = set()
    at = 0
    while opening := _OPENING.search(text, at):
        token = _token(text, opening.start(), endless)
        if token is not None:
            found.append(token)
            if len(found) > _MOST_TOKENS:
                raise ParseError(f"its markup is damaged, and it has more than {_MOST_TOKENS} tags", url=url)
        at = token.end if token is not None else opening.start() + 1
    return found


def _token(text: str, start: int, endless: set[str]) -> MarkupToken | None:
    """The token that begins at `start`; None where it is text. What `endless` names has no end from here on."""
    if text.startswith(_CDATA, start):
        end = _end_of(_CDATA_END, text, start, endless)
        after = start + len(_CDATA)
        inside = text[after : end - len(_CDATA_END)] if end else ""
        if not end or (_CDATA in inside and _ENTRY_TAG.search(inside)):
            # Its end is missing or that of a later entry's section: the mark is skipped, what it held is markup.
            return MarkupToken(TokenKind.CDATA, start, after)
        return MarkupToken(TokenKind.CDATA, start, end, inside=inside)
    if text.startswith(_COMMENT, start):
        end = _end_of(_COMMENT_END, text, start, endless)
        return MarkupToken(TokenKind.SKIPPED, start, end or start + len(_COMMENT))
    if text.startswith(("<?", "<!"), start):
        declaration = _DECLARATION.match(text, start)
        return MarkupToken(TokenKind.SKIPPED, start, declaration.end()) if declaration else None
    tag = _TAG.match(text, start)
    if tag is None:
        return None
    kind = TokenKind.END if tag[1] else TokenKind.START
    return MarkupToken(kind, start, tag.end(), intern(tag[2].lower()), tag[3].strip())


def _end_of(mark: str, text: str, start: int, endless: set[str]) -> int:
    """Where the next `mark` ends; 0 where there is none."""
    if mark in endless:
        return 0
    found = text.find(mark, start)
    if found < 0:
        endless.add(mark)
        return 0
    return found + len(mark)
