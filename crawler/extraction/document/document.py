"""The document: a page, parsed once for all fields.

A `Document` is the page after one pass: its meta elements, its JSON-LD, its microdata, and an lxml tree from which
everything that can't be story (scripts, styles, forms, drawings) is gone. Whatever the bytes, reading them is bounded:
text over 4 million characters of markup is cut, elements nested deeper than the parser's limit are flattened by it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np
from lxml import etree

from crawler.extraction.document import jsonld
from crawler.extraction.document.crumbs import read_crumbs
from crawler.extraction.document.element_index import ElementIndex, ElementMarks
from crawler.extraction.document.microdata import read_microdata
from crawler.extraction.document.microformats import NO_MICROFORMATS, Microformats, read_microformats
from crawler.extraction.document.streamed import place_streamed
from crawler.extraction.document.tree import VOID_TAGS, Element, attributes_of, drop, empty, read_tree, text_of
from model.errors import ParseError
from model.page import NO_ADDRESS, Page
from text.cleaning import clean_text
from text.decoding import utf8_of

_DROPPED = (
    "base", "link", "script", "style", "svg", "template", "iframe", "object", "embed", "canvas", "input", "select",
    "textarea", "option", "map", "audio", "math",
)  # fmt: skip
_PLAYERS = ("video", "audio", "iframe", "amp-video", "amp-youtube", "object", "embed")
_NAMING_METAS = ("property", "name", "http-equiv")
_MAX_CHARACTERS = 4_000_000
_ABSOLUTE = re.compile(r"https?://[a-zA-Z0-9.-]*[a-zA-Z0-9](?:/[^\s?#;]*)?(?:\?[^\s#]+)?")
"""An address that joining leaves as it is."""
_SCRIPTS = re.compile(r"<(script|style|svg)\b[^>]*>(?:[^<]++|<(?!/\1\s*>))*+(?:</\1\s*>|\Z)", re.I)
_MAXIMUM_CHALLENGE = 150_000
_CHALLENGES = (
    b"cf-chl-",
    b"cf_chl_",
    b"captcha-delivery",
    b"px-captcha",
    b"_Incapsula_Resource",
    b"ak-challenge",
    b"awsWafCookie",
)
_MAXIMUM_ATTRIBUTES = 300
_MANY_ATTRIBUTES = 3_000
"""From so many in one tag on, the parser's comparing costs more than the rest of a page."""
_LONG_TAG = re.compile(rb"<(\w++)\s[^<>]{3000,}+>")
_WRAPPERS = re.compile(
    rb"</?(?:a|article|b|blockquote|center|dd|div|dl|em|font|i|li|ol|section|small|span|strong|table|tbody|td|tr|u|ul)\b"
    rb"[^<>]*+>",
    re.I,
)
_VOID = re.compile(rb"<((?:%s)\b[^<>]*+)(?<!/)>" % "|".join(VOID_TAGS).encode(), re.I)
"""Void elements, which the parser puts into each other as long as they don't close themselves."""
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
"""U+FFFE and U+FFFF, which no tree takes, nor NUL."""


