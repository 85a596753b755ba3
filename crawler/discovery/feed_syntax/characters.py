"""Characters and entities of XML text: what no parser takes is mended or taken out, what is named is resolved.

HTML's entities need no declaration here. Entities that a document type declares itself are expanded within a budget;
what goes beyond it is a bomb ("billion laughs", quadratic blow-up), what stands outside the file is never fetched.
"""

import re
from collections.abc import Mapping
from html.entities import html5
from typing import NoReturn

from model.errors import ParseError

_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_REFERENCE = re.compile(r"&(?:#([0-9]{1,9});|#[xX]([0-9a-fA-F]{1,8});|([A-Za-z_][\w.-]{0,63});)|&")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"
_MOST_AMPERSANDS = 1_000_000
_LONGEST_ENTITY = 10_000
_MOST_EXPANDED = 1_000_000

_DOCTYPE = re.compile(r"""<!DOCTYPE(?>[^<>\[\]"']|"[^"]*"|'[^']*')*+(?:(\[)|>)""", re.IGNORECASE)
_SUBSET_PART = re.compile(
    r"""(\]\s*>)|<!--|<\?|<!ENTITY\s+(%\s+)?([\w.:-]+)\s+((?>[^<>"']|"[^"]*"|'[^']*')*+)>|.""", re.S
)
_MOST_DECLARED = 1000
_LONGEST_SUBSET = 200_000
_FIRST_TAG = re.compile(r"<[A-Za-z_]")


def resolved(text: str, *, url: str) -> str:
    """The text without its document type and without characters that XML forbids, its entities resolved.

    Left are only references that every XML parser knows. Raises ParseError where entities go beyond the budget or
    stand outside the file.
    """
    text, declared = _without_doctype(text)
    if text.count("&") > _MOST_AMPERSANDS:
        raise ParseError(f"more than {_MOST_AMPERSANDS} ampersands", url=url)
    resolver = _Resolver(declared, url)
    text = _NOT_IN_XML.sub("", text)
    pieces: list[str] = []
    at = 0
    while at < len(text):
        start = text.find(_CDATA_START, at)
        end = text.find(_CDATA_END, start) if start >= 0 else -1
        if start < 0 or end < 0:
            break
        pieces += [resolver.resolve(text[at:start]), text[start : end + len(_CDATA_END)]]
        at = end + len(_CDATA_END)
    pieces.append(resolver.resolve(text[at:]))
    return "".join(pieces)


def with_known_references(text: str) -> str:
    """The text with HTML's entities resolved and every other ampersand escaped."""
    return _Resolver({}, "").resolve(text)


class _Resolver:
    """Resolves the references of one document, with one budget for all of them."""

    def __init__(self, declared: Mapping[str, str | None], url: str) -> None:
        self._declared = declared
        self._url = url
        self._expanded: dict[str, str] = {}
        self._left = _MOST_EXPANDED

    def resolve(self, text: str) -> str:
        return _REFERENCE.sub(self._of, text)

    def _of(self, found: re.Match[str]) -> str:
        decimal, hexadecimal, name = found.groups()
        if decimal or hexadecimal:
            return _character(int(decimal) if decimal else int(hexadecimal, 16))
        if name in _XML_ENTITIES:
            return found[0]
        if name in self._declared:
            return self._declared_text(name)
        known = html5.get(f"{name};") if name else None
        return _escaped(known.replace("&", "&amp;")) if known else f"&amp;{found[0][1:]}"

    def _declared_text(self, name: str) -> str:
        if name not in self._expanded:
            self._expanded[name] = self._expand(name)
        self._left -= len(self._expanded[name])
        if self._left < 0:
            self._refuse("more than a feed needs")
        return self._expanded[name]

    def _expand(self, name: str) -> str:
        value = self._declared[name]
        if value is None:
            self._refuse("that stand outside of it")

        def inner(found: re.Match[str]) -> str:
            if found[3] in self._declared:
                self._refuse("that hold others")
            return self._of(found)

        expanded = _REFERENCE.sub(inner, _escaped(value))
        if len(expanded) > _LONGEST_ENTITY:
            self._refuse("longer than a feed needs")
        return expanded

    def _refuse(self, how: str) -> NoReturn:
        raise ParseError(f"its document type declares entities {how}", url=self._url)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _character(number: int) -> str:
    """What a numeric reference stands for; nothing where XML has no such character (XML 1.0, section 2.2)."""
    if number in (0x26, 0x3C, 0x3E, 0x22, 0x27):
        return f"&#{number};"
    if number > 0x10FFFF or (number < 0x20 and number not in (9, 10, 13)) or 0xD800 <= number <= 0xDFFF:
        return ""
    return "" if number in (0xFFFE, 0xFFFF) else f"&#{number};"


def _without_doctype(text: str) -> tuple[str, dict[str, str | None]]:
    """The text without the document type in front of its first element, and the entities that it declares.

    The value of an entity that stands outside the file is None.
    """
    first = _FIRST_TAG.search(text)
    found = _DOCTYPE.search(text, 0, first.start() if first else len(text))
    if found is None:
        return text, {}
    if not found[1]:
        return text[: found.start()] + text[found.end() :], {}
    declared: dict[str, str | None] = {}
    at = found.end()
    while at - found.end() < _LONGEST_SUBSET and (part := _SUBSET_PART.match(text, at)):
        at = part.end()
        if part[1]:
            return text[: found.start()] + text[at:], declared
        if part[0] in ("<!--", "<?"):
            closed = text.find("-->" if part[0] == "<!--" else "?>", at)
            at = closed if closed >= 0 else at
        elif part[3] and not part[2] and len(declared) < _MOST_DECLARED:
            declared.setdefault(part[3], _value(part[4]))
    return text, {}


def _value(literal: str) -> str | None:
    """The text of an entity's declaration; None of one that names another file."""
    literal = literal.strip()
    return literal[1:-1] if literal[:1] in ("'", '"') and literal[-1:] == literal[:1] else None
