"""Captions of the page's pictures, each once.

A caption stands in a figcaption, in an element that is named so beside a picture, or alone with a picture in an
element that is named after pictures. Each counts once, in page order, however often galleries and lightboxes repeat
it; its credit is split off; logos, avatars and the teaser pictures of other stories never count.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.captions.caption_containers import (
    MAXIMUM_CAPTION,
    PICTURES,
    caption_containers,
    leads_elsewhere,
)
from crawler.extraction.captions.caption_parts import CREDIT_NAMES, MAXIMUM_CREDIT, divided, is_only_credit
from crawler.extraction.captions.credits import (
    clean_credit,
    is_names_only,
    looks_like_credit,
    split_credit,
    without_buttons,
)
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.soups import above, first_in, tags_in
from crawler.extraction.texts import squeezed, word_key
from model.story import Caption
from text.languages import alternatives
from text.written_markup import without_written_markup

_MAXIMUM_ATTRIBUTES = 40
_LABEL_TAGS = ("h2", "h3", "h4", "h5", "h6", "span", "div", "strong", "b", "p")
_LABEL_NAMES = frozenset({"kicker", "label", "title", "captiontitle", "headline", "heading"})
_NOISE = re.compile(
    rf"^(?:\d+\s*(?:/|{alternatives(lambda language: language.captions.counted_of)})\s*\d+\s*)"
    rf"|^(?:{alternatives(lambda language: language.captions.noise)})\s*[:.,]\s*",
    re.I,
)
_NO_CAPTION = re.compile(
    rf"^(?:{alternatives(lambda language: language.captions.byline_openings)})\s+\S+.{{0,60}}$"
    rf"|\b\d{{1,2}}[:.]\d\d\s*(?:{alternatives(lambda language: language.dates.o_clock)}|h|am|pm)\b"
    rf"|^(?:{alternatives(lambda language: language.captions.lone_labels)})\W*$|^\d{{1,2}}:\d\d(?: min\.?)?$"
    rf"|{alternatives(lambda language: language.captions.no_captions)}",
    re.I,
)
_ELSEWHERE = re.compile(rf"^(?:{alternatives(lambda language: language.captions.elsewhere)})\b", re.I)


class FoundCaptions(NamedTuple):
    """The captions and the elements of the soup (by id) that are nothing but caption."""

    captions: list[Caption]
    consumed: frozenset[int]


NO_CAPTIONS = FoundCaptions([], frozenset())
"""What a page without captions holds."""


def read_captions(document: Document, region: Tag) -> FoundCaptions:
    """Every caption of the region once, in page order."""
    found: dict[str, Caption] = {}
    consumed: set[int] = set()
    pictured: set[int] = set()
    for container in caption_containers(region):
        consumed.add(id(container))
        caption = None if leads_elsewhere(document, container) else _read_container(document, container)
        if caption:
            _remember(found, caption)
            pictured.add(id(_picture_of(container)))
    captions = list(found.values())
    lead = _caption_of_lead(document, region, pictured) if captions else None
    if lead and word_key(lead.text) not in found:
        captions.insert(0, lead)
    return FoundCaptions(captions, frozenset(consumed))


def unshown_captions(document: Document, region: Tag | None) -> list[Caption]:
    """Captions that the page does not show: in attributes of its pictures, with their credit, and in JSON-LD."""
    found: dict[str, Caption] = {}
    for image in islice(tags_in(region, "img", "amp-img"), _MAXIMUM_ATTRIBUTES) if region is not None else ():
        for caption in _in_attributes(document, image):
            _remember(found, caption)
    for node in document.stories[:1]:
        images = node.get("image")
        for item in images if isinstance(images, list) else [images]:
            if isinstance(item, dict) and isinstance(item.get("caption"), str):
                text, credit = split_credit(squeezed(without_written_markup(item["caption"])))
                if len(text.split()) > 3 and _is_caption(text, credit):
                    credit = credit or jsonld.first_string(item.get("creditText"))
                    _remember(found, Caption(text=text, credit=credit))
    return list(found.values())


def linked_captions(document: Document) -> list[Caption]:
    """Captions that the feed or sitemap told which led to the page, read as those of pages are."""
    found: dict[str, Caption] = {}
    for caption in document.page.link.captions:
        text, credit = split_credit(caption.text)
        if _is_caption(text, credit):
            _remember(found, caption.model_copy(update={"text": text, "credit": caption.credit or credit}))
    return list(found.values())


def _in_attributes(document: Document, image: Tag) -> Iterator[Caption]:
    """What the attributes of a picture say, where a credit or their name shows that it is its caption."""
    address = document.absolute(str(image.get("src") or "") or None)
    for name in ("data-caption", "title", "alt"):
        text, credit = split_credit(squeezed(without_written_markup(str(image.get(name) or ""))))
        if len(text.split()) > 3 and (credit or name == "data-caption") and _is_caption(text, credit):
            yield Caption(text=text, credit=credit, image_url=address)


def _caption_of_lead(document: Document, region: Tag, pictured: set[int]) -> Caption | None:
    """The caption in the attributes of the page's first picture, where the page shows none for it."""
    image = first_in(region, "img", "amp-img")
    if (
        image is None
        or id(image) in pictured
        or above(image, "a") is not None
        or above(image, "figcaption") is not None
    ):
        return None
    figure = above(image, "figure")
    if figure is not None and figure.get_text(strip=True):
        return None
    return next(_in_attributes(document, image), None)


