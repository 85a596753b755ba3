"""Sections that a page's links name: breadcrumbs, the story's category, the first part of its path."""

import re
from urllib.parse import urlsplit

from crawler.extraction.document.tree import Element, text_of
from text.cleaning import clean_text

_CATEGORY_PATH = re.compile(
    r"/(?:categor(?:y|ies|ia|ias|ie)|kategorien?|rubri(?:k|ken|que|ques|ca|cas))/[^/?#]+/?(?:[?#]|$)", re.I
)


def read_crumbs(root: Element, url: str) -> tuple[str, ...]:
    """The names of the page's sections from the widest on, by the best evidence that there is."""
    return _breadcrumbs(root) or _category_link(root) or _section_link(root, url)


def _breadcrumbs(root: Element) -> tuple[str, ...]:
    """The links of the first element that is named as breadcrumbs, or as the story's category."""
    for element in root.iter("nav", "div", "ul", "ol", "p", "span"):
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('aria-label') or ''}".lower()
        if "breadcrumb" in names:
            return tuple(text for link in element.iter("a") if (text := clean_text(text_of(link))))[:6]
    return tuple(
        text for link in root.iter("a") if "category" in (link.get("rel") or "") and (text := clean_text(text_of(link)))
    )[:1]


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
        path = urlsplit((link.get("href") or "").strip()[:300].replace("[", "").replace("]", "")).path.strip("/")
        if path == segments[0]:
            text = clean_text(text_of(link))
            if text and len(text) < 40:
                return (text,)
    return ()
