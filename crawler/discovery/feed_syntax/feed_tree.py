"""Tree of a feed's elements, whatever is wrong with its markup.

Bytes in any charset become text whose characters and entities are well-formed; libxml2 reads it strictly, with external
files and deep trees switched off. What it refuses is mended first (mending.py): libxml2's own recovery nests the
entries behind an unclosed tag into each other, and drops what it can't place.
"""

import re
from dataclasses import dataclass

from lxml import etree

from crawler.discovery.feed_syntax.characters import resolved
from crawler.discovery.feed_syntax.mending import ENTRIES, FEED_ROOTS, MENDED_ROOT, mended
from crawler.discovery.feed_syntax.other_documents import what_it_is
from crawler.discovery.markup import local_name, refuse_entities
from model.errors import ParseError
from text.decoding import decode_feed

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_BLANKS = " \t\r\n\x00\ufeff"


@dataclass(frozen=True, slots=True)
class FeedTree:
    """A feed's element and the text that it was read from; `is_damaged` where that had to be mended."""

    root: etree._Element
    text: str
    is_damaged: bool


def read_tree(content: bytes, content_type: str | None, *, url: str) -> FeedTree:
    """The tree of a feed. Raises ParseError where there is none, with what the document is instead."""
    if not content.strip(b" \t\r\n\0"):
        raise ParseError(f"no XML: the body is empty ({len(content)} bytes)", url=url)
    text = _DECLARATION.sub("", decode_feed(content, content_type).lstrip(_BLANKS)).lstrip(_BLANKS)
    written, text = text, resolved(text, url=url)
    # A CDATA section without an end goes on to that of a later entry's, and no parser calls that a mistake.
    strict = None if text.count("<![CDATA[") > text.count("]]>") else _strict(text)
    root = _recovered(mended(text, url=url), url) if strict is None else strict
    if root.tag == MENDED_ROOT and len(root) == 0:
        raise ParseError(f"no XML: no element in what begins with {text[:40]!r}", url=url)
    if not _is_feed(root):
        raise ParseError(what_it_is(root, text), url=url)
    if not entries_of(root):
        refuse_entities(written, url=url)  # that is how attacks look, not how feeds without news do
    return FeedTree(root, text, is_damaged=strict is None)


def entries_of(root: etree._Element) -> list[etree._Element]:
    """The elements of a tree that stand for entries, in their order."""
    return [element for element in root.iter(etree.Element) if local_name(element) in ENTRIES]


def _strict(text: str) -> etree._Element | None:
    """The root of well-formed XML; None where it is not well-formed."""
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def _recovered(text: str, url: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"no XML: {error.msg}", url=url) from error
    if root is None:
        raise ParseError("no XML: nothing in it is an element", url=url)
    return root


def _is_feed(root: etree._Element) -> bool:
    """Whether a tree is a feed or holds one: beside warnings, in a page, or under a root of another name."""
    name = local_name(root)
    if name in FEED_ROOTS or name in ENTRIES:
        return True
    names = {local_name(element) for element in root.iter(etree.Element)}
    if names & FEED_ROOTS:
        return True
    first = next((local_name(child) for child in root), "") if name == MENDED_ROOT else name
    return bool(names & ENTRIES) and first not in ("html", "opml", "urlset", "sitemapindex")
