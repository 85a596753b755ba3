"""Masthead of a site: the head of all its pages, where many show the day of reading."""

from crawler.extraction.document.tree import Element

_NAMES = frozenset(
    {
        *("header", "masthead", "site-header", "siteheader", "site_header", "page-top", "topbar", "top-bar", "top_bar"),
        *("header-top", "top-header", "main-header", "global-header", "topnav", "header-bar"),
    }
)


def is_masthead(element: Element) -> bool:
    """Whether an element that is not around the headline is the head of all pages."""
    if element.tag == "header":
        return next(element.iterancestors("article"), None) is None
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return not _NAMES.isdisjoint(names.split())
