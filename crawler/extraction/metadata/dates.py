"""Dates of publication and of the last change.

Evidence in order: JSON-LD, meta elements, microdata, time elements and dated lines near the headline, the link's own
date, the address. A date that is the time of fetching while other evidence is older is the page's build time. A date
without a time is refined by other evidence of the same day; nothing is later than the fetch.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import tags_in
from crawler.extraction.texts import squeezed
from text.datetimes import parse_datetime
from text.languages import alternatives

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate",
    "publish-date", "publish_date", "pubdate", "date.issued", "dc.date.issued", "dcterms.created", "dcterms.date",
    "dc.date", "dc.date.created", "dc.created", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article_date_original", "originalpublicationdate", "published_at", "article.published",
    "article:published", "citation_publication_date", "citation_date", "vr:published_time", "rnews:datepublished",
    "bt:pubdate", "displaydate", "ptime", "publication_date", "article:publicationdate", "mediator_published_time",
    "date",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "lastmod", "last-modified", "revision_date", "og:modified_time", "article.updated",
    "cxenseparse:recs:modifiedtime",
)  # fmt: skip
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_DATE_NAMES = named_for("date")
_UPDATED = re.compile(alternatives(lambda language: language.dates.updated), re.I)
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_SLACK = timedelta(hours=26)
_STRINGS = 3000
_WHOLE_DATE = re.compile(r"(?:19|20)\d\d|\b\d{1,2}[./]\d{1,2}[./]\d\d\b")
_DAY = timedelta(days=1)
_BUILD = timedelta(minutes=10)


class StatedDate(NamedTuple):
    """An instant, whether it has a time of day, and the rule that found it."""

    at: datetime
    timed: bool
    rule: str


def read_dates(document: Document, region: Tag | None) -> tuple[StatedDate | None, StatedDate | None]:
    """The dates of publication and of the last change."""
    reader = _DateStatements(document)
    published = reader.choose(reader.published(region))
    modified = reader.choose(reader.modified())
    if published and modified and modified.at < published.at - _DAY:
        modified = None
    return published, modified


def date_of(document: Document, value: str, rule: str) -> StatedDate | None:
    """The date that a text means on this page, not later than its fetch; None where it holds no date."""
    return _DateStatements(document).choose(_DateStatements(document).parse([value], rule))


class _DateStatements:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._now = document.page.fetched_at
        self._zone = _zone(document.page.link.timezone)
        language = (document.html_language or "").lower()
        self._month_first = language in ("en-us", "en_us") or (
            language in ("", "en") and document.host.endswith((".com", ".us"))
        )

    def choose(self, dates: Iterator[StatedDate]) -> StatedDate | None:
        """The first plausible date, refined to the minute by others of its day."""
        found: list[StatedDate] = []
        for stated in dates:
            if _EARLIEST <= stated.at <= self._now + _SLACK:
                found.append(stated)
                if stated.timed and not self._is_build_time(stated):
                    break
        if not found:
            return None
        older = [stated for stated in found if stated.at < self._now - _DAY]
        first = next((stated for stated in found if not (self._is_build_time(stated) and older)), found[0])
        if not first.timed:
            day = first.at.astimezone(self._zone).date()
            same = (
                other
                for other in found
                if other.timed and day in (other.at.astimezone(self._zone).date(), other.at.date())
            )
            refined = next(same, None)
            first = first._replace(at=refined.at, timed=True) if refined else first
        return first._replace(at=min(first.at, self._now))

    def _is_build_time(self, stated: StatedDate) -> bool:
        return abs(self._now - stated.at) < _BUILD

    def published(self, region: Tag | None) -> Iterator[StatedDate]:
        document, link = self._document, self._document.page.link
        for node in document.stories:
            yield from self.parse(jsonld.strings(node.get("datePublished")), "json-ld:datePublished")
        for name in _PUBLISHED_METAS:
            yield from self.parse(document.metas.get(name, ())[:1], f"meta:{name}")
        yield from self.parse(document.microdata.get("datePublished", ())[:1], "microdata:datePublished")
        for node in document.nodes:
            if jsonld.types(node) & {"webpage", "videoobject", "collectionpage"} and document.stories == []:
                yield from self.parse(
                    jsonld.strings(node.get("datePublished") or node.get("uploadDate")), "json-ld:datePublished"
                )
        if region is not None:
            yield from self.parse(_dated_texts(region), "markup:date")
        if link.published_at:
            yield StatedDate(link.published_at, True, "link:published_at")
        for match in _URL_DATE.finditer(document.url):
            yield from self.parse(["-".join(match.groups())], "url")
        if region is not None:
            yield from self.parse(_loose_dates(region), "text:date")
        for node in document.stories:
            yield from self.parse(jsonld.strings(node.get("dateCreated")), "json-ld:dateCreated")

    def modified(self) -> Iterator[StatedDate]:
        document, link = self._document, self._document.page.link
        for node in document.stories:
            yield from self.parse(jsonld.strings(node.get("dateModified")), "json-ld:dateModified")
        for name in _MODIFIED_METAS:
            yield from self.parse(document.metas.get(name, ())[:1], f"meta:{name}")
        yield from self.parse(document.microdata.get("dateModified", ())[:1], "microdata:dateModified")
        if link.modified_at:
            yield StatedDate(link.modified_at, True, "link:modified_at")

    def parse(self, values: Iterable[str], rule: str) -> Iterator[StatedDate]:
        for value in values:
            parsed = parse_datetime(value, self._zone, self._now, month_first=self._month_first)
            if parsed:
                yield StatedDate(*parsed, rule)


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _loose_dates(region: Tag) -> list[str]:
    """Short texts that hold a whole date, in page order."""
    texts = (squeezed(string) for string in islice(region.strings, _STRINGS))
    return [text for text in texts if 6 <= len(text) <= 60 and _WHOLE_DATE.search(text)][:3]


def _dated_texts(region: Tag) -> list[str]:
    """Dates of time elements and of short lines named as dates, those of updates last."""
    found: list[tuple[bool, str]] = []
    for element in tags_in(region):
        if element.name not in ("time", "span", "div", "p", "li", "small", "em", "abbr", "td"):
            continue
        if element.name != "time" and element_names(element).isdisjoint(_DATE_NAMES):
            continue
        text = element.get_text(" ", strip=True)[:160]
        value = _stated_datetime(element) or (text if len(text) < 120 else "")
        if value and re.search(r"\d", value):
            found.append((bool(_UPDATED.search(text)), value))
        if len(found) > 8:
            break
    return [value for _, value in sorted(found, key=lambda item: item[0])]


def _stated_datetime(element: Tag) -> str:
    """An element's own datetime, or one with a time of day of a time element inside."""
    inner = (str(time.get("datetime") or "") for time in tags_in(element, "time"))
    # <abbr class="published" title="2026-03-20T08:33:00+00:00"> (hAtom's way to state a date).
    titled = str(element.get("title") or "") if element.name == "abbr" else ""
    return str(element.get("datetime") or "") or titled or next((value for value in inner if ":" in value), "")
