"""Page renderer of the sources.

Renders the Jinja templates of one house; everything that a template needs to know is passed in, so that the same
version of a story is the same bytes at any time (its ETag depends on it).
"""

from collections.abc import Sequence
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.dates import broadcast_clock, german_clock, iso_clock, wire_clock
from demo.editing import lead_in
from demo.houses import AGENCY_NAMES, House, section_slug, story_number
from demo.newsroom import PublishedEntry
from demo.story import WireStory

TEMPLATES = Path(__file__).parent / "templates"


class PageRenderer:
    """The pages of one house as bytes; `base` is its address without the final slash."""

    def __init__(self, house: House, base: str) -> None:
        self._house = house
        self._base = base
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            # Feeds and sitemaps end in .xml.j2 and are escaped like pages.
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            broadcast_clock=lambda at: broadcast_clock(at, house.timezone),
            german_clock=lambda at: german_clock(at, house.timezone),
            wire_clock=lambda at: wire_clock(at, house.timezone),
            iso=lambda at: iso_clock(at, house.timezone),
            iso_utc=lambda at: iso_clock(at, "UTC").replace("+00:00", "Z"),
            rfc822=format_datetime,
            section_slug=section_slug,
        )
        self._environment.globals.update(house=house, base=base, agency_names=AGENCY_NAMES)

    def story(self, entry: PublishedEntry, *, amp: bool = False) -> bytes:
        """The page of a story in its newest version; withdrawn by notice, the notice in its place."""
        story = entry.story
        name = "kill" if entry.killed else "amp" if amp else "story"
        text = self._render(
            f"{self._house.name}/{name}.html.j2",
            story=story,
            lead_in=lead_in(story),
            related=entry.related,
            number=story_number(story.source, entry.draft.slug),
            draft=entry.draft,
            charset=entry.draft.charset,
        )
        return text.encode(entry.draft.charset, "xmlcharrefreplace")

    def listing(self, title: str, stories: Sequence[WireStory], *, private: Sequence[WireStory] = ()) -> bytes:
        """The front page, or that of a section, with its newest stories first."""
        return self._render(
            f"{self._house.name}/listing.html.j2", title=title, stories=stories, private=private
        ).encode()

    def feed(self, template: str, **values: Any) -> bytes:
        """A feed, sitemap or robots.txt."""
        return self._render(template, **values).encode()

    def missing(self) -> bytes:
        """What a reader sees at an address that answers 404 or 410."""
        return self._render(f"{self._house.name}/missing.html.j2").encode()

    def _render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values)
