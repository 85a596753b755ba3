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
from net.urls import looks_like_home_or_section
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
REFUSED_BELOW = 0.01
"""Score of pages that are no story: of the publishers kept apart three articles in a thousand have less."""


class Judgement(NamedTuple):
    """What a page is: `score` is the probability that it is a story, `reason` says why it is none, if it is none."""

    score: float
    reason: str | None


def judge(document: Document, reading: StoryEvidence) -> Judgement:
    """Whether the page is a story, by what it calls itself and by everything else that was seen of it."""
    evidence = story_evidence(document, reading)
    score = story_score(evidence)
    characters = sum(map(text_weight, reading.body))
    marked = is_marked(document)
    reason = (
        _names_itself(document, reading, characters)
        or _is_other_thing(document, marked)
        or _is_player(document, reading, characters, marked)
        or _says_nothing(document, reading, marked)
        or (_reason_of(evidence) if score < REFUSED_BELOW else None)
    )
    return Judgement(score, reason)


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
    if types & PLAYER_TYPES and not document.stories:
        return "a player or gallery"
    if document.players and not document.stories and (characters < 200 or not marked):
        return "a player"
    if reading.pictures >= 3 and characters < 150 and not (document.stories and characters):
        return "a gallery"
    return None


def _says_nothing(document: Document, reading: StoryEvidence, marked: bool) -> str | None:
    if reading.body:
        return None
    told = marked and reading.deck and not looks_like_home_or_section(document.url)
    return None if told else "no text"


def _reason_of(evidence: Mapping[str, float]) -> str:
    """What a page that is no story is, in words."""
    if evidence["root"]:
        return "a front page"
    if evidence["section_like"]:
        return "a section page"
    leads = evidence["list_type"] or evidence["crowding"] > _CROWDED
    return "a list of stories" if leads else "no story text"
