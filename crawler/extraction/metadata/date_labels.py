"""Labels of dates: whether a dated line tells of publication, of a change, or of something else.

"Published 3 May 2024, updated 5 May" is two statements; the words stand in `text/languages/`. Where a page says it in
names of classes only ("updated-date"), these count.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from crawler.extraction.body.boilerplate import name_words
from crawler.extraction.texts import has_digit
from text.languages import phrases

DateLabel = Literal["", "published", "updated", "other"]

_LABELS: tuple[DateLabel, ...] = ("updated", "other", "published")


def _by_initials(stems: Iterable[str]) -> str:
    """Stems as alternatives, grouped by their first letters, which spares most comparisons."""
    groups: dict[str, list[str]] = {}
    for stem in stems:
        initial = stem[0] if stem[0].isalpha() else ""
        groups.setdefault(initial, []).append(stem.removeprefix(initial))
    return "|".join(f"{initial}(?:{'|'.join(rest)})" for initial, rest in groups.items())


_WORDS = re.compile(
    rf"(?<![a-z])(?:(?P<updated>{_by_initials(phrases(lambda language: language.dates.updated))})"
    rf"|(?P<other>{_by_initials(('©', '[(]c[)]', *phrases(lambda language: language.dates.other_days)))})"
    rf"|(?P<published>{_by_initials(phrases(lambda language: language.dates.published))}))[^\W\d]*"
)
_UPDATED_NAMES = frozenset(
    [
        "updated",
        "update",
        "modified",
        "modifieddate",
        "datemodified",
        "lastmodified",
        "lastmod",
        "lastupdated",
        "lastupdate",
        "changed",
        "revised",
        "dtupdated",
        "updatedat",
        "dateupdated",
        "updatedate",
        "updateddate",
        "modifiedat",
        "modification",
        "aktualisiert",
    ]
)
_PUBLISHED_NAMES = frozenset(
    [
        "published",
        "publishdate",
        "publisheddate",
        "datepublished",
        "pubdate",
        "dtpublished",
        "publication",
        "publicationdate",
        "posted",
        "postdate",
        "dateposted",
        "postedon",
        "created",
        "datecreated",
        "entrydate",
        "erstellt",
        "veroeffentlicht",
    ]
)
_OTHER_NAMES = frozenset(
    [
        *("reviewed", "reviewdate", "expires", "expiry", "birthday", "birth", "eventdate", "event", "copyright"),
        *("deadline", "currentdate", "todaydate", "todaysdate", "datetoday", "today", "datenow", "servertime"),
    ]
)
"""The last of these are the day of reading, as mastheads show it."""


def label_of(text: str) -> DateLabel:
    """The label in a text without numbers of its own, or the first one."""
    match = _WORDS.search(_lowered(text)) if text else None
    return _label(match) if match else ""


def labelled_parts(text: str) -> Iterator[tuple[DateLabel, str]]:
    """The parts of a line that may hold a date each, with the label of each.

    A label stands before its date, or behind it where the line ends with one ("3 May 2024, updated").
    """
    matches = list(_WORDS.finditer(_lowered(text)))
    if not matches:
        yield "", text
        return
    if not has_digit(text[matches[-1].end() :]) and has_digit(text[: matches[0].start()]):
        begun = 0
        for match in matches:
            if has_digit(text[begun : match.start()]):
                yield _label(match), text[begun : match.start()]
            begun = match.end()
        return
    if has_digit(text[: matches[0].start()]):
        yield "", text[: matches[0].start()]
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        part = text[match.end() : end]
        if has_digit(part) or (len(matches) == 1 and part.strip()):
            yield _label(match), part


def label_of_names(names: str) -> DateLabel:
    """The label in class names and the like; what is published and updated at once is published."""
    words = name_words(names)
    if not words.isdisjoint(_PUBLISHED_NAMES):
        return "published"
    if not words.isdisjoint(_UPDATED_NAMES):
        return "updated"
    return "other" if not words.isdisjoint(_OTHER_NAMES) else ""


def _lowered(text: str) -> str:
    """A text in lower case where that has as many characters: ignoring case costs ten times as much."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _label(match: re.Match[str]) -> DateLabel:
    return next(label for label in _LABELS if match[label] is not None)
