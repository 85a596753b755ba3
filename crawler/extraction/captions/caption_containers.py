"""Caption containers: the elements that hold the caption of one picture.

A figcaption; an element that is named so beside a picture; an element that is named after pictures and holds one with a
line or two of text; and, where no name says anything, the element around a single picture whose text the alternative
text repeats, or a credit marks, or that stands apart from prose in paragraphs.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.captions.caption_texts import MAXIMUM_CAPTION
from crawler.extraction.captions.credits import split_credit
from crawler.extraction.captions.picture_units import (
    CAPTION_NAMES,
    LONGEST_UNIT,
    MOST_PICTURES,
    PICTURES,
    holds_named_caption,
    holds_prose,
    holds_several_pictures,
    leads_to_picture,
    picture_count,
    unnamed_units,
)
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import above, first_in, tags_in
from crawler.extraction.texts import squeezed

PICTURE_NAMES = named_for("picture")
_CONTAINER_NAMES = CAPTION_NAMES | PICTURE_NAMES
_QUOTATION = 40
_SLIDES = frozenset({"slide", "slides", "slideshow", "gallery", "galerie", "carousel", "photos"})
_LONGEST_SLIDE = 400
_HEADINGS = ("h2", "h3", "h4", "h5")
_NO_CONTAINER = frozenset({"img", "body", "html", "article", "section", "main", "picture", "ul", "ol", "a", "header"})


def caption_containers(region: Tag, images: Sequence[Tag]) -> Iterator[Tag]:
    """The outermost elements that hold one picture's caption; `images` are all pictures of the region."""
    units = unnamed_units(region, images)
    containers = 0
    waiting = region.contents[::-1]
    while waiting and containers < MOST_PICTURES:
        element = waiting.pop()
        if not isinstance(element, Tag):
            continue
        if id(element) in units or _is_container(element):
            containers += 1
            yield element
        else:
            waiting += element.contents[::-1]


def _is_container(element: Tag) -> bool:
    name = element.name
    if name == "figcaption":
        figure = above(element, "figure")
        quotation = first_in(figure, "blockquote") if figure is not None else None
        if quotation is None or figure is None:
            return True
        return first_in(figure, *PICTURES) is not None and len(quotation.get_text(strip=True)) < _QUOTATION
    if name == "figure":
        if first_in(element, "figcaption", "blockquote", "table", "pre") is not None:
            return False
        if holds_several_pictures(element) and holds_named_caption(element):
            return False
        return 5 < len(element.get_text(strip=True)) < LONGEST_UNIT
    if name in _NO_CONTAINER:
        return False
    if name == "li" and _is_slide(element):
        return True
    names = element_names(element)
    if names.isdisjoint(_CONTAINER_NAMES) or first_in(element, "figcaption") is not None:
        return False
    figure = above(element, "figure")
    if figure is not None and names.isdisjoint(CAPTION_NAMES) and first_in(figure, "figcaption") is not None:
        return False
    if not names.isdisjoint(CAPTION_NAMES):
        return (
            len(list(tags_in(element, "p"))) < 4
            and len(element.get_text()) < MAXIMUM_CAPTION
            and _near_picture(element)
        )
    return not names.isdisjoint(PICTURE_NAMES) and _is_picture_container(element)


def _is_slide(element: Tag) -> bool:
    """Whether an item of a gallery's list holds one picture and a text of its own; a heading above makes it a card."""
    around = element.parent
    if around is None or picture_count(element) != 1 or holds_named_caption(element):
        return False
    if first_in(element, "img", "amp-img", *_HEADINGS) is not first_in(element, "img", "amp-img"):
        return False
    if (element_names(element) | element_names(around)).isdisjoint(_SLIDES) or first_in(element, "figcaption"):
        return False
    return first_in(element, "a") is None and len(element.get_text(strip=True)) < _LONGEST_SLIDE


def _is_picture_container(element: Tag) -> bool:
    """Whether a container named after pictures holds a picture and a line or two of text, nothing else."""
    if first_in(element, *PICTURES) is None or first_in(element, "figure", "figcaption", *_HEADINGS, "ul", "table"):
        return False
    if holds_named_caption(element) or holds_several_pictures(element) or holds_prose(element):
        return False
    text = element.get_text(" ", strip=True)
    return 15 < len(text) < LONGEST_UNIT and len(list(tags_in(element, "p"))) < 3


def _near_picture(element: Tag) -> bool:
    parent: Tag | None = element
    for _ in range(5):
        if parent is None:
            return False
        if first_in(parent, *PICTURES) is not None or not element_names(parent).isdisjoint(PICTURE_NAMES):
            return True
        parent = parent.parent
    return False


def leads_elsewhere(document: Document, container: Tag) -> bool:
    """Whether the caption's text is a link to another page: then it teases that page.

    A credit behind the text says that it is a caption, whose picture leads to a gallery.
    """
    link = above(container, "a")
    if link is None:
        text = container.get_text(strip=True)
        links = list(tags_in(container, "a"))
        linked = sum(len(item.get_text(strip=True)) for item in links)
        if not text or linked < 0.7 * len(text):
            return False
        link = links[0]
    elif container.name == "figcaption" and split_credit(squeezed(container.get_text(" ")))[1]:
        return False
    if leads_to_picture(link):
        return False
    try:
        parts = urlsplit(str(link.get("href") or ""))
    except ValueError:
        return False
    if not parts.path or parts.scheme == "javascript":
        return False
    return parts.path.rstrip("/") != urlsplit(document.url).path.rstrip("/")
