"""Is a second look to be believed?

Consent walls, challenges and paywalls answer with a page that can be read as another story, or as a much shorter one;
so do half-built pages. Such a reading is suspect. A wall never makes a version; anything else does once another look an
hour later reads the same.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from index.analysis import tokens
from index.page import Page
from index.store.crawl_state import UrlState
from index.story import Story
from ingest.interstitials import stands_before, wall

WAIT = timedelta(hours=1)
_LEFT_SHARE = 0.4
_REPLACED_SHARE = 0.2
_SAME_HEADLINE_SHARE = 0.34
_RUN = 3


class Doubt(NamedTuple):
    """Why a reading is suspect; `final` where it will not be believed however often it is read."""

    reason: str
    final: bool = False


def doubt(held: Story, story: Story, page: Page) -> Doubt | None:
    """Why a second reading of a story that we hold is suspect; None where it is not."""
    kept = kept_share(held, story)
    obstacle = stands_before(held, story, page, kept) or (wall(story) if kept < 1.0 and not wall(held) else None)
    if obstacle:
        return Doubt(f"{obstacle} stands before the story", final=True)
    before, now = _length(held), _length(story)
    if now < _LEFT_SHARE * before:
        return Doubt(f"the body is {100 * now // max(before, 1)} % of what it was")
    # A flash that grows into a story is rewritten, too, but it grows.
    if kept < _REPLACED_SHARE and now < 2 * before and _headline_kept(held, story) < _SAME_HEADLINE_SHARE:
        return Doubt("it reads as another story")
    return None


def is_confirmed(before: UrlState, digest: str, now: datetime) -> bool:
    """Whether a suspect reading was read like this before, an hour ago or more."""
    if before.suspect is None or before.suspect_at is None:
        return False
    return before.suspect == digest and now - before.suspect_at >= WAIT


def reading_digest(story: Story) -> str:
    """Changes with the headline or the body."""
    return text_digest("\n".join((story.headline, *story.body)))


def text_digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def kept_share(held: Story, story: Story) -> float:
    """The share of the held body's runs of three words that the new body still has; 1.0 where there was no body."""
    before = _runs(held)
    return len(before & _runs(story)) / len(before) if before else 1.0


def _runs(story: Story) -> set[tuple[str, ...]]:
    words = [token.folded for paragraph in story.body for token in tokens(paragraph)]
    return set(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _headline_kept(held: Story, story: Story) -> float:
    before = {token.folded for token in tokens(held.headline)}
    now = {token.folded for token in tokens(story.headline)}
    return len(before & now) / len(before) if before else 1.0


def _length(story: Story) -> int:
    return sum(len(paragraph) for paragraph in story.body)
