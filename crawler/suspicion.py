"""Is a second look to be believed?

Challenges, consent walls and paywalls answer with a page that can be read as a much shorter story. Such a reading is
suspect: it makes no version until another look an hour later reads the same.
"""

import hashlib
from datetime import datetime, timedelta

from index.store.crawl_state import UrlState
from index.story import Story

WAIT = timedelta(hours=1)
_LEFT_SHARE = 0.4
_STUB_SHARE = 0.8


def doubt(held: Story | None, story: Story) -> str | None:
    """Why a reading of a story that we hold is suspect; None where it is not."""
    if held is None:
        return None
    before, now = _length(held), _length(story)
    if now < _LEFT_SHARE * before:
        return f"the body is {100 * now // max(before, 1)} % of what it was"
    if story.paywalled and not held.paywalled and now < _STUB_SHARE * before:
        return "a paywall stands before the body"
    return None


def is_confirmed(before: UrlState, story: Story, now: datetime) -> bool:
    """Whether a suspect reading was read like this before, an hour ago or more."""
    if before.suspect is None or before.suspect_at is None:
        return False
    return before.suspect == reading_digest(story) and now - before.suspect_at >= WAIT


def reading_digest(story: Story) -> str:
    """Changes with the headline or the body."""
    return hashlib.sha256("\n".join((story.headline, *story.body)).encode()).hexdigest()[:16]


def _length(story: Story) -> int:
    return sum(len(paragraph) for paragraph in story.body)
