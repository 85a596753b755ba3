"""Site of one source: the response to each path.

A `HouseSite` maps the path of a request to a `SiteResponse`; HTTP itself (conditional requests, HEAD, the log) is the
server's business.
"""

import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from demo.announcing import json_feed
from demo.houses import House, section_slug, story_number
from demo.newsroom import Newsroom, PublishedEntry
from demo.pages import PageRenderer
from demo.pictures import draw_picture
from demo.story import WireStory

FEED_LENGTH = 60
FRONT_LENGTH = 45
NEWS_SITEMAP_AGE = timedelta(days=2)  # Google's news sitemap protocol lists the last two days and 1,000 addresses
NEWS_SITEMAP_LENGTH = 1000
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class SiteResponse:
    """A response before HTTP: `changed_at` is when its content last changed, None where nobody keeps track."""

    status: int
    content_type: str
    body: bytes
    changed_at: datetime | None = None
    location: str | None = None


class HouseSite:
    """One house's host: its stories, front page, sections, feed or sitemaps, robots.txt and pictures."""

    def __init__(self, house: House, base: str, newsroom: Newsroom) -> None:
        self._house = house
        self._base = base
        self._newsroom = newsroom
        self._renderer = PageRenderer(house, base)

    def answer(self, path: str, now: datetime) -> SiteResponse:
        """The answer to a GET of `path` (with or without a query, which changes nothing) at `now`."""
        path = urlsplit(path).path
        if path.startswith("/images/"):
            return SiteResponse(200, "image/png", draw_picture(path))
        if path == "/":
            return self._listing("Front page", None)
        if path == "/robots.txt":
            return self._robots()
        if path == self._house.announced_at:
            return self._announcement()
        if path.startswith("/sitemaps/") and self._house.announcement == "sitemap":
            return self._sitemap(path, now)
        return self._story(path) or self._section(path) or self._short_link(path) or self._missing(404)

    def _story(self, path: str) -> SiteResponse | None:
        amp = self._house.name == "harbour" and path.endswith("/amp")
        entry = self._newsroom.entry_at(self._base + (path.removesuffix("/amp") if amp else path))
        if entry is None:
            return None
        if entry.killed == "gone":
            return self._missing(410)
        page = self._renderer.story(entry, amp=amp and not entry.killed)
        # The old pages of one source are served without a charset; their meta element alone names it.
        content_type = HTML if entry.draft.charset == "utf-8" else "text/html"
        return SiteResponse(200, content_type, page, entry.changed_at)

    def _section(self, path: str) -> SiteResponse | None:
        wanted = path.strip("/").removeprefix("section/").removesuffix(".html")
        for entry in self._newsroom.entries(self._house):
            if section_slug(entry.story.section) == wanted:
                return self._listing(entry.story.section, wanted)
        return None

    def _short_link(self, path: str) -> SiteResponse | None:
        """/a/1234567 of the broadcaster, as its feed's guid names it, leads to the story."""
        if self._house.name != "continental" or not path.startswith("/a/"):
            return None
        for entry in self._newsroom.entries(self._house):
            if path == f"/a/{story_number('continental', entry.draft.slug)}":
                return SiteResponse(301, HTML, b"", location=entry.story.url)
        return None

    def _listing(self, title: str, section: str | None) -> SiteResponse:
        stories = [
            entry.story for entry in self._listed() if section is None or section_slug(entry.story.section) == section
        ]
        private = self._private() if section is None else []
        page = self._renderer.listing(title, stories[:FRONT_LENGTH], private=private)
        return SiteResponse(200, HTML, page, self._newsroom.changed_at(self._house))

    def _robots(self) -> SiteResponse:
        if not self._house.has_robots:
            return self._missing(404)
        return SiteResponse(200, "text/plain; charset=utf-8", self._renderer.feed("robots.txt.j2"))

    def _announcement(self) -> SiteResponse:
        house, changed_at = self._house, self._newsroom.changed_at(self._house)
        entries = self._listed()[:FEED_LENGTH]
        if house.announcement == "json":
            feed = json_feed(house, self._base, entries)
            return SiteResponse(200, "application/feed+json", json.dumps(feed, indent=1).encode(), changed_at)
        if house.announcement == "sitemap":
            return SiteResponse(
                200, "application/xml", self._renderer.feed("sitemap-index.xml.j2", changed_at=changed_at)
            )
        content = self._renderer.feed(
            f"{house.announcement}.xml.j2",
            stories=[(entry.story, story_number(house.name, entry.draft.slug)) for entry in entries],
            private=self._private(),
            changed_at=changed_at,
        )
        return SiteResponse(200, f"application/{house.announcement}+xml; charset=utf-8", content, changed_at)

    def _sitemap(self, path: str, now: datetime) -> SiteResponse:
        stories = [entry.story for entry in self._listed()]
        recent = [story for story in stories if now - story.published_at <= NEWS_SITEMAP_AGE][:NEWS_SITEMAP_LENGTH]
        known = {"/sitemaps/news.xml.gz": (True, recent), "/sitemaps/archive.xml.gz": (False, stories)}
        if path not in known:
            return self._missing(404)
        news, listed = known[path]
        content = self._renderer.feed("sitemap.xml.j2", stories=listed, news=news)
        changed_at = None if news else self._newsroom.changed_at(self._house)
        # mtime=0 keeps the bytes the same as long as the stories are.
        return SiteResponse(200, "application/x-gzip", gzip.compress(content, mtime=0), changed_at)

    def _listed(self) -> list[PublishedEntry]:
        """What the house announces, newest first: all but what is private or gone."""
        return [
            entry for entry in self._newsroom.entries(self._house) if not entry.draft.private and entry.killed != "gone"
        ]

    def _private(self) -> list[WireStory]:
        return [entry.story for entry in self._newsroom.entries(self._house) if entry.draft.private]

    def _missing(self, status: int) -> SiteResponse:
        return SiteResponse(status, HTML, self._renderer.missing())
