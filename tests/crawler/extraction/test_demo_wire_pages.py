"""The bundled wire's pages are read as they were written: every field of every story of its five layouts."""

import re
import unicodedata
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crawler.extraction import parse
from demo.houses import AGENCY_NAMES
from demo.story import WireStory
from demo.wire import DemoWire
from model.errors import NotAStoryError
from model.page import Link, Page
from model.story import Story

SOURCES = ("continental", "meridian", "harbour", "elbkurier", "northwire")


class Wire:
    """The truth and the readings of one wire, read once."""

    def __init__(self, wire: DemoWire) -> None:
        self._zones = {source["name"]: source["timezone"] for source in wire.sources()}
        self.truth = [story for story in wire.published() if story.status == "live"]
        self.read = {story.url: parse(self.fetch(story.url, story.source)) for story in self.truth}

    def fetch(self, url: str, source: str) -> Page:
        with urllib.request.urlopen(url) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            link = Link(url=url, source=source, timezone=self._zones[source])
            return Page(
                link=link, url=url, final_url=url, headers=headers, fetched_at=datetime.now(UTC), content=answer.read()
            )

    def pairs(self, source: str) -> Iterator[tuple[WireStory, Story]]:
        return ((story, self.read[story.url]) for story in self.truth if story.source == source)


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with DemoWire(pace_seconds=0, slow_seconds=0) as started:
        yield Wire(started)


def words(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text or "").casefold()))


def declared_authors(truth: WireStory) -> list[str]:
    """What a page without people names as its author: the Meridian's do, in JSON-LD."""
    if truth.source != "meridian":
        return []
    return [AGENCY_NAMES[truth.agencies[0]] if truth.copy_of else "The Meridian Post"]


FIELDS = {
    "headline": (lambda t: t.headline, lambda s: s.headline),
    "deck": (lambda t: words(t.deck), lambda s: words(s.deck)),
    "byline": (lambda t: tuple(t.byline or declared_authors(t)), lambda s: s.byline),
    "dateline": (lambda t: t.dateline, lambda s: s.dateline),
    "agencies": (lambda t: sorted(t.agencies), lambda s: sorted(s.agencies)),
    "captions": (
        lambda t: sorted((words(c.text), words(c.credit), words(c.label)) for c in t.captions),
        lambda s: sorted((words(c.text), words(c.credit), words(c.label)) for c in s.captions),
    ),
    "body": (lambda t: [words(p) for p in t.body], lambda s: [words(p) for p in s.body]),
    "published_at": (lambda t: t.published_at, lambda s: s.published_at),
    "section": (lambda t: t.section, lambda s: s.section),
    "url": (lambda t: t.url, lambda s: s.url),
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("source", SOURCES)
def test_fields_are_read_as_written(wire: Wire, source: str, field: str) -> None:
    written, found = FIELDS[field]
    wrong = {truth.url: (written(truth), found(story)) for truth, story in wire.pairs(source)}
    assert {url: pair for url, pair in wrong.items() if pair[0] != pair[1]} == {}


def test_amp_twin_names_the_canonical_page(wire: Wire) -> None:
    story = next(story for story in wire.truth if story.source == "harbour")
    assert parse(wire.fetch(f"{story.url}/amp", "harbour")).url == story.url


def test_section_page_is_no_story(wire: Wire) -> None:
    base = next(story.url for story in wire.truth if story.source == "continental").split("/content/")[0]
    with pytest.raises(NotAStoryError):
        parse(wire.fetch(f"{base}/section/africa.html", "continental"))


def test_the_page_of_2013_has_no_boilerplate(wire: Wire) -> None:
    truth, story = next((t, s) for t, s in wire.pairs("continental") if "AP" in t.agencies and len(t.captions) == 2)
    text = "\n".join(story.body)
    assert "gallery" not in text.lower()
    assert not any(paragraph.startswith("?") for paragraph in story.body)
    assert len(story.captions) == len({caption.text for caption in story.captions}) == 2
    assert set(story.agencies) == set(truth.agencies)
