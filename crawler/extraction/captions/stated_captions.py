"""Stated captions: what a page says of its pictures without showing it.

In attributes of a picture and of the link or figure around it (for lightboxes), in JSON-LD and in meta elements of
microdata. Attributes named after captions say one; of titles and alternative texts a credit has to tell that they do.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from bs4.element import Tag

from crawler.extraction.captions.caption_texts import is_caption
from crawler.extraction.captions.credits import clean_credit, split_credit
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.texts import squeezed, word_key
from model.story import Caption
from text.written_markup import without_written_markup

_NAMED_CAPTION = re.compile(r"data-[a-z-]*caption|data-sub-html")
_NAMED_CREDIT = re.compile(r"data-[a-z-]*(?:credit|copyright|photographer)")
_LIGHTBOX = re.compile(r"light-?box|fancybox|gallery|prettyphoto|thickbox|swipe", re.I)
_HOLDERS = ("a", "figure")
_CREDIT_KEYS = ("creditText", "copyrightHolder", "copyrightNotice", "creator", "author", "contributor")
_FEWEST_WORDS = 4
_LONGEST_ATTRIBUTE = 4_000


def attribute_captions(document: Document, image: Tag, *, named_only: bool = False) -> Iterator[Caption]:
    """What the attributes of a picture, and of the link or figure around it, say as its caption.

    `named_only` leaves out titles and alternative texts.
    """
    around = [parent for parent in islice(image.parents, 3) if parent.name in _HOLDERS]
    credit = _told_credit([image, *around])
    for text, named in _told([image, *around]):
        if named_only and not named:
            continue
        told = squeezed(without_written_markup(text))
        if told.count(" ") < _FEWEST_WORDS - 2:  # a credit taken out from between two words parts them
            continue
        caption, split = split_credit(told)
        known = split or (credit if named else None)
        if len(caption.split()) >= _FEWEST_WORDS and (known or named) and is_caption(caption, known):
            address = document.absolute(str(image.get("src") or ""))
            yield Caption(text=caption, credit=known, image_url=address)


def _told(elements: list[Tag]) -> Iterator[tuple[str, bool]]:
    """The texts in the attributes of elements, each with whether its name says that it is a caption."""
    for element in elements:
        for name, value in element.attrs.items():
            if _NAMED_CAPTION.fullmatch(name) and isinstance(value, str) and 0 < len(value) < _LONGEST_ATTRIBUTE:
                yield value, True
    for element in elements:
        lightbox = element.name == "a" and _LIGHTBOX.search(f"{element.get('class')} {element.get('rel')}")
        if element.name == "img" or element.name == "amp-img" or lightbox:
            yield from ((str(element.get(name) or "")[:_LONGEST_ATTRIBUTE], False) for name in ("title", "alt"))


def _told_credit(elements: list[Tag]) -> str | None:
    values = (
        clean_credit(squeezed(without_written_markup(value)))
        for element in elements
        for name, value in element.attrs.items()
        if _NAMED_CREDIT.fullmatch(name) and isinstance(value, str) and 0 < len(value) < _LONGEST_ATTRIBUTE
    )
    return next((value for value in values if value), None)


def attribute_credit(container: Tag, image: Tag | None) -> str | None:
    """The credit in the attributes of a caption's element, of its picture and of the figure around them."""
    around = [parent for parent in islice(container.parents, 2) if parent.name in _HOLDERS]
    told = _told_credit([container, *([image] if image is not None else []), *around])
    if told or image is None:
        return told
    split = (split_credit(squeezed(str(image.get(name) or "")))[1] for name in ("title", "alt"))
    return next((credit for credit in split if credit), None)


def data_captions(document: Document) -> list[Caption]:
    """The captions of the story's pictures in JSON-LD, else in meta elements of microdata."""
    found = [caption for node in _image_nodes(document) if (caption := _of_node(node))]
    texts, credits = document.microdata.get("caption", ()), document.microdata.get("copyrightHolder", ())
    if not found and len(texts) == 1:
        credit = clean_credit(squeezed(credits[0])) if len(credits) == 1 else None
        text, split = split_credit(squeezed(without_written_markup(texts[0])))
        if is_caption(text, credit or split) and len(text.split()) >= _FEWEST_WORDS:
            found.append(Caption(text=text, credit=credit or split))
    return found


def data_texts(document: Document) -> list[str]:
    """The words by which JSON-LD and meta elements describe the story's pictures."""
    told = [text for node in _image_nodes(document) for text in jsonld.strings(node.get("caption"))]
    metas = [content for name in ("og:image:alt", "twitter:image:alt") for content in document.metas.get(name, ())]
    return [squeezed(without_written_markup(text)) for text in (*told, *metas)]


def _image_nodes(document: Document) -> list[dict[str, Any]]:
    """The nodes that describe pictures of the story: its own, and those apart that name a credit.

    Plug-ins put the alternative text into nodes apart where the picture has no caption.
    """
    own: list[dict[str, Any]] = []
    for node in document.stories[:1]:
        for key in ("image", "associatedMedia"):
            value = node.get(key)
            own += [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
    apart = [node for node in document.nodes if "imageobject" in jsonld.types(node) and _is_credited(node)]
    return [node for node in (*own, *apart) if node.get("caption") or _credit_of(node)]


def _is_credited(node: dict[str, Any]) -> bool:
    """Whether a picture's node names a credit, or one ends its caption."""
    told = node.get("caption")
    return _credit_of(node) is not None or (isinstance(told, str) and split_credit(squeezed(told))[1] is not None)


def _credit_of(node: dict[str, Any]) -> str | None:
    values = (jsonld.first_string(node.get(key)) for key in _CREDIT_KEYS)
    return next((credit for value in values if value and (credit := clean_credit(squeezed(value)))), None)


def _of_node(node: dict[str, Any]) -> Caption | None:
    credit = _credit_of(node)
    told = node.get("caption") or (node.get("description") if credit else None)
    if not isinstance(told, str):
        return None
    text, split = split_credit(squeezed(without_written_markup(told)))
    if len(text.split()) < _FEWEST_WORDS or not is_caption(text, split or credit):
        return None
    return Caption(text=text, credit=split or credit)


def without_told(text: str, told: list[str]) -> tuple[str, str] | None:
    """A caption that another statement of the page repeats at its beginning, and the rest of the text.

    >>> without_told("The flooded market. Jo Doe", ["The flooded market"])
    ('The flooded market.', 'Jo Doe')
    """
    key = word_key(text)
    for other in sorted(told, key=len, reverse=True):
        words = word_key(other)
        if len(words.split()) < _FEWEST_WORDS - 1 or not key.startswith(f"{words} "):
            continue
        end = _end_of(text, len(words.replace(" ", "")))
        if end is not None:
            return text[:end], text[end:]
    return None


def _end_of(text: str, letters: int) -> int | None:
    """Where so many characters of words end in a text, with the punctuation behind them."""
    seen = 0
    for at, character in enumerate(text):
        seen += character.isalnum() or character == "_"
        if seen == letters:
            end = at + 1
            while end < len(text) and text[end] in ".!?…。”\"'»’":
                end += 1
            return end
    return None
