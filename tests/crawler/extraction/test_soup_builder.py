"""Soup of a tree: what BeautifulSoup's own reading of the markup holds, without a second parse."""

from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from crawler.extraction.document.soup_builder import soup_of
from crawler.extraction.document.tree import Element, read_tree


def body_of(markup: str) -> Element:
    root = read_tree(f"<html><body>{markup}</body></html>")
    body = root.find("body") if root is not None else None
    assert body is not None
    return body


def outline(node: PageElement) -> object:
    """A node as nested tuples; texts with the kind of their string."""
    if isinstance(node, Tag):
        return node.name, dict(node.attrs), [outline(child) for child in node.contents]
    return type(node).__name__, str(node)


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<p>A ferry ran <b>aground</b> at <i>noon</i>.</p>", id="text before, in and behind elements"),
        pytest.param('<div class="a b" id="c"><p title="x">One</p></div>', id="attributes, several names as one text"),
        pytest.param("<p>One<br>two<img src='a.jpg' alt='&quot;a&quot;'>three</p>", id="empty elements"),
        pytest.param("<p>x &lt;VOWG.F&gt; &amp; y&nbsp;z</p>", id="what the page escaped"),
        pytest.param("<p><b>Jo</b> <i>Doe</i></p>", id="white space between words of a line"),
        pytest.param("<pre>One\n\n<b>two</b>\n\n  three</pre>", id="white space of preformatted text"),
        pytest.param("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>", id="ruby, which is no text of the line"),
        pytest.param("<a href='/a%20b?c=d&amp;e=f#g'>x</a>", id="addresses as they should be"),
        pytest.param("<a href='/straße/ x.html'>x</a><img src=' /a b.jpg'>", id="addresses as they shouldn't be"),
        pytest.param("<p>One<p>two<ul><li>three<li>four</ul>five", id="ends that are missing"),
        pytest.param("<o:p>One</o:p><my-part x='1'>two</my-part>", id="elements that HTML does not know"),
        pytest.param("", id="nothing"),
    ],
)
def test_same_as_a_second_parse(markup: str) -> None:
    parsed = BeautifulSoup(f"<html><body>{markup}</body></html>", "lxml", multi_valued_attributes=None).body
    assert parsed is not None
    for name in ("href", "src"):
        for element in parsed.find_all(attrs={name: True}):
            address = str(element[name]).strip()
            element[name] = address.replace("ß", "%C3%9F").replace(" ", "%20")
    built = soup_of(body_of(markup)).body
    assert built is not None
    assert outline(built) == outline(parsed)


@pytest.mark.parametrize(
    ("markup", "strings"),
    [
        pytest.param("<div>\n <p>One</p>\n\n <p>two</p>\n</div>", ["One", "two"], id="between blocks"),
        pytest.param("<p>\n  <b>One</b>\n  <i>two</i>\n</p>", ["One", " ", "two", " "], id="within a line"),
        pytest.param("<p>One <img src='a.jpg'> <b>two</b></p>", ["One ", " ", "two"], id="around a picture"),
        pytest.param("<div><p>One</p> two</div>", ["One", " two"], id="at the edge of a text"),
    ],
)
def test_white_space_that_parts_nothing_is_left_out(markup: str, strings: list[str]) -> None:
    assert [str(node) for node in soup_of(body_of(markup)).descendants if type(node) is NavigableString] == strings


def test_every_node_leads_to_the_next_and_back() -> None:
    soup = soup_of(body_of("<div><p>One <b>two</b></p><ul><li>three</li></ul></div><p>four</p>"))

    def in_order(tag: Tag) -> list[PageElement]:
        found: list[PageElement] = []
        for child in tag.contents:
            found += [child, *(in_order(child) if isinstance(child, Tag) else [])]
            assert child.parent is tag
        for one, other in pairwise(tag.contents):
            assert one.next_sibling is other
            assert other.previous_sibling is one
        return found

    nodes = in_order(soup)
    assert [*soup.descendants] == nodes
    for one, other in pairwise(nodes):
        assert one.next_element is other
        assert other.previous_element is one


def test_a_part_of_a_tree_ends_with_its_element() -> None:
    part = body_of("<p>before</p><div><p>inside</p></div>behind").find("div")
    assert part is not None
    soup = soup_of(part)
    assert soup.get_text() == "inside"
    assert [child.name for child in soup.contents if isinstance(child, Tag)] == ["div"]


def test_only_attributes_that_are_asked_for_are_kept() -> None:
    soup = soup_of(body_of("<p class='a' onclick='b()' style='color:red'>x</p>"), lambda name, value: name == "class")
    paragraph = soup.p
    assert paragraph is not None
    assert paragraph.attrs == {"class": "a"}


def test_selectors_and_removal_work_on_it() -> None:
    soup = soup_of(body_of("<div class='story x'><p>One</p><aside>no</aside><p>two</p></div>"))
    aside = soup.select_one("div.story > aside")
    assert aside is not None
    aside.decompose()
    assert soup.get_text(" ") == "One two"
