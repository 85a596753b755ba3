"""Robots.txt files: from the bytes of a file to the rules that it has for one crawler.

Read by RFC 9309 and, where the RFC leaves it open, as the reference parser does (https://github.com/google/robotstxt):
its tolerance of typing errors, its cut of long lines, its reading of "index.html". So a publisher who tests a file with
a search engine's tools knows what is done here.
"""

import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from crawler.http.robots_patterns import PathRule, path_rules

MAX_ROBOTS_BYTES = 500 * 1024
"""So much of a file is read (RFC 9309, section 2.5)."""

_LONGEST_LINE = 2083 * 8 - 1
_TOKEN = re.compile(r"[A-Za-z_-]*")
_WHITE = " \t\n\v\f\r"
_SEVERAL_NAMES = re.compile(r"[ \t]")
_UTF16_SAMPLE = 512

Field = Literal["user-agent", "allow", "disallow", "sitemap", "crawl-delay", "request-rate"]

# A key counts by its beginning, in any case, as in the reference parser.
_KEYS: tuple[tuple[Field, tuple[str, ...]], ...] = (
    ("user-agent", ("user-agent", "useragent", "user agent")),
    ("allow", ("allow",)),
    ("disallow", ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")),
    ("sitemap", ("sitemap", "site-map")),
    ("crawl-delay", ("crawl-delay", "crawldelay", "crawl delay")),
    ("request-rate", ("request-rate", "requestrate", "request rate")),
)
_SECONDS = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?|\.\d{1,9})\s*(?:s|sec|secs|seconds?)?", re.IGNORECASE)
_RATE = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})\s*([smhd]?)(?:\s.*)?", re.IGNORECASE)
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(slots=True)
class RobotsGroup:
    """What is said to one kind of crawler: rules for paths, and the seconds between two requests."""

    rules: list[PathRule] = field(default_factory=list)
    delay_seconds: float | None = None
    rate_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The rules of a file for one crawler, and its Sitemap lines as written, in order."""

    group: RobotsGroup
    sitemaps: tuple[str, ...]


def read_robots(content: bytes, product: str) -> RobotsFile:
    """Read a file for the crawler called `product`; any bytes are a file, if an empty one.

    Its own groups count, all of them together; only where there is none those for "*" (RFC 9309, section 2.2.1).
    Nothing but "allow" and "disallow" ends the user-agent lines of a group (section 2.2.4).
    """
    own, everyones = RobotsGroup(), RobotsGroup()
    has_own = speaks_to_us = speaks_to_all = has_rules = False
    sitemaps: list[str] = []
    for name, value in _fields(content):
        if name == "sitemap":
            sitemaps.append(value)
        elif name == "user-agent":
            if has_rules:
                speaks_to_us = speaks_to_all = has_rules = False
            if value[:1] == "*" and value[1:2] in ("", *_WHITE):
                speaks_to_all = True
            elif _is_named(value, product):
                has_own = speaks_to_us = True
        else:
            has_rules = has_rules or name in ("allow", "disallow")
            if speaks_to_us or speaks_to_all:
                _add(own if speaks_to_us else everyones, name, value)
    return RobotsFile(own if has_own else everyones, tuple(dict.fromkeys(sitemaps)))


def token_of(name: str) -> str:
    """The product token that a name begins with: "Foo" of "Foo Bar" and of "Foo/2.0"; "" where it begins with none."""
    found = _TOKEN.match(name)
    return found[0] if found else ""


def _is_named(value: str, product: str) -> bool:
    """Whether a user-agent line names a product; one without letters in front is compared up to a space or slash."""
    token = token_of(product)
    if token:
        return token_of(value).lower() == token.lower()
    return bool(product) and re.split(r"[\s/]", value, maxsplit=1)[0].lower() == product.lower()


def _add(group: RobotsGroup, name: Field, value: str) -> None:
    if name == "crawl-delay":
        group.delay_seconds = _seconds(value, group.delay_seconds)
    elif name == "request-rate":
        group.rate_seconds = _rate(value, group.rate_seconds)
    elif value:
        group.rules += path_rules(value, allows=name == "allow")


def _seconds(value: str, before: float | None) -> float | None:
    found = _SECONDS.fullmatch(value)
    return float(found[1].replace(",", ".")) if found else before


def _rate(value: str, before: float | None) -> float | None:
    """Seconds for one request of "1/10", "1/5m" or "3/1h 0600-0845"; the time of day is left aside."""
    found = _RATE.fullmatch(value)
    if not found or int(found[1]) == 0 or int(found[2]) == 0:
        return before
    seconds = int(found[2]) * _UNIT_SECONDS[found[3].lower()] / int(found[1])
    return seconds if math.isfinite(seconds) else before


def _fields(content: bytes) -> Iterator[tuple[Field, str]]:
    """The lines that mean something, one character an octet."""
    for line in re.split(r"[\r\n]", _octets(content)):
        # The reference parser's lines end at a NUL.
        text = line[:_LONGEST_LINE].partition("\0")[0].partition("#")[0].strip(_WHITE)
        key, value = _key_and_value(text)
        lowered = key.lower()
        name = next((name for name, spellings in _KEYS if lowered.startswith(spellings)), None)
        if name == "sitemap" and _SEVERAL_NAMES.search(key):
            value = text[len(key.split()[0]) :].strip(_WHITE)  # "Sitemap https://…", without its colon
        if name is not None:
            yield name, value


def _key_and_value(text: str) -> tuple[str, str]:
    """A line parted at its colon, else at the only white space in it."""
    key, colon, value = text.partition(":")
    if colon:
        return key.strip(_WHITE), value.strip(_WHITE)
    words = _SEVERAL_NAMES.split(text, maxsplit=1)
    if len(words) == 2 and not _SEVERAL_NAMES.search(words[1].strip(" \t")):
        return words[0], words[1].strip(_WHITE)
    return "", ""


def _octets(content: bytes) -> str:
    """The file as UTF-8, an octet a character, without byte order mark; cut off at the last whole line that counts."""
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(content)
    is_cut = len(content) >= MAX_ROBOTS_BYTES
    content = _as_utf8(content[:MAX_ROBOTS_BYTES])
    if is_cut:
        # Half a line would say something else: "Disallow: /" of "Disallow: /drafts".
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    for octet in b"\xef\xbb\xbf":
        # Parts of a byte order mark are left out, too, as the reference parser does.
        if content[:1] != bytes((octet,)):
            break
        content = content[1:]
    return content.decode("latin-1")


def _unpacked(content: bytes) -> bytes:
    """A gzipped file as far as it can be unpacked."""
    try:
        return zlib.decompressobj(wbits=31).decompress(content, MAX_ROBOTS_BYTES)
    except zlib.error:
        return b""


def _as_utf8(content: bytes) -> bytes:
    """UTF-16 and UTF-32, with a byte order mark or without, as UTF-8; what is something else stays."""
    marks = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    encoding = next((name for mark, name in marks if content.startswith(mark)), None) or _utf16_without_mark(content)
    return content.decode(encoding, "replace").encode("utf-8", "replace") if encoding else content


def _utf16_without_mark(content: bytes) -> str | None:
    """Told by the zeros that stand beside every ASCII letter."""
    sample = content[:_UTF16_SAMPLE]
    low, high = sample[::2], sample[1::2]
    if len(high) < 4:
        return None
    if high.count(0) > 0.8 * len(high) and low.count(0) < 0.2 * len(low):
        return "utf-16-le"
    if low.count(0) > 0.8 * len(low) and high.count(0) < 0.2 * len(high):
        return "utf-16-be"
    return None
