"""Explanation of a page: what each of its blocks was taken for, and why.

The page is read by the same steps as a story's (story.py); then what they saw is written down, with the text that
stands outside the region which they looked at.
"""

from collections.abc import Iterable, Iterator

from bs4.element import Tag

from crawler.extraction.body.block_ledger import JudgedBlock
from crawler.extraction.body.blocks import read_blocks
from crawler.extraction.body.boilerplate import why_dropped
from crawler.extraction.body.markup import MarkedUpStory
from crawler.extraction.body.roles import VETO, against
from crawler.extraction.document.document import Document, read_document
from crawler.extraction.document.jsonld import strings
from crawler.extraction.document.soup_builder import soup_of
from crawler.extraction.document.tree import Element, drop, text_of
from crawler.extraction.element_marks import ELEMENT_MARKS
from crawler.extraction.site_rules import Rules
from crawler.extraction.story import gather, story_of
from crawler.extraction.texts import squeezed
from model.errors import NotAStoryError, ParseError
from model.explanation import DroppedElement, ExplainedBlock, Explanation
from model.page import Page

_HEADLINES = ("og:title", "twitter:title", "headline", "dc.title")
_DECKS = ("og:description", "description")
_DATES = ("article:published_time", "article:modified_time", "date", "dc.date", "pubdate", "parsely-pub-date")
_OPENING = 80
_OUTSIDE_REGION = against("outside the element that holds headline and story", VETO)
_NO_HEADLINE = against("the page has no headline, so that its text was not read", VETO)


def explain_page(page: Page, rules: Rules) -> Explanation:
    """How a page is read (see `crawler.extraction.explain`). Raises ParseError where it can't be read at all."""
    try:
        return _explain(page, rules)
    except ParseError:
        raise
    except Exception as error:
        raise ParseError(f"{type(error).__name__}: {error}", url=page.final_url) from error


def _explain(page: Page, rules: Rules) -> Explanation:
    try:
        gathered = gather(page, rules)
    except NotAStoryError as error:
        document = read_document(page, ELEMENT_MARKS)
        candidates = _stated(document, MarkedUpStory())
        return Explanation(None, error.reason, tuple(_outside(document.root, None)), (), candidates)
    story, refusal = None, None
    try:
        story = story_of(gathered)
    except NotAStoryError as error:
        refusal = error.reason
    candidates = _stated(gathered.document, gathered.reading)
    blocks = [*map(_explained, gathered.body.blocks), *_outside(gathered.document.root, gathered.reading.region)]
    return Explanation(story, refusal, tuple(blocks), tuple(_dropped(gathered.dropped)), candidates)


def _explained(judged: JudgedBlock) -> ExplainedBlock:
    element = _named(judged.block.tag, judged.block.element)
    return ExplainedBlock(judged.role.value, round(judged.score, 3), judged.reason, element, judged.text)


def _named(tag: str, element: Tag | None) -> str:
    """A tag with the names of its element, as a selector writes them."""
    names = str(element.get("class") or "") if element is not None else ""
    return ".".join([tag, *names.split()])


def _dropped(elements: Iterable[Element]) -> Iterator[DroppedElement]:
    for element in elements:
        text = squeezed(text_of(element))
        if text:
            names = ".".join([str(element.tag), *(element.get("class") or "").split()])
            identifier = f"#{element.get('id')}" if element.get("id") else ""
            yield DroppedElement(f"{names}{identifier}", len(text), text[:_OPENING], why_dropped(element))


def _outside(root: Element, region: Element | None) -> Iterator[ExplainedBlock]:
    """The blocks outside the region, which is taken out of the tree."""
    if region is root:
        return
    reason = _NO_HEADLINE if region is None else _OUTSIDE_REGION
    if region is not None:
        drop(region)
    body = root.find("body")
    soup = soup_of(body if body is not None else root)
    for block in read_blocks(soup, soup, {}):
        yield _explained(JudgedBlock(block, (reason, block.seen) if block.seen else (reason,)))


def _stated(document: Document, reading: MarkedUpStory) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the page states for the fields that are chosen among statements."""
    headings = [("markup:h1", squeezed(text_of(element))) for element in document.root.iter("h1")]
    headlines = [("json-ld:headline", text) for node in document.stories for text in strings(node.get("headline"))]
    titles = [("title", document.title or "")]
    bylines = [("markup:byline", line) for line in reading.bylines]
    authors = [("meta:author", value) for value in document.metas.get("author", ())]
    dates = [
        (f"json-ld:{key}", text)
        for node in document.stories
        for key in ("datePublished", "dateModified")
        for text in strings(node.get(key))
    ]
    found = {
        "headline": [*headings, *headlines, *_metas(document, _HEADLINES), *titles],
        "deck": [(reading.deck_rule, reading.deck or ""), *_metas(document, _DECKS)],
        "byline": [*bylines, *authors],
        "published_at": [*dates, *_metas(document, _DATES)],
    }
    return {
        field: tuple(dict.fromkeys((rule, value) for rule, value in statements if value))
        for field, statements in found.items()
    }


def _metas(document: Document, names: Iterable[str]) -> list[tuple[str, str]]:
    return [(f"meta:{name}", value) for name in names for value in document.metas.get(name, ())]
