"""Sections that a page's links name: breadcrumbs, the story's category, the first part of its path."""

import re
from urllib.parse import urlsplit

from crawler.extraction.document.element_index import ElementIndex
from crawler.extraction.document.tree import Element, text_of
from text.cleaning import clean_text

_CATEGORY_PATH = re.compile(
    r"/(?:categor(?:y|ies|ia|ias|ie)|kategorien?|rubri(?:k|ken|que|ques|ca|cas))/[^/?#]+/?(?:[?#]|$)", re.I
)
_BREADCRUMBS = re.compile(r"breadcrumb|brotkr[uü]me|fil-?d?-?ariane|migas|kruimelpad|\bpathway\b|\bcrumbs?\b|okruszki")
_CRUMB_TAGS = frozenset({"nav", "div", "ul", "ol", "p", "span", "section"})
_BETWEEN_CRUMBS = re.compile(r"\s*[»›>→/|]\s*")
_CRUMB_NAMES = frozenset({"name", "title", "v:title"})
_CATEGORIES = frozenset({"cat-links", "entry-category", "entry-categories", "post-categories", "post-category"})
_MOST = 6
_LONGEST_LINE = 300
_LONGEST_NAME = 40


def read_crumbs(root: Element, index: ElementIndex, url: str) -> tuple[str, ...]:
    """The names of the page's sections from the widest on, by the best evidence that there is."""
    return (
        _breadcrumbs(index)
        or _stated_breadcrumbs(index)
        or _related_links(index)
        or _category_link(root)
        or _section_link(index, url)
    )


def _breadcrumbs(index: ElementIndex) -> tuple[str, ...]:
    """The links of the first element that is named as breadcrumbs; without links the parts of its line."""
    for element in index.marked("breadcrumbs"):
        if element.tag not in _CRUMB_TAGS:
            continue
        links = tuple(text for link in element.iter("a") if (text := clean_text(text_of(link))))[:_MOST]
        if told := links or _parts_of_line(element):
            return told
    return ()


def _parts_of_line(element: Element) -> tuple[str, ...]:
    """What stands between the marks of a line of breadcrumbs, but for the last, which is the page itself."""
    parts = [clean_text(part) for part in _BETWEEN_CRUMBS.split(text_of(element)[:_LONGEST_LINE])]
    return tuple(part for part in parts[:-1] if part)


def names_crumbs(names: str) -> bool:
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


def _stated_breadcrumbs(index: ElementIndex) -> tuple[str, ...]:
    """The names of a BreadcrumbList in microdata or RDFa, and of data-vocabulary.org's Breadcrumb before it."""
    names: list[str] = []
    for typed in index.marked("breadcrumb list"):
        for element in typed.iter("*"):
            if element.get("itemprop") in _CRUMB_NAMES or element.get("property") in _CRUMB_NAMES:
                text = clean_text(element.get("content") or text_of(element))
                names += [text] if text and text not in names else []
    return tuple(names[:_MOST])


def is_breadcrumb_list(kind: str) -> bool:
    """Whether a type is that of breadcrumbs."""
    return "Breadcrumb" in kind


def _related_links(index: ElementIndex) -> tuple[str, ...]:
    """The first link that calls itself the story's category, or stands in an element for these."""
    for link in index.marked("category link"):
        if link.tag == "a" and (text := clean_text(text_of(link))):
            return (text,)
    for element in index.marked("category"):
        links = [element] if element.tag == "a" else element.iter("a")
        for link in links:
            text = clean_text(text_of(link))
            if text and len(text) < _LONGEST_NAME:
                return (text,)
    return ()


def relates_category(relations: str) -> bool:
    """Whether the relations of a link say that it leads to the category."""
    return "category" in relations.split()


def names_categories(names: str) -> bool:
    """Whether class names are of an element for the categories of a story."""
    return "cat" in names and not _CATEGORIES.isdisjoint(names.split())


def _category_link(root: Element) -> tuple[str, ...]:
    """The text of the first link in the story's article element to the list of one category, if it is in no menu."""
    article = next((a for a in root.iter("article") if next(a.iter("h1", "h2"), None) is not None), None)
    for link in article.iter("a") if article is not None else ():
        if not _CATEGORY_PATH.search((link.get("href") or "")[:300]):
            continue
        marked = "tag" in (link.get("rel") or "").split() or "category" in (link.get("class") or "")
        in_menu = not marked and next(link.iterancestors("nav", "aside"), None) is not None
        text = clean_text(text_of(link)) if not in_menu else None
        if text and len(text) < _LONGEST_NAME:
            return (text,)
    return ()


def _section_link(index: ElementIndex, url: str) -> tuple[str, ...]:
    """The text of a link to the first part of the page's own path: "/politik" for "/politik/haushalt-9442735.html"."""
    section, _, story = urlsplit(url).path.strip("/").partition("/")
    if not story or not section or section.isdigit():
        return ()
    for link, address in index.links.items():
        if section not in address or link.tag != "a":
            continue
        path = urlsplit(address.strip()[:300].replace("[", "").replace("]", "")).path.strip("/")
        if path == section:
            text = clean_text(text_of(link))
            if text and len(text) < _LONGEST_NAME:
                return (text,)
    return ()
