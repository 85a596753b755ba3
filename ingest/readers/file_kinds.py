"""Kinds of files that an import takes, judged by their first bytes.

A name may say anything or nothing. What is none of the kinds is refused once, as what it looks like and with what to
do, before a line of it is read: a PDF has a thousand lines, and each of them is no JSON.
"""

import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Literal

from ingest.readers.warc_records import GZIP_MAGIC
from text.decoding import readable_as_ascii

FileKind = Literal["lines", "warc", "page"]

TAKEN = (
    "`import` takes lines of JSON (.ndjson, .jsonl), WARC and ARC files (.warc, .arc), HTML pages (.html), "
    "each packed with gzip or not (.gz), and folders of these"
)
_HEAD_BYTES = 1 << 20
_PAGE_BYTES = 1 << 16
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it first"),
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "packed with xz; unpack it first"),
    (b"7z\xbc\xaf", "packed with 7-Zip; unpack it first"),
    (GZIP_MAGIC, "packed with gzip; give it a name that ends in .gz"),
)
_ARCHIVE = re.compile(rb"WARC/\d|filedesc://")
_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(rb"\s*<(?:\?xml|[a-z])", re.IGNORECASE)
_CSV_EXPORT = re.compile(rb"(?:\xef\xbb\xbf)?id,url,source,headline,")


def kind_by_content(path: Path) -> FileKind | None:
    """What a file is whose name doesn't say so; None where its bytes don't either."""
    head = _head(path)
    if isinstance(head, str):
        return None
    if _ARCHIVE.match(head):
        return "warc"
    return "page" if _PAGE.match(readable_as_ascii(head[:_PAGE_BYTES])) else None


def refusal(path: Path, kind: FileKind) -> str | None:
    """Why a file is not taken as what its name says, in one sentence; None where it may be that."""
    head = _head(path)
    if isinstance(head, str):
        return f"{path}: can't be read: {head}"
    if not head.strip():
        return f"{path}: is empty"
    if kind == "lines" and not _may_be_lines(head):
        return f"{path}: is {_looks_like(head)}. {TAKEN}"
    if kind == "page":
        found = next((what for magic, what in _MAGIC if head.startswith(magic)), None)
        return f"{path}: is {found}, and no HTML page" if found else None
    return None


def empty_folder(path: Path) -> str:
    """What is said of a folder in which there is no file to take."""
    return f"{path}: there is nothing in it to take. {TAKEN}"


def _head(path: Path) -> bytes | str:
    """The first bytes of a file, unpacked where its name says that it is packed; or why they can't be read."""
    try:
        with path.open("rb") as file:
            if path.suffix.lower() != ".gz":
                return file.read(_HEAD_BYTES)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return unpacked.read(_HEAD_BYTES)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return _beginning(path)
    except OSError as error:
        return error.strerror or str(error)


def _beginning(path: Path) -> bytes:
    """What can be unpacked of a file that breaks off, or the packed bytes."""
    with path.open("rb") as file:
        packed = file.read(_HEAD_BYTES)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, _HEAD_BYTES) or packed
    except zlib.error:
        return packed


def _may_be_lines(head: bytes) -> bool:
    """Whether any line is a JSON object, or may be one that is longer than what was read."""
    if head.lstrip().startswith(b"["):  # the last line of an array looks like one
        return False
    whole, _, last = head.rpartition(b"\n")
    if any(_is_object(line) for line in whole.splitlines()):
        return True
    cut = len(head) >= _HEAD_BYTES
    return last.lstrip().startswith(b"{") if cut else _is_object(last)


def _is_object(line: bytes) -> bool:
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line.decode("utf-8", "replace")), dict)
    except (ValueError, RecursionError):
        return False


def _looks_like(head: bytes) -> str:
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if b"\0" in head[:4096]:
        return "binary data"
    if _CSV_EXPORT.match(head):
        return "an export as CSV, which leaves much out; export it as lines (`export --format ndjson`)"
    if _ARCHIVE.match(head):
        return "a WARC or ARC file; give it a name that ends in .warc or .arc"
    if _PAGE.match(head):
        return "an HTML page; give it a name that ends in .html"
    if _XML.match(head):
        return "XML"
    begin = head.lstrip()[:1]
    if begin == b"[":
        return "a JSON array; put each story on a line of its own (jq -c '.[]' FILE)"
    if begin == b"{":
        return "JSON that is broken or goes over several lines; put each story on a line of its own (jq -c . FILE)"
    return "text, and none of its lines a JSON object"
