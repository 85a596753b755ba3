"""Sections that a page's links name: breadcrumbs, the story's category, the first part of its path."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from lxml import etree

from crawler.extraction.document.tree import Element, text_of
from text.cleaning import clean_text

_CATEGORY_PATH = re.compile(
    r"/(?:categor(?:y|ies|ia|ias|ie)|kategorien?|rubri(?:k|ken|que|ques|ca|cas))/[^/?#]+/?(?:[?#]|$)", re.I
)


def _xpath(path: str) -> Callable[[Element], list[Element]]:
    return cast("Callable[[Element], list[Element]]", etree.XPath(path))


_BREADCRUMBS = re.compile(r"breadcrumb|brotkr[uü]me|fil-?d?-?ariane|migas|kruimelpad|\bpathway\b|\bcrumbs?\b|okruszki")
_BETWEEN_CRUMBS = re.compile(r"\s*[»›>→/|]\s*")
_FIND_TYPED = _xpath("//*[@itemtype or @typeof]")
_CRUMB_NAMES = frozenset({"name", "title", "v:title"})
_CATEGORIES = frozenset({"cat-links", "entry-category", "entry-categories", "post-categories", "post-category"})
_CATEGORY_MARKS = ("entry-categor", "post-categor", "category tag", 'rel="category', "tag category")
_FIND_CATEGORIES = _xpath("//*[contains(@class, 'categor') or contains(@class, 'cat-links')]")
_MOST = 6
_LONGEST_LINE = 300
_LONGEST_NAME = 40


def read_crumbs(root: Element, url: str, markup: str) -> tuple[str, ...]:
    """The names of the page's sections from the widest on, by the best evidence that there is.

    What the page's markup as text doesn't hold isn't looked for.
    """
    return (
        _breadcrumbs(root)
        or (_stated_breadcrumbs(root) if "Breadcrumb" in markup else ())
        or (_related_links(root) if _marks_categories(markup) else ())
        or _category_link(root)
        or _section_link(root, url)
    )


def _marks_categories(markup: str) -> bool:
    """Whether the markup holds any of the marks; all but one hold one word, which few pages do."""
    return "cat-links" in markup or ("categor" in markup and any(mark in markup for mark in _CATEGORY_MARKS))


def _breadcrumbs(root: Element) -> tuple[str, ...]:
    """The links of the first element that is named as breadcrumbs; without links the parts of its line."""
    for element in root.iter("nav", "div", "ul", "ol", "p", "span", "section"):
        if not _is_named_for_crumbs(element):
            continue
        links = tuple(text for link in element.iter("a") if (text := clean_text(text_of(link))))[:_MOST]
        parts = [clean_text(part) for part in _BETWEEN_CRUMBS.split(text_of(element)[:_LONGEST_LINE])]
        told = links or tuple(part for part in parts[:-1] if part)
        if told:
            return told
    return ()


def _is_named_for_crumbs(element: Element) -> bool:
    names, identifier, label = element.get("class"), element.get("id"), element.get("aria-label")
    return bool(
        (names and _names_crumbs(names))
        or (identifier and _names_crumbs(identifier))
        or (label and _names_crumbs(label))
    )


@lru_cache(maxsize=1 << 14)
def _names_crumbs(names: str) -> bool:
    """Whether a name holds a word for breadcrumbs; asked of plain letters first, which few names hold."""
    written = names.lower()
    hinted = (
        "crumb" in written
        or "pathway" in written
        or "migas" in written
        or "ariane" in written
        or "brotkr" in written
        or "kruimel" in written
        or "okruszki" in written
    )
    return hinted and _BREADCRUMBS.search(written) is not None


def _stated_breadcrumbs(root: Element) -> tuple[str, ...]:
    """The names of a BreadcrumbList in microdata or RDFa, and of data-vocabulary.org's Breadcrumb before it."""
    names: list[str] = []
    for typed in _FIND_TYPED(root):
        if "Breadcrumb" not in f"{typed.get('itemtype')} {typed.get('typeof')}":
            continue
        for element in typed.iter("*"):
            if element.get("itemprop") in _CRUMB_NAMES or element.get("property") in _CRUMB_NAMES:
                text = clean_text(element.get("content") or text_of(element))
                names += [text] if text and text not in names else []
    return tuple(names[:_MOST])


def _related_links(root: Element) -> tuple[str, ...]:
    """The first link that calls itself the story's category, or stands in an element for these."""
    for link in root.iter("a"):
        if "category" in (link.get("rel") or "").split() and (text := clean_text(text_of(link))):
            return (text,)
    for element in _FIND_CATEGORIES(root):
        if _CATEGORIES.isdisjoint((element.get("class") or "").split()):
            continue
        links = [element] if element.tag == "a" else element.iter("a")
        for link in links:
            text = clean_text(text_of(link))
            if text and len(text) < _LONGEST_NAME:
                return (text,)
    return ()


def _category_link(root: Element) -> tuple[str, ...]:
    """The text of the first link in the story's article element to the list of one category, if it is in no menu."""
    article = next((a for a in root.iter("article") if next(a.iter("h1", "h2"), None) is not None), None)
    for link in article.iter("a") if article is not None else ():
        marked = "tag" in (link.get("rel") or "").split() or "category" in (link.get("class") or "")
        in_menu = not marked and next(link.iterancestors("nav", "aside"), None) is not None
        if _CATEGORY_PATH.search((link.get("href") or "")[:300]) and not in_menu:
            text = clean_text(text_of(link))
            if text and len(text) < 40:
                return (text,)
    return ()


def _section_link(root: Element, url: str) -> tuple[str, ...]:
    """The text of a link to the first part of the page's own path: "/politik" for "/politik/haushalt-9442735.html"."""
    segments = urlsplit(url).path.strip("/").split("/")
    if len(segments) < 2 or not segments[0] or segments[0].isdigit():
        return ()
    for link in root.iter("a"):
        if segments[0] not in (link.get("href") or ""):
            continue
        path = urlsplit((link.get("href") or "").strip()[:300].replace("[", "").replace("]", "")).path.strip("/")
        if path == segments[0]:
            text = clean_text(text_of(link))
            if text and len(text) < 40:
                return (text,)
    return ()
