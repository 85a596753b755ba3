"""Section and tags of the story, and whether a reader must pay."""

import re

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.headlines.site_names import site_names
from crawler.extraction.texts import word_key
from text.cleaning import clean_text
from text.languages import alternatives

_MAXIMUM_TAGS = 30
_NOT_A_SECTION = re.compile(rf"https?:|^(?:{alternatives(lambda language: language.pages.not_sections)}|\d+)$", re.I)


def read_section(document: Document) -> str | None:
    """The section's name: JSON-LD, meta elements, the last crumb before the story, the link."""
    stated = [text for node in document.stories[:2] for text in jsonld.strings(node.get("articleSection"))]
    stated += [*document.metas.get("article:section", ()), *document.metas.get("og:article:section", ())]
    stated += [*document.metas.get("section", ()), *document.metas.get("parsely-section", ()), *_crumbs(document)]
    stated += [*document.microdata.get("articleSection", ()), *document.crumbs[::-1]]
    stated += [document.page.link.section or ""]
    sites = site_names(document)
    for value in stated:
        text = clean_text(value)
        if text and word_key(text) not in sites and len(text) < 60 and not _NOT_A_SECTION.search(text):
            return text
    return None


def _crumbs(document: Document) -> list[str]:
    for node in document.nodes:
        if "breadcrumblist" in jsonld.types(node) and isinstance(node.get("itemListElement"), list):
            names = []
            for item in node["itemListElement"]:
                inner = item.get("item") if isinstance(item, dict) else None
                name = item.get("name") if isinstance(item, dict) else None
                names += jsonld.strings(name or (inner.get("name") if isinstance(inner, dict) else None))
            return names[1:-1][::-1] or names[:1]
    return []


def read_tags(document: Document) -> list[str]:
    """Keywords, each once, from JSON-LD, meta elements and the link."""
    values: list[str] = []
    for node in document.stories[:2]:
        values += jsonld.strings(node.get("keywords"))
    values += list(document.metas.get("article:tag", ()))
    if not values:
        values += [*document.metas.get("news_keywords", ()), *document.metas.get("keywords", ())][:1]
    values += list(document.page.link.tags)
    tags: dict[str, str] = {}
    for value in values:
        for part in re.split(r"\s*[,;]\s*", value) if len(value) > 3 else [value]:
            text = clean_text(part)
            if text and len(text) <= 60 and not re.match(r"[\w-]+:", text):
                tags.setdefault(word_key(text), text)
    return [text for key, text in tags.items() if key][:_MAXIMUM_TAGS]


def read_paywalled(document: Document) -> bool | None:
    """What isAccessibleForFree or a content tier says; None where the page says nothing."""
    for node in document.stories:
        value = node.get("isAccessibleForFree")
        if isinstance(value, bool):
            return not value
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "false"
    tier = (document.meta("article:content_tier", "og:article:content_tier") or "").lower()
    return {"free": False, "metered": True, "locked": True, "premium": True}.get(tier)
