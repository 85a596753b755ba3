"""Report of how pages are read: each field with the rule that found it.

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
UNREADABLE = (CrawlError, OSError, EOFError, zlib.error)
"""What is raised where a file or an address can't be read as a story."""


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
            return ParsedFile(name, parse(page_of(name, url, fetch, clock)), None)
        except UNREADABLE as error:
            return ParsedFile(name, None, in_words(error))

    failed = 0
    with ThreadPoolExecutor(_THREADS) as threads:
        for parsed in threads.map(read, files):
            failed += parsed.story is None
            click.echo(json.dumps(row(parsed), ensure_ascii=False) if as_json else sheet(parsed))
    return failed


def page_of(name: str, url: str | None, fetch: Callable[[str], Page], clock: Callable[[], datetime]) -> Page:
    """The page at an address, or in a file that was saved from `url`. Raises one of UNREADABLE."""
    return fetch(name) if re.match(r"https?://", name) else _page(Path(name), url, clock())


def in_words(error: Exception) -> str:
    """Why a file or address could not be read."""
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or str(error)


def _page(path: Path, url: str | None, now: datetime) -> Page:
    """A saved page; when it was fetched nobody knows any more, so that all its dates count as past."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    address = url or stated_address(content) or NO_ADDRESS
    return Page(link=Link(url=address, source="file"), url=address, final_url=address, fetched_at=now, content=content)


def row(parsed: ParsedFile) -> dict[str, object]:
    """A file's story, or what is wrong, as JSON has it."""
    if parsed.story is None:
        return {"file": parsed.file, "error": parsed.error}
    return {"file": parsed.file, **parsed.story.model_dump(mode="json")}


def sheet(parsed: ParsedFile) -> str:
    """A file's story, or what is wrong, as a person reads it."""
    if parsed.story is None:
        return f"{parsed.file}: {parsed.error}\n"
    story = parsed.story.model_dump(mode="json")
    lines = [parsed.file]
    for field, value in story.items():
        if field == "source" or value in (None, []) or isinstance(value, dict):  # rules stand beside what they found
            continue
        rule = parsed.story.provenance.get(field)
        lines.append(f"  {field}{f'  [{rule}]' if rule else ''}")
        lines += [f"    {_shown(item)}" for item in (value if isinstance(value, list) else [value])]
    return "\n".join(lines) + "\n"


def _shown(item: object) -> str:
    if isinstance(item, dict):
        return " · ".join(f"{value}" for value in item.values() if value)
    return str(item)
