"""Language of the story: what the page and its source say, and what its text tells.

Statements are often those of a template: an isiZulu paper's pages say "en". So the text has the last word where it is
long enough to be sure; what is stated stays where a detector can't know better: a language that it was not trained on,
and those that are much alike.
"""

import re
from collections.abc import Iterator

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from text.language_detection import LIKELY, TOLD_BY_TEXT, are_alike, detect, is_known, opens_in, tells_surely
from text.languages import languages

_CODE = re.compile(r"^[A-Za-z]{2,3}(?=$|[-_])")
_NAMES = {name: language.code for language in languages() for name in (*language.names, *language.codes)}
_STATED = 0.9
_STATED_AND_TOLD = 0.99
_CONTRADICTED = 0.6


def read_language(document: Document, text: str) -> tuple[str | None, str, float | None]:
    """An ISO 639-1 code, the rule that found it, and how likely it is right (0 to 1)."""
    stated, rule = next(_stated(document), (None, ""))
    if stated and opens_in(text, stated):
        return stated, rule, _STATED_AND_TOLD
    told = detect(text)
    if told is None or (stated is None and told.probability < LIKELY):
        return (stated, rule, _STATED) if stated else (None, "", None)
    if stated is None:
        return told.code, TOLD_BY_TEXT, told.probability
    if are_alike(stated, told.code):
        return stated, rule, _STATED_AND_TOLD
    if is_known(stated) and tells_surely(text, told.code):
        return told.code, TOLD_BY_TEXT, told.probability
    return stated, rule, _STATED - (_STATED - _CONTRADICTED) * told.probability


def _stated(document: Document) -> Iterator[tuple[str, str]]:
    """The languages that are stated, each with its rule, the nearest to the story first."""
    statements = [(document.html_language, "html:lang")]
    statements += [(value, "json-ld:inLanguage") for value in jsonld.strings(document.story_node.get("inLanguage"))]
    statements += [(document.meta("content-language", "language", "og:locale"), "meta:language")]
    statements += [(document.page.link.language, "link:language")]
    for value, rule in statements:
        code = language_code(value)
        if code:
            yield code, rule


def language_code(value: str | None) -> str | None:
    """The code in a language tag: "en-GB" is "en"; None where it is no tag."""
    name = (value or "").strip().lower()
    if name in _NAMES:
        return _NAMES[name]
    match = _CODE.match(name)
    return match[0] if match else None
