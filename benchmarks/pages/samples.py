"""Sample pages with what is expected of them, of the two public sets.

News pages: <country>/<Publisher>_<date>.html.gz and .json with `url`, `headline`, `byline`, `published_at`, `deck`,
`body`, `captions`. The Web Content Extraction Benchmark: pages/NNNN.html.gz and .json with `url`, `type`, `title`,
`author`, `publish_date`, `main_content`, `with` and `without` (CC BY 4.0, (c) 2026 Murrough Foley). Of both a third of
the publishers is kept apart: scored, never looked at and never trained on.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from ingest.readers.saved_pages import stated_address
from model.page import NO_ADDRESS, Link, Page

Part = Literal["look", "score"]
PARTS: tuple[Part, ...] = ("look", "score")
FETCHED_AT = datetime(2026, 12, 1, tzinfo=UTC)
"""When the pages are said to have been fetched: behind the youngest, so that no date lies ahead."""


class SamplePage(NamedTuple):
    """One page: its name, its bytes and what is expected of it."""

    name: str
    content: bytes
    expected: dict[str, Any]

    @property
    def url(self) -> str | None:
        """Its address, where that is known."""
        return self.expected.get("url")

    @property
    def kind(self) -> str:
        """What the page is: "article", or a kind that is none."""
        return str(self.expected.get("type", "article"))

    @property
    def publisher(self) -> str:
        """The publisher by which the parts are told: as the page's name says it, else the host."""
        before, _, dated = self.name.partition("/")[2].partition("_")
        return before if dated else host_of(self.url)

    @property
    def part(self) -> Part:
        """Whether it may be looked at, or is only scored."""
        return part_of(self.publisher)

    @property
    def is_kept_apart(self) -> bool:
        """Whether it is scored and never trained on."""
        return self.part == "score"


def host_of(url: str | None) -> str:
    """The host of an address, without www; empty where there is none."""
    return (urlsplit(url or "").hostname or "").removeprefix("www.")


def part_of(publisher: str) -> Part:
    """The part that a publisher's pages belong to."""
    digest = hashlib.sha1(publisher.encode(), usedforsecurity=False).hexdigest()
    return "score" if int(digest, 16) % 3 == 0 else "look"


def read_samples(folder: Path) -> Iterator[SamplePage]:
    """All pages of a set in order."""
    for path in sorted(folder.glob("*/*.json")):
        page = path.with_suffix(".html.gz")
        if page.exists():
            content = gzip.decompress(page.read_bytes())
            yield SamplePage(f"{path.parent.name}/{path.stem}", content, json.loads(path.read_text(encoding="utf-8")))


def page_of(content: bytes, address: str | None = None) -> Page:
    """The page as it is read: with this address, else with the one that it states, as `parse FILE` does."""
    known = address or stated_address(content) or NO_ADDRESS
    link = Link(url=known, source="benchmark")
    return Page(link=link, url=known, final_url=known, fetched_at=FETCHED_AT, content=content)
