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

_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTITY = re.compile(r"&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));|&")
_DECLARED_CHARSET = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,500}>[^<]{0,20000}</\1>", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_PREAMBLE = re.compile(r"[\s\ufeff>]*(<\?|<!--)")
_DOCTYPE = re.compile(r"[\s\ufeff>]*<!DOCTYPE[^>\[]*(\[)?", re.IGNORECASE)
_MOST_AMPERSANDS = 1_000_000
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"


def read_tree(content: bytes, content_type: str | None, *, url: str) -> etree._Element:
    """The root of a feed or sitemap, recovered as far as its mistakes allow.

    Raises ParseError where there is no root element at all, or entities are declared.
    """
    text = _DECLARATION.sub("", decode(content, content_type)).lstrip()
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


def decode(content: bytes, content_type: str | None = None) -> str:
    """Text of a document whose charset may be declared wrongly.

    Valid UTF-8 is UTF-8 whatever is declared: other charsets hardly ever look like it. ISO-2022 is plain ASCII
    with escapes, so there the declaration counts.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors="replace")
    declared = _declared_charset(content, content_type)
    if b"\x1b$" in content and declared:
        return _decode_as(declared, content)
    if content[:1] == b"\0" or content[1:2] == b"\0":
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # A single bad byte in a UTF-8 document is damage, not another charset.
        text = content.decode("utf-8", errors="replace")
        if declared in (None, "utf-8", "utf8") and text.count("\ufffd") * 100 < sum(byte > 127 for byte in content):
            return text
        return _decode_as("cp1252" if declared in (None, "utf-8", "utf8", "iso-8859-1") else declared, content)


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


def _declared_charset(content: bytes, content_type: str | None) -> str | None:
    declared = _DECLARED_CHARSET.search(content[:500])
    if declared:
        return declared.group(1).decode("ascii").lower()
    said = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]+)", content_type or "", re.IGNORECASE)
    return said.group(1).lower() if said else None


def _decode_as(encoding: str, content: bytes) -> str:
    try:
        return content.decode(encoding, errors="replace")
    except LookupError:
        return content.decode("cp1252", errors="replace")
