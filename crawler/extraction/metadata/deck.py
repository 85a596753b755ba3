"""Deck of the story, the standfirst between headline and text.

An element that is named as one above the story, or a heading or bold paragraph there that repeats the page's
description. A description that stands nowhere on the page counts only if it is no part of the text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bs4.element import Tag

from crawler.extraction.body.boilerplate import element_names
from crawler.extraction.document.document import Document
from crawler.extraction.document.jsonld import strings
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.soups import first_in, tags_behind, tags_in
from crawler.extraction.texts import squeezed, text_weight, word_key
from text.cleaning import clean_text

_DECK_NAMES = named_for("deck")
_TAG = re.compile(r"<[^<>]{1,80}>")
_NO_DECK = frozenset({"body", "html", "article", "section", "main", "figure", "figcaption", "h1", "header", "a"})
_TEXT_BEGUN = 250
_SHORTEST, _LONGEST = 20, 700


def read_deck(
    region: Tag, container: Tag, headline: str, skipped: frozenset[int]
) -> tuple[str | None, str, frozenset[int]]:
    """The deck, the rule that found it, and the ids of the elements that are nothing but deck."""
    title = word_key(headline)
    heading = first_in(region, "h1")
    for element in _above_text(region, container):
        if element.name in _NO_DECK or element_names(element).isdisjoint(_DECK_NAMES):
            continue
        if id(element) in skipped or any(
            id(parent) in skipped or parent.name in ("h1", "figure") for parent in element.parents
        ):
            continue
        text = squeezed(element.get_text(" "))
        if (
            _SHORTEST <= text_weight(text) <= _LONGEST
            and word_key(text) != title
            and "©" not in text
            and first_in(element, "h1") is None
            and not any(id(inner) in skipped for inner in tags_in(element))
        ):
            return text, "markup:deck", frozenset({id(element)})
    beside = tags_behind(heading) if heading is not None else iter(())
    subheading = next((element for element in beside if element.name in ("h2", "h3")), None)
    if subheading is not None:
        text = squeezed(subheading.get_text(" "))
        if _SHORTEST * 2 <= text_weight(text) <= _LONGEST:
            return text, "markup:h2", frozenset({id(subheading)})
    return None, "", frozenset()


def described(document: Document, body: Sequence[str], captions: Iterable[str]) -> tuple[str | None, str]:
    """The page's description as a deck, where it is no part of the body, no caption and not cut short."""
    told = [
        (value, "json-ld:description") for node in document.stories[:1] for value in strings(node.get("description"))
    ]
    told += [(document.meta("og:description") or "", "meta:og:description")]
    told += [(document.meta("description") or "", "meta:description")]
    start = word_key(" ".join(body[:5]))
    pictures = {word_key(caption) for caption in captions}
    for value, rule in told:
        text = squeezed(_TAG.sub(" ", clean_text(value) or ""))
        key = word_key(text)
        if text_weight(text) < _SHORTEST * 2 or text.endswith(("...", "…", "[…]")) or key in pictures:
            continue
        # A description that begins like the text may have lost, or kept, a dateline in front.
        return (None, "") if key[:50] in start or key[25:75] in start else (text, rule)
    return None, ""


def _above_text(region: Tag, container: Tag) -> Iterator[Tag]:
    """The elements before the container and in it, up to its second paragraph or so."""
    prose = 0
    inside = False
    for element in tags_in(region):
        inside = inside or element is container
        if inside and prose > _TEXT_BEGUN:
            return
        # A heading between paragraphs is one of the text, however it is named.
        if not (inside and prose and element.name in ("h2", "h3", "h4")):
            yield element
        if inside and element.name in ("p", "br"):
            prose += len(element.get_text()) if element.name == "p" else 50