def _remember(found: dict[str, Caption], caption: Caption) -> None:
    """Keep a caption unless it is there already, in full or cut short."""
    key = word_key(caption.text)
    cut_short = caption.text.endswith(("…", "..."))
    for known_key, known in found.items():
        if known_key == key or (cut_short and known_key.startswith(key)):
            if known.credit is None and caption.credit:
                found[known_key] = known.model_copy(update={"credit": caption.credit})
            return
    found[key] = caption


def _read_container(document: Document, container: Tag) -> Caption | None:
    text, credit = divided(container)
    while (match := _NOISE.match(text)) and match[0]:
        text = text[match.end() :].strip()
    text = without_buttons(text)
    caption, further = split_credit(text)
    if further and credit is None:
        text, credit = caption, further
    elif further and credit:
        known, more = word_key(credit), word_key(further)
        if more in known or known in more:
            text, credit = caption, max(credit, further, key=len)
    if credit is None:
        credit = _neighbour_credit(container) or _attribute_credit(container)
    label, text = _split_label(container, text)
    text = without_written_markup(text).strip(" -–|")
    if not _is_caption(text, credit) or _ELSEWHERE.match(label or text):
        return None
    if is_names_only(text) and is_only_credit(container):
        return None
    credit = without_written_markup(credit) if credit else None
    label = without_written_markup(label) if label else None
    return Caption(text=text, credit=credit, label=label, image_url=_image_address(document, _picture_of(container)))


def _is_caption(text: str, credit: str | None) -> bool:
    if not text or len(text) > MAXIMUM_CAPTION or not re.search(r"\w\w", text):
        return False
    return (credit is not None or not (looks_like_credit(text) and len(text) < 60)) and not _NO_CAPTION.search(text)


def _neighbour_credit(container: Tag) -> str | None:
    """A credit that stands beside the caption, in the same figure or in the next element."""
    figure = above(container, "figure") or _holder(container)
    if figure is None or len(figure.get_text()) > 1200 or figure.name in ("body", "article", "main"):
        return None
    for element in tags_in(figure, "span", "div", "p", "small", "footer", "cite", "figcaption"):
        if element is container or container in element.parents or element in container.parents:
            continue
        text = squeezed(element.get_text(" "))
        if first_in(element, "span", "div", "p") is not None and not looks_like_credit(text):
            continue
        if 2 < len(text) < MAXIMUM_CREDIT and (
            not element_names(element).isdisjoint(CREDIT_NAMES) or element.name == "footer" or looks_like_credit(text)
        ):
            return clean_credit(text)
    return None


def _holder(container: Tag) -> Tag | None:
    """The element around the caption and its picture: the parent, or the one above that holds hardly more text."""
    parent = container.parent
    if parent is None or first_in(parent, *PICTURES) is not None:
        return parent
    above_it = parent.parent
    if above_it is None or len(above_it.get_text(strip=True)) > len(container.get_text(strip=True)) + MAXIMUM_CREDIT:
        return None
    return above_it if first_in(above_it, *PICTURES) is not None else None


def _attribute_credit(container: Tag) -> str | None:
    """A credit in the title or alternative text of the picture."""
    image = first_in(container, "img") or (first_in(container.parent, "img") if container.parent else None)
    if not isinstance(image, Tag):
        return None
    told = (split_credit(squeezed(str(image.get(name) or "")))[1] for name in ("title", "alt"))
    return next((credit for credit in told if credit), None)


def _split_label(container: Tag, text: str) -> tuple[str | None, str]:
    """A short title above the caption, marked as one, and the rest."""
    for element in islice(tags_in(container, *_LABEL_TAGS), 6):
        if (
            element.name in ("strong", "b")
            or element.name[0] == "h"
            or not element_names(element).isdisjoint(_LABEL_NAMES)
        ):
            label = squeezed(element.get_text(" "))
            rest = text[len(label) :].lstrip(" :–—-|")
            if 2 < len(label) <= 60 and text.startswith(label) and len(rest) > len(label) and _begins(rest):
                if text[len(label) : len(label) + 1] == "," or not re.match(r"\W*\s", text[len(label) :]):
                    return None, text
                return label.rstrip(" :"), rest
    return None, text


def _begins(text: str) -> bool:
    """Whether a text begins as a sentence does: with a capital, or with a letter that has no case."""
    letter = next((character for character in text if character.isalpha()), "")
    return text[:1].isupper() or (letter.isalpha() and letter.lower() == letter.upper())


def _picture_of(container: Tag) -> Tag | None:
    """The picture that a caption belongs to: the nearest one inside, right before it or around."""
    around: Tag | None = container
    for _ in range(4):
        if around is None:
            return None
        before = around.find_previous_sibling()
        image = first_in(around, "img", "amp-img")
        if image is None and before is not None and not before.get_text(strip=True):
            image = before if before.name in ("img", "amp-img") else first_in(before, "img", "amp-img")
        if image is not None:
            return image
        around = around.parent
    return None


def _image_address(document: Document, image: Tag | None) -> str | None:
    if image is None:
        return None
    for name in ("data-src", "data-original", "data-lazy-src", "src"):
        address = image.get(name)
        if isinstance(address, str) and address and not address.startswith("data:"):
            return document.absolute(address)
    return None
