"""Captions of the page's pictures, each once.

A caption stands in an element that is named so beside a picture, or in one that its place, type and words tell as its
caption. Each counts once, in page order, however often galleries and lightboxes repeat it; its credit and the label
above it are split off; logos, portraits of authors and the teaser pictures of other stories never count.
"""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.captions.caption_containers import PICTURE_NAMES, caption_containers, leads_elsewhere
from crawler.extraction.captions.caption_labels import split_label
from crawler.extraction.captions.caption_parts import divided, is_only_credit
from crawler.extraction.captions.caption_surroundings import Surroundings, read_surroundings
from crawler.extraction.captions.caption_texts import MAXIMUM_CAPTION, is_caption, is_furniture, leads_on, without_noise
from crawler.extraction.captions.credits import (
    clean_credit,
    is_names_only,
    is_prose,
    looks_like_credit,
    split_credit,
    without_buttons,
)
from crawler.extraction.captions.picture_units import CAPTION_NAMES
from crawler.extraction.captions.stated_captions import (
    attribute_captions,
    attribute_credit,
    data_captions,
    data_texts,
    without_told,
)
from crawler.extraction.document.document import Document
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import above, first_in, has_text, tag_before, tags_in
from crawler.extraction.texts import squeezed, word_key
from model.story import Caption
from text.written_markup import without_written_markup

_MAXIMUM_ATTRIBUTES = 40
_LONGEST_REST = 100
_STAFF_NAMES = named_for("person") - {"video", "player", "logo", "icon"}
_NO_NEWS_PICTURES = frozenset({"logo", "icon", "avatar", "gravatar"})


class FoundCaptions(NamedTuple):
    """The captions, and what was seen on the way.

    `consumed` are the elements of the soup (by id) that are nothing but caption, credit, label or button; `pictures`
    counts those of the region.
    """

    captions: list[Caption]
    consumed: frozenset[int]
    pictures: int = 0


NO_CAPTIONS = FoundCaptions([], frozenset())
"""What a page without captions holds."""


def read_captions(document: Document, region: Tag, story: Tag, title: str) -> FoundCaptions:
    """Every caption of the region once, in page order; `story` is the story's element, whose title is none."""
    found: dict[str, Caption] = {}
    consumed: set[int] = set()
    pictured: set[int] = set()
    told = data_texts(document)
    images = list(tags_in(region, "img", "amp-img"))
    for container in caption_containers(region, images):
        consumed.add(id(container))
        if leads_elsewhere(document, container):
            continue
        around = read_surroundings(container)
        image = _picture_of(container)
        caption = _read_container(document, container, image, around, told)
        if caption and word_key(caption.text) != word_key(title):
            consumed |= around.elements | (around.credited if caption.credit == around.credit else frozenset())
            _remember(found, caption)
            pictured.add(id(image))
        elif caption is None and _may_be_story(container):
            consumed.discard(id(container))
    captions = list(found.values())
    lead = _caption_of_lead(document, images[0], pictured) if captions and images else None
    if lead and word_key(lead.text) not in found:
        captions.insert(0, lead)
    own = (image for image in images if story is region or any(around is story for around in image.parents))
    for caption in _named_in_attributes(document, own, pictured):
        if word_key(caption.text) not in map(word_key, (known.text for known in captions)):
            captions.append(caption)
    return FoundCaptions(captions, frozenset(consumed), len(images))


def unshown_captions(document: Document, region: Tag | None) -> list[Caption]:
    """Captions that the page does not show: in attributes of its pictures, with their credit, and in its data."""
    found: dict[str, Caption] = {}
    for image in islice(tags_in(region, "img", "amp-img"), _MAXIMUM_ATTRIBUTES) if region is not None else ():
        for caption in attribute_captions(document, image):
            _remember(found, caption)
    for caption in data_captions(document):
        _remember(found, caption)
    return list(found.values())


def linked_captions(document: Document) -> list[Caption]:
    """Captions that the feed or sitemap told which led to the page, read as those of pages are."""
    found: dict[str, Caption] = {}
    for caption in document.page.link.captions:
        text, credit = split_credit(caption.text)
        if is_caption(text, credit):
            _remember(found, caption.model_copy(update={"text": text, "credit": caption.credit or credit}))
    return list(found.values())


