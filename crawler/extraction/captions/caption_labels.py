"""Labels inside a caption's element: the short title above the text, marked as one.

By its element (strong, a heading), by its name, or by being a block of its own above the sentence that describes the
picture: who is in the photo, with the office, or a kicker.
"""

import re
from itertools import islice

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.captions.caption_surroundings import LABEL_NAMES, LONGEST_LABEL, begins_text
from crawler.extraction.captions.credits import looks_like_credit
from crawler.extraction.document.soups import first_in, tag_behind, tags_in
from crawler.extraction.texts import squeezed

_LABEL_TAGS = ("h2", "h3", "h4", "h5", "h6", "span", "div", "strong", "b", "p", "td", "dt")
_BLOCKS = ("div", "p", "td", "dt")
_SENTENCE = re.compile(r"[.!?。！？…:][\"'”»’)）」]*$")
_LONGEST_SET = 60
_MOST_ELEMENTS = 8


def split_label(container: Tag, text: str) -> tuple[str | None, str]:
    """A short title above the caption, and the rest; None and the whole text where there is none."""
    for element in islice(tags_in(container, *_LABEL_TAGS), _MOST_ELEMENTS):
        label = squeezed(element.get_text(" "))
        if not 2 < len(label) <= LONGEST_LABEL or not text.startswith(label):
            continue
        named = not element_names(element).isdisjoint(LABEL_NAMES) or element.get("itemprop") in ("name", "headline")
        # "AFLOAT: A ferryman ties up his boat" begins with its catchword; a label stands above.
        catchword = label.endswith((":", "：")) and element.name in ("strong", "b")
        marked = (element.name in ("strong", "b") or element.name[0] == "h") and len(label) <= _LONGEST_SET
        rest = text[len(label) :].lstrip(" :–—-|")
        is_label = named or (marked and not catchword) or _is_line_above(container, element, rest)
        if is_label and len(rest) > len(label) and begins_text(rest):
            if text[len(label) : len(label) + 1] == "," or not re.match(r"\W*\s", text[len(label) :]):
                return None, text
            return label.rstrip(" :"), rest
    return None, text


def _is_line_above(container: Tag, element: Tag, rest: str) -> bool:
    """Whether an element is a block of its own, and no sentence, above the one that holds the caption's sentence."""
    if container.name == "figcaption" or element.name not in _BLOCKS or first_in(element, "p", "div") is not None:
        return False
    behind = tag_behind(element)
    label = squeezed(element.get_text(" "))
    return (
        behind is not None
        and behind.name in _BLOCKS
        and not _SENTENCE.search(label)
        and not looks_like_credit(label)
        and bool(_SENTENCE.search(rest))
    )
