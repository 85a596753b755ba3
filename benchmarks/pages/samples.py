"""Articles with what is expected of their fields, from the two sets of pages and from plain stories.

A third of the hosts (`wcxb`), of the publishers (`pages`) and every second plain story is kept apart: it is scored in
sums and never trained on.
"""

import gzip
import hashlib
import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.pages.made_heads import made_heads
from ingest.readers.saved_pages import stated_address
from model.page import NO_ADDRESS, Link, Page

_FETCHED_AT = datetime(2026, 6, 1, tzinfo=UTC)


class Sample(NamedTuple):
    """One article: the set it is of, its publisher, the page as a file without an address, and the expected values."""

    origin: str
    group: str
    kept_apart: bool
    page: Page
    expected: dict[str, Any]


def samples(wcxb: Path, pages: Path, stories: Path, plain: int) -> Iterator[Sample]:
    """All articles of both sets, and one plain story in `plain`."""
    for path in sorted(wcxb.glob("pages/*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        if expected["type"] == "article":
            host = (urlsplit(expected["url"] or "").hostname or "").removeprefix("www.")
            yield Sample("wcxb", host or path.stem, _is_third(host), _page(path), expected)
    for path in sorted(pages.glob("*/*.json")):
        publisher = path.stem.partition("_")[0]
        expected = json.loads(path.read_text(encoding="utf-8"))
        yield Sample("pages", publisher, _is_third(publisher), _page(path), expected)
    with gzip.open(stories, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, 0, None, plain)):
            story = json.loads(line)
            yield Sample("plain", f"plain {number}", number % 2 == 0, _plain(story), story)


def made_samples() -> Iterator[Sample]:
    """The pages of made_heads.py, none of them kept apart."""
    for number, made in enumerate(made_heads()):
        expected = {"headline": made.headline}
        yield Sample("made", f"made {number}", False, _of(NO_ADDRESS, made.content), expected)


def _is_third(name: str) -> bool:
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % 3 == 0


def _page(path: Path) -> Page:
    content = gzip.decompress(path.with_suffix(".html.gz").read_bytes())
    return _of(stated_address(content) or NO_ADDRESS, content)


def _of(address: str, content: bytes) -> Page:
    link = Link(url=address, source="training")
    return Page(link=link, url=address, final_url=address, fetched_at=_FETCHED_AT, content=content)


def _plain(story: dict[str, Any]) -> Page:
    headline = html.escape(story["headline"] or "")
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story["body"])
    return _of(
        NO_ADDRESS,
        (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title></head>'
            f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
        ).encode(),
    )
