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
_CDATA, _CDATA_START, _CDATA_END = "<![CDATA[", re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")
_COMMENT, _COMMENT_END = "<!--", re.compile("-->")


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
    marks = _Marks(text)
    at = 0
    while opening := _OPENING.search(text, at):
        token = _token(text, opening.start(), marks)
        if token is not None:
            found.append(token)
            if len(found) > _MOST_TOKENS:
                raise ParseError(f"its markup is damaged, and it has more than {_MOST_TOKENS} tags", url=url)
        at = token.end if token is not None else opening.start() + 1
    return found


class _Marks:
    """Where marks stand next in a text; each stretch is searched once for each, as questions go forward only."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[re.Pattern[str], int] = {}

    def next(self, mark: re.Pattern[str], start: int) -> int:
        """Where a mark begins at `start` or behind it; the end of the text where it does not."""
        known = self._found.get(mark, -1)
        if known < start:
            found = mark.search(self._text, start)
            known = found.start() if found else len(self._text)
            self._found[mark] = known
        return known


def _token(text: str, start: int, marks: _Marks) -> MarkupToken | None:
    """The token that begins at `start`; None where it is text."""
    if text.startswith(_CDATA, start):
        return _section(text, start, marks)
    if text.startswith(_COMMENT, start):
        end = marks.next(_COMMENT_END, start)
        return MarkupToken(TokenKind.SKIPPED, start, end + 3 if end < len(text) else start + len(_COMMENT))
    if text.startswith(("<?", "<!"), start):
        declaration = _DECLARATION.match(text, start)
        return MarkupToken(TokenKind.SKIPPED, start, declaration.end()) if declaration else None
    tag = _TAG.match(text, start)
    if tag is None:
        return None
    kind = TokenKind.END if tag[1] else TokenKind.START
    return MarkupToken(kind, start, tag.end(), intern(tag[2].lower()), tag[3].strip())


def _section(text: str, start: int, marks: _Marks) -> MarkupToken:
    """A CDATA section; its mark alone where its end is missing or is that of a later entry's section."""
    after = start + len(_CDATA)
    end = marks.next(_CDATA_END, after)
    if end == len(text) or max(marks.next(_CDATA_START, after), marks.next(_ENTRY_TAG, after)) < end:
        return MarkupToken(TokenKind.CDATA, start, after)
    return MarkupToken(TokenKind.CDATA, start, end + 3, inside=text[after:end])
