"""Candidates for the date of publication: every statement of a page, with what speaks for it.

Weights add up and are on one scale, about that of log odds: 3 for what the story's own JSON-LD states, 1 for a date
beside the headline, below 0 for those of changes, teasers and comments. What another kind of statement says too, and
that a day is earlier than others, is added when they are compared (dates.py).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.metadata.date_customs import DateCustoms
from crawler.extraction.metadata.shown_dates import ShownDate
from crawler.extraction.metadata.stated_date import StatedDate
from text.dates import DateStatement, follows_fetch, has_time
from text.tables import sections

Kind = Literal["json-ld", "meta", "microdata", "microformat", "shown", "link", "url", "script", "change"]
"""Where a statement stands: statements of different kinds that agree support each other."""

_METAS = {
    name: (rank, heading)
    for heading, lines in sections(
        Path(__file__).parents[1] / "tables" / "date_metas.txt", ("published", "created", "day", "modified")
    ).items()
    for rank, name in enumerate(name for line in lines for name in line.split())
}
"""Name of a meta element, by its letters and digits alone -> how telling it is among its kind, and its kind."""
_META_WEIGHTS = {"published": 2.8, "created": 1.8, "day": 1.8}
_SIGNS = re.compile(r"[^a-z0-9]")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_NUMBER = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=(?:[01]\d|2[0-3])[0-5]\d\d*(?!\d))")
"""A number that begins with a day and a clock: "A2026012914320005196"."""
_URL_PARTS = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?=/|$)")
_URL_DAY_FIRST = re.compile(
    r"(?<!\d)(?<!\d[-_])(0?[1-9]|[12]\d|3[01])[-_](0[1-9]|1[0-2]|[a-z]{3,12})[-_]((?:19|20)\d\d)(?![-_]?\d)"
)
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?=/)")
_URL_WORDS = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})(?!\d)")
_URL_FORMS = ((_URL_DATE, 2.0), (_URL_PARTS, 2.0), (_URL_WORDS, 2.0), (_URL_NUMBER, 1.2), (_URL_DAY_FIRST, 0.7))
"""Days in addresses with their weights; those in a slug's words are often the day of what it names."""
_STATE = re.compile(
    rb"(datePublished|date_published|publishedAt|published_at|publishDate|publish_date|publishedDate|publicationDate|"
    rb"firstPublishedAt|first_published_at|datePosted)(?:\"|\\+\"|&quot;|&#34;)\s*:\s*(?:\"|\\+\"|&quot;|&#34;)"
    rb"([\w :+.,-]{8,40})(?:\"|\\|&)"
)
_STATE_HINTS = tuple(
    re.compile(stem + rb"[a-zA-Z_]{2,10}(?:\"|\\+\"|&quot;|&#34;)\s*:\s*(?:\"|\\+\"|&quot;|&#34;)")
    for stem in (rb"ubli", rb"datePo")
)
"""What these names hold: a pattern that opens with letters is found many times faster."""
_BEFORE_HINT, _BEHIND_HINT = 7, 48
_NO_STORIES = frozenset(
    {"comment", "person", "imageobject", "organization", "website", "review", "question", "answer", "event", "offer"}
)
_MOST_READ = 30
_YEARLESS = 20
_MOST_STATES = 20
_HOPELESS = -2.2
_FEW_WORDS, _LINE = 7, 12
_TODAY = timedelta(days=1, hours=12)
_COUNTED = 1.2
"""Taken from a distance from now: on a kept page it is one from when the page was kept."""
_NEAR, _RATHER_NEAR = 250, 900


class DateCandidate(NamedTuple):
    """A date with the kind and the weight of its statement; `is_close` where it is shown beside the headline.

    `days` are the day that is written, and that of the instant.
    """

    found: StatedDate
    kind: Kind
    weight: float
    days: frozenset[date]
    is_close: bool = False
    is_labelled: bool = False

    @classmethod
    def of(cls, stated: DateStatement, rule: str, kind: Kind, weight: float) -> "DateCandidate":
        """A statement that a rule found."""
        instant = stated.at.date()
        return cls(StatedDate(stated, rule), kind, weight, frozenset((stated.day or instant, instant)))


