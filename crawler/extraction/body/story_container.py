"""Story container: the element of the page that holds the story.

Prose is weighed: the characters that stand directly in a block, links counted against them; nothing is prose inside
captions, cards that tease other stories, or articles beside the one with the headline. The story is the smallest
element that holds nearly all of the prose of its surroundings: from the top, step down into a child for as long as
that child alone holds most of what there is.
"""

from collections import defaultdict

from crawler.extraction.body.boilerplate import name_words
from crawler.extraction.document.named_elements import named_for
from crawler.extraction.document.tree import INLINE_TAGS, Element, text_of
from crawler.extraction.texts import text_weight

# Not aside, nav or form: what is left of these after the boilerplate went holds the story in broken markup.
_NO_PROSE = frozenset({"dialog", "head", "figure", "figcaption", "picture", "h1"})
_LEAVES = frozenset({"p", "blockquote", "figure", "li", "ul", "ol", "dl", "pre"})
_BODY_NAMES = named_for("body")
_CELL_NAMES = frozenset({"story", "article", "text", "content", "body", "main"})
_HEADINGS = ("h2", "h3", "h4", "h5")
_MINIMUM_CHARACTERS = 40
_MINIMUM_OF_A_BRIEF = 12
_MAXIMUM_CHARACTERS = 800
_CARD_CHARACTERS = 500
UNCLOSED_FIGURE = 5
"""A figure with so many paragraphs has lost its end, and holds what follows it."""
_SHARE = 0.88
_MUCH_MORE = 2
_NAMED_SHARE = 0.6


class _Mass:
    """What an element holds: prose by weight, characters in all and within links, and those of its own lines.

    Of the hundreds that a page has, most are asked for little: what is not set stands once, in the class.
    """

    prose = 0.0
    text = links = own = own_links = 0
    linked_heading = False

    def add(self, tag: str, child: "_Mass", tail: int) -> None:
        """Add the mass of a child and of the text behind it."""
        self.text += child.text + tail
        self.prose += child.prose
        self.own += tail
        linked = child.text if tag == "a" else child.links
        if tag in INLINE_TAGS:
            self.own += child.text
            self.own_links += linked
        if linked:
            self.links += linked
            self.linked_heading |= tag in _HEADINGS
        if child.linked_heading:
            self.linked_heading = True


def find_story(root: Element, headline: Element | None) -> Element | None:
    """The element that holds the story's paragraphs, or None where the page has no prose."""
    others = _other_articles(root, headline)
    masses = _weigh(root, others)
    body = root.find("body")
    element = body if body is not None else root
    if masses[element].prose <= 0:
        masses = _weigh(root, others, _MINIMUM_OF_A_BRIEF)
    if masses[element].prose <= 0:
        return None
    while True:
        total = masses[element].prose
        children = [child for child in element if child in masses]
        heaviest = max(children, key=lambda child: masses[child].prose, default=None)
        if heaviest is None or heaviest.tag in _LEAVES:
            return element
        named = _is_named_body(heaviest) or (
            heaviest.tag in ("tbody", "tr") and any(map(_is_named_body, heaviest.iter("td")))
        )
        share = _NAMED_SHARE if named else _SHARE
        if masses[heaviest].prose < total * share:
            return element
        element = heaviest


def _is_named_body(element: Element) -> bool:
    if element.get("itemprop") == "articleBody":
        return True
    if element.tag == "td" and not name_words(element.get("class") or "").isdisjoint(_CELL_NAMES):
        return True
    return not name_words(f"{element.get('class') or ''} {element.get('id') or ''}").isdisjoint(_BODY_NAMES)


def _other_articles(root: Element, headline: Element | None) -> set[Element]:
    """Article elements beside the one that holds the headline: the next story of an endless page, or teasers.

    Where one of them holds far more text than the headline's own, that is the story and its head stands apart.
    """
    if headline is None:
        return set()
    around = list(headline.iterancestors("article"))
    if not around or len(text_of(around[0])) < 300:
        return set()
    own = set(around)
    inside = set(around[-1].iter("article"))
    others = {element for element in root.iter("article") if element not in own and element not in inside}
    is_beside = others and max(map(_characters, others)) >= _MUCH_MORE * _characters(around[-1])
    return set() if is_beside else others


def _characters(element: Element) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _weigh(root: Element, others: set[Element], minimum: int = _MINIMUM_CHARACTERS) -> dict[Element, _Mass]:
    """Mass of each element that holds text; paragraphs shorter than the minimum count nothing."""
    masses: dict[Element, _Mass] = defaultdict(_Mass)
    # Children first: each adds what it holds to its parent.
    for element in reversed(list(root.iter("*"))):
        own, behind = element.text, element.tail
        # Most of what stands between elements is blank, and weighs nothing.
        text = text_weight(stripped) if own and (stripped := own.strip()) else 0
        tail = text_weight(stripped) if behind and (stripped := behind.strip()) else 0
        mass = masses.get(element)
        if mass is None:
            if not text and not tail:
                continue
            mass = masses[element] = _Mass()
        mass.text += text
        mass.own += text
        tag = element.tag
        if tag == "a" or (tag in _NO_PROSE and not _is_unclosed(element)) or element in others:
            mass.prose = 0.0
        elif tag not in INLINE_TAGS:
            mass.prose += _own_prose(tag, mass.own, mass.own_links) if mass.own >= minimum else 0.0
            if mass.linked_heading and mass.text < _CARD_CHARACTERS and tag not in ("body", "main"):
                mass.prose = 0.0
        parent = element.getparent()
        if parent is not None:
            masses[parent].add(tag, mass, tail)
    return masses


def _is_unclosed(element: Element) -> bool:
    return element.tag == "figure" and sum(1 for _ in element.iter("p")) >= UNCLOSED_FIGURE


def _own_prose(tag: str, characters: int, links: int) -> float:
    if links * 2 > characters or tag in _HEADINGS:
        return 0.0
    factor = 1.0 if tag in ("p", "blockquote") else 0.7
    return factor * min(characters - links, _MAXIMUM_CHARACTERS)
