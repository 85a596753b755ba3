"""Wire story, as a desk editor sees it, and the declaration of its fields.

A `Story` is one reading of one page (or of one imported line); a `StoredStory` is that reading with what the store
knows of it: identity, version, status. The JSON of a `StoredStory` is what `/api/stories/{id}` and a line of `export`
show. The annotation of an attribute (model/field_annotation.py) is the only place where a field is described.
"""

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    computed_field,
)
from pydantic import Field as ModelField

from model.field_annotation import Field
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
    if info.context is TRUSTED or not isinstance(value, (list, tuple)):
        return value
    return clean_texts(value) if all(issubclass(kind, str) for kind in {*map(type, value)}) else value


def _text(value: Any, info: ValidationInfo) -> Any:
    return clean_text(value) if isinstance(value, str) and info.context is not TRUSTED else value


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware instant in UTC."""
Text = Annotated[str, BeforeValidator(_text)]
"""One line of clean text (see text/cleaning.py), never empty."""
OptionalText = Annotated[str | None, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
ADDRESS_CHECK = AfterValidator(_web_address)
WebAddress = Annotated[str | None, ADDRESS_CHECK]
Status = Literal["live", "withdrawn"]
Probability = Annotated[float, ModelField(ge=0, le=1, allow_inf_nan=False)]
AS_STORY = "story"
"""The key of `Story.confidence` under which the whole page is judged."""
UNCERTAIN_BELOW = 0.35
"""Probability below which it is uncertain whether a page is a story: it is kept, and flagged."""


class Caption(BaseModel):
    """What the page says of one picture; `label` is a short title above the caption."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: Text
    credit: OptionalText = None
    label: OptionalText = None
    image_url: WebAddress = None

    def line(self) -> str:
        """Label, text and credit on one line."""
        return " · ".join(part for part in (self.label, self.text, self.credit) if part)


def _caption_texts(captions: tuple[Caption, ...]) -> tuple[str, ...]:
    """The captions' own words; a label stands above its caption on the page and is searched with it."""
    return tuple(f"{c.label}. {c.text}" if c.label else c.text for c in captions)


def _credits(captions: tuple[Caption, ...]) -> tuple[str, ...]:
    return tuple(caption.credit for caption in captions if caption.credit)


def _caption_lines(captions: tuple[Caption, ...]) -> tuple[str, ...]:
    return tuple(caption.line() for caption in captions)


def _caption_words(captions: tuple[Caption, ...]) -> list[tuple[str | None, ...]]:
    """What the publisher says in captions; another address of a picture is no change."""
    return [(caption.text, caption.credit, caption.label) for caption in captions]


def _known_only(value: Any) -> Any:
    """A mapping without the keys whose value is unknown (None)."""
    return {key: one for key, one in value.items() if one is not None} if isinstance(value, Mapping) else value


def _yes_or_no(value: bool | None) -> tuple[str, ...]:
    return () if value is None else ("yes" if value else "no",)


def _hosts(url: str | None) -> tuple[str, ...]:
    """The host of an address and the domains that it is in: uk.reuters.com, reuters.com, com."""
    host = urlsplit(url or "").hostname
    if not host:
        return ()
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():  # an IP address is in no domain
        return (host,)
    return tuple(".".join(labels[start:]) for start in range(len(labels)))


