"""Marked-up parts of a page: captions, deck, byline lines, and the blocks of the body.

The story's element is found in the lxml tree; the smallest element that holds both headline and story becomes soup;
out of the soup are taken captions, deck and byline lines, and what remains is read as blocks.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from bs4 import BeautifulSoup
from bs4.element import Tag

from crawler.extraction.body.blocks import TextBlock, read_blocks
from crawler.extraction.body.roles import VETO, Role, against
from crawler.extraction.body.story_container import find_story
from crawler.extraction.bylines.credit_lines import byline_lines
from crawler.extraction.captions.captions import NO_CAPTIONS, FoundCaptions, read_captions
from crawler.extraction.captions.picture_addresses import show_address
from crawler.extraction.document.document import Document
from crawler.extraction.document.embedded import article_body, embedded_markup
from crawler.extraction.document.soup_builder import marked_soup_of
from crawler.extraction.document.soups import STORY_MARK
from crawler.extraction.document.tree import Element, cut_all, drop
from crawler.extraction.metadata.deck import read_deck
from crawler.extraction.site_rules import SiteRule
from crawler.extraction.texts import squeezed

_CAPTION = against("in the caption of a picture", VETO, Role.CAPTION)
_DECK = against("in the element of the deck", VETO, Role.DECK)
_NEXT_TO_NOTHING = 250
_MAXIMUM_ELEMENTS = 8_000
"""No story's region known comes near it."""
_MAY_BE_EMPTY = frozenset({"img", "amp-img", "br", "hr", "video", "amp-video", "picture", "time", "abbr", "td"})
_IMAGES = ("img", "amp-img")
_KEPT_ATTRIBUTES = frozenset(
    {
        STORY_MARK,
        *("class", "id", "itemprop", "itemtype", "rel", "href", "src", "alt", "title", "datetime", "width", "height"),
        *("data-caption", "data-credit", "data-testid", "data-sub-html", "lang", "size", "color", "align"),
    }
)
# Attributes in which scripts keep captions and credits, and styles that set a caption apart or show a picture.
_TOLD_OF_PICTURES = re.compile(r"data-[a-z-]*(?:caption|credit|copyright|photographer)")
_TELLING_STYLE = re.compile(r"font-(?:size|style)|text-align|background", re.I)
_BACKGROUND = re.compile(
    r"background(?:-image)?\s*:[^;]*url\(\s*[\"']?([^\"')]+\.(?:jpe?g|png|webp|avif)[^\"')]*)", re.I
)


@dataclass(frozen=True)
class MarkedUpStory:
    """Blocks, captions, deck and byline lines of a page; `rule` names where the story's blocks stood."""

    all_blocks: tuple[TextBlock, ...] = ()
    captions: FoundCaptions = NO_CAPTIONS
    deck: str | None = None
    deck_rule: str = ""
    bylines: tuple[str, ...] = ()
    rule: str = "markup:prose"
    soup: BeautifulSoup | None = None
    region: Element | None = None
    pictures: int = 0

    @cached_property
    def blocks(self) -> tuple[TextBlock, ...]:
        """The blocks of the story's element that no step has taken for anything else."""
        return tuple(block for block in self.all_blocks if block.seen is None)

    @property
    def prose(self) -> int:
        """Characters of its longer blocks outside links."""
        return sum(len(block.text) - block.linked for block in self.blocks if len(block.text) > 60)


def read_markup(document: Document, heading: Element | None, title: str, site: SiteRule | None = None) -> MarkedUpStory:
    """The reading of a page; of its scripts where its markup holds next to no prose."""
    story = find_story(document.root, heading)
    reading = MarkedUpStory()
    if story is not None:
        region = document.root if site else _region(story, heading)
        reading = _read_region(document, story, region, title, site)
    elif heading is not None and (article := next(heading.iterancestors("article"), None)) is not None:
        # A story in pictures: without prose there is nothing to find it by but the element around its headline.
        shown = _read_region(document, article, article, title, site)
        reading = replace(shown, all_blocks=tuple(block for block in shown.all_blocks if block.seen))
    if reading.prose < _NEXT_TO_NOTHING:
        embedded = _read_embedded(document, title)
        if embedded.prose > 2 * reading.prose:
            return replace(embedded, bylines=embedded.bylines or reading.bylines)
    return reading


def selected(soup: BeautifulSoup | None, selectors: tuple[str, ...]) -> str | None:
    """The text of the first element that one of a site's selectors finds."""
    for selector in selectors if soup is not None else ():
        element = _select(soup, selector)
        if element is not None:
            return _value(element) or None
    return None