@dataclass(frozen=True)
class Document:
    """One page: `root` is the pruned lxml tree; `metas` maps a lower-case name or property to its contents in order.

    `elements` is the index of the pruned tree, and knows nothing of what is dropped later.
    """

    page: Page
    markup: bytes
    root: Element
    elements: ElementIndex
    metas: Mapping[str, tuple[str, ...]]
    links: Mapping[str, str]
    nodes: tuple[dict[str, Any], ...]
    microdata: Mapping[str, tuple[str, ...]]
    title: str | None
    html_language: str | None
    stories: list[jsonld.Node] = field(default_factory=list)
    scripts: tuple[Element, ...] = ()
    players: int = 0
    linked_headings: int = 0
    crumbs: tuple[str, ...] = ()
    microformats: Microformats = NO_MICROFORMATS

    @property
    def url(self) -> str:
        """The address that answered; empty where it is not known, so that nothing is concluded from it."""
        return known_address(self.page)

    @cached_property
    def hostname(self) -> str:
        """The host that answered; empty where it is not known."""
        return urlsplit(self.url).hostname or ""

    @cached_property
    def host(self) -> str:
        """The same without www."""
        return self.hostname.removeprefix("www.")

    @property
    def challenge(self) -> bool:
        """Whether the page holds the marks of a challenge to robots."""
        return len(self.markup) < _MAXIMUM_CHALLENGE and any(mark in self.markup for mark in _CHALLENGES)

    @property
    def states(self) -> tuple[str, ...]:
        """The texts of the page's scripts."""
        return tuple(text for script in self.scripts if (text := script.text))

    @property
    def story_node(self) -> Mapping[str, Any]:
        """The JSON-LD node that describes the story best; empty where there is none."""
        return self.stories[0] if self.stories else {}

    def meta(self, *names: str) -> str | None:
        """The first clean content of the first of these meta names that has one."""
        for name in names:
            for content in self.metas.get(name, ()):
                text = clean_text(content)
                if text:
                    return text
        return None

    def absolute(self, address: str | None) -> str | None:
        """An http or https address made absolute, or None."""
        if not address:
            return None
        if _ABSOLUTE.fullmatch(stripped := address.strip()):
            return stripped
        try:
            joined = urljoin(self.url, stripped)
            parts = urlsplit(joined)
        except ValueError:
            return None
        return joined if parts.scheme in ("http", "https") and parts.hostname else None


def known_address(page: Page) -> str:
    """The address that answered; empty where it is not known."""
    return "" if page.final_url == NO_ADDRESS else page.final_url


def read_document(page: Page, marks: ElementMarks) -> Document:
    """Decode, parse and prune; the elements are indexed by the marks.

    Raises ParseError where there is no markup at all.
    """
    markup = _markup(page)
    root = _tree(markup)
    if root is None:
        raise ParseError("there is no markup", url=page.final_url)
    metas, links = _head(root)
    scripts = tuple(root.iter("script"))
    nodes = jsonld.read_blocks(_json_ld_texts(scripts))
    title = next((clean_text(text_of(element)) for element in root.iter("title")), None)
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    players = _read_players(root)
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    index = ElementIndex(root, marks)
    microdata = read_microdata(index)
    microformats = read_microformats(index)
    index.forget(_prune(root))
    return Document(
        page=page,
        markup=markup,
        root=root,
        elements=index,
        metas=metas,
        links=links,
        nodes=nodes,
        microdata=microdata,
        title=title,
        html_language=language,
        stories=jsonld.story_nodes(nodes),
        scripts=scripts,
        players=players,
        microformats=microformats,
        crumbs=read_crumbs(root, index, known_address(page)),
        linked_headings=_linked_headings(root),
    )


def _read_players(root: Element) -> int:
    """How many players the page shows; what the parser put into void elements is moved behind them on the way."""
    players = 0
    # From the end: void elements that follow each other were put into each other.
    for element in reversed(list(root.iter(*_PLAYERS, *VOID_TAGS))):
        players += element.tag in _PLAYERS
        if element.tag in VOID_TAGS:
            empty(element)
    return players


def _markup(page: Page) -> bytes:
    """The markup of a page in UTF-8, at most the maximum of it."""
    markup = utf8_of(page.content, page.headers.get("content-type"))
    markup = markup.replace(b"\0", b"")
    if b"\xef" in markup:  # a single byte is found fastest, and most pages hold none
        markup = _NONCHARACTERS.sub(b"", markup)
    if not markup or markup.isspace():
        raise ParseError("the page is empty", url=page.final_url)
    return _cut(markup) if len(markup) > _MAX_CHARACTERS else markup


def _tree(markup: bytes) -> Element | None:
    """The tree of all elements, with streamed parts in their places."""
    characters = np.frombuffer(markup, np.uint8)  # counts what is frequent four times as fast as bytes do
    attributes = np.count_nonzero(characters == ord("="))
    if attributes > _MANY_ATTRIBUTES and attributes > 20 * np.count_nonzero(characters == ord("<")):
        markup = _LONG_TAG.sub(_without_attributes, markup)
    root = read_tree(markup)
    if root is None and (closed := _VOID.sub(rb"<\1 />", markup)) != markup:
        root = read_tree(closed)
    if root is None:
        # The parser gives up on what is nested too deep: read the paragraphs without what is around them.
        root = read_tree(_WRAPPERS.sub(b" ", markup))
    if root is not None:
        place_streamed(root)
    return root


