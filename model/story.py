"""What is a story?

A wire story as a desk editor sees it. A `Story` is one reading of one page (or of one imported line); a
`StoredStory` is that reading with what the store knows of it: identity, version, status. The JSON of a
`StoredStory` is what `/api/stories/{id}` and a line of `export` show.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from text.cleaning import clean_text, clean_texts


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _web_address(value: str | None) -> str | None:
    if value is not None and urlsplit(value).scheme not in ("http", "https"):
        raise ValueError("expected an http or https address")
    return value


TRUSTED = {"trusted": True}
"""Validation context for text that was cleaned before, such as the store's own."""


def _texts(value: Any, info: ValidationInfo) -> Any:
    if value is None:
        return ()
    if info.context is not TRUSTED and isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
        return clean_texts(value)
    return value


def _text(value: Any, info: ValidationInfo) -> Any:
    return clean_text(value) if isinstance(value, str) and info.context is not TRUSTED else value


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware instant in UTC."""
Text = Annotated[str, BeforeValidator(_text)]
"""One line of clean text (see text/cleaning.py), never empty."""
OptionalText = Annotated[str | None, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
WebAddress = Annotated[str | None, AfterValidator(_web_address)]
Status = Literal["live", "withdrawn"]

VERSIONED_FIELDS = (
    "headline",
    "deck",
    "body",
    "captions",
    "byline",
    "dateline",
    "agencies",
    "published_at",
)
"""The fields whose change by the publisher makes a new version."""


class Caption(BaseModel):
    """What the page says of one picture; `label` is a short title above the caption."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: Text
    credit: OptionalText = None
    label: OptionalText = None
    image_url: WebAddress = None


class Story(BaseModel):
    """One reading of a page.

    `url` is the canonical address; `origin_url` a canonical link to another domain (where the text came from);
    `publisher_id` the publisher's own identifier (a feed's guid, JSON-LD's identifier). `provenance` maps a
    field to the rule that found it. `parser_version` is 0 for stories that no parser of ours has read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: Text
    headline: Text
    url: WebAddress = None
    deck: OptionalText = None
    byline: Texts = ()
    dateline: OptionalText = None
    agencies: Texts = ()
    body: Texts = ()
    captions: tuple[Caption, ...] = ()
    published_at: Instant | None = None
    modified_at: Instant | None = None
    language: OptionalText = None
    section: OptionalText = None
    tags: Texts = ()
    origin_url: WebAddress = None
    publisher_id: OptionalText = None
    paywalled: bool | None = None
    provenance: Mapping[str, str] = Field(default_factory=dict)
    parser_version: int = 0


class Copy(NamedTuple):
    """A near-identical copy of a story, as far as it is named beside it."""

    id: str
    source: str
    headline: str
    url: str | None


class StoredStory(Story):
    """A story as the store keeps it: `version` counts from 1; `seen_at` is when this version was first seen.

    `changed` names the versioned fields in which it differs from the version before (empty for the first).
    `copy_group` is the same in near-identical stories (index/duplicates/grouping.py), None where there is no other.
    `status_at` is when the status last changed (None: never). `split_from` is the story that held this one's text by
    mistake until it was split.
    """

    id: str
    version: int
    status: Status = "live"
    first_seen_at: Instant
    seen_at: Instant
    changed: tuple[str, ...] = ()
    status_at: Instant | None = None
    split_from: str | None = None
    revision: int = Field(default=0, exclude=True)
    copy_group: str | None = Field(default=None, exclude=True)
