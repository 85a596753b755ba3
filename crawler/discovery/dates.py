"""Dates of one feed or sitemap.

The texts are read by the one reader of dates (text/dates/); what an endpoint adds is the context: the zone that dates
without one take (the source's, else that of the feed's own date), and the order of numbers that its dates show.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from crawler.discovery.markup import local_name
from model.page import Page
from model.source import SourceDefaults
from text.dates import FIRST_OF_ENDPOINTS, DateContext, DateStatement, order_of, read_date, state

_DATE_NAMES = frozenset({"lastbuilddate", "pubdate", "published", "updated", "modified", "issued", "created", "date"})
_ENTRIES = frozenset({"item", "entry"})
_MOST_HEADINGS = 200
_MOST_DATES = 2000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class EndpointDates:
    """Reads the dates of one endpoint; `zone` is the zone of the feed's own date as text ("+02:00")."""

    def __init__(
        self,
        page: Page,
        source: SourceDefaults,
        *,
        texts: Iterable[str] = (),
        language: str | None = None,
        own: tzinfo | None = None,
    ) -> None:
        zone, told = taken_zone(source.timezone, own)
        self.zone = _distance_text(own) if own is not None else None
        self._context = DateContext(
            now=page.fetched_at,
            zone=zone,
            zone_told=told,
            language=language or source.language,
            host=urlsplit(page.final_url).hostname,
            source_zone=source.timezone or "",
            order=order_of(texts),
        )
        # Large sitemaps say the same few dates half a million times.
        self._read = lru_cache(maxsize=4096)(self._state)

    def read(self, text: str | None) -> DateStatement | None:
        """The date of a text; None where it holds none, or none that can be right."""
        return self._read(text.strip()) if text and not text.isspace() else None

    def _state(self, text: str) -> DateStatement | None:
        return state(text, self._context, FIRST_OF_ENDPOINTS)


def feed_dates(root: etree._Element, page: Page, source: SourceDefaults) -> EndpointDates:
    """The reader for the dates of a feed: its own zone and language, and the order that its dates show."""
    texts = [text for text in islice(_texts(root), _MOST_DATES) if text]
    return EndpointDates(page, source, texts=texts, language=_language(root), own=_own_zone(root, page.fetched_at))


def link_dates(published: DateStatement | None, modified: DateStatement | None) -> dict[str, Any]:
    """The dates of a link, with what was stated of them and what was taken."""
    return {
        "published_at": published.at if published else None,
        "published_local": published.local if published else None,
        "published_note": (published.note or None) if published else None,
        "modified_at": modified.at if modified else None,
        "modified_note": (modified.note or None) if modified else None,
    }


def taken_zone(source_zone: str | None, own: tzinfo | None) -> tuple[tzinfo, str]:
    """The zone of dates that state none, and how provenance tells it: the source's, else the feed's own, else UTC."""
    if source_zone:
        return ZoneInfo(source_zone), f"{source_zone} (source)"
    if own is not None:
        return own, f"{_distance_text(own)} (feed)"
    return UTC, "UTC"


def _distance_text(zone: tzinfo) -> str:
    distance = zone.utcoffset(None) or timedelta(0)
    minutes = int(distance.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _texts(root: etree._Element) -> Iterator[str | None]:
    return (element.text for element in root.iter(etree.Element) if local_name(element) in _DATE_NAMES)


def _language(root: etree._Element) -> str | None:
    for element in islice(root.iter(etree.Element), _MOST_HEADINGS):
        stated = element.get(_LANGUAGE) or (element.text if local_name(element) == "language" else None)
        if stated and 1 < len(stated.strip()) < 12:
            return str(stated).strip()
        if local_name(element) in _ENTRIES:
            break
    return None


def _own_zone(root: etree._Element, now: datetime) -> tzinfo | None:
    """The distance from UTC of the feed's own date ("lastBuildDate"); None where it states none.

    UTC counts as none: many feeds write it without meaning it.
    """
    for element in islice(root.iter(etree.Element), _MOST_HEADINGS):
        if local_name(element) in _ENTRIES:
            return None
        if local_name(element) not in _DATE_NAMES or not element.text:
            continue
        found = read_date(element.text, DateContext(now))
        if found is not None and found.zone is not None:
            distance = found.at.astimezone(found.zone).utcoffset()
            if distance:
                return timezone(distance)
    return None
