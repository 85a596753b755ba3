"""Interstitials: consent walls, challenges and paywalls that stand in front of a story.

Told by what such pages say, whatever software made them. None of them is ever a publisher's change of a story.
"""

import re

from model.story import Story
from text.languages import alternatives

_LONGEST_WALL = 3000
_PHRASES_ENOUGH = 2
_STUB_SHARE = 0.8

# What the buttons and first sentences of consent dialogues say; news about consent seldom says two of them.
_CONSENT = re.compile(rf"\b(?:{alternatives(lambda language: language.interstitials.consent)})\b", re.IGNORECASE)
_CHALLENGE = re.compile(rf"\b(?:{alternatives(lambda language: language.interstitials.challenge)})\b", re.IGNORECASE)
_PAYWALL = re.compile(rf"\b(?:{alternatives(lambda language: language.interstitials.paywall)})\b", re.IGNORECASE)
_WALL_ADDRESS = re.compile(
    r"//(?:consent|guce|cmp|captcha|challenge|login|signin|account)\.|/(?:consent|gdpr|captcha|login|signin)\b",
    re.IGNORECASE,
)


def interstitial_kind(story: Story) -> str | None:
    """What is read instead of a story: "a consent wall", "a challenge"; None for a story."""
    text = _text(story)
    if len(text) > _LONGEST_WALL:
        return None
    if _phrases(_CONSENT, text) >= _PHRASES_ENOUGH:
        return "a consent wall"
    if _phrases(_CHALLENGE, text) >= _PHRASES_ENOUGH:
        return "a challenge"
    return None


def interstitial_before(held: Story, story: Story, final_url: str | None, kept: float) -> str | None:
    """What stands before a story that we hold, of which the share `kept` can still be read; None where nothing does.

    One phrase is enough here: a story does not turn into something else and speak of cookies by chance.
    """
    text, before, now = _text(story), _length(held), _length(story)
    if kept < _STUB_SHARE and (_says_more(_PAYWALL, text, held) or (story.paywalled and not held.paywalled)):
        return "a paywall" if now < _STUB_SHARE * before else None
    if kept >= 0.5 or len(text) > _LONGEST_WALL:
        return None
    if _says_more(_CONSENT, text, held):
        return "a consent wall"
    if _says_more(_CHALLENGE, text, held):
        return "a challenge"
    return "another page" if _WALL_ADDRESS.search(final_url or "") else None


def _says_more(phrases: re.Pattern[str], text: str, held: Story) -> bool:
    return _phrases(phrases, text) > _phrases(phrases, _text(held))


def _phrases(pattern: re.Pattern[str], text: str) -> int:
    return len({found.lower() for found in pattern.findall(text)})


def _text(story: Story) -> str:
    return "\n".join((story.headline, story.deck or "", *story.body))


def _length(story: Story) -> int:
    return sum(len(paragraph) for paragraph in story.body)
