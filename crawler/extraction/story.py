"""Extraction of a story from a page: the order of the steps.

The document is parsed once and its boilerplate dropped; the headline is elected; the markup is read (markup.py); each
field is taken from its best evidence; and at last the whole is classified: story or none.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bs4 import BeautifulSoup

from crawler.extraction import PARSER_VERSION
from crawler.extraction.body.boilerplate import drop_boilerplate
from crawler.extraction.body.markup import MarkedUpStory, all_selected, read_markup, selected
from crawler.extraction.body.roles import Role
from crawler.extraction.body.story_body import StoryBody, read_body
from crawler.extraction.bylines.byline import Byline, read_byline
from crawler.extraction.bylines.marked_authors import MarkedAuthor, marked_authors
from crawler.extraction.captions.captions import linked_captions, unshown_captions
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document, read_document
from crawler.extraction.document.embedded import article_text
from crawler.extraction.document.tree import Element, text_length
from crawler.extraction.element_marks import ELEMENT_MARKS
from crawler.extraction.garbage import collector_paused
from crawler.extraction.headlines.election import read_headline
from crawler.extraction.judgement.block_features import StoryHints
from crawler.extraction.judgement.block_score import block_scores
from crawler.extraction.judgement.evidence import StoryEvidence, story_evidence
from crawler.extraction.judgement.field_confidence import DIGITS, FieldEvidence, body_evidence, confidence_of
from crawler.extraction.judgement.page_classifier import judge
from crawler.extraction.metadata.address import read_address
from crawler.extraction.metadata.dates import date_of, read_dates, states_date
from crawler.extraction.metadata.deck import described
from crawler.extraction.metadata.language import read_language
from crawler.extraction.metadata.shown_dates import ShownDate, shown_dates
from crawler.extraction.metadata.stated_date import StatedDate
from crawler.extraction.metadata.topics import read_paywalled, read_section, read_tags
from crawler.extraction.recurring_blocks import NOTHING_RECURS, RecurringBlocks
from crawler.extraction.site_rules import DEFAULT_RULES, Rules, SiteRule
from crawler.extraction.texts import word_key
from model.errors import NotAStoryError, ParseError
from model.fields import SEVERAL, SITE_RULE_FIELDS
from model.page import Page
from model.story import AS_STORY, Caption, Story
from text.agencies import agencies_in, merged
from text.written_markup import without_written_markup

_RULED_ON_THE_WAY = frozenset({"headline", "deck", "byline", "published_at", "body"})
"""Fields whose site rule is asked where they are read, as other fields depend on them."""
_CREDIT_METAS = (
    "source",
    "news_source",
    "dc.source",
    "dc.rights",
    "copyright",
    "article:copyright",
    "syndication-source",
)
_CREDIT_KEYS = ("sourceOrganization", "copyrightHolder", "creditText", "copyrightNotice", "contributor")


def read_story(page: Page, rules: Rules, known: RecurringBlocks) -> Story:
    """Read a page as a wire story (see `crawler.extraction.parse`). Raises NotAStoryError, ParseError."""
    try:
        with collector_paused():
            return story_of(gather(page, rules, known))
    except (NotAStoryError, ParseError):
        raise
    except Exception as error:
        raise ParseError(f"{type(error).__name__}: {error}", url=page.final_url) from error


class FoundValue(NamedTuple):
    """A field's value, the rule that found it, and the probability that it is right (None: nothing is said of it)."""

    value: Any
    rule: str = ""
    confidence: float | None = None


class GatheredStory(NamedTuple):
    """What was read of a page before it is judged."""

    document: Document
    site: SiteRule | None
    reading: MarkedUpStory
    byline: Byline
    body: StoryBody
    title: tuple[str, str]
    certainty: float
    deck: tuple[str | None, str]
    dates: tuple[StatedDate | None, StatedDate | None]
    dropped: list[Element]

    @property
    def evidence(self) -> StoryEvidence:
        """What speaks for a story and against one."""
        return StoryEvidence(
            headline=self.title[0],
            body=[*self.body.paragraphs, *self.body.left_out],
            blocks=self.reading.blocks,
            deck=self.deck[0],
            dated=self.dates[0] is not None,
            credited=bool(self.byline.people or self.byline.agencies or self.body.dateline.place),
            pictures=self.reading.pictures,
            captions=len(self.reading.captions.captions),
        )

    def fields(self, score: float) -> FieldEvidence:
        """What says how likely headline, byline and body are right; `score` is the story's."""
        shown = text_length(self.document.root)
        return FieldEvidence(
            headline=self.certainty,
            byline=self.byline.standing,
            body=body_evidence(self.body.paragraphs, self.reading.blocks, score, shown),
        )


