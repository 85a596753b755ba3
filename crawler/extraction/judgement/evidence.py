"""Evidence for the question whether a page is a story, as numbers.

Each says a little: what the page calls itself, how much of it is prose, what its address looks like, how many other
pages it leads to. None decides alone; story_score.py adds them up. Counts are logarithms, so that forty teasers
weigh hardly more than thirty.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.texts import ends_sentence, text_weight, word_key
from net.urls import looks_like_home_or_section, looks_like_story

LIST_TYPES = frozenset(
    [
        "collectionpage",
        "searchresultspage",
        "profilepage",
        "contactpage",
        "aboutpage",
        "itemlist",
        "faqpage",
        "checkoutpage",
    ]
)
"""Types of schema.org for pages that list other pages, or are about the site."""
PLAYER_TYPES = frozenset(
    [
        "videoobject",
        "videogallery",
        "imagegallery",
        "mediagallery",
        "audioobject",
        "podcastepisode",
        "radioepisode",
        "tvepisode",
        "broadcastevent",
        "musicrecording",
        "clip",
        "videoplaylist",
        "podcastseries",
    ]
)
"""Types of schema.org for what is watched or listened to."""
_PRODUCT_TYPES = frozenset(["product", "offer", "aggregateoffer", "productgroup"])
_SERVICE_TYPES = frozenset(["service", "localbusiness", "store", "restaurant", "softwareapplication", "faqpage"])
_FORUM_TYPES = frozenset(["discussionforumposting", "qapage", "question"])
_ARTICLE_KINDS = frozenset({"article", "news", "newsarticle", "story"})
_PROSE = 100
_TITLE = 20


@dataclass(frozen=True)
class StoryEvidence:
    """What was read of a page so far, for the question whether it is a story."""

    headline: str
    body: Sequence[str]
    blocks: Sequence[TextBlock]
    deck: str | None
    dated: bool
    credited: bool
    pictures: int
    captions: int = 0

    @cached_property
    def prose(self) -> Sequence[TextBlock]:
        """The longer blocks that hardly lead elsewhere."""
        return [block for block in self.blocks if _is_prose(block)]


def is_marked(document: Document) -> bool:
    """Whether the page calls itself an article, in JSON-LD, OpenGraph or microdata."""
    described = any(
        node.get("headline") or node.get("datePublished") or node.get("articleBody") for node in document.stories
    )
    kind = (document.meta("og:type") or "").lower()
    return described or kind in _ARTICLE_KINDS or "article:published_time" in document.metas


def story_evidence(document: Document, reading: StoryEvidence) -> dict[str, float]:
    """The evidence by name; each a finite number, most between 0 and 5."""
    return {
        **_said(document),
        **_told(reading),
        **_written(reading),
        **_led(document, reading),
        **_addressed(document),
    }


def _said(document: Document) -> dict[str, float]:
    """What the page calls itself."""
    kind = (document.meta("og:type") or "").lower()
    types = {name for node in document.nodes for name in jsonld.types(node)}
    return {
        "stories": _log(len(document.stories)),
        "ld_headline": float(any(node.get("headline") for node in document.stories)),
        "ld_date": float(any(node.get("datePublished") for node in document.stories)),
        "ld_author": float(any(node.get("author") for node in document.stories)),
        "published_time": float("article:published_time" in document.metas),
        "og_article": float(kind in _ARTICLE_KINDS),
        "og_website": float(kind in ("website", "blog", "site")),
        "og_product": float(kind.startswith("product")),
        "og_media": float(kind.startswith(("video", "music"))),
        "list_type": float(bool(types & LIST_TYPES)),
        "player_type": float(bool(types & PLAYER_TYPES)),
        "product_type": float(bool(types & _PRODUCT_TYPES)),
        "service_type": float(bool(types & _SERVICE_TYPES)),
        "forum_type": float(bool(types & _FORUM_TYPES)),
    }


def _told(reading: StoryEvidence) -> dict[str, float]:
    """What a story says of itself."""
    return {
        "dated": float(reading.dated),
        "credited": float(reading.credited),
        "deck": float(bool(reading.deck)),
        "headline_words": _log(len(word_key(reading.headline).split())),
    }


def _written(reading: StoryEvidence) -> dict[str, float]:
    """How the text is made."""
    blocks = reading.blocks
    number = len(blocks) or 1
    characters = sum(len(block.text) for block in blocks) or 1
    kept = sum(map(text_weight, reading.body))
    prose = reading.prose
    return {
        "characters": _log(kept / 100),
        "no_body": float(not reading.body),
        "prose": _log(len(prose)),
        "mean_prose": sum(min(len(block.text), 800) for block in prose) / (len(prose) or 1) / 200,
        "linked_share": sum(block.linked for block in blocks) / characters,
        "heading_share": sum(block.is_heading for block in blocks) / number,
        "short_share": sum(len(block.text) < 60 for block in blocks) / number,
        "sentence_share": sum(ends_sentence(block.text) for block in blocks) / number,
        "kept_share": min(1.5, kept / characters),
    }


def _led(document: Document, reading: StoryEvidence) -> dict[str, float]:
    """How much of the page leads to other pages, or is no text."""
    titles = sum(1 for block in reading.blocks if block.linked >= 0.8 * len(block.text) and len(block.text) >= _TITLE)
    prose = len(reading.prose)
    parts = Counter(element.tag for element in document.root.iter("article", "time", "h2"))
    return {
        "titles": _log(titles),
        "linked_headings": _log(document.linked_headings),
        "crowding": _log((titles + document.linked_headings) / (prose + 1)),
        "articles": _log(parts["article"]),
        "times": _log(parts["time"]),
        "headings": _log(parts["h2"]),
        "paged": float("next" in document.links or "prev" in document.links),
        "pictures": _log(reading.pictures),
        "players": _log(document.players),
    }


def _addressed(document: Document) -> dict[str, float]:
    """What the address looks like; nothing where it is not known."""
    url = document.url
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    last = segments[-1].lower() if segments else ""
    is_story_like = bool(url) and looks_like_story(url)
    return {
        "root": float(bool(url) and not segments and not parts.query),
        "section_like": float(bool(url) and not is_story_like and looks_like_home_or_section(url)),
        "story_like": float(is_story_like),
        "slug_words": _log(len(re.findall(r"[^\W\d_]+", last))),
        "depth": _log(len(segments)),
        "query": float(bool(parts.query)),
    }


def _is_prose(block: TextBlock) -> bool:
    return text_weight(block.text) > _PROSE and block.linked < 0.3 * len(block.text)


def _log(count: float) -> float:
    return math.log1p(count)