class Story(BaseModel):
    """One reading of a page.

    `url` is the canonical address; `origin_url` a canonical link to another domain (where the text came from);
    `publisher_id` the publisher's own identifier (a feed's guid, JSON-LD's identifier). `published_local` is the date
    of publication as it was stated, in ISO 8601 and as precisely: "2021-06-17T20:45:56-04:00" with its zone,
    "2021-06-17T20:45" where none was stated, "2021-06-17" where only the day was. `published_at` is the instant that
    it stands for; of a day without a time of day it is the midnight of that day in UTC. `provenance` maps a
    field to the rule that found it, `confidence` a field to the probability that it was read rightly, and "story" to
    the probability that the page is a story (0 to 1, of calibrated scores). `left_out` are paragraphs of the page that
    are none of the body, as they recur in other stories of its host. `parser_version` is 0 for stories that no parser
    of ours has read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: Annotated[Text, Field(kind="keyword", facet=1, filter="source", display=100, export=30)]
    headline: Annotated[
        Text,
        Field(
            kind="text",
            default=True,
            boost=3.0,
            display=10,
            stands_out=True,
            snippet=4,
            export=40,
            versioned=True,
            site_rule=True,
        ),
    ]
    url: Annotated[
        WebAddress, Field(name="site", kind="keyword", passages=_hosts, display=110, listed="Address", export=20)
    ] = None
    deck: Annotated[
        OptionalText,
        Field(kind="text", default=True, boost=1.5, display=20, snippet=3, export=50, versioned=True, site_rule=True),
    ] = None
    byline: Annotated[
        Texts,
        Field(
            kind="name",
            default=True,
            synonyms=("author",),
            display=60,
            snippet=7,
            export=60,
            versioned=True,
            site_rule=True,
        ),
    ] = ()
    dateline: Annotated[
        OptionalText, Field(kind="name", default=True, display=70, snippet=6, export=70, versioned=True)
    ] = None
    agencies: Annotated[
        Texts,
        Field(
            name="agency",
            kind="keyword",
            facet=2,
            filter="agency",
            display=90,
            export=80,
            versioned=True,
            comparable=sorted,
        ),
    ] = ()
    body: Annotated[
        Texts,
        Field(
            kind="text",
            default=True,
            display=30,
            snippet=1,
            export=90,
            separator="\n\n",
            versioned=True,
            site_rule=True,
        ),
    ] = ()
    captions: Annotated[
        tuple[Caption, ...],
        Field(
            name="caption",
            kind="text",
            passages=_caption_texts,
            default=True,
            boost=1.2,
            synonyms=("photo", "picture", "image"),
            display=40,
            stands_out=True,
            snippet=2,
            export=100,
            lines=_caption_lines,
            separator="\n",
            versioned=True,
            comparable=_caption_words,
        ),
        Field(name="credit", kind="name", passages=_credits, default=True, boost=0.5, display=50, snippet=8),
    ] = ()
    published_at: Annotated[Instant | None, Field(display=150, export=110, versioned=True, site_rule=True)] = None
    published_local: Annotated[OptionalText, Field(display=155, export=115, listed="Published, as stated")] = None
    modified_at: Annotated[Instant | None, Field(display=160, export=120)] = None
    language: Annotated[
        OptionalText, Field(kind="keyword", facet=4, filter="lang", display=130, listed="Language", export=140)
    ] = None
    section: Annotated[OptionalText, Field(kind="keyword", facet=3, filter="section", display=120, export=150)] = None
    tags: Annotated[
        Texts, Field(name="tag", kind="text", default=True, boost=0.8, display=80, snippet=5, export=160)
    ] = ()
    origin_url: WebAddress = None
    publisher_id: Annotated[OptionalText, Field(display=125, listed="Publisher’s id")] = None
    paywalled: Annotated[bool | None, Field(display=140, listed="Paywalled", lines=_yes_or_no)] = None
    left_out: Annotated[Texts, Field(is_record=True, listed="Left out, as it recurs on the site")] = ()
    provenance: Annotated[Mapping[str, str], Field(is_record=True)] = ModelField(default_factory=dict)
    confidence: Annotated[Mapping[str, Probability], BeforeValidator(_known_only), Field(is_record=True)] = ModelField(
        default_factory=dict
    )
    parser_version: Annotated[int, Field(is_record=True)] = 0

    @property
    def is_uncertain(self) -> bool:
        """Whether the page may be no story; False where nobody has judged it (imports, old readings)."""
        return self.confidence.get(AS_STORY, 1.0) < UNCERTAIN_BELOW

    def leaving_out(self, recurring: Set[str]) -> Self:
        """The same reading without those of its paragraphs that are known to recur on its host."""
        body = tuple(paragraph for paragraph in self.body if paragraph not in recurring)
        if len(body) == len(self.body):
            return self
        left_out = dict.fromkeys((*self.left_out, *(text for text in self.body if text in recurring)))
        return self.model_copy(update={"body": body, "left_out": tuple(left_out)})

    def in_language(self, code: str, rule: str, probability: float) -> Self:
        """The same reading with the language that a rule tells."""
        provenance = {**self.provenance, "language": rule}
        confidence = {**self.confidence, "language": round(probability, 3)}
        return self.model_copy(update={"language": code, "provenance": provenance, "confidence": confidence})

    def doubted(self, why: str) -> Self:
        """The same reading of a page that is no story by all that is known now."""
        confidence, provenance = {**self.confidence, AS_STORY: 0.0}, {**self.provenance, AS_STORY: why}
        return self.model_copy(update={"confidence": confidence, "provenance": provenance})


class Copy(NamedTuple):
    """A near-identical copy of a story, as far as it is named beside it."""

    id: str
    source: str
    headline: str
    url: str | None


WithdrawalKind = Literal["kill_notice", "page_gone", "import", "unknown"]


class Withdrawal(BaseModel):
    """When, why and with what words a publisher took a story back.

    `kind` is "kill_notice" (`headline` and `text` are the notice's words, `url` where it stands), "page_gone" (404 or
    410 at `url`), "import" (a line of another desk said so) or "unknown" (it was before reasons were kept). `reason`
    says it in a sentence. `story_id` is the notice's own story where that is another one than the story withdrawn.
    `withdrawn_at` is None where the time is unknown, `restored_at` while the withdrawal holds.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    withdrawn_at: Instant | None = None
    restored_at: Instant | None = None
    kind: WithdrawalKind = "unknown"
    reason: Text
    headline: OptionalText = None
    text: Texts = ()
    url: WebAddress = None
    story_id: str | None = None

    def lines(self) -> tuple[str, ...]:
        """The reason, and the words of the notice."""
        return tuple(filter(None, (self.reason, self.headline, *self.text)))


