"""Microformats: what the entry of a page states in class names, and what isn't its own."""

import pytest

from crawler.extraction.document.element_index import ElementIndex
from crawler.extraction.document.microformats import NO_MICROFORMATS, Microformats, read_microformats
from crawler.extraction.document.tree import read_tree
from crawler.extraction.element_marks import ELEMENT_MARKS

ENTRY = "<html><body><div class='hentry'>%s</div></body></html>"
PAGES = [
    ("none", "<html><body><p class='published'>1 May 2024</p></body></html>", NO_MICROFORMATS),
    (
        "hAtom",
        ENTRY % "<h1 class='entry-title'>Flood</h1><abbr class='published' title='2024-05-17T10:00Z'>Friday</abbr>"
        "<abbr class='updated' title='2024-05-18'>Saturday</abbr>"
        "<span class='author vcard'>by <span class='fn'>Jane Doe</span></span>",
        Microformats(("2024-05-17T10:00Z",), ("2024-05-18",)),
    ),
    (
        "h-entry",
        "<article class='h-entry'><h1 class='p-name entry-title'>Flood</h1><time class='dt-published' "
        "datetime='2024-05-17'>Fri</time><a class='p-author h-card' href='/jane'>Jane Doe</a>"
        "<a class='p-category'>Weather</a></article>",
        Microformats(("2024-05-17",)),
    ),
    (
        "published and updated at once is published",
        ENTRY % "<time class='entry-date published updated' datetime='2024-05-17'>Fri</time>",
        Microformats(published=("2024-05-17",)),
    ),
    (
        "a time inside",
        ENTRY % "<span class='published'>on <time datetime='2024-05-17'>Friday</time></span>",
        Microformats(published=("2024-05-17",)),
    ),
    ("text", ENTRY % "<span class='published'>17 May 2024</span>", Microformats(published=("17 May 2024",))),
    (
        "comments have dates of their own",
        ENTRY % "<ol class='commentlist'><li class='comment'><span class='author vcard'><b class='fn'>Troll</b></span>"
        "<time class='published' datetime='2024-05-19'>Sun</time></li></ol>",
        NO_MICROFORMATS,
    ),
    (
        "the entry with the headline, of several",
        "<div class='hentry'><h2>Other</h2><i class='published'>1 May 2024</i></div>"
        "<div class='hentry'><h1>Flood</h1><i class='published'>2 May 2024</i></div>",
        Microformats(published=("2 May 2024",)),
    ),
    (
        "an entry inside another one is a part of it",
        ENTRY
        % "<h1>Flood</h1><i class='published'>2 May 2024</i><p class='hentry'><i class='published'>1 May 2024</i></p>",
        Microformats(published=("2 May 2024", "1 May 2024")),
    ),
    (
        "each once",
        ENTRY % "<i class='published'>2 May 2024</i><b class='published'>2 May 2024</b>",
        Microformats(("2 May 2024",)),
    ),
    ("a text that is no date", ENTRY % f"<p class='published'>{'word ' * 40}</p>", NO_MICROFORMATS),
]


@pytest.mark.parametrize(("markup", "stated"), [case[1:] for case in PAGES], ids=[case[0] for case in PAGES])
def test_what_an_entry_states(markup: str, stated: Microformats) -> None:
    root = read_tree(markup)
    assert root is not None
    assert read_microformats(ElementIndex(root, ELEMENT_MARKS)) == stated
