"""What does the page say of its pictures?

A caption stands in a figcaption, in an element that is named so beside a picture, or in a picture's own attributes.
Each counts once, in page order, however often galleries and lightboxes repeat it; its credit is split off; logos,
avatars and the teaser pictures of other stories never count.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bs4.element import NavigableString, Tag

from crawler.parsing.credits import clean_credit, looks_like_credit, split_credit
from crawler.parsing.document import Document
from crawler.parsing.furniture import element_names
from crawler.parsing.headline import word_key
from index.story import Caption
from index.text import clean_text

_CAPTION_NAMES = frozenset(
    {
        *(
            "caption",
            "captions",
            "captiontext",
            "legend",
            "legende",
            "bildunterschrift",
            "bildtext",
            "cutline",
            "imgcaption",
        ),
        *(
            "imagecaption",
            "photocaption",
            "pictext",
            "imagetext",
            "imgdesc",
            "imagedescription",
            "infodescription",
            "didascalia",
        ),
        *(
            "pie",
            "piefoto",
            "bildetekst",
            "billedtekst",
            "kuvateksti",
            "onderschrift",
            "bijschrift",
            "figcaption",
            "medialead",
        ),
    }
)
_CREDIT_NAMES = frozenset(
    {
        *("credit", "credits", "copyright", "photographer", "photographers", "fotograf", "photocredit", "imagecredit"),
        *("source", "quelle", "byline", "author", "agency", "rights", "rightsholder", "attribution", "owner", "autor"),
        *(
            "fotocredit",
            "bildnachweis",
            "urheber",
            "auteur",
            "firma",
            "photoby",
            "creditline",
            "courtesy",
            "fotoquelle",
        ),
    }
)
_LABEL_NAMES = frozenset({"kicker", "label", "title", "headline", "caption-title", "captiontitle", "heading"})
_NOISE = re.compile(
    r"^(?:\d+\s*(?:/|of|von|de|di|из)\s*\d+\s*)|^(?:open image in gallery|image \d+ of \d+|enlarge(?: this)? image|toggle caption|"
    r"hide caption|view (?:full )?gallery|click to enlarge|bild vergrößern|vergrößern|ampliar|agrandir l'image)\s*[:.]?\s*|"
    r"\s*(?:toggle caption|hide caption|enlarge this image|\[?\s*(?:mehr|more)\s*\]?)$",
    re.I,
)
_MAXIMUM_CAPTION = 1500


class FoundCaptions(NamedTuple):
    """The captions and the elements of the soup (by id) that are nothing but caption."""

    captions: list[Caption]
    consumed: frozenset[int]


def read_captions(document: Document, region: Tag) -> FoundCaptions:
    """Every caption of the region once, in page order."""
    found: dict[str, Caption] = {}
    consumed: set[int] = set()
    for box in _boxes(region):
        consumed.add(id(box))
        caption = _read_box(document, box)
        if caption:
            _remember(found, caption)
    return FoundCaptions(list(found.values()), frozenset(consumed))


def _remember(found: dict[str, Caption], caption: Caption) -> None:
    """Keep a caption unless it is there already, alone or as part of a longer one."""
    key = word_key(caption.text)
    known = found.get(key)
    if known is None:
        found[key] = caption
    elif known.credit is None and caption.credit:
        found[key] = known.model_copy(update={"credit": caption.credit})


def _boxes(region: Tag) -> Iterator[Tag]:
    """The outermost elements that hold a caption."""
    taken: set[int] = set()
    for element in region.find_all(True):
        if any(id(parent) in taken for parent in element.parents):
            continue
        if element.name == "figcaption" or (element.name != "figure" and _is_caption_named(element)):
            taken.add(id(element))
            yield element


def _is_caption_named(element: Tag) -> bool:
    if element.name in ("img", "body", "html", "article", "section", "main", "picture", "ul", "ol", "a"):
        return False
    names = element_names(element)
    if not names or names.isdisjoint(_CAPTION_NAMES):
        return False
    if element.find("p") is not None and len(element.find_all("p")) > 3:
        return False
    return len(element.get_text()) < _MAXIMUM_CAPTION and _near_picture(element)


def _near_picture(element: Tag) -> bool:
    parent: Tag | None = element
    for _ in range(4):
        if parent is None:
            return False
        if parent.find(["img", "amp-img", "picture", "video", "amp-video"]) is not None:
            return True
        parent = parent.parent
    return False


def _read_box(document: Document, box: Tag) -> Caption | None:
    text_parts: list[str] = []
    credit_parts: list[str] = []
    _collect(box, text_parts, credit_parts)
    text = clean_text("".join(text_parts)) or ""
    credit = clean_text(" ".join(credit_parts))
    while _NOISE.search(text):
        shorter = _NOISE.sub("", text).strip()
        if shorter == text:
            break
        text = shorter
    if credit:
        credit = clean_credit(credit)
        caption, further = split_credit(text)
        if further and credit and word_key(further) in word_key(credit) or (further and not credit):
            text, credit = caption, credit or further
        elif credit and word_key(text).endswith(word_key(credit)) and len(credit) > 3:
            text = caption
    elif text:
        text, credit = split_credit(text)
    if not text or len(text) > _MAXIMUM_CAPTION or not re.search(r"\w\w", text) or looks_like_credit(text):
        return None
    return Caption(text=text, credit=credit, image_url=_image_address(document, box))


def _collect(element: Tag, text: list[str], credit: list[str]) -> None:
    for child in element.children:
        if isinstance(child, NavigableString):
            text.append(str(child))
        elif isinstance(child, Tag):
            if child.name in ("h1", "br", "p", "div", "li"):
                text.append(" ")
            if child.name in ("img", "picture", "noscript"):
                continue
            inner = child.get_text()
            if (
                not element_names(child).isdisjoint(_CREDIT_NAMES)
                and len(inner) < 200
                and "caption" not in element_names(child)
            ):
                credit.append(inner)
                credit.append(" ")
            else:
                _collect(child, text, credit)
                text.append(" " if child.name in ("p", "div", "span", "li") else "")


def _image_address(document: Document, box: Tag) -> str | None:
    parent: Tag | None = box
    for _ in range(4):
        if parent is None:
            return None
        image = parent.find(["img", "amp-img"])
        if isinstance(image, Tag):
            for name in ("data-src", "data-original", "data-lazy-src", "src"):
                address = image.get(name)
                if isinstance(address, str) and not address.startswith("data:"):
                    return document.absolute(address)
        parent = parent.parent
    return None