def _withdrawal_lines(withdrawal: Withdrawal | None) -> tuple[str, ...]:
    return () if withdrawal is None else withdrawal.lines()


class StoredStory(Story):
    """A story as the store keeps it: `version` counts from 1; `seen_at` is when this version was first seen.

    `changed` names the versioned fields in which it differs from the version before (empty for the first).
    `copy_group` is the same in near-identical stories (index/duplicates/grouping.py), None where there is no other.
    `status_at` is when the status last changed (None: never). `withdrawal` says why a withdrawn story was taken back,
    and `withdrawn_at` when (None: live, or it isn't known); `past_withdrawals` are those after which it returned, the
    earliest first. `split_from` is the story that held this one's text by mistake until it was split.
    """

    id: Annotated[str, Field(export=10)]
    version: Annotated[int, Field(export=170)]
    status: Annotated[Status, Field(export=180)] = "live"
    first_seen_at: Annotated[Instant, Field(export=130)]
    seen_at: Instant
    changed: tuple[str, ...] = ()
    status_at: Instant | None = None
    withdrawn_at: Annotated[Instant | None, Field(export=185)] = None
    withdrawal: Annotated[Withdrawal | None, Field(export=190, lines=_withdrawal_lines, separator="\n")] = None
    past_withdrawals: tuple[Withdrawal, ...] = ()
    split_from: str | None = None
    revision: int = ModelField(default=0, exclude=True)
    copy_group: str | None = ModelField(default=None, exclude=True)

    @computed_field(description="The page may be no story: `confidence` in that is low.")  # type: ignore[prop-decorator]
    @property
    def uncertain(self) -> bool:
        """`is_uncertain`, as it is shown."""
        return self.is_uncertain
