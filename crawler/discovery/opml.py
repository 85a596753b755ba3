"""Subscription lists in OPML (http://opml.org/spec2.opml, and 1.0 before it) as outlines.

Programs write the names of attributes in any capitalisation, bare ampersands and HTML's entities, and declare charsets
that are not theirs; that is mended. A file that is broken otherwise is refused as a whole: half a list would be taken
for all of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5

from lxml import etree

from model.errors import ParseError
from text.cleaning import clean_text
from text.decoding import decode_feed

NAMESPACE = "urn:wiredesk:opml"
"""Of the attributes that only Wiredesk writes and reads."""
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_AMPERSAND = re.compile(
    r"&(?!(?:#\d{1,7}|#x[\da-fA-F]{1,6}|amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});)?", re.A
)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FEED_TYPES = frozenset({"rss", "atom", "feed", "rdf", "pie"})


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline: what it is called, where its feed and its site are, and its own attributes of Wiredesk's.

    `refers_to` is the address of another OPML file; `folders` are the names of the outlines around it, `owner` is the
    nearest of these that has attributes of Wiredesk's.
    """

    title: str | None = None
    feed_url: str | None = None
    site_url: str | None = None
    refers_to: str | None = None
    own: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    owner: "Outline | None" = None


def looks_like_opml(content: bytes) -> bool:
    """Whether a file's beginning opens an OPML document."""
    return re.search(r"<opml[\s>]", decode_feed(content[:4096]), re.IGNORECASE) is not None


def read_opml(content: bytes, *, url: str) -> tuple[Outline, ...]:
    """All outlines of a subscription list, in order; raises ParseError, with the line, where it is no OPML."""
    text = _DECLARATION.sub("", _NOT_IN_XML.sub("", decode_feed(content))).strip()
    if "<!ENTITY" in text:
        raise ParseError("its document type declares entities", url=url)
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=False)
    try:
        root = etree.fromstring(_AMPERSAND.sub(_resolved_entity, text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"no OPML: {error.msg}", url=url) from error
    if _name(root.tag) != "opml":
        raise ParseError(f"no OPML: its root element is <{_name(root.tag)[:40]}>", url=url)
    return tuple(_outlines(root, (), None))


def _outlines(parent: etree._Element, folders: tuple[str, ...], owner: Outline | None) -> Iterator[Outline]:
    for element in parent:
        if not isinstance(element.tag, str):
            continue
        if _name(element.tag) != "outline":
            yield from _outlines(element, folders, owner)
            continue
        outline = _outline(element, folders, owner)
        yield outline
        inner = (*folders, outline.title) if outline.title else folders
        yield from _outlines(element, inner, outline if outline.own else owner)


def _outline(element: etree._Element, folders: tuple[str, ...], owner: Outline | None) -> Outline:
    plain: dict[str, str] = {}
    own: dict[str, str] = {}
    for name, value in element.attrib.items():
        space, _, local = str(name).rpartition("}")
        kept = own if space == f"{{{NAMESPACE}" else plain
        kept.setdefault(local.lower(), str(value).strip())
    kind = plain.get("type", "").lower()
    feed_url = plain.get("xmlurl") or (plain.get("url") if kind in _FEED_TYPES else None)
    return Outline(
        title=clean_text(plain.get("text")) or clean_text(plain.get("title")),
        feed_url=feed_url or None,
        site_url=plain.get("htmlurl") or None,
        refers_to=plain.get("url") if kind in ("link", "include") and not feed_url else None,
        own=own,
        folders=folders,
        owner=owner,
    )


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()


def _resolved_entity(found: re.Match[str]) -> str:
    known = html5.get(f"{found[1]};") if found[1] else None
    return known or f"&amp;{found[0][1:]}"
