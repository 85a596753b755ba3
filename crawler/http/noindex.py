"""Noindex rules: pages that ask not to be indexed.

The robots meta element and the X-Robots-Tag header, for all crawlers or for ours by name
(https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag).
"""

import re

from crawler.http.robots_file import token_of
from model.page import Page

_HEAD_BYTES = 256 * 1024
_META = re.compile(r"<meta\s[^<>]{0,1000}>", re.IGNORECASE)
_NAME = re.compile(r"""\bname\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_FORBIDDING = frozenset({"noindex", "none"})
_CRAWLER = re.compile(r"[a-z0-9_./-]+")
# Rules that have a value behind a colon, as a crawler's name has its rules.
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


def forbids_indexing(page: Page, product: str) -> bool:
    """Whether the page says noindex or none to all crawlers, or to the one called `product`."""
    ours = product.lower()
    if _header_forbids(page.headers.get("x-robots-tag", ""), ours):
        return True
    head = page.content[:_HEAD_BYTES].decode("latin-1").partition("<body")[0]
    for element in _META.findall(head):
        name, content = _NAME.search(element), _CONTENT.search(element)
        if (
            name
            and content
            and (name[1].lower() == "robots" or _is_ours(name[1].lower(), ours))
            and _forbids(next(filter(None, content.groups()), ""))
        ):
            return True
    return False


def _header_forbids(value: str, ours: str) -> bool:
    """ "noindex, nofollow" speaks to all; in "otherbot: noindex, nofollow" the name holds until the next one."""
    applies = True
    for rule in value.lower().split(","):
        name, colon, rest = rule.strip().partition(":")
        if colon and _CRAWLER.fullmatch(name) and name not in _WITH_VALUE:
            applies, rule = _is_ours(name, ours), rest
        if applies and rule.strip() in _FORBIDDING:
            return True
    return False


def _is_ours(name: str, ours: str) -> bool:
    """Whether a name is that of our crawler, by the rule of user-agent lines: "wiredesk/2.0" is "wiredesk"."""
    return (token_of(name) or name) == (token_of(ours) or ours)


def _forbids(rules: str) -> bool:
    return not _FORBIDDING.isdisjoint(re.split(r"[\s,]+", rules.lower()))
