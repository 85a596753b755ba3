"""Page classifier: the pages that are no story.

Front and section pages, players, bare galleries, login pages, consent dialogues, bot challenges, and error pages that
answer 200. What a page calls itself counts before how much it says: a brief of one sentence on a page that calls itself
an article is a story.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from crawler.extraction.body.boilerplate_lines import is_consent
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.judgement.evidence import PLAYER_TYPES, StoryEvidence, is_marked, story_evidence
from crawler.extraction.judgement.story_score import story_score
from crawler.extraction.texts import squeezed, text_weight
from model.page import Link
from model.story import UNCERTAIN_BELOW
from text.languages import alternatives

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
_BRIEF = 400
_LONG_NOTICE = 700
_CROWDED = 1.0
_OTHER_THING = -7.0
"""Logarithm of the odds against a page that offers a player, pictures or a job; training pages hold too few."""
_ANNOUNCED = 2.3
"""Logarithm of the odds for a page that a feed or a news sitemap announces: nearly all of what these announce are
stories, of pages as they come two in three. None of the training pages says how it was found."""
_NO_TEXT = "no story text"
REFUSED_BELOW = 0.005
"""Score of pages that are no story, unless their publisher announces them as one: of the publishers kept apart three
articles in a thousand have less."""


class Judgement(NamedTuple):
    """What a page is: `score` is the probability that it is a story, `reason` says why it is none, if it is none.

    `doubt` says of a page that is kept, and may be none, what it looks like instead.
    """

    score: float
    reason: str | None
    doubt: str | None = None


def judge(document: Document, reading: StoryEvidence) -> Judgement:
    """Whether the page is a story, by what it calls itself and by everything else that was seen of it."""
    evidence = story_evidence(document, reading)
    characters = sum(map(text_weight, reading.body))
    other = _other_thing(document, reading, characters)
    link = document.page.link
    score = story_score(evidence, (_OTHER_THING if other else 0.0) + (_ANNOUNCED if link.is_announced else 0.0))
    told = other or (None if _is_vouched_for(link) else _reason_of(evidence))
    reason = (
        _names_itself(document, reading, characters)
        or _says_nothing(document, reading)
        or (told if score < REFUSED_BELOW else None)
    )
    return Judgement(score, reason, _likeness(evidence) if score < UNCERTAIN_BELOW else None)


def _is_vouched_for(link: Link) -> bool:
    """Whether a page is not refused for its score alone: its publisher announces a story there, or one is held."""
    return link.is_announced or link.kind == "known"


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


def _other_thing(document: Document, reading: StoryEvidence, characters: int) -> str | None:
    """What a page offers beside next to no text: something to watch, pictures, a job; None where nothing says so."""
    marked = is_marked(document)
    if _is_player(document, characters, marked):
        return "a player"
    if reading.pictures >= 3 and characters < 150 and not marked:
        return "a gallery"
    kinds = {kind for node in document.nodes for kind in jsonld.types(node)} & _OTHER_THINGS
    return f"of the kind {min(kinds)}" if kinds and not marked else None


def _is_player(document: Document, characters: int, marked: bool) -> bool:
    if characters >= _BRIEF or document.stories:
        return False
    kind = (document.meta("og:type") or "").lower()
    types = {name for node in document.nodes for name in jsonld.types(node)}
    played = kind.startswith(("video", "music")) or bool(types & PLAYER_TYPES)
    return played or bool(document.players and (characters < 200 or not marked))


def _says_nothing(document: Document, reading: StoryEvidence) -> str | None:
    told = (reading.deck or reading.captions) and is_marked(document)
    return None if reading.body or told else "no text"


def _reason_of(evidence: Mapping[str, float]) -> str:
    """What a page that is no story is, in words."""
    if evidence["root"]:
        return "a front page"
    if evidence["section_like"]:
        return "a section page"
    leads = evidence["list_type"] or evidence["crowding"] > _CROWDED
    return "a list of stories" if leads else _NO_TEXT


def _likeness(evidence: Mapping[str, float]) -> str:
    """What a page that is kept as a story looks like instead."""
    looks = _reason_of(evidence)
    return f"looks like {looks}" if looks != _NO_TEXT else "has little of a story's text"
