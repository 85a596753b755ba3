"""What does the page say of its pictures?

A caption stands in a figcaption, in an element that is named so beside a picture, or alone with a picture in a box
that is named after pictures. Each counts once, in page order, however often galleries and lightboxes repeat it; its
credit is split off; logos, avatars and the teaser pictures of other stories never count.
"""

import re
from itertools import islice
from typing import NamedTuple

from bs4.element import NavigableString, Tag

from crawler.parsing import jsonld
from crawler.parsing.boxes import CAPTION_NAMES, MAXIMUM_CAPTION, PICTURES, caption_boxes, leads_elsewhere
from crawler.parsing.credits import clean_credit, is_names_only, looks_like_credit, split_credit
from crawler.parsing.document import Document
from crawler.parsing.furniture import element_names
from crawler.parsing.soups import above, first_in, tags_in
from crawler.parsing.texts import first_of_each, squeezed, without_markup, word_key
from index.story import Caption

_PAPER = re.compile(r"\b(?:News|Press|Shimbun|Times|Post|Agency|Media|Photos?|Images|Archives?|Herald|Tribune)$")
_MAXIMUM_ATTRIBUTES = 40
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
        *("distributor", "creditor", "provider", "copyrightholder", "fuente", "fonte", "agencia", "photographername"),
    }
)
_LABEL_TAGS = ("h2", "h3", "h4", "h5", "h6", "span", "div", "strong", "b", "p")
_LABEL_NAMES = frozenset({"kicker", "label", "title", "captiontitle", "headline", "heading"})
_NOISE = re.compile(
    r"^(?:\d+\s*(?:/|of|von|de|di|из)\s*\d+\s*)|^(?:open image in gallery|image \d+ of \d+|enlarge(?: this)? image|"
    r"toggle caption|hide caption|view (?:full )?gallery|click to enlarge|bild vergrößern|vergrößern|ampliar|"
    r"image caption,?|agrandir l'image|foto|image|video|photo|bild)\s*[:.,]\s*|"
    r"\s*(?:toggle caption|hide caption|enlarge this image|vis mer|visa mer|show more|näytä lisää|mehr anzeigen|"
    r"\[?\s*(?:mehr|more)\s*\]?)$",
    re.I,
)
_NO_CAPTION = re.compile(
    r"^(?:von|by|por|par|di)\s+\S+.{0,60}$|\b\d{1,2}[:.]\d\d\s*(?:uhr|h|am|pm)\b|^(?:powered by|advertisement|anzeige|"
    r"credit|photo|foto|bild|image|picture|video|share|teilen)\W*$|^\d{1,2}:\d\d(?: min\.?)?$|newsletter "
    r"promotion|^view \d+ images?$|^watch:?$",
    re.I,
)


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
    for box in caption_boxes(region):
        consumed.add(id(box))
        caption = None if leads_elsewhere(document, box) else _read_box(document, box)
        if caption:
            _remember(found, caption)
    return FoundCaptions(list(found.values()), frozenset(consumed))


def told_captions(document: Document, region: Tag | None) -> list[Caption]:
    """Captions that the page does not show: in attributes of its pictures, with their credit, and in JSON-LD."""
    found: dict[str, Caption] = {}
    for image in islice(tags_in(region, "img", "amp-img"), _MAXIMUM_ATTRIBUTES) if region is not None else ():
        address = document.absolute(str(image.get("src") or "") or None)
        for name in ("data-caption", "title", "alt"):
            text, credit = split_credit(squeezed(without_markup(str(image.get(name) or ""))))
            if len(text.split()) > 3 and (credit or name == "data-caption") and _is_caption(text, credit):
                _remember(found, Caption(text=text, credit=credit, image_url=address))
    for node in document.stories[:1]:
        images = node.get("image")
        for item in images if isinstance(images, list) else [images]:
            if isinstance(item, dict) and isinstance(item.get("caption"), str):
                text, credit = split_credit(squeezed(without_markup(item["caption"])))
                if len(text.split()) > 3 and _is_caption(text, credit):
                    credit = credit or jsonld.first_string(item.get("creditText"))
                    _remember(found, Caption(text=text, credit=credit))
    return list(found.values())


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


def _read_box(document: Document, box: Tag) -> Caption | None:
    segments: list[tuple[str, bool]] = []
    _collect(box, segments, False)
    text, credit = _divide([(squeezed(part), named) for part, named in segments])
    while (match := _NOISE.search(text)) and match[0]:
        text = (text[: match.start()] + text[match.end() :]).strip()
    caption, further = split_credit(text)
    if further and credit is None:
        text, credit = caption, further
    elif further and credit:
        known, more = word_key(credit), word_key(further)
        if more in known or known in more:
            text, credit = caption, max(credit, further, key=len)
    if credit is None:
        credit = _neighbour_credit(box) or _told_credit(box)
    label, text = _split_label(box, text)
    text = without_markup(text).strip(" -–|")
    if not _is_caption(text, credit):
        return None
    credit = without_markup(credit) if credit else None
    label = without_markup(label) if label else None
    return Caption(text=text, credit=credit, label=label, image_url=_image_address(document, box))


def _is_caption(text: str, credit: str | None) -> bool:
    if not text or len(text) > MAXIMUM_CAPTION or not re.search(r"\w\w", text):
        return False
    return (credit is not None or not (looks_like_credit(text) and len(text) < 60)) and not _NO_CAPTION.search(text)


