"""Dates of a page outside the story's element.

Some layouts put the date into a column or a head of its own, which is dropped as boilerplate before the story is read.
Where nothing else dates a story, the page is parsed once more for elements that are made or named for dates; their
date counts where all of them name one day, as lists of other stories name several.
"""

from collections.abc import Iterator

from crawler.extraction.body.boilerplate import name_words
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import Element, read_tree, text_of
from text.decoding import decode

_DATE_NAMES = named_for("date")
_ELEMENTS = ("time", "span", "div", "p", "li", "small", "em", "abbr", "td")
_NOT_OF_THE_STORY = frozenset({"a", "nav", "footer", "form"})
_LONGEST = 60
_MOST_BYTES = 1_000_000
_MOST = 8


def dates_outside(document: Document) -> list[str]:
    """The texts of a page's elements for dates, wherever they stand but in links and in foot and navigation."""
    content = document.page.content
    root = read_tree(decode(content, document.page.headers.get("content-type"))) if len(content) < _MOST_BYTES else None
    return [] if root is None else list(_texts(root))


def _texts(root: Element) -> Iterator[str]:
    count = 0
    for element in root.iter(*_ELEMENTS):
        if element.tag != "time" and name_words(element.get("class") or "").isdisjoint(_DATE_NAMES):
            continue
        if any(parent.tag in _NOT_OF_THE_STORY for parent in element.iterancestors()):
            continue
        text = element.get("datetime") or " ".join(text_of(element).split())
        if 6 <= len(text) <= _LONGEST and any(map(str.isdigit, text)):
            yield text
            count += 1
            if count == _MOST:
                return