def all_selected(soup: BeautifulSoup | None, selectors: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of all elements that the first of a site's selectors finds which finds any."""
    for selector in selectors if soup is not None else ():
        if _select(soup, selector) is not None:
            values = map(_value, soup.select(selector) if soup is not None else ())
            return tuple(value for value in values if value)
    return ()


def _value(element: Tag) -> str:
    return squeezed(str(element.get("datetime") or element.get("content") or element.get_text(" ")))


def _select(soup: BeautifulSoup | None, selector: str) -> Tag | None:
    return soup.select_one(selector) if soup is not None else None


def _region(story: Element, heading: Element | None) -> Element:
    """The smallest element that holds the headline and the story, or the article element around it."""
    element = story
    if heading is not None:
        around = set(heading.iterancestors())
        while element not in around and element is not heading:
            parent = element.getparent()
            if parent is None:
                return story
            element = parent
    if element.tag in ("article", "main", "body"):
        return element
    return next(element.iterancestors("article"), element)


def _read_embedded(document: Document, title: str) -> MarkedUpStory:
    """The reading of a story that stands only in JSON-LD or in a script's state."""
    paragraphs = article_body(document.stories)
    if paragraphs:
        return MarkedUpStory(tuple(TextBlock(text, "p") for text in paragraphs), rule="json-ld:articleBody")
    element = embedded_markup(document.states)
    if element is None:
        return MarkedUpStory()
    return replace(_read_region(document, element, element, title, None), rule="script:state")


def _read_region(
    document: Document, story: Element, region: Element, title: str, site: SiteRule | None
) -> MarkedUpStory:
    _lighten(region)
    story.set(STORY_MARK, "1")
    soup, marked = marked_soup_of(region, _is_kept if site is None else None)
    container, rule = _container(soup, marked, site)
    if container is None:
        return MarkedUpStory()
    captions = read_captions(document, soup, soup if marked is None or marked.decomposed else marked, title)
    deck, deck_rule, deck_ids = read_deck(soup, container, title, captions.consumed)
    taken = {**dict.fromkeys(captions.consumed, _CAPTION), **dict.fromkeys(deck_ids, _DECK)}
    return MarkedUpStory(
        all_blocks=tuple(read_blocks(soup, container, taken)),
        captions=captions,
        deck=deck,
        deck_rule=deck_rule,
        bylines=tuple(byline_lines(soup, captions.consumed)),
        rule=rule,
        soup=soup,
        region=region,
        pictures=captions.pictures,
    )


def _container(soup: BeautifulSoup, marked: Tag | None, site: SiteRule | None) -> tuple[Tag | None, str]:
    """The element that holds the story, by the site's rule or by its mark; what a rule drops is gone."""
    if site is None:
        return marked, "markup:prose"
    for selector in site.drop:
        while (element := _select(soup, selector)) is not None:
            element.decompose()
    ruled = next(
        (element for selector in site.selectors("body") if (element := _select(soup, selector)) is not None), None
    )
    return (ruled, f"site:{site.domain}") if ruled is not None else (marked, "markup:prose")


def _lighten(region: Element) -> None:
    """Put pictures' addresses in their place and drop empty elements, which are many, and all behind the maximum.

    One that shows a picture as its background becomes that picture.
    """
    elements = list(region.iter("*"))
    cut_all(elements[_MAXIMUM_ELEMENTS:])
    # From the end: a picture is met before the sources that stand in front of it.
    for element in reversed(elements[:_MAXIMUM_ELEMENTS]):
        if not len(element):
            (show_address if element.tag in _IMAGES else _show_background)(element)
        if not (len(element) or element.text or element.tag in _MAY_BE_EMPTY):
            drop(element)
    for link in [link for link in region.iter("a") if "sponsored" in (link.get("rel") or "")]:
        _without_shop(link)


def _is_kept(name: str, value: str) -> bool:
    """Whether a step reads an attribute."""
    if name in _KEPT_ATTRIBUTES:
        return True
    if name == "style":
        return bool(_TELLING_STYLE.search(value))
    return name.startswith("data-") and bool(_TOLD_OF_PICTURES.fullmatch(name))


def _show_background(element: Element) -> None:
    """Make a picture of an empty element that shows one as its background."""
    style = element.get("style")
    if style and "url(" in style and not (element.text or "").strip():
        picture = _BACKGROUND.search(style)
        if picture:
            element.tag, element.text = "img", None
            element.set("src", picture[1])


def _without_shop(link: Element) -> None:
    """Drop a shop's button; around a picture it is no link any more, and in prose the words stay."""
    if next(link.iter("img", "amp-img"), None) is not None:
        link.tag = "span"
        return
    parent = link.getparent()
    around = parent is not None and any(text and text.strip() for text in (parent.text, *(c.tail for c in parent)))
    if not around:
        drop(link)
