"""Dates of publication and of the last change.

Evidence in order: JSON-LD, meta elements, microdata, time elements and dated lines near the headline, the link's own
date, the address. A date that is the time of fetching while other evidence is older is the page's build time. A date
without a time is refined by other evidence of the same day; no instant is later than the fetch.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import tags_in
from crawler.extraction.metadata.date_customs import DateCustoms
from crawler.extraction.metadata.page_dates import dates_outside
from crawler.extraction.texts import squeezed
from text.dates import DateStatement, follows_fetch, has_time
from text.languages import alternatives

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate",
    "publish-date", "publish_date", "pubdate", "date.issued", "dc.date.issued", "dcterms.created", "dcterms.date",
    "dc.date", "dc.date.created", "dc.created", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article_date_original", "originalpublicationdate", "published_at", "article.published",
    "article:published", "citation_publication_date", "citation_date", "vr:published_time", "rnews:datepublished",
    "bt:pubdate", "displaydate", "ptime", "publication_date", "article:publicationdate", "mediator_published_time",
    "published", "published-date", "published_date", "published-time", "date",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "lastmod", "last-modified", "revision_date", "og:modified_time", "article.updated",
    "cxenseparse:recs:modifiedtime", "modified-date", "modified-time",
)  # fmt: skip
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_WORDS = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})(?!\d)")
_DATE_NAMES = named_for("date")
_UPDATED = re.compile(alternatives(lambda language: language.dates.updated), re.I)
_STRINGS = 3000
_SHORT = 30
"""Characters of a line that may be a date in words alone ("yesterday")."""
_WHOLE_DATE = re.compile(r"(?:19|20)\d\d|\b\d{1,2}[./]\d{1,2}[./]\d\d\b")
_DAY = timedelta(days=1)
_BUILD = timedelta(minutes=10)


class StatedDate(NamedTuple):
    """A date, with the rule that found it and the one that found its time of day where that is another."""

    stated: DateStatement
    rule: str
    time_rule: str = ""

    @property
    def at(self) -> datetime:
        """The instant."""
        return self.stated.at

    @property
    def local(self) -> str | None:
        """What was stated, as precisely as it was."""
        return self.stated.local

    @property
    def provenance(self) -> str:
        """The rule, with what was not stated and taken instead."""
        told = self.stated.rule(self.rule)
        return f"{told}; time: {self.time_rule}" if self.time_rule else told


def read_dates(document: Document, region: Tag | None) -> tuple[StatedDate | None, StatedDate | None]:
    """The dates of publication and of the last change."""
    reader = _DateStatements(document)
    published = reader.choose(reader.published(region)) or reader.choose(reader.outside())
    modified = reader.choose(reader.modified())
    if published and modified and modified.at < published.at - _DAY:
        modified = None
    return published and reader.with_written_day(published, region), modified


def date_of(document: Document, value: str, rule: str) -> StatedDate | None:
    """The date that a text means on this page, not later than its fetch; None where it holds no date."""
    reader = _DateStatements(document)
    return reader.choose(reader.parse([value], rule))


class _DateStatements:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._now = document.page.fetched_at
        self._customs = DateCustoms(document)

    def choose(self, dates: Iterator[StatedDate]) -> StatedDate | None:
        """The first date that is no build time, refined to the minute by others of its day."""
        found: list[StatedDate] = []
        for one in dates:
            found.append(one)
            if one.stated.has_time and not self._is_build_time(one):
                break
        if not found:
            return None
        older = [one for one in found if one.at < self._now - _DAY]
        first = next((one for one in found if not (self._is_build_time(one) and older)), found[0])
        if first.stated.has_time:
            return first
        same = (one for one in found if one.stated.has_time and self._is_same_day(one, first))
        refined = next(same, None)
        return refined._replace(rule=first.rule, time_rule=refined.rule) if refined else first

    def with_written_day(self, published: StatedDate, region: Tag | None) -> StatedDate:
        """With the day that the page shows, where an instant that is stated in UTC falls on the day beside it."""
        local = published.local
        if region is None or not local or not published.stated.has_time or not local.endswith(("Z", "+00:00")):
            return published
        for one in self.parse((text for is_update, text in _dated_texts(region) if not is_update), "markup:date"):
            shown = one.stated
            if shown.day and shown.local and abs((shown.day - published.at.date()).days) <= 1:
                is_other = shown.day != published.at.date() and not follows_fetch(shown.note)
                return (
                    published._replace(stated=published.stated._replace(local=shown.local)) if is_other else published
                )
        return published

    def _is_same_day(self, timed: StatedDate, day: StatedDate) -> bool:
        return day.stated.day in (
            timed.stated.day,
            timed.at.date(),
            timed.at.astimezone(self._customs.context.zone).date(),
        )

    def _is_build_time(self, one: StatedDate) -> bool:
        return abs(self._now - one.at) < _BUILD

    def published(self, region: Tag | None) -> Iterator[StatedDate]:
        document = self._document
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
            for is_update, text in _dated_texts(region):
                yield from self.parse([text], "markup:updated" if is_update else "markup:date")
        link = document.page.link
        yield from self._of_link(link.published_at, link.published_local, link.published_note, "link:published_at")
        for match in _URL_DATE.finditer(document.url):
            yield from self.parse(["-".join(match.groups())], "url")
        for match in _URL_WORDS.finditer(document.url.lower()):
            yield from self.parse(["-".join(match.groups())], "url")
        if region is not None:
            yield from self.parse(_loose_dates(region), "text:date")
        for node in document.stories:
            yield from self.parse(jsonld.strings(node.get("dateCreated")), "json-ld:dateCreated")

    def outside(self) -> Iterator[StatedDate]:
        """The date of elements outside the story, where all of them name one day."""
        found = list(self.parse(dates_outside(self._document), "page:date"))
        if len({one.stated.day for one in found}) == 1:
            yield from found

    def modified(self) -> Iterator[StatedDate]:
        document, link = self._document, self._document.page.link
        for node in document.stories:
            yield from self.parse(jsonld.strings(node.get("dateModified")), "json-ld:dateModified")
        for name in _MODIFIED_METAS:
            yield from self.parse(document.metas.get(name, ())[:1], f"meta:{name}")
        yield from self.parse(document.microdata.get("dateModified", ())[:1], "microdata:dateModified")
        yield from self._of_link(link.modified_at, None, link.modified_note, "link:modified_at")

    def parse(self, values: Iterable[str], rule: str) -> Iterator[StatedDate]:
        for value in values:
            stated = self._customs.state(value)
            if stated:
                yield StatedDate(stated, rule)

    def _of_link(self, at: datetime | None, local: str | None, note: str | None, rule: str) -> Iterator[StatedDate]:
        if at is None:
            return
        day = date.fromisoformat(local[:10]) if local else at.date()
        yield StatedDate(DateStatement(at, local, has_time(note), note or "", day), rule)


def _loose_dates(region: Tag) -> list[str]:
    """Short texts that hold a whole date, in page order."""
    texts = (squeezed(string) for string in islice(region.strings, _STRINGS))
    return [text for text in texts if 6 <= len(text) <= 60 and _WHOLE_DATE.search(text)][:3]


def _dated_texts(region: Tag) -> list[tuple[bool, str]]:
    """Dates of time elements and of short lines named as dates, those of updates (true) last."""
    found: list[tuple[bool, str]] = []
    for element in tags_in(region):
        if element.name not in ("time", "span", "div", "p", "li", "small", "em", "abbr", "td"):
            continue
        if element.name != "time" and element_names(element).isdisjoint(_DATE_NAMES):
            continue
        text = element.get_text(" ", strip=True)[:160]
        value = _stated_datetime(element) or (text if len(text) < 120 else "")
        if value and (len(value) < _SHORT or re.search(r"\d", value)):
            found.append((_is_update(text), value))
        if len(found) > 8:
            break
    return sorted(found, key=lambda item: item[0])


def _is_update(text: str) -> bool:
    """Whether the first date of a line is the one of a change: "published …, updated …" begins with another."""
    word = _UPDATED.search(text)
    if word is None:
        return False
    return not any(map(str.isdigit, text[: word.start()])) or not any(map(str.isdigit, text[word.end() :]))


def _stated_datetime(element: Tag) -> str:
    """An element's own datetime, or one with a time of day of a time element inside."""
    inner = (str(time.get("datetime") or "") for time in tags_in(element, "time"))
    # <abbr class="published" title="2026-03-20T08:33:00+00:00"> (hAtom's way to state a date).
    titled = str(element.get("title") or "") if element.name == "abbr" else ""
    return str(element.get("datetime") or "") or titled or next((value for value in inner if ":" in value), "")
