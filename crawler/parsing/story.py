"""How does a page become a story?"""

from bs4.element import Tag
from lxml import etree

from crawler.errors import NotAStoryError, ParseError
from crawler.parsing import byline, dates, headline, language
from crawler.parsing.body import find_story
from crawler.parsing.captions import read_captions
from crawler.parsing.document import Document, read_document
from crawler.parsing.paragraphs import read_blocks, read_body, soup_of
from crawler.parsing.rules import DEFAULT_RULES, Rules
from crawler.urls import canonical_url
from index.page import Page
from index.story import Story

PARSER_VERSION = 1


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


def _read(page: Page, rules: Rules) -> Story:
    document: Document = read_document(page)
    provenance: dict[str, str] = {}
    element = find_story(document.root)
    title, provenance["headline"] = headline.read_headline(document, element)
    if title is None:
        raise NotAStoryError("no headline", url=document.url)
    body: list[str] = []
    captions = []
    if element is not None:
        soup = soup_of(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
        container = soup.body or soup
        if isinstance(container, Tag):
            body = read_body(read_blocks(container), title)
            captions = read_captions(document, container)
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
        captions=tuple(captions),
        published_at=published.at if published else None,
        modified_at=modified.at if modified else None,
        language=code,
        publisher_id=page.link.publisher_id,
        provenance={field: rule for field, rule in provenance.items() if rule},
        parser_version=PARSER_VERSION,
    )
