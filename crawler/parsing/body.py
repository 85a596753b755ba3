"""Which element of the page holds the story?

Paragraph mass is the characters of prose that stand directly in an element, links counted against it. The story is
the smallest element that holds nearly all of the mass of its surroundings: from the top, step down into a child for
as long as that child alone holds most of what there is.
"""

import re
from dataclasses import dataclass

from lxml import html

from crawler.parsing.furniture import is_furniture_name, name_words

_INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"]
)
_NEVER = frozenset(["nav", "footer", "aside", "form", "dialog", "head"])
_CAPTIONS = frozenset(["figure", "figcaption", "picture", "amp-img"])
_SENTENCE = re.compile(r"[.!?。！？…»”\"'）)]\s*$|[.!?。！？]\s")
_BODY_NAMES = frozenset(["article", "story", "entry", "content", "post", "body", "text", "main", "news", "artikel", "articulo", "articolo", "nota"])
_MINIMUM_CHARACTERS = 40
_SHARE = 0.80


@dataclass
class _Mass:
    prose: float = 0.0
    text: int = 0
    links: int = 0


def find_story(root: html.HtmlElement) -> html.HtmlElement | None:
    """The element that holds the story's paragraphs, or None where the page has no prose."""
    masses = _weigh(root)
    body = root.find("body")
    start = body if body is not None else root
    if masses[start].prose <= 0:
        return None
    element = start
    while True:
        total = masses[element].prose
        heaviest = max(
            (child for child in element if isinstance(child.tag, str)),
            key=lambda child: masses[child].prose if child in masses else 0.0,
            default=None,
        )
        if heaviest is None or heaviest.tag in ("p", "blockquote", "li", "ul", "ol", "table", "tbody", "tr"):
            return element
        if masses[heaviest].prose < total * _SHARE:
            return element
        element = heaviest


def _weigh(root: html.HtmlElement) -> dict[html.HtmlElement, _Mass]:
    """Mass of each element, children first."""
    masses: dict[html.HtmlElement, _Mass] = {}
    order = [element for element in root.iter() if isinstance(element.tag, str)]
    for element in reversed(order):
        mass = _Mass(text=len((element.text or "").strip()))
        own = mass.text
        own_links = 0
        for child in element:
            inner = masses.get(child)
            tail = len((child.tail or "").strip())
            mass.text += tail
            own += tail
            if inner is None:
                continue
            mass.text += inner.text
            mass.links += inner.text if child.tag == "a" else inner.links
            mass.prose += inner.prose
            if child.tag in _INLINE:
                own += inner.text
                own_links += inner.text if child.tag == "a" else inner.links
        if element.tag not in _INLINE:
            mass.prose += _own_prose(element, own, own_links)
        if element.tag in _NEVER or element.tag in _CAPTIONS or _is_furniture(element):
            mass.prose = 0.0
        masses[element] = mass
    return masses


def _own_prose(element: html.HtmlElement, characters: int, links: int) -> float:
    if characters < _MINIMUM_CHARACTERS or links * 2 > characters:
        return 0.0
    factor = 1.0 if element.tag in ("p", "blockquote") else 0.7
    return factor * min(characters - links, 800)


def _is_furniture(element: html.HtmlElement) -> bool:
    if element.tag in ("body", "html", "main", "article"):
        return False
    for name in (element.get("class"), element.get("id")):
        if name and is_furniture_name(name) and not (name_words(name) & {"body"}):
            return True
    return False