def _without_attributes(tag: re.Match[bytes]) -> bytes:
    """A tag with hundreds of attributes bare: the parser compares each with each."""
    return b"<%b>" % tag[1] if tag[0].count(b"=") > _MAXIMUM_ATTRIBUTES else tag[0]


def _cut(markup: bytes) -> bytes:
    """At most the maximum of characters, and where they are more, without scripts that are no JSON-LD."""
    text = markup.decode("utf-8", "replace")
    if len(text) <= _MAX_CHARACTERS:
        return markup
    kept = _SCRIPTS.sub(lambda match: match[0] if "ld+json" in match[0][:200] else "", text)
    return kept[:_MAX_CHARACTERS].encode()


def _head(root: Element) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    metas: dict[str, list[str]] = {}
    links: dict[str, str] = {}
    for element in root.iter("meta", "link"):
        told = dict(attributes_of(element))
        if element.tag == "link":
            if address := told.get("href"):
                for relation in told.get("rel", "").lower().split():
                    links.setdefault(relation, address)
        elif content := told.get("content") or told.get("value"):
            for name in {told[key].strip().lower() for key in _NAMING_METAS if key in told}:
                metas.setdefault(name, []).append(content)
    metas.pop("", None)
    return {name: tuple(contents) for name, contents in metas.items()}, links


def _json_ld_texts(scripts: Iterable[Element]) -> Iterator[str]:
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower() and (text := script.text):
            yield text


def _linked_headings(root: Element) -> int:
    """How many headings are links to other pages: one a card on front and section pages."""
    count = 0
    for heading in root.iter("h2", "h3", "h4", "h5"):
        link = next(heading.iter("a"), None)
        link = link if link is not None else next(heading.iterancestors("a"), None)
        if link is not None and link.get("href") and len(text_of(heading).strip()) >= 15:
            count += 1
    return count


def _prune(root: Element) -> list[Element]:
    """Take out meta elements, buttons, and what only browsers without scripts show.

    Returns the elements that were taken out.
    """
    gone = list(root.iter("meta"))
    etree.strip_elements(root, "meta", with_tail=False)
    for element in list(root.iter("button")):
        # Galleries open at a click on the picture, which then stands inside a button with its caption.
        if next(element.iter("img", "figure", "picture"), None) is not None:
            element.tag = "div"
        elif next(element.iterancestors("h2", "h3", "h4", "h5", "dt"), None) is not None:
            # The heading of a panel that opens at a click.
            element.tag = "span"
        else:
            drop(element)
            gone.append(element)
    for element in list(root.iter("noscript")):
        # Lazy-loading pages repeat each picture for browsers without scripts; only what stands nowhere else counts.
        parent = element.getparent()
        if parent is not None:
            # In the head stand the pixels of counters.
            images = list(element.iter("img")) if parent.tag != "head" else []
            if len(images) == 1:
                _show_picture(element, images[0], parent)
            drop(element)
            gone.append(element)
    return gone


def _show_picture(noscript: Element, image: Element, parent: Element) -> None:
    """Show the picture of browsers without scripts, if it is the only one, or tell its address to the placeholder."""
    pictures = ("img", "amp-img", "picture")
    if sum(1 for _ in parent.iter(*pictures)) == sum(1 for _ in noscript.iter(*pictures)):
        image.tail = None
        noscript.addprevious(image)
        return
    for beside in (noscript.getprevious(), noscript.getnext()):
        twins = list(beside.iter("img")) if beside is not None else []
        if len(twins) == 1 and (twins[0].get("src") or "data:").startswith("data:"):
            twins[0].set("data-src", twins[0].get("data-src") or image.get("src") or "")
            return
