"""Archives: the pages in files and folders.

WARC files (ISO 28500; .gz too, ARC as well), folders of them and of HTML pages, and single pages (.html, .htm, .xhtml;
.gz too). A page without an address gets the one that it names itself (saved_pages.py).
"""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from warcio.bufferedreaders import ChunkedDataReader

from ingest.readers.file_kinds import FileKind, kind_by_content
from ingest.readers.saved_pages import stated_address
from ingest.readers.warc_records import GZIP_MAGIC, Damage, read_records
from model.errors import CrawlError, WiredeskError
from model.page import NO_ADDRESS, Link, Page
from net.content_decoding import read_body
from net.urls import canonical_url

LinkTo = Callable[[str, bytes], Link]
"""Makes the link that stands for an address and the page read there."""

_KINDS: dict[str, FileKind] = {
    ".ndjson": "lines",
    ".jsonl": "lines",
    ".json": "lines",
    ".warc": "warc",
    ".arc": "warc",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
}
_HTML = re.compile(r"text/html|application/xhtml\+xml|^$", re.IGNORECASE)
_STEP_BYTES = 1 << 16


class UnreadableArchiveError(WiredeskError):
    """A file that can't be opened or is not what its name says."""


def kind_of(path: Path) -> FileKind | None:
    """What a file's name says that it is, `.gz` aside; None where it says nothing."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return _KINDS.get(suffixes[-1]) if suffixes else None


def files_of(paths: Sequence[Path]) -> Iterator[tuple[Path, FileKind]]:
    """Each file with its kind, folders walked in the order of names.

    A file named by itself whose name doesn't say what it is, is what its content says, or else lines.
    """
    for path in paths:
        if not path.is_dir():
            yield path, kind_of(path) or kind_by_content(path) or "lines"
            continue
        for found in sorted(path.rglob("*")):
            kind = kind_of(found)
            if kind is not None and found.is_file():
                yield found, kind


def pages_of(
    path: Path,
    kind: FileKind,
    link_to: LinkTo,
    now: datetime,
    *,
    max_page_bytes: int,
    damaged: Callable[[str], None],
) -> Iterator[Page | CrawlError]:
    """The pages of one file, in its order; `damaged` is called with what of it can't be read.

    Raises UnreadableArchiveError.
    """
    try:
        if kind == "page":
            yield _saved(path, link_to, now)
            return

        def read(record: Any) -> Page | CrawlError | None:
            return _archived(record, link_to, now, max_page_bytes)

        records: Iterator[Page | CrawlError | Damage] = read_records(path, read)
        for found in records:
            if isinstance(found, Damage):
                damaged(f"{path}: can't be read {found}")
            else:
                yield found
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableArchiveError(f"{path}: can't be read: {error}") from error


def _archived(record: Any, link_to: LinkTo, now: datetime, limit: int) -> Page | CrawlError | None:
    """The page of a record, or why it is none that can be read; None for what never was a page."""
    url = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
    if not _is_page(record) or not _is_web(url):
        return None
    try:
        content = _content(record, limit, url)
    except CrawlError as error:
        return error
    return _page(url, link_to(url, content), content, _date(record, now), _headers(record))


def _is_page(record: Any) -> bool:
    """Whether a record is an HTML page as a server answered it (redirects, errors and pictures are not)."""
    if record.rec_type == "resource":
        return bool(_HTML.search(record.rec_headers.get_header("Content-Type", "")))
    if record.rec_type != "response" or record.http_headers is None:
        return False
    if record.http_headers.get_statuscode() != "200":
        return False
    return bool(_HTML.search(record.http_headers.get_header("Content-Type", "")))


def _content(record: Any, limit: int, url: str) -> bytes:
    """The body of a record, decoded as far as it is encoded: many archives keep the headers of what they have decoded.

    Raises TooLargeError, and FetchError for a broken body.
    """
    headers, stream = record.http_headers, record.raw_stream
    if headers and "chunked" in headers.get_header("Transfer-Encoding", "").lower():
        stream = ChunkedDataReader(stream)
    first = stream.read(_STEP_BYTES)
    encoding = headers.get_header("Content-Encoding") if headers else None
    if encoding and "gzip" in encoding.lower() and not first.startswith(GZIP_MAGIC):
        encoding = None
    return read_body(chain([first], iter(lambda: stream.read(_STEP_BYTES), b"")), encoding, limit=limit, url=url)


def _date(record: Any, now: datetime) -> datetime:
    """WARC-Date; ARC's dates are rewritten to that form by the reader. Never later than now."""
    try:
        date = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date", ""))
    except ValueError:
        return now
    return min(now, date if date.tzinfo else date.replace(tzinfo=UTC))


def _headers(record: Any) -> dict[str, str]:
    headers = record.http_headers.headers if record.http_headers else ()
    return {name.lower(): value for name, value in headers if name.lower() != "set-cookie"}


def _saved(path: Path, link_to: LinkTo, now: datetime) -> Page:
    """A page of a folder; its file's time of change is the best that is known of when it was fetched."""
    with path.open("rb") as file:
        content = _unpacked(file)
    changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    url = stated_address(content) or NO_ADDRESS
    return _page(url, link_to(url, content), content, min(now, changed_at), {})


def _unpacked(file: BinaryIO) -> bytes:
    content = file.read()
    return gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content


def _is_web(url: str) -> bool:
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True


def _page(url: str, link: Link, content: bytes, fetched_at: datetime, headers: dict[str, str]) -> Page:
    return Page(link=link, url=url, final_url=url, fetched_at=fetched_at, headers=headers, content=content)
