"""Mending of tag soup: markup that no XML parser takes, written again as well-formed XML.

Knows of feeds what a parser of XML can't: that an entry ends where the next begins, that what stands in a description
is text whatever tags it holds, that an address ends at the next tag. So a mistake costs the element that it stands in,
never the entries behind it. Ends without a beginning are dropped, depth beyond what a feed needs is flattened.
"""

import re
from array import array
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from crawler.discovery.feed_syntax.characters import with_known_references
from crawler.discovery.feed_syntax.tag_tokens import MarkupToken, TokenKind, tokens_of

MENDED_ROOT = "mended"
"""The root of what was mended: the feed stands in it, with what stood beside it."""

ENTRIES = frozenset({"item", "entry"})
FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
# What names or dates an entry: its text holds no tags but its own end.
_SHORT = frozenset(
    {
        "link",
        "guid",
        "id",
        "pubdate",
        "published",
        "updated",
        "modified",
        "issued",
        "created",
        "date",
        "lastbuilddate",
        "origlink",
        "name",
        "email",
        "uri",
        "url",
        "creator",
        "category",
        "comments",
        "language",
        "docs",
        "generator",
        "managingeditor",
        "webmaster",
        "ttl",
        "keywords",
    }
)
# What holds text with or without HTML.
_LONG = frozenset(
    {
        "title",
        "description",
        "summary",
        "content",
        "encoded",
        "tagline",
        "subtitle",
        "info",
        "copyright",
        "rights",
        "abstract",
        "body",
        "fullitem",
        "text",
        "credit",
    }
)
# Elements of feeds that are none of HTML: an unclosed description ends in front of them.
_NEVER_HTML = frozenset(
    {
        "guid",
        "link",
        "pubdate",
        "published",
        "updated",
        "modified",
        "issued",
        "category",
        "enclosure",
        "description",
        "comments",
        "origlink",
        "creator",
        "date",
        "encoded",
        "author",
        "thumbnail",
        "group",
    }
)
_IN_ENTRIES = _SHORT | _LONG
_ADDRESSES = frozenset({"link", "guid", "id", "origlink"})
_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?")
_DEEPEST = 60
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "pheedo": "http://www.pheedo.com/namespace/pheedo",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def mended(text: str, *, url: str) -> str:
    """Well-formed XML of a feed in tag soup, in a root of its own; characters and entities are well-formed already.

    Raises ParseError where it holds more tags than a feed does.
    """
    last = text.rfind("<")
    if last >= 0 and ">" not in text[last:] and not text[last + 1 : last + 2].isspace():
        text = text[:last]  # a tag that is cut off
    writer = _Mender(text, tokens_of(text, url=url))
    writer.write()
    return writer.document()


