"""Customs of a page's dates: what its texts leave out, told by its language, its source and its other dates.

The zone of dates that state none is the source's, else that of the feed's own dates, else the one that other dates of
the page state, else UTC. The order of "3/4/2024" is the one that other dates of the page show, in numbers or by their
day, what machines are told before what is shown; else that of the page's language and region.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from text.dates import (
    DAY_FIRST,
    FIRST_OF_PAGES,
    MONTH_FIRST,
    DateContext,
    DateStatement,
    Order,
    order_of,
    read_date,
    state,
)

_DATED_KEYS = ("datePublished", "dateModified", "dateCreated", "uploadDate")
_TIMED = re.compile(r"date|time|publish|modif|lastmod|issued|created", re.I)
_NUMBERS = re.compile(r"(?<![\d/-])\d{1,2} ?[/-] ?\d{1,2} ?[/-] ?\d{2}")
_DISTANCE = re.compile(r"[+-]\d\d:?\d\d$")
_LOCALES = ("og:locale", "content-language", "dc.language", "language")
_REGIONAL = re.compile(r"([a-zA-Z]{2,3})[-_]([a-zA-Z]{2})")
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-](\d\d?|[a-z]{3,9})[/_-](\d\d?)(?!\d)")


class DateCustoms:
    """Reads the texts of one page as dates."""

    def __init__(self, document: Document, shown: Iterable[str] = ()) -> None:
        self._document = document
        self._shown = shown

    def state(self, text: str) -> DateStatement | None:
        """The date of a text; None where it holds none that can be told or right."""
        context = self.context
        if _NUMBERS.search(text):
            context = replace(context, order=self._order_for(text))
        return state(text, context, FIRST_OF_PAGES)

    @cached_property
    def context(self) -> DateContext:
        """What is known beside the texts."""
        link = self._document.page.link
        zone, told = self._zone()
        return DateContext(
            now=self._document.page.fetched_at,
            zone=zone,
            zone_told=told,
            language=self._language,
            host=self._document.host,
            source_zone=link.timezone or "",
        )

    @cached_property
    def _language(self) -> str | None:
        """The page's language, with its region where a statement for machines tells that.

        American English is what software states where nobody told it otherwise, and tells nothing.
        """
        stated = self._document.html_language or self._document.page.link.language
        tags = [*jsonld.strings(self._document.story_node.get("inLanguage"))]
        tags += [text for name in _LOCALES if (text := self._document.meta(name))]
        primary = (stated or "").lower()
        if primary.isalpha() or not primary:
            for tag in map(_REGIONAL.fullmatch, tags):
                if tag and tag[2].upper() != "US" and primary in ("", tag[1].lower()):
                    return tag[0]
        return stated

    def _zone(self) -> tuple[tzinfo, str]:
        link = self._document.page.link
        if link.timezone:
            try:
                return ZoneInfo(link.timezone), f"{link.timezone} (source)"
            except (ZoneInfoNotFoundError, ValueError):
                return UTC, "UTC"
        if link.feed_zone:
            return _fixed(link.feed_zone), f"{link.feed_zone} (feed)"
        stated = next((match[0] for text in self._told if (match := _DISTANCE.search(text.strip()))), None)
        if stated and stated[1:3] + stated[-2:] != "0000":
            distance = f"{stated[:3]}:{stated[-2:]}"
            return _fixed(distance), f"{distance} (page)"
        return UTC, "UTC"

    @cached_property
    def _told(self) -> list[str]:
        """The dates that the page states for machines."""
        found = [text for node in self._document.nodes for key in _DATED_KEYS for text in jsonld.dates(node, key)]
        for name, contents in self._document.metas.items():
            if _is_timed(name):
                found += contents
        for name in ("datePublished", "dateModified"):
            found += self._document.microdata.get(name, ())
        return found

    @cached_property
    def _shown_order(self) -> Order | None:
        return order_of(self._told) or order_of(self._shown)

    @cached_property
    def _days(self) -> frozenset[date]:
        """The days that the page's address, its link and its dates in one order only tell."""
        link = self._document.page.link
        days = {at.date() for at in (link.published_at, link.modified_at) if at is not None}
        days |= {found.day for text in self._told if (found := read_date(text, self.context)) and not found.order}
        days |= {
            found.day
            for match in _URL_DAY.finditer(self._document.url.lower())
            if (found := read_date("-".join(match.groups()), self.context))
        }
        return frozenset(days)

    def _order_for(self, text: str) -> Order | None:
        """The order that the page shows for a text; None where it shows none."""
        if self._shown_order is not None:
            return self._shown_order
        fitting = [
            order
            for order in (DAY_FIRST, MONTH_FIRST)
            if (found := read_date(text, replace(self.context, order=order))) and found.day in self._days
        ]
        return fitting[0] if len(fitting) == 1 else None


@lru_cache(maxsize=2048)
def _is_timed(name: str) -> bool:
    return _TIMED.search(name) is not None


def _fixed(distance: str) -> tzinfo:
    """The zone of "+02:00"."""
    try:
        return datetime.fromisoformat(f"2000-01-01T00:00:00{distance}").tzinfo or UTC
    except ValueError:
        return UTC