def _named_in_attributes(document: Document, images: Iterable[Tag], pictured: set[int]) -> list[Caption]:
    """The captions in attributes named so, of the story's pictures for which the page shows none."""
    told = (
        next(attribute_captions(document, image, named_only=True), None)
        for image in islice(images, _MAXIMUM_ATTRIBUTES)
        if id(image) not in pictured
    )
    return [caption for caption in told if caption]


def _caption_of_lead(document: Document, image: Tag, pictured: set[int]) -> Caption | None:
    """The caption in the attributes of the page's first picture, where the page shows none for it."""
    if id(image) in pictured or above(image, "a") is not None or above(image, "figcaption") is not None:
        return None
    figure = above(image, "figure")
    if figure is not None and has_text(figure):
        return None
    return next(attribute_captions(document, image), None)


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


def _read_container(
    document: Document, container: Tag, image: Tag | None, around: Surroundings, told: list[str]
) -> Caption | None:
    """The caption in an element, with what stands around it; None where it holds none."""
    inside = first_in(container, "img", "amp-img")
    if inside is not None and not _NO_NEWS_PICTURES.isdisjoint(element_names(inside)):
        return None
    text, credit = divided(container)
    if len(text) > MAXIMUM_CAPTION:
        return None
    text, credit = _with_split_credit(text, credit)
    credit = credit or around.credit
    if credit is None:
        alternative = [squeezed(str(image.get(name) or "")) for name in ("alt", "title")] if image is not None else []
        text, credit = _credit_behind_told(text, [*alternative, *told])
        credit = credit or attribute_credit(container, image)
    label, text = split_label(container, text)
    text = without_written_markup(text).strip(" -–|")
    if not is_caption(text, credit, marked=_is_marked(container)) or leads_on(label or text):
        return None
    if is_names_only(text) and (is_only_credit(container) or (credit is None and _is_portrait(container))):
        return None
    label = label or around.label
    return Caption(
        text=text,
        credit=without_written_markup(credit) if credit else None,
        label=without_written_markup(label) if label and word_key(label) != word_key(text) else None,
        image_url=document.absolute(str(image.get("src") or "")) if image is not None else None,
    )


def _is_portrait(container: Tag) -> bool:
    """Whether a caption's element or what is around it is named after people of the paper."""
    around = (container, *list(container.parents)[:2])
    return any(
        not element_names(element).isdisjoint(_STAFF_NAMES) for element in around if element.name != "[document]"
    )


def _is_marked(container: Tag) -> bool:
    """Whether an element is named as a caption's."""
    return container.name == "figcaption" or not element_names(container).isdisjoint(CAPTION_NAMES)


def _may_be_story(container: Tag) -> bool:
    """Whether an element that holds no caption after all may be the story's: its names say nothing of a picture."""
    if container.name == "figure" or not element_names(container).isdisjoint(CAPTION_NAMES | PICTURE_NAMES):
        return False
    text = squeezed(container.get_text(" "))
    return container.name != "figcaption" and not is_furniture(text) and split_credit(text)[0] != ""


def _with_split_credit(text: str, credit: str | None) -> tuple[str, str | None]:
    """Text and credit, where the credit may stand in the text once more or alone."""
    caption, further = split_credit(text)
    if credit is None and further and without_noise(caption) == caption and (caption or is_names_only(further)):
        return caption, further
    text = without_buttons(without_noise(text))
    caption, further = split_credit(text)
    if further and credit is None:
        return caption, further
    if further and credit:
        known, more = word_key(credit), word_key(further)
        if more in known or known in more:
            return caption, max(credit, further, key=len)
    return text, credit


def _credit_behind_told(text: str, told: list[str]) -> tuple[str, str | None]:
    """Caption and credit, where the page says the caption a second time without the credit."""
    split = without_told(text, told)
    if split is None:
        return text, None
    caption, rest = split
    credit = clean_credit(rest)
    if credit is None or len(credit) > _LONGEST_REST or is_prose(credit):
        return text, None
    return (caption, credit) if looks_like_credit(credit) or (is_names_only(credit) and " " in credit) else (text, None)


def _picture_of(container: Tag) -> Tag | None:
    """The picture that a caption belongs to: the nearest one inside, right before it or around."""
    around: Tag | None = container
    for _ in range(4):
        if around is None:
            return None
        before = tag_before(around)
        image = first_in(around, "img", "amp-img")
        if image is None and before is not None and not has_text(before):
            image = before if before.name in ("img", "amp-img") else first_in(before, "img", "amp-img")
        if image is not None or around.name == "figure":
            return image
        around = around.parent
    return None
