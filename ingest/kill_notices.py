"""Kill notices: texts by which an agency or a paper withdraws a story."""

import re

from model.story import Story

_KILL_HEADLINE = re.compile(
    r"^\W*(?:mandatory kill|bulletin kill|kill|kill notice|advisory kill|story kill(?:ed)?|withdrawn?|story withdrawn|"
    r"retract(?:ed|ion)|story removed|zurückgezogen|achtung sperre|retirada)\b\W*(?:[:\-–—]|$)",
    re.I,
)
_KILL_BODY = re.compile(
    r"\b(?:this|the)\s+(?:story|article|report)\s+(?:has been|is|was)\s+(?:withdrawn|killed|retracted|removed)\b"
    r"|\beditors?:?\s+(?:please\s+)?kill\b|\bmandatory kill\b",
    re.I,
)


def is_kill_notice(story: Story) -> bool:
    """Whether the story is an agency's notice that a story must not be used."""
    if _KILL_HEADLINE.search(story.headline):
        return True
    return bool(story.body) and len(" ".join(story.body)) < 1500 and bool(_KILL_BODY.search(" ".join(story.body[:2])))
