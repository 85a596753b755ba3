"""Addresses of saved pages: where a page says that it was read.

Browsers leave a mark in the pages that they save ("saved from url"); else the page's canonical link says it
(RFC 6596), else `og:url` (https://ogp.me).
"""

import re
from collections.abc import Iterator

from net.urls import canonical_url
from text.decoding import readable_as_ascii

_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(http\S+?)\s*-->", re.IGNORECASE)
_ELEMENT = re.compile(rb"<(?:link|meta)\b[^>]{0,2000}>", re.IGNORECASE)
_CANONICAL = re.compile(rb"""\brel\s*=\s*["']?canonical\b""", re.IGNORECASE)
_OG_URL = re.compile(rb"""\b(?:property|name)\s*=\s*["']?og:url\b""", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\b(?:href|content)\s*=\s*["']?\s*(https?://[^"'\s>]+)""", re.IGNORECASE)
_HEAD_BYTES = 200_000


def stated_address(content: bytes) -> str | None:
    """The http or https address that a page names as its own; None where it names none."""
    head = readable_as_ascii(content[:_HEAD_BYTES])
    addresses = (found.decode("ascii", "replace").replace("&amp;", "&") for found in _statements(head))
    return next((address for address in addresses if _is_web(address)), None)


def _statements(head: bytes) -> Iterator[bytes]:
    saved_from = _SAVED_FROM.search(head)
    if saved_from:
        yield saved_from[1]
    passed: list[bytes] = []
    for found in _ELEMENT.finditer(head):  # no further than to the canonical link, which most pages have at their top
        passed.append(found[0])
        if _CANONICAL.search(found[0]) and (address := _ADDRESS.search(found[0])):
            yield address[1]
    for element in filter(_OG_URL.search, passed):
        if address := _ADDRESS.search(element):
            yield address[1]


def _is_web(url: str) -> bool:
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True
