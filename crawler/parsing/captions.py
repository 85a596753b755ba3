"""What does the page say of its pictures?

A caption stands in a figcaption, in an element that is named so beside a picture, or alone with a picture in a box
that is named after pictures. Each counts once, in page order, however often galleries and lightboxes repeat it; its
credit is split off; logos, avatars and the teaser pictures of other stories never count.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4.element import NavigableString, Tag

from crawler.parsing.credits import clean_credit, is_names_only, looks_like_credit, split_credit
from crawler.parsing.document import Document
from crawler.parsing.furniture import element_names
from crawler.parsing.soups import above, first_in, tags_in
from crawler.parsing.texts import first_of_each, squeezed, without_markup, word_key
from index.story import Caption

_CAPTION_NAMES = frozenset(
    {
        *("caption", "captions", "captiontext", "legend", "legende", "bildunterschrift", "bildtext", "cutline"),
        *("imgcaption", "imagecaption", "photocaption", "pictext", "imagetext", "imgdesc", "imagedescription"),
        *("infodescription", "didascalia", "piefoto", "bildetekst", "billedtekst", "kuvateksti", "onderschrift"),
        *("bijschrift", "figcaption", "medialead", "imginfo", "photodescription", "fotolegende", "bildinfo"),
    }
)
_PICTURE_NAMES = frozenset(
    {
        *("image", "img", "photo", "foto", "picture", "bild", "figure", "imgbox", "imgboxa", "imagebox", "photobox"),
        *("hmedia", "bildbox", "bildcontainer", "mediablock", "wpcaption", "attachment", "imagen", "immagine", "kuva"),
        *("articleimage", "leadimage", "mainimage", "featuredimage", "imagecontainer", "slide", "gallery", "galerie"),
    }
)
_BOX_NAMES = _CAPTION_NAMES | _PICTURE_NAMES
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
_PERSON_NAMES = frozenset(
    {"author", "authors", "avatar", "byline", "autor", "profile", "logo", "icon", "video", "player"}
)
_DATED = re.compile(r"\b\d{1,2}[:.]\d\d\b|\b(?:published|updated|author|posted)\b", re.I)
_LABEL_TAGS = ("h2", "h3", "h4", "h5", "h6", "span", "div", "strong", "b", "p")
_LABEL_NAMES = frozenset({"kicker", "label", "title", "captiontitle", "headline", "heading"})
_PICTURES = ("img", "amp-img", "picture", "video", "amp-video", "source")
_NOISE = re.compile(
    r"^(?:\d+\s*(?:/|of|von|de|di|из)\s*\d+\s*)|^(?:open image in gallery|image \d+ of \d+|enlarge(?: this)? image|"
    r"toggle caption|hide caption|view (?:full )?gallery|click to enlarge|bild vergrößern|vergrößern|ampliar|"
    r"image caption,?|agrandir l'image|foto|image|video|photo|bild)\s*[:.,]\s*|"
    r"\s*(?:toggle caption|hide caption|enlarge this image|\[?\s*(?:mehr|more)\s*\]?)$",
    re.I,
)
_NO_CAPTION = re.compile(
    r"^(?:von|by|por|par|di)\s+\S+.{0,60}$|\b\d{1,2}[:.]\d\d\s*(?:uhr|h|am|pm)\b|^(?:powered by|advertisement|anzeige|"
    r"credit|photo|foto|bild|image|picture|video|share|teilen)\W*$|^\d{1,2}:\d\d$|^watch:?$",
    re.I,
)
_MAXIMUM_CAPTION = 1500
_MAXIMUM_BOX = 700
_MAXIMUM_PICTURES = 200
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.I)


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
    for box in _boxes(region):
        consumed.add(id(box))
        caption = None if _leads_elsewhere(document, box) else _read_box(document, box)
        if caption:
            _remember(found, caption)
    return FoundCaptions(list(found.values()), frozenset(consumed))


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


def _boxes(region: Tag) -> Iterator[Tag]:
    """The outermost elements that hold one picture's caption."""
    taken: set[int] = set()
    units = {
        id(unit)
        for image in islice(tags_in(region, "img", "amp-img"), _MAXIMUM_PICTURES)
        if (unit := _picture_unit(image))
    }
    for element in list(tags_in(region)):
        if not element.attrs and element.name in ("p", "h1", "a", "img", "span", "source") and id(element) not in units:
            continue
        if any(id(parent) in taken for parent in element.parents):
            continue
        if id(element) in units or _is_box(element):
            taken.add(id(element))
            yield element
            if len(taken) >= _MAXIMUM_PICTURES:
                return


