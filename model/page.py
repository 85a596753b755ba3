"""Link and page: what the steps of a crawl hand to each other before there is a story.

A source's feeds, sitemaps and front pages yield `Link`s; fetching a link yields a `Page`. Both are evidence and
are kept in the store beside the story that was read from them.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from model.story import Caption, Instant

LinkKind = Literal["feed", "sitemap", "front", "manual", "known"]
"""Where a link stood; "known" is the address of a story that is held, "manual" was given by a person or a file."""

NO_ADDRESS = "http://unknown.invalid/story"
"""The address of a page whose own is not known: .invalid is reserved for that (RFC 2606, section 2)."""


class Link(BaseModel):
    """An address that may be a story, with everything that the endpoint where it stood says about it.

    `title`, `summary` and `captions` are plain text; `publisher_id` is the feed entry's guid or id; `timezone`
    is the IANA name that dates without a zone take (the source's, else None), `feed_zone` the distance from UTC of the
    feed's own dates ("+02:00"), which they take where there is no such name. `published_local` is the date of
    publication as it was stated (`Story.published_local`); `published_note` and `modified_note` say what of a date was
    not stated and taken instead, in the words of provenance ("day only"). `announced` where a news sitemap, or at
    another time a feed, said that a story stands there (see `is_announced`).
    """

    model_config = ConfigDict(frozen=True)

    url: str
    source: str
    kind: LinkKind = "manual"
    found_in: str | None = None
    announced: bool = False
    title: str | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    published_at: Instant | None = None
    published_local: str | None = None
    published_note: str | None = None
    modified_at: Instant | None = None
    modified_note: str | None = None
    captions: tuple[Caption, ...] = ()
    publisher_id: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    timezone: str | None = None
    feed_zone: str | None = None

    @property
    def is_announced(self) -> bool:
        """Whether a feed or a news sitemap says that a story stands there; a feed's link does without being told."""
        return self.announced or self.kind == "feed"


class Page(BaseModel):
    """A response as it was fetched: `content` are the decoded bytes of the body (after Content-Encoding).

    `url` is the address asked for, `final_url` the one that answered after redirects; header names are lower case.
    """

    model_config = ConfigDict(frozen=True)

    link: Link
    url: str
    final_url: str
    status: int = 200
    headers: Mapping[str, str] = Field(default_factory=dict)
    fetched_at: Instant
    content: bytes
