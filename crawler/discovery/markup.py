"""Markup of feeds and sitemaps as element trees, whatever is wrong with it.

Bytes in any charset become well-formed text first; then libxml2 reads it in recovering mode with entities, external
files and deep trees switched off. Documents that declare entities are refused: no feed needs them, bombs do.
"""

import html
import re
from html.entities import html5

from lxml import etree

from model.errors import ParseError
from text.cleaning import clean_text
from text.decoding import decode_feed

_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTITY = re.compile(r"&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));|&")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,500}>[^<]{0,20000}</\1>", re.IGNORECASE)
_PREAMBLE = re.compile(r"[\s\ufeff>]*(<\?|<!--)")
_DOCTYPE = re.compile(r"[\s\ufeff>]*<!DOCTYPE[^>\[]*(\[)?", re.IGNORECASE)
_MOST_AMPERSANDS = 1_000_000
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"


def read_tree(content: bytes, content_type: str | None, *, url: str) -> etree._Element:
    """The root of a feed or sitemap, recovered as far as its mistakes allow.

    Raises ParseError where there is no root element at all, or entities are declared.
    """
    text = _DECLARATION.sub("", decode_feed(content, content_type)).lstrip()
    refuse_entities(text, url=url)
    if text.count("&") > _MOST_AMPERSANDS:
        raise ParseError(f"more than {_MOST_AMPERSANDS} ampersands", url=url)
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_well_formed(text).encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"no XML: {error.msg}", url=url) from error
    if root is None:
        raise ParseError("no XML: nothing in it is an element", url=url)
    return root


def refuse_entities(text: str, *, url: str) -> None:
    """Raise ParseError where the document type declares anything itself: entities are the stuff of bombs and leaks.

    The document type may stand only before the root element, after comments and instructions (XML 1.0, 2.8).
    """
    at = 0
    while found := _PREAMBLE.match(text, at):
        closed = text.find("?>" if found[1] == "<?" else "-->", found.end())
        at = closed + 2 if closed >= 0 else len(text)
    declared = _DOCTYPE.match(text, at)
    if declared and declared[1]:
        raise ParseError("its document type declares entities", url=url)


def plain_text(markup: str | None) -> str | None:
    """Text of a title or summary that may hold HTML, escaped once or twice; None where nothing is left."""
    if not markup:
        return None
    text = markup
    for _ in range(2):
        if "&lt;" in text or "&#" in text:
            text = html.unescape(text)
        if not _TAG.search(text):
            break
        text = _TAG.sub("", _BREAK.sub(" ", _HIDDEN.sub(" ", text)))
    return clean_text(text)


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, in lower case; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _well_formed(text: str) -> str:
    """Repair what libxml2 would drop text for: HTML entities, bare ampersands, control characters."""
    text = _NOT_IN_XML.sub("", text)
    pieces: list[str] = []
    at = 0
    while at < len(text):
        start = text.find(_CDATA_START, at)
        end = text.find(_CDATA_END, start) if start >= 0 else -1
        if start < 0 or end < 0:
            break
        pieces += [_ENTITY.sub(_resolve, text[at:start]), text[start : end + len(_CDATA_END)]]
        at = end + len(_CDATA_END)
    pieces.append(_ENTITY.sub(_resolve, text[at:]))
    return "".join(pieces)


def _resolve(found: re.Match[str]) -> str:
    number, name = found.groups()
    if number or name in _XML_ENTITIES:
        return found[0]
    known = html5.get(f"{name};") if name else None
    return known if known else f"&amp;{found[0][1:]}"
