"""What does the page say of its pictures?"""

from bs4.element import Tag

from crawler.parsing.document import Document
from index.story import Caption
from index.text import clean_text


def read_captions(document: Document, container: Tag) -> list[Caption]:
    """Every caption once, in page order."""
    found: dict[str, Caption] = {}
    for figure in container.find_all("figcaption"):
        text = clean_text(figure.get_text(" "))
        if text:
            found.setdefault(text, Caption(text=text))
    return list(found.values())
