"""Decoding of bytes into text, for pages and for feeds, whose declared charsets are often wrong.

The order of belief: a byte order mark; valid UTF-8 (text in any other encoding is practically never valid UTF-8 by
accident); what the HTTP header or the document declares, if it fits. What is left of pages is detected; feeds and
sitemaps are often too short for that, so they are taken for Windows-1252. Bytes that fit nothing are replaced.
"""

import codecs
import re

import charset_normalizer
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_NAMES = frozenset({"utf-8", "utf8"})
_SUPERSETS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_EBCDIC_XML = b"\x4c\x6f\xa7\x94"  # "<?xm" (XML 1.0, appendix F)
# By which of the first four bytes are zero.
_WIDE = {
    "000x": "utf-32-be",
    "x000": "utf-32-le",
    "0x0x": "utf-16-be",
    "x0x0": "utf-16-le",
}
_ESCAPED = re.compile(rb"\x1b\$[@B]|\x1b\(J")  # ISO-2022-JP is pure ASCII but for its escapes
_XML_CHARSET = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SAMPLE_BYTES = 40_000
_TOLERATED_SHARE = 0.01


def decode(content: bytes, content_type: str | None = None) -> str:
    """The text of a page; never fails."""
    marked = _marked(content)
    if marked is not None:
        return marked
    if _ESCAPED.search(content):
        return content.decode("iso-2022-jp", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4 and error.reason == "unexpected end of data":
            return content.decode("utf-8", "replace")
    declared = [http_content_type_encoding(content_type or ""), html_body_declared_encoding(content)]
    names = [resolve_encoding(name) or name for name in declared if name]
    for name in names:
        text = _fitting(content, name)
        if text is not None:
            return text
    return _fitting(content, "utf-8") or _detected(content)


def decode_feed(content: bytes, content_type: str | None = None) -> str:
    """The text of a feed or sitemap; never fails.

    The XML declaration is believed before the header, which servers set for all files alike (RFC 7303, section 3.2, has
    it the other way round); where the bytes don't fit it, the header counts. ISO-2022 is plain ASCII with escapes, so
    there the declaration counts before UTF-8.
    """
    marked = _marked(content)
    if marked is not None and not _is_damaged(marked, content):
        return marked
    content = content.removeprefix(codecs.BOM_UTF8)
    declared = _feed_charsets(content, content_type)
    if b"\x1b$" in content and declared:
        return _decode_as(declared[0], content)
    wide = _wide(content)
    if wide is not None:
        return content.decode(wide, "replace")
    text = content.decode("utf-8", "replace")
    says_utf8 = not declared or declared[0] in _UTF8_NAMES
    if not _is_damaged(text, content, tolerated=_TOLERATED_SHARE if says_utf8 else 0):
        return text
    others = [_SUPERSETS.get(name, name) for name in declared if name not in _UTF8_NAMES]
    fitting = (found for name in others if (found := _strictly(name, content)) is not None)
    return next(fitting, None) or _decode_as(others[0] if others else "cp1252", content)


def _marked(content: bytes) -> str | None:
    """The text behind a byte order mark; None where there is none."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    return None


def _wide(content: bytes) -> str | None:
    """The encoding, no superset of ASCII, that shows in the first bytes (XML 1.0, appendix F); else None."""
    if content.startswith(_EBCDIC_XML):
        return "cp037"
    return _WIDE.get("".join("x" if byte else "0" for byte in content[:4]))


def _feed_charsets(content: bytes, content_type: str | None) -> list[str]:
    """The charsets that header and declaration name, the one to believe first; in lower case."""
    stated = _XML_CHARSET.search(content[:500])
    said = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]+)", content_type or "", re.IGNORECASE)
    xml = stated[1].decode("ascii").lower() if stated else None
    http = said[1].lower() if said else None
    return [name for name in (xml, http) if name]


def _is_damaged(text: str, content: bytes, tolerated: float = _TOLERATED_SHARE) -> bool:
    """Whether more than single bytes were bad: these are damage in a document, not another charset."""
    bad = text.count("\ufffd")
    return bad > 0 and bad >= tolerated * sum(byte > 127 for byte in content)


def _strictly(encoding: str, content: bytes) -> str | None:
    try:
        return content.decode(encoding)
    except (LookupError, UnicodeError):
        return None


def _decode_as(encoding: str, content: bytes) -> str:
    try:
        return content.decode(encoding, "replace")
    except LookupError:
        return content.decode("cp1252", "replace")


def _fitting(content: bytes, encoding: str) -> str | None:
    """The text in that encoding, or None where more than one in a hundred non-ASCII characters is damaged."""
    try:
        text = content.decode(encoding, "replace")
    except LookupError:
        return None
    damaged = text.count("\ufffd")
    if not damaged:
        return text
    foreign = sum(1 for character in text if character > "\x7f")
    return text if damaged <= max(3, foreign * _TOLERATED_SHARE) else None


def _detected(content: bytes) -> str:
    """By the first stretch around the first byte that is not ASCII."""
    first = re.search(rb"[\x80-\xff]", content)
    start = max(0, (first.start() if first else 0) - 200)
    best = charset_normalizer.from_bytes(content[start : start + _SAMPLE_BYTES]).best()
    return content.decode(best.encoding if best else "windows-1252", "replace")