def _is_box(element: Tag) -> bool:
    name = element.name
    if name == "figcaption":
        return True
    if name == "figure":
        if first_in(element, "figcaption", "blockquote", "table") is not None:
            return False
        return 5 < len(element.get_text(strip=True)) < _MAXIMUM_BOX
    if name in ("img", "body", "html", "article", "section", "main", "picture", "ul", "ol", "a", "header", "source"):
        return False
    names = element_names(element)
    if names.isdisjoint(_BOX_NAMES) or first_in(element, "figcaption") is not None:
        return False
    if not names.isdisjoint(_CAPTION_NAMES):
        return (
            len(list(tags_in(element, "p"))) < 4
            and len(element.get_text()) < _MAXIMUM_CAPTION
            and _near_picture(element)
        )
    return not names.isdisjoint(_PICTURE_NAMES) and _is_picture_box(element)


def _is_picture_box(element: Tag) -> bool:
    """Whether a box named after pictures holds a picture and a line or two of text, nothing else."""
    if first_in(element, *_PICTURES) is None or first_in(element, "figure", "figcaption", "h2", "h3", "ul", "table"):
        return False
    if _holds_named(element):
        return False
    text = element.get_text(" ", strip=True)
    return 15 < len(text) < _MAXIMUM_BOX and len(list(tags_in(element, "p"))) < 3


def _holds_named(element: Tag) -> bool:
    """Whether an element inside is named as a caption: then that one is the box."""
    return any(
        not element_names(child).isdisjoint(_CAPTION_NAMES) for child in tags_in(element, "div", "span", "p", "em")
    )


def _picture_unit(image: Tag) -> Tag | None:
    """The element around one picture in which its caption stands, where no name says so.

    It holds that picture alone and a little text, of which the alternative text repeats most or a part is a credit.
    """
    if above(image, "figure") is not None:
        return None
    found = None
    for parent in list(image.parents)[:6]:
        text = parent.get_text(" ", strip=True)
        if parent.name in ("body", "article", "main", "p", "li") or len(text) > _MAXIMUM_BOX:
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
    return found if repeated or credited or _stands_apart(image, found) else None


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
        if first_in(parent, *_PICTURES) is not None or not element_names(parent).isdisjoint(_PICTURE_NAMES):
            return True
        parent = parent.parent
    return False


def _leads_elsewhere(document: Document, box: Tag) -> bool:
    """Whether the caption's text is a link to another page: then it teases that page."""
    link = above(box, "a")
    if link is None:
        text = box.get_text(strip=True)
        links = list(tags_in(box, "a"))
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
    text = without_markup(text)
    if not _is_caption(text, credit):
        return None
    credit = without_markup(credit) if credit else None
    label = without_markup(label) if label else None
    return Caption(text=text, credit=credit, label=label, image_url=_image_address(document, box))


def _is_caption(text: str, credit: str | None) -> bool:
    if not text or len(text) > _MAXIMUM_CAPTION or not re.search(r"\w\w", text):
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
    if names.isdisjoint(_CAPTION_NAMES):
        return True
    inner = list(tags_in(element, "span", "div", "p"))
    return bool(names & {"credit", "credits", "copyright"}) and all(
        element_names(child).isdisjoint(_CAPTION_NAMES) for child in inner
    )


def _neighbour_credit(box: Tag) -> str | None:
    """A credit that stands beside the caption, in the same figure or in the next element."""
    figure = above(box, "figure") or (box.parent if box.parent and first_in(box.parent, *_PICTURES) else None)
    if not isinstance(figure, Tag) or len(figure.get_text()) > 1200 or figure.name in ("body", "article", "main"):
        return None
    for element in tags_in(figure, "span", "div", "p", "small", "footer", "cite", "figcaption"):
        if element is box or box in element.parents or element in box.parents:
            continue
        if first_in(element, "span", "div", "p") is not None:
            continue
        text = squeezed(element.get_text(" "))
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
