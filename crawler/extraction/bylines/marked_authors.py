"""Authors that the page marks as such, read before anything is dropped from the tree.

Author boxes at the end of a story, lines in the page's head and cards beside the text are boilerplate by their names;
what they name is asked only where the page's other statements name nobody. Those of comments, of teasers and of cards
in a list are of other texts.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from crawler.extraction.body.boilerplate import name_words
from crawler.extraction.bylines.people import is_bare_names, is_person, split_people
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import Element, text_of
from crawler.extraction.texts import squeezed
from text.languages import alternatives

_BYLINE_NAMES = named_for("byline") - {"credits", "creator"}
_PERSON_NAMES = frozenset({"fn", "authorname", "bylinename", "name", "pauthor"})
_OTHER_TEXTS = frozenset(
    {
        *("comment", "comments", "commentlist", "commentator", "reply", "related", "relatedposts", "relatedstories"),
        *("recommended", "teaser", "teasers", "card", "cards", "carousel", "slider", "mostread", "popular", "trending"),
        *("newsletter", "sidebar", "widget", "morefrom", "readmore", "recent", "latest", "testimonial", "testimonials"),
        *("review", "reviews", "nav", "menu", "pagination", "promo"),
    }
)
AUTHORS_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|autore|autori|by|byline|contributors?|journalists?|reporters?|writers?|"
    r"avtor|penulis|producers?|yazar|muhabir|skribent|forfatter|firmas?|redakteure?|columnists?|"
    r"colaborador(?:es)?)/[^/]+",
    re.I,
)
"""Where sites keep the page of an author: "/author/jane-doe", "/autoren/123", "/by/jane-doe"."""
_WITHIN = re.compile(
    rf"(?:^|[\s|•·,])(?:{alternatives(lambda language: language.bylines.line_openings)})\s*:?\s+"
    r"(?P<name>[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,3})",
    re.I,
)
_DIGIT = re.compile(r"[0-9]")
_CARDS = frozenset({"vcard", "h-card", "p-author"})
_CARD = re.compile(r"\bh-card\b")
_LONGEST_LINE = 160
_LONGEST_NAME = 60
_MOST = 400
_SEVERAL = 3
_NO_BYLINE = frozenset({"html", "body", "main", "article", "form", "meta", "img", "figure", "nav"})
_LINES = ("p", "div", "span", "small", "li", "td", "h4", "h5", "h6", "em", "i", "strong", "b", "time", "aside")


class MarkedAuthor(NamedTuple):
    """A text that names authors, and the rule by which it was found."""

    text: str
    rule: str


def marked_authors(root: Element, heading: Element | None) -> list[MarkedAuthor]:
    """What names an author on the page, the surest marks first; elements of other texts are left out."""
    own = next(heading.iterancestors("article"), None) if heading is not None else None
    found: dict[str, list[str]] = {"rel": [], "named": [], "page": [], "line": []}
    for element in _credited(root):
        if element.tag in _NO_BYLINE or _is_of_other_text(element, own):
            continue
        mark = _mark(element)
        text = _name(element) if mark != "line" else _named_in(squeezed(text_of(element)))
        if mark and text and text not in found[mark]:
            found[mark].append(text)
    # Many different ones are the authors of a list's entries.
    return [
        MarkedAuthor(text, "markup:author" if mark != "line" else "markup:byline")
        for mark, texts in found.items()
        for text in (texts[:1] if len(texts) <= _SEVERAL else ())
    ]


def _credited(root: Element) -> Iterator[Element]:
    count = 0
    for element in root.iter("a", "address", "cite", "h2", "h3", *_LINES):
        if _mark(element):
            yield element
            count += 1
        if count > _MOST:
            return


def _mark(element: Element) -> str:
    """How an element is marked: "rel", "named", by a link to an author's "page", as a "line" with a name; else ""."""
    relation, properties = element.get("rel"), element.get("itemprop")
    if (relation and "author" in relation.split()) or (properties and "author" in properties.split()):
        return "rel"
    names, identifier = element.get("class"), element.get("id")
    if (names and _names_author(names)) or (identifier and _names_author(identifier)):
        return "named"
    if element.tag == "a" and AUTHORS_PAGE.search((element.get("href") or "")[:300]):
        return "page"
    own = (element.text or "") if element.tag in _LINES else ""
    return "line" if 3 < len(own) < _LONGEST_LINE and _has_digit(own) and _WITHIN.search(own) else ""


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None if text.isascii() else any(map(str.isdigit, text))


@lru_cache(maxsize=8192)
def _names_author(names: str) -> bool:
    return not (name_words(names).isdisjoint(_BYLINE_NAMES) and _CARDS.isdisjoint(names.split()))


@lru_cache(maxsize=8192)
def _names_other_text(names: str) -> bool:
    return not name_words(_CARD.sub(" ", names)).isdisjoint(_OTHER_TEXTS)


def _is_of_other_text(element: Element, own: Element | None) -> bool:
    """Whether an element belongs to a comment, a teaser, or an article other than the headline's."""
    for parent in (element, *element.iterancestors()):
        if parent.tag in ("nav", "form") or (parent.tag == "article" and own is not None and parent is not own):
            return own is None or parent not in set(own.iterancestors())
        if parent.tag in ("html", "body"):
            continue
        names, identifier = parent.get("class"), parent.get("id")
        if (names and _names_other_text(names)) or (identifier and _names_other_text(identifier)):
            return True
    return False


def _name(element: Element) -> str:
    """The name that an element says: that of an inner element which is named for it, else its own short text."""
    for inner in element.iter("*"):
        names = name_words(f"{inner.get('class') or ''} {inner.get('itemprop') or ''}")
        linked = inner.tag == "a" and AUTHORS_PAGE.search((inner.get("href") or "")[:300])
        text = squeezed(text_of(inner))
        if (linked or not names.isdisjoint(_PERSON_NAMES)) and len(text) < _LONGEST_NAME and is_bare_names(text):
            return text
    text = squeezed(" ".join(map(str, element.itertext())))
    people = split_people(text) if len(text) < _LONGEST_LINE else []
    return text if people and all(map(is_person, people)) else _named_in(text[:_LONGEST_LINE])


def _named_in(text: str) -> str:
    """The name behind "by" in a line that says more: "Published 7 May 2024 by Jane Doe"."""
    match = _WITHIN.search(text)
    if not match:
        return ""
    words = match["name"].split()
    kept = [word for number, word in enumerate(words) if all(part[:1].isupper() for part in words[: number + 1])]
    return " ".join(kept) if is_bare_names(" ".join(kept)) else ""
