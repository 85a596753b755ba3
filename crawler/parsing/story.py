"""How does a page become a story?

The document is read once; furniture is dropped; the story's element is found; what stands between headline and story
becomes soup; captions, deck and byline are taken out of the soup; what remains are the paragraphs.
"""

from dataclasses import dataclass, replace

from bs4 import BeautifulSoup
from bs4.element import Tag
from lxml import etree, html

from crawler.errors import NotAStoryError, ParseError
from crawler.parsing import dates, headline, language
from crawler.parsing.address import read_address
from crawler.parsing.agencies import merged
from crawler.parsing.body import find_story
from crawler.parsing.byline import Byline, byline_lines, read_byline
from crawler.parsing.captions import FoundCaptions, read_captions
from crawler.parsing.datelines import read_dateline
from crawler.parsing.deck import described, read_deck
from crawler.parsing.document import Document, read_document
from crawler.parsing.embedded import article_body, embedded_markup
from crawler.parsing.furniture import drop_furniture
from crawler.parsing.paragraphs import Block, closing_credits, read_blocks, story_blocks
from crawler.parsing.rules import DEFAULT_RULES, Rules
from crawler.parsing.topics import read_paywalled, read_section, read_tags
from index.page import Page
from index.story import Story

PARSER_VERSION = 1
_NEXT_TO_NOTHING = 250
_MARK = "data-wiredesk-story"
_KEPT_ATTRIBUTES = frozenset(
    {
        *("class", "id", "itemprop", "itemtype", "rel", "href", "src", "alt", "title", "datetime", "width", "height"),
        *("data-src", "data-original", "data-lazy-src", "data-caption", "data-credit", "data-testid", "lang"),
    }
)


def parse(page: Page, *, rules: Rules = DEFAULT_RULES) -> Story:
    """Read a page as a wire story.

    Raises NotAStoryError where the page is none and ParseError where it can't be read.
    """
    try:
        return _read(page, rules)
    except (NotAStoryError, ParseError):
        raise
    except Exception as error:
        raise ParseError(f"{type(error).__name__}: {error}", url=page.final_url) from error


@dataclass(frozen=True)
class _Reading:
    """What the marked-up part of the page says."""

    blocks: tuple[Block, ...] = ()
    captions: FoundCaptions = FoundCaptions([], frozenset())
    deck: str | None = None
    deck_rule: str = ""
    bylines: tuple[str, ...] = ()
    rule: str = "markup:prose"
    soup: BeautifulSoup | None = None


def _region(story: html.HtmlElement, heading: html.HtmlElement | None) -> html.HtmlElement:
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


def _strip_attributes(region: html.HtmlElement) -> None:
    """Drop the attributes that no step reads: soup is slow, and most of a page is attributes."""
    for element in region.iter():
        for name in element.keys():
            if name not in _KEPT_ATTRIBUTES:
                del element.attrib[name]


def _read_markup(document: Document, heading: html.HtmlElement | None, title: str) -> _Reading:
    story = find_story(document.root, heading)
    if story is None:
        return _Reading()
    region = _region(story, heading)
    return _read_region(document, story, region, title)


def _read_embedded(document: Document, title: str) -> _Reading:
    """The reading of a story that stands only in JSON-LD or in a script's state."""
    paragraphs = article_body(document.stories)
    if paragraphs:
        return _Reading(tuple(Block(text, "p", 0) for text in paragraphs), rule="json-ld:articleBody")
    element = embedded_markup(document.states)
    if element is None:
        return _Reading()
    return replace(_read_region(document, element, element, title), rule="script:state")


def _read_region(document: Document, story: html.HtmlElement, region: html.HtmlElement, title: str) -> _Reading:
    _strip_attributes(region)
    story.set(_MARK, "1")
    soup = BeautifulSoup(etree.tostring(region, encoding="unicode", method="html", with_tail=False), "lxml")
    container = soup.find(attrs={_MARK: "1"})
    if not isinstance(container, Tag):
        return _Reading()
    captions = read_captions(document, soup)
    deck, rule, deck_ids = read_deck(soup, container, title, captions.consumed)
    blocks = read_blocks(container, captions.consumed | deck_ids)
    return _Reading(tuple(blocks), captions, deck, rule, tuple(byline_lines(soup)), soup=soup)


def _prose(reading: _Reading) -> int:
    return sum(len(block.text) - block.linked for block in reading.blocks if len(block.text) > 60)


def _read(page: Page, rules: Rules) -> Story:
    document = read_document(page)
    heading = headline.main_heading(document)
    drop_furniture(document.root, heading)
    title, title_rule = headline.read_headline(document, heading)
    if title is None:
        raise NotAStoryError("no headline", url=document.url)
    reading = _read_markup(document, heading, title)
    if _prose(reading) < _NEXT_TO_NOTHING:
        embedded = _read_embedded(document, title)
        reading = embedded if _prose(embedded) > 2 * _prose(reading) else reading
    byline = read_byline(document, reading.bylines, reading.blocks[:3])
    repeated = frozenset(
        {title, reading.deck or "", *byline.people, *(caption.text for caption in reading.captions.captions)}
    )
    blocks = story_blocks(list(reading.blocks), title, byline.people, repeated)
    body = [block.text for block in blocks]
    place, dateline_agencies = None, ()
    if body:
        place, dateline_agencies, body[0] = read_dateline(body[0])
    body, closing = closing_credits(body)
    deck, deck_rule = (reading.deck, reading.deck_rule) if reading.deck else described(document, body)
    published, modified = dates.read_dates(document, reading.soup)
    url, origin, url_rule = read_address(document)
    section, tags = read_section(document), read_tags(document)
    code, language_rule = language.read_language(document, " ".join(body))
    agencies = merged([byline.agencies, dateline_agencies, closing])
    provenance = {
        "headline": title_rule,
        "deck": deck_rule if deck else "",
        "byline": byline.rule if byline.people else "",
        "dateline": "text:dateline" if place else "",
        "agencies": "text:credit" if agencies else "",
        "published_at": published.rule if published else "",
        "modified_at": modified.rule if modified else "",
        "url": url_rule,
        "language": language_rule,
        "body": reading.rule if body else "",
        "captions": "markup:caption" if reading.captions.captions else "",
    }
    return Story(
        source=page.link.source,
        headline=title,
        url=url,
        origin_url=origin,
        section=section,
        tags=tuple(tags),
        paywalled=read_paywalled(document),
        byline=byline.people,
        deck=deck,
        dateline=place,
        agencies=tuple(agencies),
        body=tuple(body),
        captions=tuple(reading.captions.captions),
        published_at=published.at if published else None,
        modified_at=modified.at if modified else None,
        language=code,
        publisher_id=page.link.publisher_id,
        provenance={field: rule for field, rule in provenance.items() if rule},
        parser_version=PARSER_VERSION,
    )