def _divide(segments: list[tuple[str, bool]]) -> tuple[str, str | None]:
    """Text and credit of a box's segments: named credits and what stands behind one, else what looks like credit."""
    kept = first_of_each([segment for segment in segments if segment[0]], lambda segment: segment[0])
    if not any(named for _, named in kept):
        return _divide_unnamed([text for text, _ in kept])
    texts: list[str] = []
    credits: list[str] = []
    follows = False
    for text, named in kept:
        follows = named or (follows and (looks_like_credit(text) or is_names_only(text)))
        (credits if follows else texts).append(text)
    return " ".join(texts), clean_credit(" ".join(dict.fromkeys(credits)))


def _divide_unnamed(texts: list[str]) -> tuple[str, str | None]:
    credited = [text for text in texts if looks_like_credit(text)]
    if len(texts) > 1 and not credited and is_names_only(texts[-1]) and sum(map(len, texts[:-1])) > 25:
        credited = texts[-1:] if len(texts[-1].split()) < 6 else []
    if len(texts) > 1 and not credited and _PAPER.search(texts[0]) and is_names_only(texts[0]):
        credited = texts[:1] if len(texts[1]) > 60 and texts[-1].endswith(".") else []
    if credited and len(credited) < len(texts):
        return " ".join(text for text in texts if text not in credited), clean_credit(credited[0])
    return " ".join(texts), None


def _collect(element: Tag, segments: list[tuple[str, bool]], named: bool) -> None:
    """The texts of a box in order, each with whether it stands in an element named as credit."""
    buffer: list[str] = []

    def flush() -> None:
        if buffer:
            segments.append(("".join(buffer), named))
            buffer.clear()

    for child in element.children:
        if isinstance(child, NavigableString):
            buffer.append(str(child))
        elif isinstance(child, Tag) and child.name not in ("img", "picture", "noscript", "video", "button"):
            names = element_names(child)
            is_credit = named or child.name in ("cite", "footer") or _is_credit_named(child, names)
            inline = (
                child.name in ("a", "b", "i", "em", "strong", "u", "sup", "sub", "mark", "abbr", "font")
                and not is_credit
            )
            if inline and first_in(child) is None:
                buffer.append(child.get_text())
            elif child.name == "br":
                buffer.append(" ")
            else:
                flush()
                _collect(child, segments, is_credit)
    flush()


def _is_credit_named(element: Tag, names: frozenset[str]) -> bool:
    if names.isdisjoint(_CREDIT_NAMES) or len(element.get_text()) > 200:
        return False
    if names.isdisjoint(CAPTION_NAMES):
        return True
    inner = list(tags_in(element, "span", "div", "p"))
    return bool(names & {"credit", "credits", "copyright"}) and all(
        element_names(child).isdisjoint(CAPTION_NAMES) for child in inner
    )


def _neighbour_credit(box: Tag) -> str | None:
    """A credit that stands beside the caption, in the same figure or in the next element."""
    figure = above(box, "figure") or (box.parent if box.parent and first_in(box.parent, *PICTURES) else None)
    if not isinstance(figure, Tag) or len(figure.get_text()) > 1200 or figure.name in ("body", "article", "main"):
        return None
    for element in tags_in(figure, "span", "div", "p", "small", "footer", "cite", "figcaption"):
        if element is box or box in element.parents or element in box.parents:
            continue
        text = squeezed(element.get_text(" "))
        if first_in(element, "span", "div", "p") is not None and not looks_like_credit(text):
            continue
        if 2 < len(text) < 120 and (
            not element_names(element).isdisjoint(_CREDIT_NAMES) or element.name == "footer" or looks_like_credit(text)
        ):
            return clean_credit(text)
    return None


def _told_credit(box: Tag) -> str | None:
    """A credit in the title or alternative text of the picture."""
    image = first_in(box, "img") or (first_in(box.parent, "img") if box.parent else None)
    if not isinstance(image, Tag):
        return None
    told = (split_credit(squeezed(str(image.get(name) or "")))[1] for name in ("title", "alt"))
    return next((credit for credit in told if credit), None)


def _split_label(box: Tag, text: str) -> tuple[str | None, str]:
    """A short title above the caption, marked as one, and the rest."""
    for element in islice(tags_in(box, *_LABEL_TAGS), 6):
        if (
            element.name in ("strong", "b")
            or element.name[0] == "h"
            or not element_names(element).isdisjoint(_LABEL_NAMES)
        ):
            label = squeezed(element.get_text(" "))
            rest = text[len(label) :].lstrip(" :–—-|")
            if 2 < len(label) <= 60 and text.startswith(label) and len(rest) > len(label) and rest[:1].isupper():
                if text[len(label) : len(label) + 1] == "," or not re.match(r"\W*\s", text[len(label) :]):
                    return None, text
                return label.rstrip(" :"), rest
    return None, text


def _image_address(document: Document, box: Tag) -> str | None:
    parent: Tag | None = box
    for _ in range(4):
        if parent is None:
            return None
        image = first_in(parent, "img", "amp-img")
        if isinstance(image, Tag):
            for name in ("data-src", "data-original", "data-lazy-src", "src"):
                address = image.get(name)
                if isinstance(address, str) and address and not address.startswith("data:"):
                    return document.absolute(address)
        parent = parent.parent
    return None
