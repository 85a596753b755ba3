"""Quarantine: readings of known stories that are not believed at once.

Consent walls, challenges and paywalls answer with a page that can be read as a much shorter story, or as another one;
so do half-built pages and error pages. An interstitial never makes a version; anything else is believed when the
address says the same an hour later, by the times of the fetches, and no other address did.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from ingest.identity.agreement import kept_share
from ingest.interstitials import interstitial_before, interstitial_kind
from model.story import Story
from store.sql.aliases import Alias

WAIT = timedelta(hours=1)
_LEFT_SHARE = 0.4


class Doubt(NamedTuple):
    """Why a reading is not believed; `final` where it will not be however often it is read."""

    reason: str
    digest: str
    final: bool = False


def interstitial(held: Story, story: Story, final_url: str | None) -> Doubt | None:
    """What stands before a known story, if anything does."""
    if story.body == held.body and story.headline == held.headline:
        return None
    kept = kept_share(held, story)
    obstacle = interstitial_before(held, story, final_url, kept) or (
        interstitial_kind(story) if kept < 1.0 and not interstitial_kind(held) else None
    )
    return Doubt(f"{obstacle} stands before the story", reading_digest(story), final=True) if obstacle else None


def shortened(held: Story, story: Story) -> Doubt | None:
    """Whether most of a known story is gone."""
    before, now = _length(held), _length(story)
    if now >= _LEFT_SHARE * before:
        return None
    return Doubt(f"the body is {100 * now // max(before, 1)} % of what it was", reading_digest(story))


def another_story(story: Story) -> Doubt:
    """The doubt about a reading that is another story than the one known at its address."""
    return Doubt("it reads as another story", reading_digest(story))


def unreadable(reason: str) -> Doubt:
    """The doubt about the page of a known story that can't be read as one: that takes nothing away."""
    return Doubt(reason, _digest(reason), final=True)


def is_repeated(doubt: Doubt, alias: Alias | None, at: datetime) -> bool:
    """Whether the address said the same before, an hour ago or more."""
    if alias is None or alias.suspect != doubt.digest or alias.suspect_at is None:
        return False
    return at - alias.suspect_at >= WAIT


def reading_digest(story: Story) -> str:
    """Changes with the headline or the body."""
    return _digest("\n".join((story.headline, *story.body)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _length(story: Story) -> int:
    return sum(len(paragraph) for paragraph in story.body)
