"""Noindex rules: pages that ask not to be indexed.

The robots meta element and the X-Robots-Tag header, for all crawlers or for ours by name
(https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag).
"""

import re

from model.page import Page

_HEAD_BYTES = 256 * 1024
_META = re.compile(r"<meta\s[^<>]{0,1000}>", re.IGNORECASE)
_NAME = re.compile(r"""\bname\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_FORBIDDING = frozenset({"noindex", "none"})


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
            and name[1].lower() in ("robots", ours)
            and _forbids(next(filter(None, content.groups()), ""))
        ):
            return True
    return False


def _header_forbids(value: str, ours: str) -> bool:
    """ "noindex, nofollow" speaks to all; in "otherbot: noindex, nofollow" the name holds until the next one."""
    applies = True
    for rule in value.lower().split(","):
        name, colon, rest = rule.strip().partition(":")
        if colon and name != "unavailable_after":
            applies, rule = name == ours, rest
        if applies and rule.strip() in _FORBIDDING:
            return True
    return False


def _forbids(rules: str) -> bool:
    return not _FORBIDDING.isdisjoint(re.split(r"[\s,]+", rules.lower()))
