"""Who wrote the story?

People only: prefixes ("By", "Von", "Por"), roles, agencies, the paper itself and addresses are taken off; what names
several people is split.
"""

import re
from collections.abc import Iterable

from crawler.parsing import jsonld
from crawler.parsing.document import Document
from index.text import clean_text

_PREFIX = re.compile(
    r"^(?:by|von|por|par|di|da|av|af|door|przez|автор|text|texte|texto|testo|écrit par|written by|words by|story by|"
    r"reported by|reporting by|reporter|od|autor(?:in)?|author|auteur|autore|oleh|oleh:|ditulis oleh|ni)\b\s*[:：]?\s+|^(?:by|von|por|text|autor|author)\s*[:：]\s*",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:;|/|\||•|·|\band\b|\bund\b|\by\b|\be\b|\bet\b|\boch\b|\bog\b|\bi\b|\bи\b|\ben\b|&|、|，|,)\s*"
)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|(?<!\w)@\w+")


def read_byline(document: Document) -> tuple[list[str], str]:
    """The people, and the rule that found them."""
    for node in document.stories:
        names = people(jsonld.strings(node.get("author")))
        if names:
            return names, "json-ld:author"
    for name in (
        "author",
        "article:author",
        "byl",
        "parsely-author",
        "dc.creator",
        "sailthru.author",
        "dcterms.creator",
    ):
        names = people([value for value in document.metas.get(name, ()) if "//" not in value])
        if names:
            return names, f"meta:{name}"
    names = people(document.microdata.get("author", ()))
    if names:
        return names, "microdata:author"
    names = people(document.page.link.authors)
    return (names, "link:authors") if names else ([], "")


def people(values: Iterable[str]) -> list[str]:
    """The names in these statements, each once, in order."""
    found: dict[str, str] = {}
    for value in values:
        text = _ADDRESS.sub("", clean_text(value) or "").strip(" ,;|")
        text = _PREFIX.sub("", text)
        for part in _SPLIT.split(text):
            name = part.strip(" .,:;-–|")
            if 1 < len(name) < 60 and re.search(r"\w", name):
                found.setdefault(name.casefold(), name)
    return list(found.values())