class DateCandidates:
    """The candidates of one page."""

    def __init__(self, document: Document, shown: tuple[ShownDate, ...]) -> None:
        self._document = document
        self._shown = shown
        self.customs = DateCustoms(document, [text for one in shown if not one.in_prose for text in one.texts])
        self._read: dict[str, DateStatement | None] = {}

    def published(self) -> list[DateCandidate]:
        """The statements of publication, and of days that may be it."""
        found = [*self._of_json_ld(), *self._of_metas(), *self._of_microdata(), *self._of_microformats()]
        found += [*self.shown, *self._of_link(), *self._of_address()]
        return found

    def changes(self) -> Iterator[DateCandidate]:
        """The statements of the last change."""
        document, link = self._document, self._document.page.link
        for node in document.stories:
            yield from self.read(jsonld.dates(node, "dateModified"), "json-ld:dateModified", "change", 0)
        for name, value in self._metas("modified"):
            yield from self.read([value], f"meta:{name}", "change", 0)
        yield from self.read(document.microdata.get("dateModified", ())[:1], "microdata:dateModified", "change", 0)
        yield from self.read(document.microformats.updated[:1], "microformat:updated", "change", 0)
        for node in document.nodes:
            if node not in document.stories and not jsonld.types(node) & _NO_STORIES:
                yield from self.read(jsonld.dates(node, "dateModified"), "json-ld:dateModified", "change", 0)
        if link.modified_at is not None:
            note = link.modified_note
            stated = DateStatement(link.modified_at, None, has_time(note), note or "", link.modified_at.date())
            yield DateCandidate.of(stated, "link:modified_at", "change", 0)

    def shown_changes(self) -> Iterator[DateCandidate]:
        """The dates of changes that the page shows."""
        for one in self._shown:
            is_apart = one.grade == 2 or one.in_card
            if one.label == "updated" and not (one.in_comment or one.in_prose or (is_apart and not _is_close(one))):
                yield from self.read(one.texts, "markup:updated", "change", 0, first=True)

    def in_scripts(self) -> Iterator[DateCandidate]:
        """What the page's state in scripts and attributes names a date of publication, where it is one day."""
        found: list[DateCandidate] = []
        for name, value in islice(_states(self._document.page.content), _MOST_STATES):
            found += self.read([value], f"script:{name}", "script", 0.8)
        if len({one.found.stated.day for one in found}) == 1:
            yield from found

    def in_picture(self) -> Iterator[DateCandidate]:
        """The day in the address of the page's picture."""
        for address in self._document.metas.get("og:image", ())[:1]:
            for match in _URL_DATE.finditer(address):
                yield from self.read(["-".join(match.groups())], "meta:og:image", "url", 0.3)

    def read(
        self, values: Iterable[str], rule: str, kind: Kind, weight: float, *, first: bool = False
    ) -> Iterator[DateCandidate]:
        """The values as candidates; only the first that is a date where `first` is set."""
        for value in values:
            if value not in self._read:
                self._read[value] = self.customs.state(value)
            stated = self._read[value]
            if stated:
                yield DateCandidate.of(stated, rule, kind, weight)
                if first:
                    return

    def _of_json_ld(self) -> Iterator[DateCandidate]:
        for number, node in enumerate(self._document.stories):
            weight = 3.0 if number == 0 else 2.2
            yield from self.read(jsonld.dates(node, "datePublished"), "json-ld:datePublished", "json-ld", weight)
            created = jsonld.dates(node, "dateCreated")
            yield from self.read(created, "json-ld:dateCreated", "json-ld", 1.4)
        for node in self._document.nodes:
            if node in self._document.stories or jsonld.types(node) & _NO_STORIES:
                continue
            yield from self.read(jsonld.dates(node, "datePublished"), "json-ld:datePublished", "json-ld", 1.7)
            yield from self.read(jsonld.dates(node, "uploadDate"), "json-ld:uploadDate", "json-ld", 1.2)

    def _metas(self, heading: str) -> Iterator[tuple[str, str]]:
        """Name and first content of the meta elements of one kind, the most telling first."""
        for _, name in sorted(self._ranked[heading].items()):
            yield name, self._document.metas[name][0]

    @cached_property
    def _ranked(self) -> Mapping[str, dict[int, str]]:
        """The kinds of meta elements -> their ranks -> their names; of names that differ by signs the last counts."""
        found: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for name in self._document.metas:
            known = _rank_of_meta(name)
            if known:
                found[known[1]][known[0]] = name
        return found

    def _of_metas(self) -> Iterator[DateCandidate]:
        for heading, weight in _META_WEIGHTS.items():
            for name, value in self._metas(heading):
                yield from self.read([value], f"meta:{name}", "meta", weight)

    def _of_microdata(self) -> Iterator[DateCandidate]:
        values = self._document.microdata.get("datePublished", ())
        found = list(self.read(values[:1], "microdata:datePublished", "microdata", 2.5))
        others = {one.found.stated.day for one in self.read(values[1:8], "", "microdata", 0)}
        is_list = len(others) > 2
        for one in found:
            yield one._replace(weight=one.weight - 1.5 if is_list else one.weight)
        for name in ("dateCreated", "uploadDate"):
            yield from self.read(self._document.microdata.get(name, ())[:1], f"microdata:{name}", "microdata", 1.2)

    def _of_microformats(self) -> Iterator[DateCandidate]:
        microformats = self._document.microformats
        yield from self.read(microformats.published[:1], "microformat:published", "microformat", 2.3)
        if not microformats.published:
            # hAtom: an entry without a date of publication was published when it was updated.
            yield from self.read(microformats.updated[:1], "microformat:updated", "microformat", 0.8)

    @cached_property
    def shown(self) -> list[DateCandidate]:
        """The dates that the page shows."""
        found: list[tuple[ShownDate, DateCandidate]] = []
        days: defaultdict[str, set[date | None]] = defaultdict(set)
        for one in sorted(self._shown, key=_weight_of_shown, reverse=True)[:_MOST_READ]:
            if _weight_of_shown(one) < _HOPELESS:
                break
            for candidate in self._of_shown(one):
                if one.in_masthead and self._is_of_fetch(candidate):
                    continue
                if follows_fetch(candidate.found.stated.note):
                    candidate = candidate._replace(weight=candidate.weight - _COUNTED)
                days[one.group].add(candidate.found.stated.day)
                labelled = one.label in ("updated", "other")
                close = _is_close(one) and one.words <= _FEW_WORDS
                found.append((one, candidate._replace(is_close=close, is_labelled=labelled)))
        return [
            candidate._replace(weight=candidate.weight - (1.2 if len(days[one.group]) > 2 else 0))
            for one, candidate in found
        ]

    def _of_shown(self, one: ShownDate) -> Iterator[DateCandidate]:
        """The date that a text shows; where it leaves the year out, that of the month which the address names."""
        rule, weight = _rule_of_shown(one), _weight_of_shown(one)
        found = list(self.read(one.texts, rule, "shown", weight, first=True))
        month = None if found else _URL_MONTH.search(self._document.url)
        if month:
            yearless = [f"{text}, {month[1]}" for text in one.texts if len(text) < _YEARLESS]
            in_words = self.read(yearless, rule, "shown", weight, first=True)
            found = [one for one in in_words if one.found.stated.at.month == int(month[2])]
        yield from found

    def _is_of_fetch(self, one: DateCandidate) -> bool:
        """Whether a date is the day of the fetch somewhere on earth."""
        return abs(self._document.page.fetched_at - one.found.at) < _TODAY

    def _of_link(self) -> Iterator[DateCandidate]:
        link = self._document.page.link
        at, local, note = link.published_at, link.published_local, link.published_note
        if at is not None:
            day = date.fromisoformat(local[:10]) if local else at.date()
            stated = DateStatement(at, local, has_time(note), note or "", day)
            yield DateCandidate.of(stated, "link:published_at", "link", 2.4)

    def _of_address(self) -> Iterator[DateCandidate]:
        url = self._document.url.lower()
        for pattern, weight in _URL_FORMS:
            for match in pattern.finditer(url):
                for candidate in self.read(["-".join(match.groups())], "url", "url", weight):
                    if pattern is not _URL_DAY_FIRST or candidate.found.stated.at.day == int(match[1]):
                        yield candidate


