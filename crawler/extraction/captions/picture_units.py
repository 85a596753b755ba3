"""Picture units: the elements that hold one picture and its caption where no name says so.

A short text beside a picture is its caption where the alternative text repeats it, where a credit ends it, or where it
is set apart from the story's prose: by its type (italics, small print) or by being no paragraph. Paragraphs of the
story that happen to stand beside a picture have nothing of that.
"""

import math
import re
from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlsplit

from bs4.element import NavigableString, Tag

from crawler.extraction.body.blocks import read_blocks
from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.body.boilerplate_lines import is_boilerplate_line, is_promotion
from crawler.extraction.bylines.people import only_leads_in
from crawler.extraction.captions.credits import is_prose, looks_like_credit, split_credit
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import (
    STORY_MARK,
    above,
    first_in,
    has_text,
    nodes_in,
    tag_behind,
    tags_behind,
    tags_in,
)
from crawler.extraction.document.tree import INLINE_TAGS
from crawler.extraction.texts import ends_sentence, squeezed, text_weight, word_key
from text.agencies import agency
from text.languages import alternatives

CAPTION_NAMES = named_for("caption")
PICTURES = ("img", "amp-img", "picture", "video", "amp-video")
MOST_PICTURES = 200
LONGEST_UNIT = 700
"""Characters in the largest element that is taken for a picture with its caption."""

_PERSON_NAMES = named_for("person")
DATED = re.compile(rf"\b\d{{1,2}}[:.]\d\d\b|\b(?:{alternatives(lambda language: language.captions.dated)})\b", re.I)
_ELSEWHERE = re.compile(rf"^\W*(?:{alternatives(lambda language: language.captions.elsewhere)})\b", re.I)
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.I)
_LINE_TAGS = ("p", "div", "center", "h5", "h6", "span")
_HOLDERS = ("p", "div", "center", "td", "dt")
_BEFORE_HOLDER = INLINE_TAGS | {"picture", "noscript", "center"}
_NO_UNIT = ("body", "article", "main", "p", "li", "h1", "h2", "h3", "h4", "h5")
_UNIT_ENDS = ("h1", "h2", "h3")
_SLANTED_OR_SMALL = frozenset({"em", "i", "small", "cite", "h6"})
_SMALL_STYLE = re.compile(
    r"font-style\s*:\s*(?:italic|oblique)|font-size\s*:\s*(?:(?:[5-9]|1[0-3])(?:\.\d+)?(?:px|pt)|x*-?small\b|smaller|"
    r"0?\.[5-9]\d*r?em|[5-8]\d(?:\.\d+)?%)",
    re.I,
)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.I)
# A word that is no name: in lower case, or of a script without case. Names with numbers are scores.
_DESCRIBES = re.compile(r"(?<!\w)[^\W\d_A-ZÀ-Þ]{2,}|[\u0590-\u0dff\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7a3]{2,}")
_BLACK = re.compile(r"black|#0+|#[0-3]{3}(?:[0-9a-f]{3})?", re.I)
_SMALL_FONT = re.compile(r"\s*(?:-[1-4]|1|2)\s*")
_LONGEST_LINE = 350
_LONGEST_SET_APART = 250
_LONGEST_WITH_AGENCY = 200
"""Characters of a caption that ends in nothing but an agency in brackets, as reports do."""
_SHORTEST = 15
_MOST_CREDIT_WORDS = 12
_SMALL_PICTURE = 100
_PROSE_BLOCK = 60
_CAPTION_CODE = re.compile(r"\[caption\b[^\]]*\]", re.I)
"""What WordPress writes around a picture, left in pages whose theme does not know it."""


def unnamed_units(region: Tag, images: Sequence[Tag]) -> frozenset[int]:
    """The elements (by id) that hold a caption by their place beside one of the images, their type and their words.

    Type alone counts where the page sets its captions so: behind most of its pictures, and seldom elsewhere.
    """
    units: set[int] = set()
    typed: set[int] = set()
    alone = 0
    for image in images[:MOST_PICTURES]:
        if above(image, "figure") is not None or not _PERSON_NAMES.isdisjoint(element_names(image)):
            continue
        beside = _own_paragraph(image) or _line_behind(image)
        alone += beside is not None
        if beside is not None and _reads_as_caption(beside, image):
            units.add(id(beside))
        elif beside is not None and _is_set_apart_line(beside):
            typed.add(id(beside))
        elif (around := _unit_around(image)) is not None:
            units.add(id(around))
    if typed and 2 * len(typed) >= alone and _lines_set_apart(region, typed | units) <= len(typed):
        units |= typed
    return frozenset(units)


def holds_named_caption(element: Tag) -> bool:
    """Whether an element inside is named as a caption: then that one is the container."""
    inner = ("div", "span", "p", "em", "i", "td", "dd", "li", "small", "font", "figcaption", "h4", "h5", "h6")
    return any(not element_names(child).isdisjoint(CAPTION_NAMES) for child in tags_in(element, *inner))


