"""Entries of a sitemap, one after the other, whatever is wrong with the file around them.

Each <url> or <sitemap> is cut out of the text and read by itself: a broken entry costs no other, a file that was cut
off ends with its last whole entry, warnings in front of it and documents behind it do no harm, and a flood of a million
entries never stands in memory as a tree. (Read as one document in a recovering parser, `?a=1&b=2` becomes `?a=1=2`, and
half an address at the end of a cut file a whole one.)
"""

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from text.decoding import decode_feed

_CHUNK_BYTES = 65_536
_LONGEST_ENTRY = 500_000
_TOKEN = re.compile(
    r"<(/?)(?:(?!image|video|news|media)[\w.-]{1,20}:)?(url|sitemap)(?:\s[^<>]{0,500})?(?<!/)>|<!--|-->", re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]{1,20}:)?(urlset|sitemapindex|rss|feed|rdf|html|url|sitemap)(?=[\s>/])", re.IGNORECASE)
_ANY_ROOT = re.compile(r"<(?:[\w.-]{1,20}:)?([\w.-]{1,40})(?=[\s>/])")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(
    r"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


EntryChildren = dict[str, list[etree._Element]]
"""The children of an entry by name, each name in the order of the file."""


def root_name(prolog: str) -> str:
    """The name of a sitemap's root element, in lower case and without prefix; "" where there is no element.

    `prolog` is the beginning of the text; what stands before a root that we know, as a warning of PHP, is passed over.
    """
    text = _COMMENT.sub("", prolog)
    found = _ROOT.search(text) or _ANY_ROOT.search(text)
    return found[1].lower() if found else ""


def read_entries(content: bytes, content_type: str | None) -> Iterator[tuple[str, EntryChildren]]:
    """The name of each entry ("url" or "sitemap"), and its children by their names without prefix, in order."""
    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    for name, block in _blocks(_texts(content, content_type)):
        try:
            element = etree.fromstring(f"<{name}>{_repaired(block)}</{name}>".encode(), parser)
        except etree.XMLSyntaxError:
            continue
        if element is not None:
            yield name, children_of(element)


def children_of(element: etree._Element) -> EntryChildren:
    """The children of an element by name: lower case, without namespace and without a prefix that nobody declared."""
    children: EntryChildren = {}
    for child in element:
        if isinstance(child.tag, str):
            name = child.tag.rpartition("}")[2].rpartition(":")[2].lower()
            children.setdefault(name, []).append(child)
    return children


def _texts(content: bytes, content_type: str | None) -> Iterator[str]:
    """The text of a file in parts that end behind a tag; UTF-16, where that can't be seen in the bytes, in one."""
    if b"\0" in content[:64]:
        yield decode_feed(content, content_type)
        return
    at = 0
    while at < len(content):
        end = content.find(b">", at + _CHUNK_BYTES) + 1 or len(content)
        yield decode_feed(content[at:end], content_type)
        at = end


def _blocks(texts: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The whole entries: their names and what stands between their tags; one that nobody closed ends at the next."""
    text, name, at, start, in_comment = "", "", 0, 0, False
    for more in texts:
        text += _NOT_IN_XML.sub("", more)
        while token := _TOKEN.search(text, at):
            at = token.end()
            if in_comment or token[2] is None:
                in_comment = token[0] == "<!--" or (in_comment and token[0] != "-->")
                continue
            if name and (token[1] or "</" in text[start : token.start()]):
                yield name, text[start : token.start()]
            name, start = ("" if token[1] else token[2].lower()), at
        if not name or len(text) - start > _LONGEST_ENTRY:
            text, name, at, start = "", "", 0, 0
        else:
            text, at, start = text[start:], max(at - start, 0), 0


def _repaired(block: str) -> str:
    """The text of an entry without what XML doesn't allow: bare ampersands and HTML's entities."""
    if "&" not in block:
        return block
    pieces = _CDATA.split(block)
    pieces[::2] = [_AMPERSAND.sub(_resolved_entity, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _resolved_entity(found: re.Match[str]) -> str:
    known = html5.get(f"{found[1]};") if found[1] else None
    return known or f"&amp;{found[0][1:]}"
