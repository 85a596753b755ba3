"""Stories that stand only in a page's scripts or JSON-LD.

Some pages are empty until a script fills them: the story stands in JSON-LD's articleBody, or as markup inside a JSON
string of the page's state. Either is read only where the page's own markup holds next to no prose.
"""

import json
import re
from collections.abc import Iterable

from crawler.extraction.document import jsonld
from crawler.extraction.document.tree import VOID_TAGS, Element, empty, read_tree, text_of

# Possessive, and content with the end of the script instead of a quote: linear whatever the script holds.
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)', re.S)
_PARAGRAPH = re.compile(r"<p[\s>]", re.I)
_MAXIMUM_SCRIPT = 3_000_000
_SHORTEST_STORY = 300


def is_state(script: str) -> bool:
    """Whether a script may hold a story as markup in a JSON string."""
    return 400 < len(script) < _MAXIMUM_SCRIPT and any(mark in script for mark in ("u003cp", "u003Cp", "<p"))


def embedded_markup(scripts: Iterable[str]) -> Element | None:
    """The longest markup of paragraphs in the scripts' strings, as an element; None where there is none."""
    best = ""
    for script in filter(is_state, scripts):
        for match in _STRING.finditer(script):
            if len(match[1]) < _SHORTEST_STORY:
                continue
            text = _decoded(match[1])
            if len(text) > len(best) and len(_PARAGRAPH.findall(text)) >= 2:
                best = text
    if len(best) < _SHORTEST_STORY:
        return None
    tree = read_tree(f"<div>{best}</div>")
    for element in reversed(list(tree.iter(*VOID_TAGS))) if tree is not None else ():
        empty(element)
    return tree


def _decoded(literal: str) -> str:
    """The text of a JSON string literal; one inside another is opened too."""
    text = literal
    for _ in range(2):
        if "\\" not in text:
            break
        try:
            text = json.loads(f'"{text}"', strict=False)
        except ValueError:
            break
        if _PARAGRAPH.search(text):
            break
    return text


def article_body(nodes: Iterable[jsonld.Node]) -> list[str]:
    """The paragraphs of the first articleBody that is long enough to be a story."""
    text = article_text(nodes)
    return [line.strip() for line in re.split(r"\s*\n\s*|\s{3,}", text) if line.strip()]


def article_text(nodes: Iterable[jsonld.Node]) -> str:
    """The same as it stands there, without its markup; empty where there is none."""
    for node in nodes:
        value = node.get("articleBody")
        text = value if isinstance(value, str) else ""
        if "<" in text and _PARAGRAPH.search(text):
            tree = read_tree(text)
            text = "\n".join(map(text_of, tree.iter("p"))) if tree is not None else ""
        if len(text) >= _SHORTEST_STORY:
            return text
    return ""
