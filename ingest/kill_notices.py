"""Kill notices: texts by which an agency or a paper withdraws a story."""

import re

from model.story import Story
from text.languages import alternatives

_KILL_HEADLINE = re.compile(
    rf"^\W*(?:{alternatives(lambda language: language.kill_notices.headlines)})\b\W*(?:[:\-–—]|$)", re.I
)
_KILL_BODY = re.compile(alternatives(lambda language: language.kill_notices.texts), re.I)


def is_kill_notice(story: Story) -> bool:
    """Whether the story is an agency's notice that a story must not be used."""
    if _KILL_HEADLINE.search(story.headline):
        return True
    return bool(story.body) and len(" ".join(story.body)) < 1500 and bool(_KILL_BODY.search(" ".join(story.body[:2])))