class _Mender:
    """Writes the tokens of one text again, with every element closed."""

    def __init__(self, text: str, tokens: Sequence[MarkupToken]) -> None:
        self._text = text
        self._tokens = tokens
        self._ends, self._starts, self._limits = _following(tokens)
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._used: set[str] = set()
        self._declared: set[str] = set()

    def write(self) -> None:
        """Go over the tokens once."""
        at = number = 0
        while number < len(self._tokens):
            token = self._tokens[number]
            self._add_text(self._text[at : token.start])
            number, at = self._take(number)
        self._add_text(self._text[at:])
        self._close(0)

    def document(self) -> str:
        """What was written, in a root that declares the prefixes that nothing else does."""
        missing = sorted(self._used - self._declared - {"xml", "xmlns"})
        spaces = "".join(f" xmlns:{prefix}={quoteattr(_namespace(prefix))}" for prefix in missing)
        return f"<{MENDED_ROOT}{spaces}>{''.join(self._pieces)}</{MENDED_ROOT}>"

    def _take(self, number: int) -> tuple[int, int]:
        """Write one token, or an element with its text; the next token's number, and where the text goes on."""
        token = self._tokens[number]
        if token.kind is TokenKind.CDATA:
            self._pieces.append(escape(token.inside))
        elif token.kind is TokenKind.END:
            self._end(token)
        elif token.kind is TokenKind.START and _XML_NAME.fullmatch(token.name):
            name = token.local_name
            if name in ENTRIES or name in FEED_ROOTS:
                self._leave_entry()
            if token.is_closed:
                self._open_tag(token, "/")
            elif name in _SHORT or _is_long(token):
                return self._leaf(number)
            elif len(self._open) < _DEEPEST or name in ENTRIES:
                self._open_tag(token, "")
                self._open.append(token.name)
        return number + 1, token.end

    def _leaf(self, number: int) -> tuple[int, int]:
        """Write an element that holds only text: what stands in it up to its end, its tags as text."""
        token = self._tokens[number]
        last = self._last_of(number)
        closed = last < len(self._tokens) and self._tokens[last].kind is TokenKind.END
        closed = closed and self._tokens[last].name == token.name
        until = self._tokens[last].start if last < len(self._tokens) else len(self._text)
        at_end = until == len(self._text)
        self._open_tag(token, "")
        if not (at_end and token.local_name in _ADDRESSES):  # what is cut off in an address is another address
            self._add_leaf_text(number, last, until)
        self._pieces.append(f"</{token.name}>")
        return (last + 1, self._tokens[last].end) if closed else (last, until)

    def _last_of(self, number: int) -> int:
        """The token in front of which an element of text ends."""
        token = self._tokens[number]
        end, limit = self._ends[number], self._limits[number]
        again = self._starts[number]
        if end < limit and not again < end and not self._is_left_open(number, end):
            return end
        stops = None if token.local_name in _SHORT else _IN_ENTRIES if token.local_name == "title" else _NEVER_HTML
        for following in range(number + 1, limit):
            found = self._tokens[following]
            if found.kind in (TokenKind.START, TokenKind.END):
                if found.name == token.name and found.kind is TokenKind.END:
                    return following
                if stops is None and not (found.name == "a" and token.local_name == "link"):
                    return following
                if stops is not None and found.local_name in stops:
                    return following
        return limit

    def _is_left_open(self, number: int, end: int) -> bool:
        """Whether an element without tags has another element of a feed before its end: that end is not its own."""
        if self._tokens[number].local_name not in _SHORT:
            return False
        inner = (token for token in self._tokens[number + 1 : end] if token.kind in (TokenKind.START, TokenKind.END))
        first = next(inner, None)
        return first is not None and first.local_name in _IN_ENTRIES

    def _add_leaf_text(self, number: int, last: int, until: int) -> None:
        at = self._tokens[number].end
        for token in self._tokens[number + 1 : last]:
            if token.kind in (TokenKind.CDATA, TokenKind.SKIPPED):
                self._add_text(self._text[at : token.start])
                self._pieces.append(escape(token.inside))
                at = token.end
        self._add_text(self._text[at:until])

    def _add_text(self, text: str) -> None:
        text = with_known_references(text) if "&" in text else text
        self._pieces.append(text.replace("<", "&lt;").replace(">", "&gt;"))

    def _open_tag(self, token: MarkupToken, closing: str) -> None:
        attributes: dict[str, str] = {}
        for name, value in token.attributes():
            prefix, colon, _ = name.partition(":")
            if not _XML_NAME.fullmatch(name) or (prefix == "xmlns" and (not value or " " in value)):
                continue
            if prefix == "xmlns" and colon:
                self._declared.add(name[6:])
            elif colon:
                self._used.add(prefix)
            attributes.setdefault(name, value)
        if ":" in token.name:
            self._used.add(token.name.partition(":")[0])
        written = "".join(f' {name}="{_attribute_text(value)}"' for name, value in attributes.items())
        self._pieces.append(f"<{token.name}{written}{closing}>")

    def _end(self, token: MarkupToken) -> None:
        """Close the element that an end tag ends, and what is open in it; nothing where none is open."""
        names = self._open
        entry = max((place for place, name in enumerate(names) if _local(name) in ENTRIES), default=-1)
        least = 0 if token.local_name in ENTRIES or token.local_name in FEED_ROOTS else entry + 1
        place = next((place for place in range(len(names) - 1, least - 1, -1) if names[place] == token.name), -1)
        if place >= 0:
            self._close(place)

    def _leave_entry(self) -> None:
        """An entry begins where the one before has not ended, or a feed in an entry: the open one ends here."""
        place = next((place for place, open_ in enumerate(self._open) if _local(open_) in ENTRIES), -1)
        if place >= 0:
            self._close(place)

    def _close(self, place: int) -> None:
        while len(self._open) > place:
            self._pieces.append(f"</{self._open.pop()}>")


def _following(tokens: Sequence[MarkupToken]) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """For each token the next end and the next start of its name, and the next bound of an entry or feed."""
    none = len(tokens)
    ends: dict[str, int] = {}
    starts: dict[str, int] = {}
    limit = none
    found = tuple(array("l", bytes(array("l").itemsize * none)) for _ in range(3))
    for number in range(none - 1, -1, -1):
        token = tokens[number]
        found[0][number], found[1][number], found[2][number] = (
            ends.get(token.name, none),
            starts.get(token.name, none),
            limit,
        )
        if token.kind is TokenKind.END:
            ends[token.name] = number
        elif token.kind is TokenKind.START and not token.is_closed:
            starts[token.name] = number
        if token.kind in (TokenKind.START, TokenKind.END) and _bounds(token):
            limit = number
    return found[0], found[1], found[2]


def _bounds(token: MarkupToken) -> bool:
    return token.local_name in ENTRIES or token.local_name in FEED_ROOTS


def _is_long(token: MarkupToken) -> bool:
    """Whether an element holds text that may be HTML; the content of Media RSS holds elements."""
    return token.local_name in _LONG and token.name not in ("media:content", "media:group")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _attribute_text(value: str) -> str:
    return value.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _namespace(prefix: str) -> str:
    return _NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")
