"""JSON Feed of the news agency.

Format: JSON Feed, version 1.1 (https://www.jsonfeed.org/version/1.1/).
"""

from collections.abc import Sequence
from typing import Any

from demo.dates import iso_clock
from demo.houses import House
from demo.newsroom import PublishedEntry
from demo.story import WireStory

_AMP_EVERY = 4


def json_feed(house: House, base: str, entries: Sequence[PublishedEntry]) -> dict[str, Any]:
    """The feed of the newest stories; some items name the AMP twin, and one a page that is gone."""
    items = [_item(house, entry.story) for entry in entries]
    if house.dead_link:
        title, path = house.dead_link
        items.insert(2, {"id": base + path, "url": base + path, "title": title, "summary": "The page was moved."})
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": house.title,
        "home_page_url": f"{base}/",
        "feed_url": base + house.announced_at,
        "language": house.language,
        "items": items,
    }


def _item(house: House, story: WireStory) -> dict[str, Any]:
    # Which stories name their twin hangs on the address alone, so that it never changes between two looks.
    twin = sum(story.url.encode()) % _AMP_EVERY == 0
    item: dict[str, Any] = {
        "id": story.url,
        "url": f"{story.url}/amp" if twin else story.url,
        "title": story.headline,
        "content_text": story.body[0],
        "date_published": iso_clock(story.published_at, house.timezone),
        "tags": [story.section, *story.tags],
        "authors": [{"name": name} for name in story.byline] or [{"name": house.title}],
    }
    if story.modified_at:
        item["date_modified"] = iso_clock(story.modified_at, house.timezone)
    if story.deck:
        item["summary"] = story.deck
    if story.captions:
        item["image"] = story.captions[0].image_url
    return item
