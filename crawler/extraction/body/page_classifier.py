"""Page classifier: the pages that are no story.

Front and section pages, players, bare galleries, login pages, consent dialogues, bot challenges, and error pages that
answer 200. What a page calls itself counts before how much it says: a brief of one sentence on a page that calls itself
an article is a story.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extraction.body.paragraphs import TextBlock, is_consent
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.texts import squeezed, text_weight
from net.urls import looks_like_home_or_section, looks_like_story
from text.languages import alternatives

_LISTS = frozenset(
    {
        "collectionpage",
        "searchresultspage",
        "profilepage",
        "contactpage",
        "aboutpage",
        "itemlist",
        "faqpage",
        "checkoutpage",
    }
)
_PLAYERS = frozenset(
    {
        *(
            "videoobject",
            "videogallery",
            "imagegallery",
            "mediagallery",
            "audioobject",
            "podcastepisode",
            "radioepisode",
        ),
        *(
            "tvepisode",
            "broadcastevent",
            "musicrecording",
            "clip",
            "videoplaylist",
            "podcastseries",
            "imageobject",
        ),
    }
)
_OTHER_THINGS = frozenset({"jobposting", "podcastseries", "event", "exhibitionevent", "musicevent", "sportsevent"})
_TITLES = {
    "error": re.compile(alternatives(lambda language: language.pages.error)),
    "challenge": re.compile(alternatives(lambda language: language.pages.challenge)),
    "consent": re.compile(alternatives(lambda language: language.pages.consent)),
    "login": re.compile(alternatives(lambda language: language.pages.login)),
    "site": re.compile(alternatives(lambda language: language.pages.about_the_site)),
}
_REASONS = {
    "error": "an error page",
    "challenge": "a bot challenge",
    "consent": "a consent wall",
    "login": "a login wall",
    "site": "a page about the site",
}
_STORY_PARAGRAPHS = 4
_BRIEF = 400
_LONG_NOTICE = 700
_UNMARKED = 250


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


def reason_against(document: Document, reading: StoryEvidence) -> str | None:
    """Why the page is no story; None where it is one."""
    characters = sum(map(text_weight, reading.body))
    marked = is_marked(document)
    return (
        _names_itself(document, reading, characters)
        or _is_list(document, reading, characters, marked)
        or _is_other_thing(document, marked)
        or _is_player(document, reading, characters, marked)
        or _says_nothing(document, reading, characters, marked)
    )


def is_marked(document: Document) -> bool:
    """Whether the page calls itself an article, in JSON-LD, OpenGraph or microdata."""
    described = any(
        node.get("headline") or node.get("datePublished") or node.get("articleBody") for node in document.stories
    )
    kind = (document.meta("og:type") or "").lower()
    return (
        described or kind in ("article", "news", "newsarticle", "story") or "article:published_time" in document.metas
    )


def _names_itself(document: Document, reading: StoryEvidence, characters: int) -> str | None:
    """Error pages, challenges and the like, by headline or title; prose of a story's length contradicts."""
    if not document.stories and "site" in _kinds(reading.headline, ""):
        return _REASONS["site"]
    if characters > 1500 or (document.stories and characters > _BRIEF):
        return None
    consent = sum(len(text) for text in reading.body if is_consent(text))
    for kind in _kinds(reading.headline, document.title or ""):
        called_article = is_marked(document) and kind in ("consent", "login") and characters > 150
        talks_of_it = characters > (_BRIEF if kind == "consent" else _LONG_NOTICE) and not consent
        if not called_article and not talks_of_it:
            return _REASONS[kind]
    if characters < _BRIEF and document.challenge:
        return _REASONS["challenge"]
    if characters and consent > 0.5 * characters and not document.stories:
        return _REASONS["consent"]
    return None


def _kinds(headline: str, title: str) -> list[str]:
    """The kinds of page that a headline or title, or the title's first part, names."""
    names = [squeezed(text).lower().strip(" .!?…|-–") for text in (headline, title, re.split(r"\s[|–-]\s", title)[0])]
    return [kind for kind, pattern in _TITLES.items() if any(name and pattern.fullmatch(name) for name in names)]


def _is_list(document: Document, reading: StoryEvidence, characters: int, marked: bool) -> str | None:
    parts = urlsplit(document.url)
    root = parts.path.strip("/") in ("", "index.html", "index.php", "home") and not parts.query and bool(parts.hostname)
    if root and not document.stories:
        return "a front page"
    titles = sum(1 for block in reading.blocks if block.linked >= 0.8 * len(block.text) and len(block.text) >= 20)
    prose = sum(1 for block in reading.blocks if text_weight(block.text) > 100 and block.linked < 0.3 * len(block.text))
    crowded = titles + document.linked_headings >= max(4, prose)
    lists = any(jsonld.types(node) & _LISTS for node in document.nodes)
    if not document.stories and lists and crowded:
        return "a list of stories"
    if not document.stories and crowded and looks_like_home_or_section(document.url):
        return "a section page"
    if (
        not marked
        and prose < _STORY_PARAGRAPHS
        and not (reading.dated and characters > _BRIEF)
        and titles + document.linked_headings >= max(6, 1.5 * prose)
        and characters < 60 * (titles + document.linked_headings)
    ):
        return "a list of stories"
    return None


def _is_other_thing(document: Document, marked: bool) -> str | None:
    kinds = {kind for node in document.nodes for kind in jsonld.types(node)} & _OTHER_THINGS
    return f"of the kind {min(kinds)}" if kinds and not marked else None


def _is_player(document: Document, reading: StoryEvidence, characters: int, marked: bool) -> str | None:
    kind = (document.meta("og:type") or "").lower()
    types = frozenset(name for node in document.nodes for name in jsonld.types(node))
    if characters >= _BRIEF:
        return None
    if kind.startswith(("video", "music")) and not document.stories:
        return "a player"
    if types & _PLAYERS - {"imageobject"} and not document.stories:
        return "a player or gallery"
    if document.players and not document.stories and (characters < 200 or not marked):
        return "a player"
    if reading.pictures >= 3 and characters < 150 and not (document.stories and characters):
        return "a gallery"
    return None


def _says_nothing(document: Document, reading: StoryEvidence, characters: int, marked: bool) -> str | None:
    if not reading.body:
        told = marked and reading.deck and not looks_like_home_or_section(document.url)
        return None if told else "no text"
    if marked or characters >= _UNMARKED:
        return None
    announced = document.page.link.kind in ("feed", "known")
    evidence = reading.dated + reading.credited + looks_like_story(document.url) + announced
    return None if evidence >= 2 else "no story text"
