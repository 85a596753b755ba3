"""Things that publishers show, told once and put into words by each way in.

Stories share no words but the commonest, so that agreement between two of them is always meant.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any

from lxml import html

from model.fields import VERSIONED_FIELDS
from model.story import Story
from tests.crawler.recheck_pages import CHALLENGES, CONSENT_WALLS, NO_STORIES, Told, notice, page, paywall

MISSING: Any = object()
HOST = "www.news.example"
_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
_FRAMES = (
    "The {} {} of {} {} the {} in {}, and {} {} {} was {} for {}",
    "Many {} had {} the {} {} with {} before {} {} in {}",
    "Under the {} {} the {} would {} {} and {} the {} of {}",
    "For {} and {} the {} is {} {} than the {} that {} {}",
)


@dataclass(frozen=True)
class Thing:
    """What stands at an address at one moment, for whoever looks.

    `source`, `tags` and `title` are what a feed and a line tell, and no page does; `identifier` is the publisher's own
    id, told by feed, page and line, `guid` one that the feed alone tells. `content` stands in the place of the story's
    page, `asked` is an address that leads to `url`, `feed` one of the source's feeds. `line` holds further fields of a
    line; those that are `MISSING` are left out.
    """

    url: str | None
    told: Told
    source: str = "daily"
    canonical: str | None = None
    identifier: str | None = None
    guid: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()
    feed_caption: str | None = None
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    modified_at: datetime | None = None
    dated: bool = True
    picture: str = "/images/lead.jpg"
    content: bytes | None = None
    asked: str | None = None
    feed: str | None = None
    line: Mapping[str, Any] = field(default_factory=dict)

    def html(self) -> bytes:
        """The page, the same for whoever asks."""
        if self.content is not None:
            return self.content
        shown = page(replace(self.told, paragraphs=self._printed())).decode()
        if not self.dated:
            shown = shown.replace(f'content="{self.told.published_at.isoformat()}"', 'content=""')
        shown = shown.replace(f"/images/{self.told.slug}.jpg", self.picture)
        return shown.replace("</head>", f"{''.join(self._head())}</head>").encode()

    def fields(self, seen_at: datetime) -> dict[str, Any]:
        """The line, with every field that the page shows."""
        told = self.told
        values: dict[str, Any] = {"url": self.url, "source": self.source, "language": "en"}
        if self.content is not None:
            values |= _printed_text(self.content)
        else:
            values |= {"headline": told.headline, "deck": told.deck, "byline": [told.byline], "dateline": self.dateline}
            values |= {"agencies": list(self.agencies), "body": list(told.paragraphs), "tags": list(self.tags)}
            values["captions"] = [{"text": told.caption, "image_url": f"http://{HOST}{self.picture}"}]
            values["published_at"] = told.published_at.isoformat() if self.dated else None
            values["publisher_id"] = self.identifier
            values["modified_at"] = self.modified_at.isoformat() if self.modified_at else None
        seen = {"first_seen_at": seen_at.isoformat(), "seen_at": seen_at.isoformat()}
        return {name: value for name, value in {**values, **seen, **self.line}.items() if value is not MISSING}

    def said(self) -> dict[str, Any]:
        """What a store has to say of it, whatever brought it; see `says`."""
        told = self.told
        return {
            "headline": told.headline,
            "deck": told.deck,
            "body": told.paragraphs,
            "captions": (told.caption,),
            "byline": (told.byline,),
            "dateline": self.dateline,
            "agencies": self.agencies,
            "published_at": told.published_at if self.dated else None,
        }

    def _printed(self) -> tuple[str, ...]:
        first, *others = self.told.paragraphs
        if not self.dateline:
            return self.told.paragraphs
        agencies = f" ({', '.join(self.agencies)})" if self.agencies else ""
        return (f"{self.dateline}{agencies} — {first}", *others)

    def _head(self) -> list[str]:
        found = []
        if self.canonical:
            found.append(f'<link rel="canonical" href="{escape(self.canonical)}">')
        if self.identifier:
            data = {"@type": "NewsArticle", "headline": self.told.headline, "identifier": self.identifier}
            found.append(f'<script type="application/ld+json">{json.dumps(data)}</script>')
        if self.modified_at:
            found.append(f'<meta property="article:modified_time" content="{self.modified_at.isoformat()}">')
        return found


def says(story: Story) -> dict[str, Any]:
    """What a story says, image addresses aside."""
    said = {name: getattr(story, name) for name in VERSIONED_FIELDS}
    return said | {"captions": tuple(caption.text for caption in story.captions)}


def tell(number: int, published_at: datetime, *, paragraphs: int = 6) -> Told:
    """The story of that number, the same in every run; no two have their words in common."""
    dice = random.Random(f"story {number}")

    def word() -> str:
        return "".join(dice.choice(_SYLLABLES) for _ in range(dice.choice((2, 3, 3))))

    def sentence() -> str:
        frame = dice.choice(_FRAMES)
        return frame.format(*(word() for _ in range(frame.count("{}")))) + "."

    headline = " ".join((word().capitalize(), *(word() for _ in range(3)), "in", word().capitalize(), word()))
    return Told(
        slug=f"{'-'.join(word() for _ in range(4))}-{number}",
        headline=headline,
        paragraphs=tuple(" ".join(sentence() for _ in range(3)) for _ in range(paragraphs)),
        byline=f"{dice.choice(('Awa', 'Jonas', 'Mirela', 'Ingrid'))} {dice.choice(('Diallo', 'Novak', 'Solberg'))}",
        caption=f"{word().capitalize()} {word()} stands before the {word()} of {word().capitalize()} on Monday.",
        deck=f"What the {word()} of {word()} had {word()} since {word()} is {word()} again.",
        published_at=published_at,
    )


def at_home(told: Told, **more: Any) -> Thing:
    """A story at an address of its own."""
    return Thing(url=f"http://{HOST}/world/{told.slug}", told=told, **more)


def corrected(thing: Thing, number: int = 1) -> Thing:
    """The same with its last paragraph put right."""
    last = f"Correction {number}: the count was {20 + number}, not {40 + number}, the clerk of the town said later."
    return retold(thing, paragraphs=(*thing.told.paragraphs[:-1], last))


def retold(thing: Thing, **told: Any) -> Thing:
    """The same thing with something of its story told otherwise."""
    return replace(thing, told=replace(thing.told, **told))


def cut(thing: Thing) -> Thing:
    """The same of which less than a third is left."""
    return retold(thing, paragraphs=thing.told.paragraphs[: max(1, len(thing.told.paragraphs) // 4)])


def killed(thing: Thing, *, bare: bool = False) -> Thing:
    """An agency's kill notice at the address; a `bare` one has nothing but its headline and a sentence."""
    shown = notice(f"KILL: {thing.told.headline}", "Editors please kill this story. It was wrong.").decode()
    meta = f'<meta property="article:published_time" content="{thing.told.published_at.isoformat()}"></head>'
    return replace(thing, content=(shown if bare else shown.replace("</head>", meta)).encode())