def read_field_evidence(page: Page, *, rules: Rules = DEFAULT_RULES) -> FieldEvidence:
    """What says how likely headline, byline and body of a page are right (judgement/field_confidence.py).

    Raises NotAStoryError where it has no headline and ParseError where it can't be read.
    """
    gathered = gather(page, rules)
    return gathered.fields(judge(gathered.document, gathered.evidence).score)


def read_evidence(page: Page, *, rules: Rules = DEFAULT_RULES) -> dict[str, float]:
    """The numbers by which a page is judged (judgement/evidence.py).

    Raises NotAStoryError where it has no headline and ParseError where it can't be read.
    """
    gathered = gather(page, rules)
    return story_evidence(gathered.document, gathered.evidence)


def gather(page: Page, rules: Rules, known: RecurringBlocks = NOTHING_RECURS) -> GatheredStory:
    """Read everything of a page that a story is made of. Raises NotAStoryError where it has no headline."""
    document = read_document(page, ELEMENT_MARKS)
    site = rules.site(document.host)
    headline = read_headline(document)
    if headline.text is None:
        raise NotAStoryError("no headline", url=document.url)
    authors = marked_authors(document, headline.element)
    shown = shown_dates(document, headline.element, everywhere=not states_date(document))
    dropped = drop_boilerplate(document, headline.element)
    reading = read_markup(document, headline.element, headline.text, site)
    title, title_rule = _ruled(reading.soup, site, "headline") or (headline.text, headline.rule)
    byline = _byline(document, reading, site, authors)
    body = _body(document, reading, title, byline, known)
    return GatheredStory(
        document=document,
        site=site,
        reading=reading,
        byline=byline,
        body=body,
        title=(title, title_rule),
        certainty=headline.certainty,
        deck=_ruled(reading.soup, site, "deck") or _deck(document, reading, body.paragraphs),
        dates=_dates(document, reading, site, shown),
        dropped=dropped,
    )


def story_of(gathered: GatheredStory) -> Story:
    """The story that was read. Raises NotAStoryError where the page is none."""
    document, site, reading, byline, told = gathered[:5]
    page, body, dateline = document.page, told.paragraphs, told.dateline
    (title, title_rule), (deck, deck_rule), (published, modified) = gathered.title, gathered.deck, gathered.dates
    judgement = judge(document, gathered.evidence)
    if judgement.reason:
        raise NotAStoryError(judgement.reason, url=document.url)
    url, origin, url_rule = read_address(document)
    captions, caption_rule = _captions(document, reading, title)
    agencies = merged([byline.agencies, dateline.agencies, told.credited, _stated_agencies(document)])
    found = {
        "headline": FoundValue(without_written_markup(title) or "…", title_rule),
        "deck": FoundValue(without_written_markup(deck or "") or None, deck_rule),
        "byline": FoundValue(tuple(map(without_written_markup, byline.people)), byline.rule),
        "dateline": FoundValue(without_written_markup(dateline.place or "") or None, "text:dateline"),
        "agencies": FoundValue(tuple(agencies), "text:credit"),
        "body": FoundValue(tuple(map(without_written_markup, body)), reading.rule),
        "captions": FoundValue(captions, caption_rule),
        "published_at": _found_date(published),
        "published_local": FoundValue(published.local if published else None),
        "modified_at": _found_date(modified),
        "url": FoundValue(url, url_rule),
        "language": FoundValue(*read_language(document, " ".join(body))),
        "section": FoundValue(without_written_markup(read_section(document, title) or "") or None),
        "tags": FoundValue(tuple(map(without_written_markup, read_tags(document)))),
    }
    found |= _ruled_fields(reading.soup, site)
    return Story(
        source=page.link.source,
        origin_url=origin,
        publisher_id=page.link.publisher_id or _identifier(document),
        paywalled=read_paywalled(document),
        provenance={field: _noted(told) for field, told in found.items() if told.value and told.rule}
        | ({AS_STORY: judgement.doubt} if judgement.doubt else {}),
        confidence={AS_STORY: round(judgement.score, DIGITS), **_confidences(found, gathered.fields(judgement.score))},
        left_out=tuple(map(without_written_markup, told.left_out)),
        parser_version=PARSER_VERSION,
        **{field: told.value for field, told in found.items()},
    )


def _found_date(date: StatedDate | None) -> FoundValue:
    return FoundValue(date.at, date.provenance, date.confidence) if date else FoundValue(None)


