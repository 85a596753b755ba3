"""Former rules of canonical URLs: the form that an earlier version gave to an address.

Version 1 dropped every parameter that may be tracking and the names of index pages, and encoded hosts by IDNA 2003. An
address met again leads through that form to the story that was stored under it; whether it is still the same story,
their texts say.
"""

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from net.queries import bare_query
from net.urls import INDEX_PAGE, INDEX_SCRIPT

FORMER_VERSION = 1
_REMEMBERED = 4096
_MAPPED_AWAY = frozenset("\u00df\u03c2\u200c\u200d")
"""What IDNA 2003 wrote in another way: "ß" as "ss", a final sigma, and joiners (UTS #46, section 4)."""


@lru_cache(_REMEMBERED)
def former_url(url: str) -> str | None:
    """The form that version 1 gave to a canonical URL; None where it gave the same one, or none."""
    parts = urlsplit(url)
    query, path = bare_query(parts.query), INDEX_PAGE.sub("/", parts.path)
    if not query:
        path = INDEX_SCRIPT.sub("/", path)
    host = _former_host(parts.netloc) if "xn--" in parts.netloc else parts.netloc
    former = urlunsplit((parts.scheme, host, path, query, ""))
    if query:
        former = canonicalize_url(former)
    return None if former == url else former


def _former_host(netloc: str) -> str:
    host, colon, port = netloc.partition(":")
    return ".".join(map(_former_label, host.split("."))) + colon + port


def _former_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        return label if _MAPPED_AWAY.isdisjoint(decoded) else decoded.encode("idna").decode("ascii")
    except UnicodeError:
        return label
