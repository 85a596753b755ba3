"""Authors that the page marks as such, read before anything is dropped from the tree.

Author boxes at the end of a story, lines in the page's head and cards beside the text are boilerplate by their names;
what they name is asked only where the page's other statements name nobody. Those of comments, of teasers and of cards
in a list are of other texts.
"""

import re
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from crawler.extraction.body.boilerplate import name_words
from crawler.extraction.bylines.people import is_bare_names, is_person, split_people
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import Element, text_of
from crawler.extraction.remembered import remembered
from crawler.extraction.texts import has_digit, squeezed
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
_AUTHORS_FOLDERS = frozenset(
    {
        *("author", "authors", "autor", "autoren", "autores", "auteur", "auteurs", "autore", "autori", "by", "byline"),
        *("contributor", "contributors", "journalist", "journalists", "reporter", "reporters", "writer", "writers"),
        *("avtor", "penulis", "producer", "producers", "yazar", "muhabir", "skribent", "forfatter", "firma", "firmas"),
        *("redakteur", "redakteure", "columnist", "columnists", "colaborador", "colaboradores"),
    }
)
AUTHORS_PAGE = re.compile(rf"/(?:{'|'.join(sorted(_AUTHORS_FOLDERS))})/[^/]+", re.I)
"""Where sites keep the page of an author: "/author/jane-doe", "/autoren/123", "/by/jane-doe"."""
_WITHIN = re.compile(
    rf"(?:^|[\s|•·,])(?:{alternatives(lambda language: language.bylines.line_openings)})\s*:?\s+"
    r"(?P<name>[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){1,3})",
    re.I,
)
_CARDS = frozenset({"vcard", "h-card", "p-author"})
_OF_PLACES = frozenset({"adr", "event", "geo", "location", "org", "organization", "place", "venue"})
"""What hCard's classes say of cards of places and firms, beside "vcard"."""
AUTHOR_WORDS = _BYLINE_NAMES | {"card", "vcard"}
"""Words of which each name of an element for authors holds one."""
_HINT = re.compile("|".join(sorted({name[:4] for name in (*_BYLINE_NAMES, *_CARDS)})))
"""What all names of elements for authors hold in one piece."""
_NO_CARD = re.compile(r"\bh-card\b|\belementor-\S+")
"""A person's card, and a page builder that calls each of its parts a widget."""
_LONGEST_LINE = 160
_LONGEST_NAME = 60
_MOST = 400
_SEVERAL = 3
_LINES = ("p", "div", "span", "small", "li", "td", "h4", "h5", "h6", "em", "i", "strong", "b", "time", "aside")
_TAGS = frozenset({*_LINES, "a", "address", "cite", "h2", "h3"})


class MarkedAuthor(NamedTuple):
    """A text that names authors, and the rule by which it was found."""

    text: str
    rule: str


def marked_authors(document: Document, heading: Element | None) -> list[MarkedAuthor]:
    """What names an author on the page, the surest marks first; elements of other texts are left out.

    Links to an author's page and lines are asked only where no attribute marks an author.
    """
    own = next(heading.iterancestors("article"), None) if heading is not None else None
    return _authors(_marked(document), own) or _authors(_unmarked(document), own)


def _authors(elements: Mapping[Element, str], own: Element | None) -> list[MarkedAuthor]:
    """What elements name, each given with its mark; `own` is the story's article."""
    found: dict[str, list[str]] = {"rel": [], "named": [], "page": [], "line": []}
    for element, mark in islice(elements.items(), _MOST):
        # Many different ones are the authors of a list's entries.
        if len(found[mark]) > _SEVERAL or _is_of_other_text(element, own):
            continue
        text = _name(element) if mark != "line" else _named_in(squeezed(text_of(element)))
        if text and text not in found[mark]:
            found[mark].append(text)
    return [
        MarkedAuthor(text, "markup:author" if mark != "line" else "markup:byline")
        for mark, texts in found.items()
        for text in (texts[:1] if len(texts) <= _SEVERAL else ())
    ]


def _marked(document: Document) -> dict[Element, str]:
    """The elements whose attributes name an author, each with its surest mark: "rel" or "named"."""
    index = document.elements
    found = {element: "rel" for element in index.marked("author property") if element.tag in _TAGS}
    found |= {element: "rel" for element in index.marked("author link") if element.tag == "a"}
    for element in index.marked("author"):
        if element.tag in _TAGS:
            found.setdefault(element, "named")
    return found


def _unmarked(document: Document) -> dict[Element, str]:
    """The elements that name an author by where they lead, or by their words: an author's "page", a "line"."""
    links = document.elements.links.items()
    found = {element: "page" for element, address in links if _is_authors_page(address) and element.tag == "a"}
    for element in document.root.iter(*_LINES):
        own = element.text
        if own and 3 < len(own) < _LONGEST_LINE and has_digit(own) and _WITHIN.search(own):
            found.setdefault(element, "line")
    return found


def states_author(value: str) -> bool:
    """Whether the properties or relations of an element are an author's."""
    return "author" in value.split()


def _is_authors_page(address: str) -> bool:
    told = address[:300]
    return not _AUTHORS_FOLDERS.isdisjoint(told.lower().split("/")) and AUTHORS_PAGE.search(told) is not None


def names_author(names: str) -> bool:
    """Whether class names or an id are of an element for authors."""
    if name_words(names).isdisjoint(_BYLINE_NAMES) and not _is_persons_card(names):
        return False
    return _HINT.search(names.lower()) is not None


def _is_persons_card(names: str) -> bool:
    if "card" not in names and "p-author" not in names:  # asked first, as all of hCard's names hold it
        return False
    words = frozenset(names.split())
    return not _CARDS.isdisjoint(words) and _OF_PLACES.isdisjoint(words)


@remembered
def _names_other_text(names: str) -> bool:
    return not name_words(_NO_CARD.sub(" ", names)).isdisjoint(_OTHER_TEXTS)


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
        text = squeezed(text_of(inner)) if linked or not names.isdisjoint(_PERSON_NAMES) else ""
        if text and len(text) < _LONGEST_NAME and is_bare_names(text):
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
