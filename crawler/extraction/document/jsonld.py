"""JSON-LD of a page: the nodes that describe its story.

Publishers' blocks are often broken: comments around them, raw line breaks, commas too many, several objects in one
block. What can be read is read; the rest is left out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

Node = dict[str, Any]
"""One object of JSON-LD."""

STORY_TYPES = frozenset(
    {
        "advertisercontentarticle",
        "analysisnewsarticle",
        "article",
        "askpublicnewsarticle",
        "backgroundnewsarticle",
        "blogposting",
        "liveblogposting",
        "medicalscholarlyarticle",
        "newsarticle",
        "opinionnewsarticle",
        "report",
        "reportagenewsarticle",
        "review",
        "reviewnewsarticle",
        "satiricalarticle",
        "scholarlyarticle",
        "socialmediaposting",
        "techarticle",
    }
)
_OPENING = re.compile(r"(?:<!--|//<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)\s*")
_CLOSINGS = ("-->", "//]]>", "]]>")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_MAX_DEPTH = 12


def read_blocks(blocks: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """All nodes of all blocks, those inside @graph, lists, mainEntity and mainEntityOfPage among them."""
    nodes: list[dict[str, Any]] = []
    for block in blocks:
        for value in _values(block):
            nodes.extend(_nodes(value, 0))
    return tuple(nodes)


def _uncommented(block: str) -> str:
    """A block without the comment or CDATA marks around it and what ends a statement."""
    text = block.strip().rstrip("; \t\r\n")
    for closing in _CLOSINGS:
        text = text.removesuffix(closing)
    opening = _OPENING.match(text)
    return (text[opening.end() :] if opening else text).strip().rstrip(";")


def _values(block: str) -> Iterator[Any]:
    text = _uncommented(_uncommented(block))
    decoder = json.JSONDecoder(strict=False)
    for repair in (lambda given: given, partial(_TRAILING_COMMA.sub, r"\1")):
        candidate = repair(text)
        found = []
        position = 0
        try:
            while position < len(candidate):
                value, position = decoder.raw_decode(candidate, position)
                found.append(value)
                while position < len(candidate) and candidate[position] in " \t\r\n,;":
                    position += 1
        except (ValueError, RecursionError):
            pass
        if found:
            yield from found
            return


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), (dict, list)):
                yield from _nodes(value[key], depth + 1)


def types(node: Mapping[str, Any]) -> frozenset[str]:
    """The node's types in lower case without their vocabulary: "http://schema.org/NewsArticle" is "newsarticle"."""
    names = node.get("@type")
    listed = names if isinstance(names, list) else [names]
    return frozenset(_bare(name) for name in listed if isinstance(name, str))


@lru_cache(maxsize=1024)
def _bare(name: str) -> str:
    return re.split(r"[/#:]", name)[-1].strip().lower()


def story_nodes(nodes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nodes that describe a story, the fullest description first."""
    stories = [
        node
        for node in nodes
        if (kinds := types(node)) & STORY_TYPES and not ("review" in kinds and "author" not in node)
    ]
    fields = ("headline", "datePublished", "author", "articleBody", "description")
    return sorted(stories, key=lambda node: -sum(bool(node.get(name)) for name in fields))


def strings(value: Any) -> list[str]:
    """Plain texts in a value that may be a text, a list, or objects with a name or a @value."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    if isinstance(value, dict):
        return strings(value.get("name") or value.get("@value") or "")
    return []


def dates(node: Mapping[str, Any], key: str) -> list[str]:
    """The texts of a date in a node, and of numbers, as which some state seconds or milliseconds since 1970."""
    value = node.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    return strings(value)


def first_string(value: Any) -> str | None:
    """The first text in a value, or None."""
    return next(iter(strings(value)), None)