@lru_cache(maxsize=2048)
def _rank_of_meta(name: str) -> tuple[int, str] | None:
    return _METAS.get(_SIGNS.sub("", name))


def _states(content: bytes) -> Iterator[tuple[str, str]]:
    """Names and values of dates of publication in a page's state."""
    for hint in _STATE_HINTS:
        for near in hint.finditer(content):
            match = _STATE.search(content, max(0, near.start() - _BEFORE_HINT), near.end() + _BEHIND_HINT)
            if match and match.start() < near.start():
                yield match[1].decode(), match[2].decode("ascii", "replace")


def _rule_of_shown(one: ShownDate) -> str:
    if one.label == "updated":
        return "markup:updated"
    if one.frame in ("text", "dateline"):
        return f"text:{'date' if one.frame == 'text' else 'dateline'}"
    return "markup:date" if one.grade < 2 else "page:date"


def _is_close(one: ShownDate) -> bool:
    """Whether it stands beside the headline."""
    if one.distance is None:
        return False
    return 0 <= one.distance <= _NEAR / 2 if one.grade == 2 else abs(one.distance) <= _NEAR


def _weight_of_shown(one: ShownDate) -> float:
    weight = {"time": 1.3, "named": 1.2, "text": 0.8, "dateline": 0.6}[one.frame]
    weight += {"": 0.0, "published": 1.2, "updated": -1.8, "other": -2.5}[one.label]
    weight += _weight_of_place(one)
    if one.words > _FEW_WORDS and not (one.label == "published" and one.words <= _LINE):
        weight -= 0.4 if one.words <= _LINE else 1.5
    weight -= (
        (0.45 if _is_close(one) else 0.9) * one.grade + 2.5 * one.in_comment + 1.2 * one.in_card + 2.0 * one.in_prose
    )
    weight -= 1.2 * one.in_masthead
    return weight


def _weight_of_place(one: ShownDate) -> float:
    if one.distance is None:
        return 0.0
    if -150 <= one.distance <= _NEAR:
        return 0.9
    if -_RATHER_NEAR <= one.distance <= _RATHER_NEAR:
        return 0.4
    return -0.3
