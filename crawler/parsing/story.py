"""How does a page become a story?"""

from bs4 import BeautifulSoup
from bs4.element import Tag
from lxml import etree, html

from crawler.errors import NotAStoryError, ParseError
from crawler.parsing import byline, dates, headline, language
from crawler.parsing.body import find_story
from crawler.parsing.captions import FoundCaptions, read_captions
from crawler.parsing.document import Document, read_document
from crawler.parsing.furniture import drop_furniture
from crawler.parsing.paragraphs import read_blocks, story_blocks
from crawler.parsing.rules import DEFAULT_RULES, Rules
from crawler.urls import canonical_url
from index.page import Page
from index.story import Story

PARSER_VERSION = 1
_MARK = "data-wiredesk-story"


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


def _region(story: html.HtmlElement, heading: html.HtmlElement | None) -> html.HtmlElement:
    """The smallest element that holds the headline and the story."""
    if heading is None:
        return story
    around = set(heading.iterancestors())
    element = story
    while element not in around and element is not heading:
        parent = element.getparent()
        if parent is None:
            return story
        element = parent
    return element


def _read(page: Page, rules: Rules) -> Story:
    document: Document = read_document(page)
    provenance: dict[str, str] = {}
    drop_furniture(document.root)
    heading = headline.main_heading(document)
    story = find_story(document.root, heading)
    title, provenance["headline"] = headline.read_headline(document, heading)
    if title is None:
        raise NotAStoryError("no headline", url=document.url)
    body: list[str] = []
    found = FoundCaptions([], frozenset())
    if story is not None:
        region = _region(story, heading)
        story.set(_MARK, "1")
        soup = BeautifulSoup(etree.tostring(region, encoding="unicode", method="html", with_tail=False), "lxml")
        container = soup.find(attrs={_MARK: "1"})
        if isinstance(container, Tag):
            found = read_captions(document, soup)
            repeated = frozenset({title, *(caption.text for caption in found.captions)})
            body = [block.text for block in story_blocks(read_blocks(container, found.consumed), repeated)]
    published, modified = dates.read_dates(document)
    people, provenance["byline"] = byline.read_byline(document)
    code, provenance["language"] = language.read_language(document, " ".join(body))
    if published:
        provenance["published_at"] = published.rule
    return Story(
        source=page.link.source,
        headline=title,
        url=canonical_url(page.final_url),
        byline=tuple(people),
        deck=document.meta("og:description", "description"),
        body=tuple(body),
        captions=tuple(found.captions),
        published_at=published.at if published else None,
        modified_at=modified.at if modified else None,
        language=code,
        publisher_id=page.link.publisher_id,
        provenance={field: rule for field, rule in provenance.items() if rule},
        parser_version=PARSER_VERSION,
    )
