"""Patterns of robots.txt rules: which paths "/fish*.php$" stands for, and how much it says.

RFC 9309, section 2.2.2: of the patterns that match, the one with the most octets counts; of two as long, the one that
allows. Octets are compared after both sides are written in one way: what need not be escaped is not, everything outside
of ASCII is.
"""

import re
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# An octet that is neither reserved nor unreserved (RFC 3986, section 2), and a percent sign that begins no escape.
_UNWRITABLE = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Reserved characters that part nothing where they stand, so that both ways to write them are one.
_PLAIN_IN_PATHS = frozenset(":@!$&'()*+,;=[]")
_PLAIN_IN_QUERIES = frozenset(":@!$'()*,[]/?")
_INDEX_PAGE = "/index.htm"


class PathRule(NamedTuple):
    """One line that allows or disallows paths; `octets` is how much it says.

    `parts` are what stands between the asterisks; `is_whole` where nothing may follow.
    """

    allows: bool
    octets: int
    parts: tuple[str, ...]
    is_whole: bool

    def matches(self, path: str) -> bool:
        """Whether a path (`path_of`) is one of those; takes time in proportion to pattern and path."""
        first, last = self.parts[0], self.parts[-1]
        if not path.startswith(first):
            return False
        if len(self.parts) == 1:
            return not self.is_whole or len(path) == len(first)
        at = len(first)
        for part in self.parts[1:-1]:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if self.is_whole:
            return len(path) - len(last) >= at and path.endswith(last)
        return path.find(last, at) >= 0


def path_rules(pattern: str, *, allows: bool) -> list[PathRule]:
    """The rules that one line stands for; `pattern` has one character an octet.

    Whoever allows "/news/index.html" allows "/news/", too: so the reference parser has it.
    """
    rules = [_rule(pattern, allows=allows)]
    slash = pattern.rfind("/")
    if allows and slash >= 0 and pattern[slash:].startswith(_INDEX_PAGE):
        rules.append(_rule(f"{pattern[: slash + 1]}$", allows=True))
    return rules


def path_of(url: str) -> str:
    """Path and query of a URL, as they are compared; "/" where it has none."""
    parts = urlsplit(url.partition("#")[0])
    target = f"{parts.path}?{parts.query}" if parts.query or url.partition("#")[0].endswith("?") else parts.path
    octets = target.encode("utf-8", "surrogatepass").decode("latin-1")
    return _written_alike(octets if octets.startswith("/") else f"/{octets}", in_query=False)[0]


def _rule(pattern: str, *, allows: bool) -> PathRule:
    is_whole = pattern.endswith("$")
    parts: list[str] = []
    in_query = False
    for part in pattern.removesuffix("$").split("*"):
        written, in_query = _written_alike(part, in_query=in_query)
        parts.append(written)
    return PathRule(allows, sum(map(len, parts)) + len(parts) - 1 + is_whole, tuple(parts), is_whole)


def _written_alike(octets: str, *, in_query: bool) -> tuple[str, bool]:
    """Octets written in the one way in which they are compared, and whether a query begins before their end."""
    path, mark, query = ("", "", octets) if in_query else octets.partition("?")
    written = _unescaped(path, _PLAIN_IN_PATHS) + mark + _unescaped(query, _PLAIN_IN_QUERIES)
    return written, in_query or bool(mark)


def _unescaped(octets: str, plain: frozenset[str]) -> str:
    escaped = _UNWRITABLE.sub(lambda found: quote_from_bytes(found[0].encode("latin-1"), safe=""), octets)
    return _ESCAPE.sub(lambda found: _as_plain(found[0], plain), escaped) if "%" in escaped else escaped


def _as_plain(escape: str, plain: frozenset[str]) -> str:
    character = unquote_to_bytes(escape).decode("latin-1")
    return character if character in _UNRESERVED or character in plain else escape.upper()