def blocked(thing: Thing, content: bytes) -> Thing:
    """A page that stands in the place of the story's."""
    return replace(thing, content=content)


WALLS = {
    **{f"consent {number}": wall for number, wall in enumerate(CONSENT_WALLS)},
    **{f"challenge {number}": wall for number, wall in enumerate(CHALLENGES)},
}
"""What says nothing of the story that it stands before."""


def walled(thing: Thing) -> dict[str, Thing]:
    """Everything that may stand before a story which we hold."""
    found = {name: blocked(thing, wall) for name, wall in WALLS.items()}
    found["paywall"] = blocked(thing, paywall(thing.told, 0.3))
    return found


def empty(thing: Thing) -> dict[str, Thing]:
    """Pages that are nothing at all, in the place of a story."""
    return {f"nothing {number}": blocked(thing, content) for number, content in enumerate(NO_STORIES)}


def later(thing: Thing, days: int) -> Thing:
    """The same thing, published later."""
    return retold(thing, published_at=thing.told.published_at + timedelta(days=days))


def _printed_text(content: bytes) -> dict[str, Any]:
    """Headline and paragraphs of a page that is not the story's, as another desk might have taken them for one."""
    root = html.fromstring(content.decode())
    heading = next((node.text_content() for node in root.iter("h1")), "Untitled")
    body = [node.text_content() for node in root.iter("p")]
    return {"headline": heading.strip(), "body": [text for text in body if text.strip()]}