def picture_count(element: Tag) -> int:
    """How many different pictures stand inside."""
    return len({image.get("src") or id(image) for image in tags_in(element, "img", "amp-img")})


def holds_several_pictures(element: Tag) -> bool:
    """Whether different pictures stand inside; looks no further than to the second."""
    sources = (image.get("src") or id(image) for image in tags_in(element, "img", "amp-img"))
    first = next(sources, None)
    return any(source != first for source in sources)


def holds_prose(element: Tag) -> bool:
    """Whether an element holds paragraphs of a story: two blocks that are sentences and credit nobody."""
    texts = [block.text for block in read_blocks(element, element, {}) if block.seen is None]
    sentences = [text for text in texts if len(text) > _PROSE_BLOCK and ends_sentence(text)]
    uncredited = (text for text in sentences if not split_credit(text)[1])
    return len(sentences) > 1 and len(list(islice(uncredited, 2))) > 1


def leads_to_picture(link: Tag) -> bool:
    """Whether a link leads to a file of a picture, which then opens larger."""
    try:
        return bool(_IMAGE_FILE.search(urlsplit(str(link.get("href") or "")).path))
    except ValueError:
        return False


def is_set_apart(element: Tag) -> bool:
    """Whether all the text of an element is in italics, small print or colour, or the element is centred."""
    if _CENTRED.search(str(element.get("style") or "")) or element.get("align") == "center":
        return True
    strings = [
        string for string in element.descendants if type(string) is NavigableString and string.strip(" \t\r\n\xa0([)]")
    ]
    return bool(strings) and all(_is_small(string, element) for string in strings)


def _is_small(string: NavigableString, limit: Tag) -> bool:
    for parent in string.parents:
        size, colour = str(parent.get("size") or ""), str(parent.get("color") or "")
        small_font = parent.name == "font" and (
            _SMALL_FONT.fullmatch(size) or (colour and not _BLACK.fullmatch(colour))
        )
        if parent.name in _SLANTED_OR_SMALL or small_font or _SMALL_STYLE.search(str(parent.get("style") or "")):
            return True
        if parent is limit:
            return False
    return False


def _is_set_apart_line(element: Tag) -> bool:
    """Whether it is a line in italics or small print that leads nowhere."""
    text = squeezed(element.get_text(" "))
    if not _SHORTEST < len(text) < _LONGEST_SET_APART or _ELSEWHERE.match(text) or _is_linked(element):
        return False
    return is_set_apart(element) and text[-1] != ":" and not is_boilerplate_line(text) and not is_promotion(text)


def _lines_set_apart(region: Tag, units: set[int]) -> int:
    """How many paragraphs of the story are set in italics or small print and stand by no picture."""
    story = next((element for element in tags_in(region) if element.has_attr(STORY_MARK)), region)
    paragraphs = islice(tags_in(story, "p"), MOST_PICTURES)
    return sum(id(p) not in units and first_in(p, *PICTURES) is None and is_set_apart(p) for p in paragraphs)


def _holder(image: Tag) -> Tag | None:
    """The block around a picture, which stands in it within nothing but links and inline elements."""
    around = image.parent
    while around is not None and (around.name in _BEFORE_HOLDER):
        around = around.parent
    return around if around is not None and around.name in _HOLDERS and not around.has_attr(STORY_MARK) else None


def _own_paragraph(image: Tag) -> Tag | None:
    """The paragraph that holds the picture and a text behind it: `<p><img><em>A boat. (AP)</em></p>`."""
    holder = _holder(image)
    if holder is None or holds_several_pictures(holder) or _is_small_picture(image):
        return None
    if first_in(holder, *_HOLDERS, "li", "table") is not None or not has_text(holder):
        return None
    first = next(
        node for node in holder.descendants if node is image or (not isinstance(node, Tag) and str(node).strip())
    )
    if first is image or _CAPTION_CODE.match(str(first).strip()) or is_set_apart(holder):
        return holder
    return None


def _line_behind(image: Tag) -> Tag | None:
    """The line behind a block that is nothing but the picture.

    More prose has to follow it: at the end of a story the agency in brackets is the story's.
    """
    holder = _holder(image)
    if holder is None or holder.name == "td" or has_text(holder) or _is_small_picture(image):
        return None
    line = tag_behind(holder)
    if line is None or line.name not in _LINE_TAGS or line.has_attr(STORY_MARK):
        return None
    is_followed = any(element.name in ("p", "div") for element in tags_behind(line))
    return line if is_followed and first_in(line, "p", "div", *PICTURES) is None else None


