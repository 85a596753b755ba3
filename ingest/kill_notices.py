"""Kill notices: texts by which an agency or a paper withdraws a story.

A notice stands in the place of the story, or it is an item of its own that names the story (ingest/killed_stories.py).
"""

import re

from model.story import Story, Withdrawal
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


def subject_of(notice: Story) -> str:
    """The headline of a notice without the label before it; empty where there is nothing else."""
    label = _KILL_HEADLINE.search(notice.headline)
    return (notice.headline[label.end() :] if label else notice.headline).strip()


def withdrawal_by(notice: Story, url: str | None, *, in_place: bool) -> Withdrawal:
    """Why a story is withdrawn that a notice kills: with what words, and where they stand."""
    where = "a kill notice stands in the place of the story" if in_place else "a kill notice names the story"
    return Withdrawal(kind="kill_notice", reason=where, headline=notice.headline, text=notice.body, url=url)
