"""Stories as the demo wire publishes them.

`Draft` is a text as written, before any source carries it; `WireStory` is what one source published under one
address in one version: the truth that a reading of its page can be held against.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

BlockKind = Literal["paragraph", "subhead", "quote", "item"]
KillManner = Literal["notice", "gone"]


@dataclass(frozen=True)
class TextBlock:
    """One paragraph, sub-head, quotation or list item of a body."""

    kind: BlockKind
    text: str


@dataclass(frozen=True)
class WireCaption:
    """What a page says of one picture; `label` is a short title printed above the caption."""

    text: str
    credit: str | None = None
    label: str | None = None
    image_url: str | None = None


@dataclass(frozen=True)
class Correction:
    """A change of `old` to `new` wherever it stands in the text, announced by `note` as the last paragraph."""

    old: str
    new: str
    note: str


@dataclass(frozen=True)
class Draft:
    """A text before any source carries it.

    `sources` are its carriers; more than one makes it a copy of the first agency's story. `hours_before` is its age
    when the wire starts; None is a story still to come. `headlines` holds the carriers' own headlines. Texts may
    hold {day}, {yesterday}, {tomorrow}, {date} and {year}, which are filled at publication.
    """

    slug: str
    sources: tuple[str, ...]
    headline: str
    blocks: tuple[TextBlock, ...]
    section: str = "World"
    deck: str | None = None
    byline: tuple[str, ...] = ()
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    captions: tuple[WireCaption, ...] = ()
    tags: tuple[str, ...] = ()
    hours_before: float | None = None
    headlines: Mapping[str, str] = field(default_factory=dict)
    infographic: str | None = None
    stray_mark: bool = False
    charset: str = "utf-8"
    correction: Correction | None = None
    kill: KillManner | None = None
    private: bool = False
    wire_copy: bool = False


@dataclass(frozen=True)
class WireStory:
    """One version of a story at one address.

    `body` leaves out the dateline, which the page prints before the first paragraph, and the `closing` credit line
    below the last. `copy_of` is the slug that all carriers of one agency text share. `released_at` is the instant
    at which this version went out; `published_at` is whole minutes, because one layout shows no seconds.
    """

    url: str
    source: str
    headline: str
    blocks: tuple[TextBlock, ...]
    language: str
    section: str
    published_at: datetime
    released_at: datetime
    deck: str | None = None
    byline: tuple[str, ...] = ()
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    captions: tuple[WireCaption, ...] = ()
    tags: tuple[str, ...] = ()
    modified_at: datetime | None = None
    closing: str | None = None
    copy_of: str | None = None
    version: int = 1
    status: Literal["live", "withdrawn"] = "live"

    @property
    def body(self) -> tuple[str, ...]:
        """The paragraphs, sub-heads, quotations and list items in order."""
        return tuple(block.text for block in self.blocks)

    @property
    def touched_at(self) -> datetime:
        """The instant of the last change that the publisher states."""
        return self.modified_at or self.published_at
