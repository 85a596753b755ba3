"""Queries of URLs: which parameters are kept, and in what form.

What is certain to be tracking is dropped. A parameter that may be tracking, and may as well pick a story, is kept:
whether the page without it is the same is seen when both were read (ingest/identity/).
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, quote_plus, unquote_to_bytes, urlencode

from net.hosts import site_of
from net.tracking import is_tracking, may_be_tracking

# An ampersand that was escaped once too often, "&amp;id=7", and what is left of it in front of a name.
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_REST_OF_AMPERSAND = re.compile(r"^(?:amp(?:;|%3B))+", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_AS_WRITTEN = "%!$'()*+,;:@/?=~"


def with_ampersands(url: str) -> str:
    """The URL with numbered escapes of ampersands ("&#038;") undone: their "#" is no fragment."""
    return _ESCAPED_AMPERSAND.sub("&", url) if "&#" in url else url


def meaningful_query(query: str, host: str) -> str:
    """The query without what is certain to be tracking, its parameters sorted and escaped in one way."""
    if not query:
        return ""
    site = site_of(host)
    parts = (_REST_OF_AMPERSAND.sub("", part) for part in _ESCAPED_AMPERSAND.sub("&", query).split("&"))
    kept = (_parameter(part) for part in parts if part and not is_tracking(part, site))
    return "&".join(written for _, _, written in sorted(kept))


def query_without(query: str, drops: Callable[[str, str], bool]) -> str:
    """A query without the parameters of which `drops` says so, told name and value, escapes undone."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = [(name, value) for name, value in pairs if not drops(name, value)]
    return urlencode(kept, errors="surrogateescape")


def bare_query(query: str) -> str:
    """A canonical query without the parameters that may be tracking."""
    return "&".join(part for part in query.split("&") if part and not may_be_tracking(part))


def _parameter(part: str) -> tuple[bytes, bytes, str]:
    """Name, value and canonical form.

    What is no plain "name=value" is kept as written: "?/news/5" is read by its server as a path, "a=1;b=2" as two.
    """
    name, equals, value = part.partition("=")
    if not equals or ";" in part:
        written = _ESCAPE.sub(lambda found: found[0].upper(), quote(part, safe=_AS_WRITTEN))
        return unquote_to_bytes(name), unquote_to_bytes(value), written
    bare_name, bare_value = (unquote_to_bytes(text.replace("+", " ")) for text in (name, value))
    return bare_name, bare_value, f"{quote_plus(bare_name)}={quote_plus(bare_value)}"
