"""Markup that was written as text: escaped once more than it should be.

A story's text may hold whatever a page escaped: tickers ("<VOWG.F>"), addresses ("<jo@example.org>"), inequalities
("x<y"), the elements that an article on HTML speaks of ("the <div> element"). Markup is only what is used as such:
comments, elements of HTML around a text or with attributes, what closes them, and line breaks between words.
"""

import html
import re

_INLINE = "a abbr acronym b big bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strike strong"
_BLOCKS = "article aside blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header iframe ol"
_OTHERS = "p pre picture script section style sub sup table tbody td tfoot th thead time tr tt u ul var video"
_NEVER_CLOSED = frozenset(["br", "hr", "img", "input", "li", "p", "script", "source", "style", "wbr"])
_ELEMENTS = frozenset(f"{_INLINE} {_BLOCKS} {_OTHERS}".split()) | _NEVER_CLOSED
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*|/)?)>")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.S)
_REFERENCE = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_MOST_LAYERS = 3


def without_written_markup(text: str) -> str:
    """The text without tags and comments that stand in it as text; white space is folded where there may be some."""
    if "<" not in text and "&lt;" not in text:
        return text
    for _ in range(_MOST_LAYERS):
        text = _without_tags(text)
        if "&lt;" not in text:
            break
        text = _REFERENCE.sub(lambda found: html.unescape(found[0]), text)
    return " ".join(text.split())


def is_element(name: str) -> bool:
    """Whether HTML has an element of that name, in either case."""
    return name.lower() in _ELEMENTS


def _without_tags(text: str) -> str:
    plain = _COMMENT.sub(" ", text)
    tags = list(_TAG.finditer(plain))
    enclosing = _enclosing(plain, tags)
    kept = []
    at = 0
    for tag in tags:
        if is_element(tag[2]) and (tag.start() in enclosing or _is_used(plain, tag)):
            kept += [plain[at : tag.start()], " "]
            at = tag.end()
    return "".join((*kept, plain[at:]))


def _enclosing(text: str, tags: list[re.Match[str]]) -> set[int]:
    """Where the tags stand that open and close an element around some text."""
    found: set[int] = set()
    open_tags: dict[str, re.Match[str]] = {}
    for tag in tags:
        name = tag[2].lower()
        if not tag[1]:
            open_tags[name] = tag
        elif (opening := open_tags.pop(name, None)) and text[opening.end() : tag.start()].strip():
            found |= {opening.start(), tag.start()}
    return found


def _is_used(text: str, tag: re.Match[str]) -> bool:
    """Whether a tag on its own is used as markup: it has attributes or is closed, or stands directly at a word."""
    if "=" in tag[3] or tag[3].endswith("/"):
        return True
    before, behind = text[tag.start() - 1 : tag.start()], text[tag.end() : tag.end() + 1]
    at_word = not (before.isspace() and behind.isspace())
    return tag[2].islower() and at_word and (bool(tag[1]) or tag[2] in _NEVER_CLOSED)
