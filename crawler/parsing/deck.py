"""What is the story's deck, the standfirst between headline and text?

An element that is named as one above the story, or a heading or bold paragraph there that repeats the page's
description. A description that stands nowhere on the page counts only if it is no part of the text.
"""

from collections.abc import Sequence

from bs4.element import Tag

from crawler.parsing import jsonld
from crawler.parsing.document import Document
from crawler.parsing.furniture import element_names
from crawler.parsing.headline import squeezed, word_key
from index.text import clean_text

_DECK_NAMES = frozenset(
    {
        *(
            "standfirst",
            "deck",
            "dek",
            "subtitle",
            "subtitulo",
            "subheadline",
            "subheading",
            "lead",
            "lede",
            "leadtext",
        ),
        *("intro", "introduction", "introtext", "summary", "excerpt", "vorspann", "ingress", "entradilla", "bajada"),
        *("sumario", "chapo", "chapeau", "sottotitolo", "sommario", "abstract", "strapline", "tagline", "sapo", "spot"),
        *(
            "underrubrik",
            "manchet",
            "manchete",
            "description",
            "subhead",
            "subtitel",
            "anreisser",
            "teasertext",
            "preamble",
        ),
        *(
            "untertitel",
            "subhed",
            "dachzeile",
            "bajante",
            "copete",
            "volanta",
            "catenaccio",
            "undertittel",
            "articlelead",
        ),
    }
)
_SHORTEST, _LONGEST = 20, 700


def read_deck(
    region: Tag, container: Tag, headline: str, skipped: frozenset[int]
) -> tuple[str | None, str, frozenset[int]]:
    """The deck, the rule that found it, and the ids of the elements that are nothing but deck."""
    title = word_key(headline)
    heading = region.find("h1")
    before = True
    for element in region.find_all(True):
        if element is container:
            before = False
        if element.name in ("body", "html", "article", "section", "main", "figure", "figcaption", "h1", "header", "a"):
            continue
        if before and element.find_parent(["figure", "h1"]) is not None:
            continue
        if not before and _prose_before(container, element) > 250:
            break
        if element_names(element).isdisjoint(_DECK_NAMES) or id(element) in skipped:
            continue
        if any(id(parent) in skipped for parent in element.parents):
            continue
        text = squeezed(element.get_text(" "))
        if _SHORTEST <= len(text) <= _LONGEST and word_key(text) != title and not element.find("h1"):
            return text, "markup:deck", frozenset({id(element)})
    if isinstance(heading, Tag):
        for sibling in heading.find_next_siblings(["h2", "h3"], limit=1):
            text = squeezed(sibling.get_text(" "))
            if _SHORTEST * 2 <= len(text) <= _LONGEST:
                return text, "markup:h2", frozenset({id(sibling)})
    return None, "", frozenset()


def described(document: Document, body: Sequence[str]) -> tuple[str | None, str]:
    """The page's description as a deck, where it is no part of the body."""
    told = [
        (value, "json-ld:description")
        for node in document.stories[:1]
        for value in jsonld.strings(node.get("description"))
    ]
    told += [
        (document.meta("og:description") or "", "meta:og:description"),
        (document.meta("description") or "", "meta:description"),
    ]
    start = word_key(" ".join(body[:4]))
    for value, rule in told:
        text = clean_text(value) or ""
        key = word_key(text)
        if len(text) < _SHORTEST * 2 or text.endswith(("...", "…", "[…]")) or not key:
            continue
        return (None, "") if key[:60] in start else (text, rule)
    return None, ""


def _prose_before(container: Tag, element: Tag) -> int:
    """Characters of the container's paragraphs that stand before an element inside it."""
    total = 0
    for paragraph in container.find_all("p"):
        if paragraph is element or element in paragraph.parents or paragraph in element.parents:
            return total
        total += len(paragraph.get_text())
        if total > 400:
            break
    return total