def _reads_as_caption(element: Tag, image: Tag) -> bool:
    """Whether a short text beside a picture says what the picture's own does, or credits somebody at its end."""
    text = squeezed(element.get_text(" "))
    if _CAPTION_CODE.match(text) or _is_labelled_credit(text):
        return True
    if not _SHORTEST < len(text) < _LONGEST_LINE or _ELSEWHERE.match(text) or _is_linked(element):
        return False
    return _ends_in_credit(text) or _says_the_same(image, text)


def _is_labelled_credit(text: str) -> bool:
    """Whether a line is nothing but a credit with its label: "Photo: Jo Doe"."""
    if len(text.split()) >= _MOST_CREDIT_WORDS:
        return False
    caption, credit = split_credit(text)
    return not caption and credit is not None and not re.search(r"\d", credit)


def _unit_around(image: Tag) -> Tag | None:
    """The largest element around that holds this picture alone and a little text, where that reads as a caption."""
    found = None
    for parent in islice(image.parents, 6):
        if parent.name in INLINE_TAGS:
            continue
        if parent.name in _NO_UNIT or parent.has_attr(STORY_MARK):
            break
        size = _size_of_unit(parent)
        if size > LONGEST_UNIT:
            break
        if size > _SHORTEST:
            found = parent
    if found is None or holds_named_caption(found) or _is_linked(found) or holds_prose(found):
        return None
    if not _PERSON_NAMES.isdisjoint(element_names(found)) or DATED.search(found.get_text(" ")):
        return None
    if only_leads_in(next(found.stripped_strings)):
        # The box of an author.
        return None
    told = f"{image.get('alt') or ''} {image.get('title') or ''}"
    text = squeezed(found.get_text(" "))
    is_caption = (
        _repeats(image, text)
        or split_credit(told)[1]
        or any(looks_like_credit(squeezed(string)) for string in found.strings)
        or (_SHORTEST < len(text) < _LONGEST_LINE and _ends_in_credit(text))
        or _stands_apart(image, found)
    )
    return found if is_caption else None


def _size_of_unit(element: Tag) -> float:
    """The characters in an element; infinite where it holds more than a picture and its caption do."""
    paragraphs = 0
    size = -1
    picture: object = None
    for node in nodes_in(element):
        if not isinstance(node, Tag):
            length = len(node.strip())
            size += length + 1 if length else 0
            if size > LONGEST_UNIT:
                return math.inf
        elif node.name == "p":
            paragraphs += 1
            if paragraphs > 1:
                return math.inf
        elif node.name in ("img", "amp-img"):
            source = node.get("src") or id(node)
            if picture not in (None, source):
                return math.inf
            picture = source
        elif node.name in _UNIT_ENDS:
            return math.inf
    return size


def _is_linked(element: Tag) -> bool:
    """Whether most of the text is links to pages."""
    links = (link for link in tags_in(element, "a") if not leads_to_picture(link))
    return sum(len(link.get_text(strip=True)) for link in links) > 0.5 * len(element.get_text(strip=True))


def _repeats(image: Tag, text: str) -> bool:
    """Whether the alternative text or the title of a picture says most of the words of a text."""
    words = set(word_key(f"{image.get('alt') or ''} {image.get('title') or ''}").split())
    said = word_key(text).split()
    return len(said) > 3 and sum(word in words for word in said) > 0.7 * len(said)


def _says_the_same(image: Tag, text: str) -> bool:
    """Whether the alternative text or the title of a picture holds a text, or is most of it."""
    said = word_key(text)
    told = [word_key(str(image.get(name) or "")) for name in ("alt", "title")]
    return len(said.split()) > 3 and any(
        said in other or (other in said and len(other) > 0.6 * len(said)) for other in told if len(other.split()) > 3
    )


def _ends_in_credit(text: str) -> bool:
    """Whether a short text ends in a credit: in brackets, or behind a sentence and a label."""
    caption, credit = split_credit(text)
    if not credit or text_weight(caption) < _SHORTEST:
        return False
    if len(text) > _LONGEST_WITH_AGENCY and agency(credit) and len(credit.split()) == 1 and "/" not in credit:
        return False
    return text[-1] in ")]）】" or (looks_like_credit(text[len(caption) :].strip(" |/–—-")) and not is_prose(credit))


def _is_small_picture(image: Tag) -> bool:
    width = str(image.get("width") or "1000").removesuffix("px")
    return width.isdigit() and int(width) < _SMALL_PICTURE


def _stands_apart(image: Tag, unit: Tag) -> bool:
    """Whether a large picture has a line or two of text of its own among prose that stands in paragraphs."""
    width = str(image.get("width") or "1000").removesuffix("px")
    link = above(image, "a")
    text = unit.get_text(" ", strip=True)
    return (
        (not width.isdigit() or int(width) >= 300)
        and (link is None or leads_to_picture(link))
        and first_in(unit, "p") is None
        and len(text) < 300
        and len(text.split()) > 2
        and (_DESCRIBES.search(text) is not None or not re.search(r"\d", text))
    )
