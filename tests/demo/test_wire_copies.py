"""Which stories of the demo wire are copies of each other, and are they told from those written by a pattern?"""

from itertools import combinations
from typing import Any

from demo.story import WireStory
from demo.wire import DemoWire
from index.duplicates.comparison import compared_text, is_copy


def test_agency_copies_are_known_and_composed_stories_are_no_copies(wire: DemoWire, clock: Any) -> None:
    for _ in range(40):  # composed from patterns, with names and figures of their own
        clock.advance(600)
        wire.publish()
    stories = {story.url: story for story in wire.published()}.values()
    found = {pair for pair in combinations(stories, 2) if _is_copy(*pair)}
    assert {_slug(pair) for pair in found} == {story.copy_of for story in stories if story.copy_of}
    assert not [pair for pair in found if pair[0].copy_of != pair[1].copy_of]
    carriers = [story for story in stories if story.copy_of == "vaccine-trial"]
    assert all(pair in found for pair in combinations(carriers, 2))


def _slug(pair: tuple[WireStory, WireStory]) -> str | None:
    return pair[0].copy_of


def _is_copy(one: WireStory, other: WireStory) -> bool:
    tellings = [compared_text(story.source, story.published_at, story.body, story.language) for story in (one, other)]
    return None not in tellings and is_copy(*(told for told in tellings if told is not None))
