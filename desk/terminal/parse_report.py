"""Report of how pages are read: each field with the rule that found it, and how likely it is right.

Files (.html, .html.gz) and addresses are read in parallel by the pool of page readers; the answers come in order.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click

from ingest.readers.saved_pages import stated_address
from model.errors import CrawlError
from model.page import NO_ADDRESS, Link, Page
from model.story import Story

_THREADS = 8


class ParsedFile(NamedTuple):
    """How one file was read; exactly one of `story` and `error` is there."""

    file: str
    story: Story | None
    error: str | None


def read_files(
    files: Sequence[str],
    url: str | None,
    parse: Callable[[Page], Story],
    fetch: Callable[[str], Page],
    clock: Callable[[], datetime],
    *,
    as_json: bool,
) -> int:
    """Print how each file or address is read; returns the number of those that could not be."""

    def read(name: str) -> ParsedFile:
        try:
            page = fetch(name) if re.match(r"https?://", name) else _page(Path(name), url, clock())
            return ParsedFile(name, parse(page), None)
        except (CrawlError, OSError, EOFError, zlib.error) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            return ParsedFile(name, None, reason or str(error))

    failed = 0
    with ThreadPoolExecutor(_THREADS) as threads:
        for parsed in threads.map(read, files):
            failed += parsed.story is None
            click.echo(_line(parsed) if as_json else _sheet(parsed))
    return failed


def _page(path: Path, url: str | None, now: datetime) -> Page:
    """A saved page; when it was fetched nobody knows any more, so that all its dates count as past."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    address = url or stated_address(content) or NO_ADDRESS
    return Page(link=Link(url=address, source="file"), url=address, final_url=address, fetched_at=now, content=content)


def _line(parsed: ParsedFile) -> str:
    if parsed.story is None:
        return json.dumps({"file": parsed.file, "error": parsed.error}, ensure_ascii=False)
    return json.dumps({"file": parsed.file, **parsed.story.model_dump(mode="json")}, ensure_ascii=False)


def _sheet(parsed: ParsedFile) -> str:
    if parsed.story is None:
        return f"{parsed.file}: {parsed.error}\n"
    story = parsed.story.model_dump(mode="json")
    lines = [parsed.file]
    for field, value in story.items():
        if field == "source" or value in (None, []) or isinstance(value, dict):  # rules stand beside what they found
            continue
        lines.append(f"  {field}{_grounds(parsed.story, field)}")
        lines += [f"    {_shown(item)}" for item in (value if isinstance(value, list) else [value])]
    return "\n".join(lines) + "\n"


def _grounds(story: Story, field: str) -> str:
    """The rule that found a field, and how likely its value is right: "  [markup:h1; .97]"."""
    rule, confidence = story.provenance.get(field), story.confidence.get(field)
    share = "" if confidence is None else f"{confidence:.2f}".removeprefix("0")
    told = "; ".join(filter(None, (rule, share)))
    return f"  [{told}]" if told else ""


def _shown(item: object) -> str:
    if isinstance(item, dict):
        return " · ".join(f"{value}" for value in item.values() if value)
    return str(item)
