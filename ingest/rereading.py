"""Another reading of a page that is held, put in the place of the earlier one.

A better extractor is no publisher: what it reads otherwise is no version. And one page is not all that a story was read
from. Its publisher's later words, which made no version, are kept without their page; a page of another template leaves
out what an earlier version said. So of the new reading stays out what the page does not tell and something else did.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from model.fields import MODIFIED_AT, PUBLISHED_AT, PUBLISHED_LOCAL, RECORDS, REFRESHED_FIELDS, VERSIONED_FIELDS
from model.page import Page
from model.story import StoredStory, Story
from text.dates.statements import has_zone

_REPLACEMENT = "\ufffd"
_WIDEST_OFFSETS, _STEP_OF_OFFSETS = timedelta(hours=26), timedelta(minutes=15)
UNKNOWN = (None, ())
"""Values of fields of which nothing is known."""


class Rereading(NamedTuple):
    """The reading to keep, and the fields that were kept as they are held, as the page does not tell them."""

    story: Story
    kept: tuple[str, ...] = ()


def as_held(page: Page) -> Page:
    """A page of a story that is held: it was judged when it came, and is not refused for its score alone."""
    if page.link.is_announced:
        return page
    return page.model_copy(update={"link": page.link.model_copy(update={"kind": "known"})})


def reread(held: StoredStory, reading: Story, earlier: StoredStory | None) -> Rereading:
    """A version as another extractor reads its page; `earlier` is the version before it, if it is kept.

    Source and address stay: the canonical links of all pages were weighed when it came. What is refreshed without a
    version is never taken back to an older or an unknown value. A field that the publisher did not change is not gone
    for the page's template.
    """
    told: dict[str, Any] = {
        name: getattr(held, name)
        for name in REFRESHED_FIELDS
        if getattr(reading, name) in UNKNOWN and getattr(held, name) not in UNKNOWN
    }
    before, now = getattr(held, MODIFIED_AT), getattr(reading, MODIFIED_AT)
    is_taken = not has_zone(reading.provenance.get(MODIFIED_AT))
    if before is not None and now is not None and before > now and not (is_taken and _same_clock(before, now)):
        told[MODIFIED_AT] = before
    for name in VERSIONED_FIELDS if earlier is not None else ():
        value = getattr(earlier, name)
        if name not in held.changed and getattr(reading, name) in UNKNOWN and value not in UNKNOWN:
            told[name] = value
    told |= _stated_date(told, held, reading)
    identity = {"url": held.url, "source": held.source, "publisher_id": held.publisher_id or reading.publisher_id}
    kept = tuple(name for name, value in told.items() if name not in identity and value != getattr(reading, name))
    return Rereading(reading.model_copy(update=told | identity | records_of(held, reading, kept)), kept)


def records_of(held: Story, reading: Story, kept: Collection[str]) -> dict[str, Any]:
    """Provenance and confidence of a reading: of the fields that are kept, those that are held."""
    found = {}
    for record in RECORDS:
        before, now = getattr(held, record), getattr(reading, record)
        found[record] = {name: value for name, value in now.items() if name not in kept}
        found[record] |= {name: before[name] for name in kept if name in before}
    return found


def loses_letters(held: Story, reading: Story) -> bool:
    """Whether a reading has letters that could not be decoded, and more of them than the held one."""
    return _undecoded(reading) > _undecoded(held)


def _same_clock(one: datetime, other: datetime) -> bool:
    """Whether two instants are one time of day in two zones: an earlier extractor took another zone than today's."""
    return abs(one - other) <= _WIDEST_OFFSETS and (one - other) % _STEP_OF_OFFSETS == timedelta(0)


def _stated_date(told: dict[str, Any], held: StoredStory, reading: Story) -> dict[str, Any]:
    """The date as it was stated belongs to its instant."""
    published = told.get(PUBLISHED_AT, getattr(reading, PUBLISHED_AT))
    return {} if published == getattr(held, PUBLISHED_AT) else {PUBLISHED_LOCAL: getattr(reading, PUBLISHED_LOCAL)}


def _undecoded(story: Story) -> int:
    texts = (story.headline, story.deck or "", *story.body, *(caption.line() for caption in story.captions))
    return sum(text.count(_REPLACEMENT) for text in texts)
