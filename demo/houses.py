"""Houses: the five sources of the wire, and the peculiarities of each."""

import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import Literal

from demo.story import Draft, KillManner

Announcement = Literal["rss", "atom", "json", "front", "sitemap"]
AGENCY_NAMES = {
    "AP": "The Associated Press",
    "AFP": "Agence France-Presse",
    "Reuters": "Reuters",
    "dpa": "Deutsche Presse-Agentur",
    "Kyodo": "Kyodo News",
}


@dataclass(frozen=True)
class House:
    """One source: its names, its habits and its faults.

    `path` is the pattern of a story's address; `announced_at` the address of its feed, sitemap or front page;
    `kill` is what becomes of a page that is withdrawn; `validators` are the headers that it sends for conditional
    requests; `dead_link` and `section_item` are announced although one is gone and the other no story.
    """

    name: str
    title: str
    language: str
    timezone: str
    announcement: Announcement
    announced_at: str
    path: str
    kill: KillManner
    validators: tuple[Literal["etag", "last-modified"], ...] = ("etag", "last-modified")
    has_robots: bool = True
    crawl_delay_seconds: int | None = None
    slow: bool = False
    dead_link: tuple[str, str] | None = None
    section_item: tuple[str, str] | None = None


HOUSES = (
    House(
        name="continental",
        title="Continental Broadcast",
        language="en",
        timezone="America/New_York",
        announcement="rss",
        announced_at="/api/rss/news.xml",
        path="/content/{slug}/{number}.html",
        kill="gone",
        validators=("last-modified",),
        section_item=("All the news from Africa", "/section/africa.html"),
    ),
    House(
        name="meridian",
        title="The Meridian Post",
        language="en",
        timezone="Europe/London",
        announcement="atom",
        announced_at="/feeds/latest.atom",
        path="/{section}/{slug}-{hex}",
        kill="gone",
    ),
    House(
        name="harbour",
        title="Harbour News Agency",
        language="en",
        timezone="Asia/Singapore",
        announcement="json",
        announced_at="/feed.json",
        path="/archives/{number}/{slug}",
        kill="gone",
        has_robots=False,
        slow=True,
        dead_link=(
            "Port authority sets out plan for a third container berth",
            "/archives/1002003/third-container-berth",
        ),
    ),
    House(
        name="elbkurier",
        title="Elbkurier",
        language="de",
        timezone="Europe/Berlin",
        announcement="front",
        announced_at="/",
        path="/{section}/{slug}-{number}.html",
        kill="gone",
        crawl_delay_seconds=1,
        dead_link=("Stadtwerke legen Zahlen für das dritte Quartal vor", "/wirtschaft/stadtwerke-zahlen-4410972.html"),
    ),
    House(
        name="northwire",
        title="Northern Wire",
        language="en",
        timezone="UTC",
        announcement="sitemap",
        announced_at="/sitemap-index.xml",
        path="/article/{hex}",
        kill="notice",
        validators=("etag",),
        dead_link=("Ferry service to the outer islands suspended", "/article/00c0ffee0badcafe"),
    ),
)


def story_path(house: House, draft: Draft) -> str:
    """The address of a draft on that house's host, the same in every run."""
    if draft.private:
        return f"/private/{draft.slug}"
    return house.path.format(
        slug=draft.slug,
        section=section_slug(draft.section),
        number=story_number(house.name, draft.slug),
        hex=hashlib.sha256(f"{house.name}/{draft.slug}".encode()).hexdigest()[:16],
    )


def story_number(house_name: str, slug: str) -> int:
    """Seven digits, as content systems number their articles."""
    return 1_000_000 + zlib.crc32(f"{house_name}/{slug}".encode()) % 8_999_999


def section_slug(section: str) -> str:
    """Science & Health -> science-health."""
    return re.sub(r"[^a-z]+", "-", section.lower()).strip("-")
