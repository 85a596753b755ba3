"""Texts that may tell a date, in the order in which the page shows them."""

from lxml import etree

from crawler.extraction.metadata.texts_with_years import texts_with_years


def found(markup: str) -> list[tuple[str, str, bool]]:
    root = etree.fromstring(markup, etree.HTMLParser(encoding="utf-8"))
    return [(str(element.tag), text, behind) for element, text, behind in texts_with_years(root)]


def test_texts_come_in_page_order_those_behind_an_element_after_all_inside() -> None:
    assert found(
        "<div>in 2001<p>2002 <b>2003 <i>2004</i> of 2005</b> of 2006</p> of 2007<p>none</p> in 2008年<p>2009</p></div>"
    ) == [
        ("div", "in 2001", False),
        ("p", "2002 ", False),
        ("b", "2003 ", False),
        ("i", "2004", False),
        ("i", " of 2005", True),
        ("b", " of 2006", True),
        ("p", " of 2007", True),
        ("p", " in 2008年", True),
        ("p", "2009", False),
    ]


def test_a_time_element_is_among_them_whatever_it_says_and_what_stands_behind_it_by_its_years() -> None:
    assert found("<p>Posted <time datetime='2026-03-01'>yesterday</time> of 1998 <time></time> by noon</p>") == [
        ("time", "yesterday", False),
        ("time", " of 1998 ", True),
        ("time", "", False),
    ]


def test_without_years_there_is_none() -> None:
    assert found("<p>The river rose by 35 centimetres.</p>") == []
