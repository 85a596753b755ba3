"""Killed stories: which story a kill notice of its own takes back.

Such a notice names the story by its address, by its headline behind a label ("KILL: Ferry sinks off Mali"), or between
quotation marks. Only a single story of the same source that fits is believed.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ingest.identity.agreement import headline_share
from ingest.kill_notices import is_kill_notice, subject_of
from model.story import Story
from net.urls import canonical_url, same_site
from store.sql.aliases import url_alias
from store.sql.held import HeldStory
from store.sql.transactions import StoryReads

_ADDRESS = re.compile(r"https?://[^\s<>\"'“”«»]+")
_QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]{8,300})[”\"»“]")
_FEWEST_WORDS = 3


class NamedStory(NamedTuple):
    """The story that a notice of its own names; None with a reason where it names none that is held, or several."""

    held: HeldStory | None
    reason: str = ""


def named_story(reads: StoryReads, notice: Story, seen_at: datetime) -> NamedStory:
    """The story of the same source that a notice of its own names, if it was there when the notice was seen."""
    ids = set(_by_address(reads, notice)) or set(_by_headline(reads, notice))
    found = {held.story.id: held for held in map(reads.held, ids) if held is not None}
    named = [
        held
        for held in found.values()
        if held.story.source == notice.source and held.story.seen_at <= seen_at and not is_kill_notice(held.story)
    ]
    if len(named) == 1:
        return NamedStory(named[0])
    several = f"a kill notice that fits {len(named)} stories: {', '.join(sorted(held.story.id for held in named))}"
    return NamedStory(None, several if named else "a kill notice of a story that we never had")


def _by_address(reads: StoryReads, notice: Story) -> Iterator[str]:
    """The stories at the addresses that a notice names, on its own site."""
    addresses = {canonical_url(match.rstrip(".,;:!?)")) for text in notice.body for match in _ADDRESS.findall(text)} - {
        notice.url
    }
    own = [url for url in addresses if notice.url is None or same_site(url, notice.url)]
    for alias in reads.aliases(map(url_alias, own)).values():
        if alias.kind != "disputed":
            yield alias.story_id


def _by_headline(reads: StoryReads, notice: Story) -> Iterator[str]:
    """The stories with a headline that stands in a notice; a version that bore it is enough."""
    wanted = [subject_of(notice), *(quoted for text in notice.body for quoted in _QUOTED.findall(text))]
    wanted = [headline for headline in wanted if len(headline.split()) >= _FEWEST_WORDS]
    if not wanted:
        return
    for story_id, headline in reads.recent_headlines(notice.source):
        if any(headline_share(one, headline) == 1.0 for one in wanted):
            yield story_id
