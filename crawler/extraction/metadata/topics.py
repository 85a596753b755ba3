"""Section and tags of the story, and whether a reader must pay."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.headlines.site_names import site_names
from crawler.extraction.texts import word_key
from text.cleaning import clean_text
from text.languages import alternatives, months

_MAXIMUM_TAGS = 30
_LONGEST = 60
_MONTHS = months()
_PATH_NAME = re.compile(r"[a-z]{4,20}")
_NOT_IN_PATHS = frozenset(
    {
        *("article", "articles", "artikel", "articulo", "blog", "blogs", "post", "posts", "story", "stories", "news"),
        *("index", "page", "pages", "content", "archive", "archives", "node", "topic", "topics", "tags", "category"),
        *("categories", "author", "authors", "entry", "entries", "publications", "resources", "web", "site", "html"),
        *("nachrichten", "noticias", "noticia", "actualites", "aktuelles", "aktuell", "wiki", "media", "press", "en"),
        *("insights", "learn", "guides", "guide", "item", "view", "read", "home", "default", "public", "main", "amp"),
    }
)
_NOT_A_SECTION = re.compile(rf"https?:|^(?:{alternatives(lambda language: language.pages.not_sections)}|\d+)$", re.I)


def read_section(document: Document, headline: str = "") -> str | None:
    """The section's name: JSON-LD, meta elements, the last crumb before the story, the link, the address.

    Never the site's own name, that of its home page, a day, or the headline.
    """
    stated = [text for node in document.stories[:2] for text in jsonld.strings(node.get("articleSection"))]
    stated += [*document.metas.get("article:section", ()), *document.metas.get("og:article:section", ())]
    stated += [
        *document.metas.get("section", ()),
        *document.metas.get("parsely-section", ()),
        *_crumbs(document, headline),
    ]
    stated += [*document.microdata.get("articleSection", ()), *document.crumbs[::-1]]
    stated += [document.page.link.section or "", _path_words(document.url)]
    others = {*site_names(document), word_key(headline), word_key(document.title or "")}
    for value in stated:
        text = clean_text(value)
        if text and len(text) < _LONGEST and not _is_other(word_key(text), others) and not _NOT_A_SECTION.search(text):
            return text
    return None


def _is_other(key: str, others: Collection[str]) -> bool:
    """Whether a text is one of some others, or nothing but numbers and months."""
    return key in others or all(word.isdigit() or word in _MONTHS for word in key.split())


def _path_words(url: str) -> str:
    """The first part of the address's path as a name, where it is one word and others follow."""
    parts = urlsplit(url).path.strip("/").split("/")
    is_name = len(parts) > 1 and _PATH_NAME.fullmatch(parts[0]) and parts[0] not in _NOT_IN_PATHS
    return parts[0].capitalize() if is_name else ""


def _crumbs(document: Document, headline: str) -> list[str]:
    """The names in JSON-LD's list of crumbs, the nearest section first; the last crumb is mostly the story's own."""
    for node in document.nodes:
        if "breadcrumblist" in jsonld.types(node) and isinstance(node.get("itemListElement"), list):
            names = []
            for item in node["itemListElement"]:
                inner = item.get("item") if isinstance(item, dict) else None
                name = item.get("name") if isinstance(item, dict) else None
                names += jsonld.strings(name or (inner.get("name") if isinstance(inner, dict) else None))
            if len(names) == 2 and len(names[1].split()) < 4 and not word_key(headline).startswith(word_key(names[1])):
                return names[::-1]
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
