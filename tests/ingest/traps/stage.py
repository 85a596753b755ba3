"""A stage on which a recipe plays a publisher: it shows pages, fills feeds, lets rounds go by and states the truth.

What comes out are the steps and the true stories of one world.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from config import SourceConfig
from tests.crawler.fault_server import Route, answer
from tests.crawler.recheck_pages import Told, page
from tests.ingest.traps.texts import COMMON_HEADLINES, Newsroom
from tests.ingest.traps.worlds import NOW, Capture, Crawl, Setting, TrueStory

OWN = "own"
"""A page's canonical link: its own address where the setting has canonical links, else none."""


@dataclass(frozen=True)
class Item:
    """One entry of a feed."""

    url: str
    title: str | None
    guid: str | None = None
    published_at: datetime | None = None


@dataclass
class Stage:
    """Where a recipe puts a world together."""

    recipe: str
    setting: Setting
    dice: random.Random
    site: dict[str, Route] = field(default_factory=dict)
    steps: list[Crawl | Capture] = field(default_factory=list)
    true_stories: list[TrueStory] = field(default_factory=list)
    _feeds: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.newsroom = Newsroom(
            self.dice,
            short=self.setting.short,
            now=NOW,
            figures=self.setting.figures,
            apart=timedelta(minutes=0 if self.setting.at_once else 30),
        )
        self.domain = f"{self.recipe.replace('-', '')}{self.setting.number}.example"
        self.common = COMMON_HEADLINES[self.setting.number % len(COMMON_HEADLINES)]

    # Texts ---------------------------------------------------------------------------------------------------

    def stories(self, count: int) -> list[Told]:
        """That many stories; all under one headline where the setting says alike."""
        return [self.newsroom.story(self.common if self.setting.alike else None) for _ in range(count)]

    # Pages ---------------------------------------------------------------------------------------------------

    def url(self, told: Told | str, host: str | None = None) -> str:
        """The address of a story, or of a path, on the publisher's host or another."""
        path = told if isinstance(told, str) else f"/world/{told.slug}"
        return f"http://{host or f'www.{self.domain}'}{path}"

    def show(
        self,
        url: str,
        told: Told,
        *,
        canonical: str | None = OWN,
        og_url: str | None = None,
        identifier: object = None,
        template: str = "classic",
    ) -> Told:
        """Let an address answer with a story's page; `identifier` stands in its JSON-LD."""
        self.site[url] = answer(self.content(url, told, canonical, og_url, identifier, template))
        return told

    def content(
        self,
        url: str,
        told: Told,
        canonical: str | None = OWN,
        og_url: str | None = None,
        identifier: object = None,
        template: str = "classic",
    ) -> bytes:
        """A story's page with what its head says of its address and id."""
        head = ""
        link = (url if self.setting.canonical else None) if canonical == OWN else canonical
        if link:
            head += f'<link rel="canonical" href="{escape(link)}">'
        if og_url:
            head += f'<meta property="og:url" content="{escape(og_url)}">'
        if identifier is not None:
            data = {"@type": "NewsArticle", "headline": told.headline, "identifier": identifier}
            data |= {"@context": "https://schema.org", "datePublished": told.published_at.isoformat()}
            head += f'<script type="application/ld+json">{json.dumps(data)}</script>'
        return page(told, template).replace(b"</head>", head.encode() + b"</head>", 1)

    # Feeds ---------------------------------------------------------------------------------------------------

    def feed(self, items: Iterable[Item], name: str = "all", source: str = "paper") -> None:
        """Let a feed of a source hold these items from now on."""
        address = f"http://feeds.{self.domain}/{source}-{name}.xml"
        self._feeds.setdefault(source, {})[name] = address
        self.site[address] = answer(_rss(items), content_type="application/rss+xml")

    def announce(self, items: Sequence[Item]) -> None:
        """Let the paper's one feed, or its two, hold these items, in the setting's order."""
        ordered = list(reversed(items)) if self.setting.backwards else list(items)
        if self.setting.several_feeds:
            self.feed(ordered[::2], "news")
            self.feed(ordered[1::2], "sport")
        else:
            self.feed(ordered)

    # Steps ---------------------------------------------------------------------------------------------------

    def round(self, after: float = 0.0, *sources: str) -> None:
        """Crawl the sources named, else all, some hours after the step before."""
        chosen = sources or tuple(self._feeds)
        configs = tuple(SourceConfig(name=name, feeds=tuple(self._feeds[name].values())) for name in chosen)
        self.steps.append(Crawl(timedelta(hours=after), dict(self.site), configs))

    def publish(self, items: Sequence[Item]) -> None:
        """Announce and crawl: all at once, or half of them three hours before the others."""
        if self.setting.slowly:
            ordered = list(reversed(items)) if self.setting.backwards else list(items)
            early = ordered[: len(items) // 2]
            self.announce([item for item in items if item in early])
            self.round()
        self.announce(items)
        self.round(3.0 if self.setting.slowly else 0.0)

    def look_again(self) -> None:
        """Two more rounds in which nothing has changed."""
        self.round(2.0)
        self.round(5.0)

    def capture(self, after: float, *pages: tuple[str, bytes]) -> None:
        """Take pages in from an archive."""
        self.steps.append(Capture(timedelta(hours=after), pages))

    # Truth ---------------------------------------------------------------------------------------------------

    def expect(
        self,
        tellings: Told | Sequence[Told],
        at: str | Sequence[str],
        *,
        versions: int | tuple[int, int] = 1,
        ends: Sequence[Told] | None = None,
        urls: Sequence[str] = (),
        split: str | None = None,
        parts: int = 2,
    ) -> None:
        """State one true story; it ends with its last telling unless `ends` says otherwise."""
        told = (tellings,) if isinstance(tellings, Told) else tuple(tellings)
        places = (at,) if isinstance(at, str) else tuple(at)
        bounds = (versions, versions) if isinstance(versions, int) else versions
        final = tuple(ends) if ends is not None else told[-1:]
        story = TrueStory(told, places, final, (*places, *urls), bounds, split, parts if split else 1)
        self.true_stories.append(story)


def _rss(items: Iterable[Item]) -> bytes:
    def entry(item: Item) -> str:
        title = f"<title>{escape(item.title)}</title>" if item.title else ""
        guid = f'<guid isPermaLink="false">{escape(item.guid)}</guid>' if item.guid else ""
        date = f"<pubDate>{format_datetime(item.published_at)}</pubDate>" if item.published_at else ""
        return f"<item>{title}<link>{escape(item.url)}</link>{guid}{date}</item>"

    entries = "".join(map(entry, items))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>{entries}</channel></rss>'.encode()


def item_of(url: str, told: Told, guid: str | None = None) -> Item:
    """The entry that announces a story."""
    return Item(url, told.headline, guid, told.published_at)
