"""Markup of feeds and sitemaps: names of elements, and text without its tags."""

import html
import re

from lxml import etree

from model.errors import ParseError
from text.cleaning import clean_text
from text.written_markup import is_element

_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_WORD = re.compile(r"<([A-Z][A-Za-z0-9]*(?:\.[A-Z]+)?)>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,500}>[^<]{0,20000}</\1>", re.IGNORECASE)
_PREAMBLE = re.compile(r"[\s\ufeff>]*(<\?|<!--)")
_DOCTYPE = re.compile(r"[\s\ufeff>]*<!DOCTYPE[^>\[]*(\[)?", re.IGNORECASE)


def refuse_entities(text: str, *, url: str) -> None:
    """Raise ParseError where the document type declares anything itself: entities are the stuff of bombs and leaks.

    The document type may stand only before the root element, after comments and instructions (XML 1.0, 2.8).
    """
    at = 0
    while found := _PREAMBLE.match(text, at):
        closed = text.find("?>" if found[1] == "<?" else "-->", found.end())
        at = closed + 2 if closed >= 0 else len(text)
    declared = _DOCTYPE.match(text, at)
    if declared and declared[1]:
        raise ParseError("its document type declares entities", url=url)


def plain_text(markup: str | None) -> str | None:
    """Text of a title or summary that may hold HTML, escaped once or twice; None where nothing is left."""
    if not markup:
        return None
    text = markup
    for _ in range(2):
        if "&lt;" in text or "&#" in text:
            text = html.unescape(text)
        if not _TAG.search(text):
            break
        text = _TAG.sub(_without, _BREAK.sub(" ", _HIDDEN.sub(" ", text)))
    return clean_text(text)


def _without(tag: re.Match[str]) -> str:
    """Nothing in place of a tag; what is no tag of HTML but a ticker ("<VOWG.F>", "<IBM>") stays."""
    word = _WORD.fullmatch(tag[0])
    return tag[0] if word and not is_element(word[1]) else ""


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, in lower case; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
