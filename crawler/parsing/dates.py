"""When was the story published, and when was it changed?

Evidence in order: JSON-LD, meta elements, microdata, time elements near the headline, the link's own date, the
address. Dates come in ISO 8601, RFC 2822, Unix seconds and in the words of many languages. A date without a zone
takes the source's; nothing is later than the moment at which the page was fetched.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dateparser
from dateutil import parser as date_parser

from crawler.parsing import jsonld
from crawler.parsing.document import Document
from index.text import clean_text

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate",
    "publish-date", "publish_date", "pubdate", "date.issued", "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date",
    "dc.date.created", "dc.created", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article_date_original",
    "originalpublicationdate", "published_at", "article.published", "date", "article:published", "last-modified-date", "citation_publication_date",
    "citation_date", "vr:published_time", "rnews:datepublished", "bt:pubdate", "displaydate", "ptime",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "lastmod", "last-modified", "revision_date", "og:modified_time", "cxenseparse:recs:modifiedtime",
)  # fmt: skip
_ISO = re.compile(r"^\s*(\d{4})-?(\d\d)-?(\d\d)")
_HAS_TIME = re.compile(r"\d[T ]\s*\d{1,2}[:.]?\d\d|\d{1,2}:\d\d")
_NUMERIC_STAMP = re.compile(r"^\d{10}(?:\d{3})?$")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SLACK = timedelta(hours=26)


class Moment(NamedTuple):
    """An instant, whether it has a time of day, and the rule that found it."""

    at: datetime
    timed: bool
    rule: str


def read_dates(document: Document) -> tuple[Moment | None, Moment | None]:
    """The moments of publication and of the last change."""
    reader = _Reader(document)
    published = reader.best(reader.published())
    modified = reader.best(reader.modified())
    if published is None and modified is not None and document.page.link.published_at is None:
        published = None
    return published, modified


def parse_moment(value: str, zone: tzinfo, now: datetime) -> tuple[datetime, bool] | None:
    """An aware UTC instant and whether it has a time of day, from a machine's or a person's date."""
    text = (clean_text(value) or "")[:120]
    if not text or not re.search(r"\d", text):
        return None
    timed = bool(_HAS_TIME.search(text))
    if _NUMERIC_STAMP.match(text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC), True
    found: datetime | None = None
    if _ISO.match(text):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            try:
                found = date_parser.parse(text, fuzzy=True, tzinfos={})
            except (ValueError, OverflowError):
                found = None
    if found is None:
        try:
            found = None
        except (ValueError, OverflowError):
            found = None
    if found is None:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC), timed
    except (OverflowError, ValueError):
        return None


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._now = document.page.fetched_at
        name = document.page.link.timezone
        self._zone: tzinfo = ZoneInfo(name) if name else UTC

    def best(self, moments: Iterator[Moment]) -> Moment | None:
        found = [moment for moment in moments if _EARLIEST <= moment.at <= self._now + _SLACK]
        if not found:
            return None
        first = found[0]
        if not first.timed:
            for other in found[1:]:
                if (
                    other.timed
                    and abs(other.at - first.at) < timedelta(hours=26)
                    and other.at.date() == first.at.date()
                ):
                    first = other
                    break
        return first._replace(at=min(first.at, self._now))

    def _moments(self, values: list[str], rule: str) -> Iterator[Moment]:
        for value in values:
            parsed = parse_moment(value, self._zone, self._now)
            if parsed:
                yield Moment(parsed[0], parsed[1], rule)

    def published(self) -> Iterator[Moment]:
        document = self._document
        for node in document.stories:
            yield from self._moments(jsonld.strings(node.get("datePublished")), "json-ld:datePublished")
        for name in _PUBLISHED_METAS:
            yield from self._moments(list(document.metas.get(name, ())[:1]), f"meta:{name}")
        yield from self._moments(list(document.microdata.get("datePublished", ())[:1]), "microdata:datePublished")
        yield from self._moments(self._times(), "markup:time")
        if document.page.link.published_at:
            yield Moment(document.page.link.published_at, True, "link:published_at")
        for node in document.nodes:
            yield from self._moments(jsonld.strings(node.get("datePublished")), "json-ld:datePublished")
        for match in _URL_DATE.finditer(document.url):
            yield from self._moments(["-".join(match.groups())], "url")

    def modified(self) -> Iterator[Moment]:
        document = self._document
        for node in document.stories:
            yield from self._moments(jsonld.strings(node.get("dateModified")), "json-ld:dateModified")
        for name in _MODIFIED_METAS:
            yield from self._moments(list(document.metas.get(name, ())[:1]), f"meta:{name}")
        yield from self._moments(list(document.microdata.get("dateModified", ())[:1]), "microdata:dateModified")
        if document.page.link.modified_at:
            yield Moment(document.page.link.modified_at, True, "link:modified_at")

    def _times(self) -> list[str]:
        found = []
        for element in self._document.root.iter("time"):
            value = element.get("datetime") or element.text_content()
            if value and len(value) < 80:
                found.append(value)
        return found[:3]
