"""Language of the story: as stated by the page or its source, else detected."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from text.languages import languages

_CODE = re.compile(r"^[A-Za-z]{2,3}(?=$|[-_])")
_NAMES = {name: language.code for language in languages() for name in (*language.names, *language.codes)}
_DETECTABLE_CHARACTERS = 200


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


def read_language(document: Document, text: str) -> tuple[str | None, str]:
    """An ISO 639-1 code and the rule that found it."""
    statements = [(document.html_language, "html:lang")]
    statements += [(value, "json-ld:inLanguage") for value in jsonld.strings(document.story_node.get("inLanguage"))]
    statements += [(document.meta("content-language", "language", "og:locale"), "meta:language")]
    statements += [(document.page.link.language, "link:language")]
    for value, rule in statements:
        code = language_code(value)
        if code:
            return code, rule
    if len(text) >= _DETECTABLE_CHARACTERS:
        return str(_identifier().classify(text[:5000])[0]), "text:language"
    return None, ""


def language_code(value: str | None) -> str | None:
    """The code in a language tag: "en-GB" is "en"; None where it is no tag."""
    name = (value or "").strip().lower()
    if name in _NAMES:
        return _NAMES[name]
    match = _CODE.match(name)
    return match[0] if match else None
