"""Caption containers: the elements that hold the caption of one picture.

A figcaption; an element that is named so beside a picture; an element that is named after pictures and holds one with a
line or two of text; and, where no name says anything, the element around a single picture whose text the alternative
text repeats, or a credit marks, or that stands apart from prose in paragraphs.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.captions.credits import looks_like_credit, split_credit
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import STORY_MARK, above, first_in, tags_in
from crawler.extraction.texts import squeezed, word_key
from text.languages import alternatives

CAPTION_NAMES = named_for("caption")
_PICTURE_NAMES = named_for("picture")
_CONTAINER_NAMES = CAPTION_NAMES | _PICTURE_NAMES
_PERSON_NAMES = named_for("person")
_DATED = re.compile(rf"\b\d{{1,2}}[:.]\d\d\b|\b(?:{alternatives(lambda language: language.captions.dated)})\b", re.I)
PICTURES = ("img", "amp-img", "picture", "video", "amp-video", "source")
_HEADINGS = ("h2", "h3", "h4", "h5")
_MAXIMUM_CONTAINER = 700
_MAXIMUM_LINE = 350
_MAXIMUM_PICTURES = 200
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.I)
MAXIMUM_CAPTION = 1500


def caption_containers(region: Tag) -> Iterator[Tag]:
    """The outermost elements that hold one picture's caption."""
    units = {
        id(unit)
        for image in islice(tags_in(region, "img", "amp-img"), _MAXIMUM_PICTURES)
        if (unit := _picture_unit(image))
    }
    containers = 0
    waiting = [region]
    while waiting and containers < _MAXIMUM_PICTURES:
        element = waiting.pop()
        if element is not region and (id(element) in units or _is_container(element)):
            containers += 1
            yield element
        else:
            waiting.extend(child for child in reversed(element.contents) if isinstance(child, Tag))


def _is_container(element: Tag) -> bool:
    name = element.name
    if name == "figcaption":
        figure = above(element, "figure")
        return figure is None or first_in(figure, "blockquote") is None or first_in(figure, *PICTURES) is not None
    if name == "figure":
        if first_in(element, "figcaption", "blockquote", "table", "pre") is not None:
            return False
        return 5 < len(element.get_text(strip=True)) < _MAXIMUM_CONTAINER
    if name in ("img", "body", "html", "article", "section", "main", "picture", "ul", "ol", "a", "header", "source"):
        return False
    names = element_names(element)
    if names.isdisjoint(_CONTAINER_NAMES) or first_in(element, "figcaption") is not None:
        return False
    if not names.isdisjoint(CAPTION_NAMES):
        return (
            len(list(tags_in(element, "p"))) < 4
            and len(element.get_text()) < MAXIMUM_CAPTION
            and _near_picture(element)
        )
    return not names.isdisjoint(_PICTURE_NAMES) and _is_picture_container(element)


def _is_picture_container(element: Tag) -> bool:
    """Whether a container named after pictures holds a picture and a line or two of text, nothing else."""
    if first_in(element, *PICTURES) is None or first_in(element, "figure", "figcaption", *_HEADINGS, "ul", "table"):
        return False
    if _holds_named(element):
        return False
    text = element.get_text(" ", strip=True)
    return 15 < len(text) < _MAXIMUM_CONTAINER and len(list(tags_in(element, "p"))) < 3


def _holds_named(element: Tag) -> bool:
    """Whether an element inside is named as a caption: then that one is the container."""
    return any(
        not element_names(child).isdisjoint(CAPTION_NAMES) for child in tags_in(element, "div", "span", "p", "em")
    )


def _picture_unit(image: Tag) -> Tag | None:
    """The element around one picture in which its caption stands, where no name says so.

    It holds that picture alone and a little text, of which the alternative text repeats most or a part is a credit.
    """
    if above(image, "figure") is not None:
        return None
    if line := _line_behind(image):
        return line
    found = None
    for parent in list(image.parents)[:6]:
        text = parent.get_text(" ", strip=True)
        if parent.name in ("body", "article", "main", "p", "li") or len(text) > _MAXIMUM_CONTAINER:
            break
        if parent.has_attr(STORY_MARK) or len(list(islice(tags_in(parent, "p"), 2))) > 1:
            break
        if len({str(item.get("src")) for item in tags_in(parent, "img")}) > 1 or first_in(parent, "h1", "h2", "h3"):
            break
        if len(text) > 15 and parent.name != "a":
            found = parent
    if found is None or _holds_named(found):
        return None
    if not _PERSON_NAMES.isdisjoint(element_names(image) | element_names(found)) or _DATED.search(found.get_text(" ")):
        return None
    if sum(len(link.get_text(strip=True)) for link in tags_in(found, "a")) > 0.5 * len(found.get_text(strip=True)):
        return None
    told = f"{image.get('alt') or ''} {image.get('title') or ''}"
    words = set(word_key(told).split())
    said = word_key(found.get_text(" ")).split()
    repeated = len(said) > 3 and sum(word in words for word in said) > 0.7 * len(said)
    credited = split_credit(told)[1] or any(looks_like_credit(squeezed(string)) for string in found.strings)
    return found if repeated or credited or _ends_in_credit(found) or _stands_apart(image, found) else None


def _line_behind(image: Tag) -> Tag | None:
    """The paragraph behind a paragraph that is nothing but the picture, where it is short and ends in a credit.

    More prose has to follow it: at the end of a story the agency in brackets is the story's.
    """
    around = image.parent
    while around is not None and around.name in ("a", "picture", "span", "strong", "b", "center", "font"):
        around = around.parent
    if around is None or around.name not in ("p", "div") or around.get_text(strip=True):
        return None
    line = around.find_next_sibling()
    if line is None or line.name != "p" or line.find_next_sibling("p") is None or first_in(line, "img") is not None:
        return None
    return line if _ends_in_credit(line) else None


def _ends_in_credit(element: Tag) -> bool:
    """Whether a short text ends in a credit in brackets."""
    text = squeezed(element.get_text(" "))
    return 15 < len(text) < _MAXIMUM_LINE and text[-1] in ")]）】" and bool(split_credit(text)[1])


def _stands_apart(image: Tag, unit: Tag) -> bool:
    """Whether a large picture has a line or two of text of its own among prose that stands in paragraphs."""
    width = str(image.get("width") or "1000").removesuffix("px")
    large = not width.isdigit() or int(width) >= 300
    text = unit.get_text(" ", strip=True)
    return (
        large
        and above(image, "a") is None
        and first_in(unit, "p") is None
        and len(text) < 300
        and len(text.split()) > 2
    )


def _near_picture(element: Tag) -> bool:
    parent: Tag | None = element
    for _ in range(5):
        if parent is None:
            return False
        if first_in(parent, *PICTURES) is not None or not element_names(parent).isdisjoint(_PICTURE_NAMES):
            return True
        parent = parent.parent
    return False


def leads_elsewhere(document: Document, container: Tag) -> bool:
    """Whether the caption's text is a link to another page: then it teases that page."""
    link = above(container, "a")
    if link is None:
        text = container.get_text(strip=True)
        links = list(tags_in(container, "a"))
        linked = sum(len(item.get_text(strip=True)) for item in links)
        if not text or linked < 0.7 * len(text):
            return False
        link = links[0]
    try:
        parts = urlsplit(str(link.get("href") or ""))
    except ValueError:
        return False
    if not parts.path or _IMAGE_FILE.search(parts.path) or parts.scheme == "javascript":
        return False
    return parts.path.rstrip("/") != urlsplit(document.url).path.rstrip("/")