def _confidences(found: Mapping[str, FoundValue], evidence: FieldEvidence) -> dict[str, float]:
    """Of each field that has a value: its own confidence, else that of its rule."""
    known: dict[str, float | None] = {
        field: confidence_of(field, told.rule, evidence) if told.confidence is None else told.confidence
        for field, told in found.items()
        if told.value
    }
    return {field: round(share, DIGITS) for field, share in known.items() if share is not None}


def _noted(found: FoundValue) -> str:
    """The provenance of a value; it says where bytes of the page stood for no characters (U+FFFD)."""
    values = found.value if isinstance(found.value, tuple) else (found.value,)
    return f"{found.rule}, unreadable characters" if any("\ufffd" in str(one) for one in values) else found.rule


def _ruled(soup: BeautifulSoup | None, site: SiteRule | None, name: str) -> tuple[str, str] | None:
    """What the site's own rule finds for a field, with the rule's name."""
    text = selected(soup, site.selectors(name)) if site else None
    return (text, f"site:{site.domain}") if text and site else None


def _ruled_fields(soup: BeautifulSoup | None, site: SiteRule | None) -> dict[str, FoundValue]:
    """What a site's own rule finds for further fields, as it stands there."""
    found: dict[str, FoundValue] = {}
    for name in SITE_RULE_FIELDS if site is not None else ():
        if name in _RULED_ON_THE_WAY or site is None:
            continue
        values = tuple(map(without_written_markup, all_selected(soup, site.selectors(name))))
        if values:
            found[name] = FoundValue(values if name in SEVERAL else values[0] or None, f"site:{site.domain}")
    return found


def _byline(document: Document, reading: MarkedUpStory, site: SiteRule | None, authors: list[MarkedAuthor]) -> Byline:
    ruled = _ruled(reading.soup, site, "byline")
    if ruled:
        byline = read_byline(document, [ruled[0]], (), lines_only=True)
        return byline._replace(rule=ruled[1])
    return read_byline(document, reading.bylines, reading.blocks, authors)


def _body(document: Document, reading: MarkedUpStory, title: str, byline: Byline, known: RecurringBlocks) -> StoryBody:
    """The judged blocks of the page; texts that other fields tell are none of the body's."""
    told = {
        **dict.fromkeys((caption.text for caption in reading.captions.captions), Role.CAPTION),
        **dict.fromkeys(byline.people, Role.BYLINE),
        **({reading.deck: Role.DECK} if reading.deck else {}),
        title: Role.HEADLINE,
    }
    scores = block_scores(reading.all_blocks, story_hints(document, title))
    return read_body(document, reading.all_blocks, scores, byline.people, told, known)


def story_hints(document: Document, headline: str) -> StoryHints:
    """What the page says of its story outside of the text."""
    return StoryHints(headline, article_text(document.stories))


def _deck(document: Document, reading: MarkedUpStory, body: list[str]) -> tuple[str | None, str]:
    if reading.deck:
        return reading.deck, reading.deck_rule
    return described(document, body, [caption.text for caption in reading.captions.captions])


def _dates(
    document: Document, reading: MarkedUpStory, site: SiteRule | None, shown: tuple[ShownDate, ...]
) -> tuple[StatedDate | None, StatedDate | None]:
    published, modified = read_dates(document, shown)
    ruled = _ruled(reading.soup, site, "published_at")
    return (date_of(document, *ruled) or published if ruled else published), modified


def _captions(document: Document, reading: MarkedUpStory, title: str) -> tuple[tuple[Caption, ...], str]:
    """The page's captions and the rule that found them: those it shows, else those it tells, else the link's."""
    if reading.captions.captions:
        return tuple(reading.captions.captions), "markup:caption"
    told = [
        caption for caption in unshown_captions(document, reading.soup) if word_key(caption.text) != word_key(title)
    ]
    if told:
        return tuple(told), "attribute:caption"
    return tuple(linked_captions(document)), "link:captions"


def _stated_agencies(document: Document) -> list[str]:
    """The agencies that meta elements and JSON-LD name as source or holder of the copyright."""
    values = [value for name in _CREDIT_METAS for value in document.metas.get(name, ())]
    values += [text for node in document.stories[:2] for key in _CREDIT_KEYS for text in jsonld.strings(node.get(key))]
    return merged(agencies_in(value) for value in values if len(value) < 120)


def _identifier(document: Document) -> str | None:
    value = document.story_node.get("identifier")
    value = value.get("value") if isinstance(value, dict) else value
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    return text if 0 < len(text) <= 200 else None
