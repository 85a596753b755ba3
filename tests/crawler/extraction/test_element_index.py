"""The index of elements: what is marked, in page order, and what was taken out."""

import pytest

from crawler.extraction.document.element_index import ElementIndex, ElementMarks, Mark
from crawler.extraction.document.tree import Element, drop, read_tree
from crawler.extraction.element_marks import ELEMENT_MARKS

PAGE = """<html><body><nav aria-label="Breadcrumb" id="n"><a id="home" href="/">Home</a></nav>
<h1 id="h" class="entry-title">Pier opens</h1><div id="title" class="headline"></div>
<p id="by" class="byline"><a id="author" rel="author" href="/author/jane-doe">Jane Doe</a></p>
<button><i id="hidden" class="byline">John Roe</i></button><a id="bare">top</a>
<div id="date"><time id="t" itemprop="datePublished">1 May 2024</time></div>
<a id="cat" rel="category tag" href="/category/ports">Ports</a></body></html>"""
MARKED: list[tuple[Mark, list[str]]] = [
    ("author", ["by", "author", "hidden"]),
    ("author link", ["author"]),
    ("author property", []),
    ("breadcrumbs", ["n"]),
    ("category link", ["cat"]),
    ("date", ["date"]),
    ("headline", ["h", "title"]),
    ("property", ["t"]),
    ("site", []),
]


def _tree() -> Element:
    root = read_tree(PAGE)
    assert root is not None
    return root


@pytest.mark.parametrize(("mark", "ids"), MARKED, ids=[mark for mark, _ in MARKED])
def test_marked_elements_come_once_in_page_order(mark: Mark, ids: list[str]) -> None:
    assert [element.get("id") for element in ElementIndex(_tree(), ELEMENT_MARKS).marked(mark)] == ids


def test_links_are_the_elements_with_an_address() -> None:
    links = ElementIndex(_tree(), ELEMENT_MARKS).links
    assert list(links.values()) == ["/", "/author/jane-doe", "/category/ports"]


def test_what_is_taken_out_is_left_out_with_all_inside() -> None:
    root = _tree()
    index = ElementIndex(root, ELEMENT_MARKS)
    for element in [*root.iter("button", "nav")]:
        index.forget((element,))
        drop(element)
    assert [element.get("id") for element in index.marked("author")] == ["by", "author"]
    assert [element.get("id") for element in index.links] == ["author", "cat"]
    assert not index.marked("breadcrumbs")


def test_a_value_is_asked_about_once_however_many_pages_have_it() -> None:
    asked: list[str] = []

    def is_asked(value: str) -> bool:
        asked.append(value)
        return value == "logo"

    marks = ElementMarks({"site": {"class": is_asked}}, lambda name: frozenset((name,)))
    for _ in range(2):
        assert not ElementIndex(_tree(), marks).marked("site")
    assert asked == ["entry-title", "headline", "byline"]
