"""Pages with what they are: stories, and kinds of page that are none.

`wcxb` is a folder of the Web Content Extraction Benchmark (pages/NNNN.html.gz and .json with `url` and `type`); `pages`
one of news pages (<country>/<page>.html.gz and .json with `url`), all stories; `stories` a file of wire stories
(NDJSON, gzipped), which become pages without any mark-up but headline and paragraphs. A third of the hosts, and every
second plain story, is kept apart: it is scored and never trained on.
"""

import gzip
import hashlib
import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.extraction.story import read_evidence
from ingest.readers.saved_pages import stated_address
from model.errors import CrawlError
from model.page import NO_ADDRESS, Link, Page

FETCHED_AT = datetime(2026, 6, 1, tzinfo=UTC)
"""When the pages count as fetched."""


class JudgedPage(NamedTuple):
    """The evidence of one page; `kind` is "article" for stories, `group` its publisher."""

    kind: str
    group: str
    kept_apart: bool
    evidence: dict[str, float]


def judged_pages(wcxb: Path, pages: Path, stories: Path) -> Iterator[JudgedPage]:
    """Every page that can be read, with its own address, with the one that it states, and without any."""
    for path in sorted(wcxb.glob("pages/*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        yield from _of_file(path, expected["url"], expected["type"])
    for path in sorted(pages.glob("*/*.json")):
        yield from _of_file(path, json.loads(path.read_text(encoding="utf-8"))["url"], "article")
    for number, (content, _) in enumerate(plain_stories(stories)):
        evidence = _evidence(NO_ADDRESS, content)
        if evidence is not None:
            yield JudgedPage("article", f"plain {number % 97}", number % 2 == 0, evidence)


def _of_file(path: Path, url: str | None, kind: str) -> Iterator[JudgedPage]:
    content = gzip.decompress(path.with_suffix(".html.gz").read_bytes())
    host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    for address in dict.fromkeys((stated_address(content) or NO_ADDRESS, url or NO_ADDRESS, NO_ADDRESS)):
        evidence = _evidence(address, content)
        if evidence is not None:
            yield JudgedPage(kind, host, is_kept_apart(host), evidence)


def _evidence(address: str, content: bytes) -> dict[str, float] | None:
    link = Link(url=address, source="training")
    page = Page(link=link, url=address, final_url=address, fetched_at=FETCHED_AT, content=content)
    try:
        return read_evidence(page)
    except CrawlError:
        return None


def is_kept_apart(publisher: str) -> bool:
    """Whether a publisher, by host or name, belongs to the third that is scored and never trained on."""
    return int(hashlib.sha1(publisher.encode(), usedforsecurity=False).hexdigest(), 16) % 3 == 0


def plain_stories(stories: Path) -> Iterator[tuple[bytes, list[str]]]:
    """Some of the wire stories as pages without any mark-up but headline and paragraphs, and their paragraphs."""
    with gzip.open(stories, "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, 19):
            story = json.loads(line)
            headline = html.escape(story["headline"] or "")
            text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story["body"])
            if headline and text:
                page = (
                    f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title></head>'
                    f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
                )
                yield page.encode(), story["body"]
