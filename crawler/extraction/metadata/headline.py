"""Election of the headline among the statements of a page.

Publishers state it several times: in the page's h1, in JSON-LD, for social networks and in the title element, some of
them with the site's name behind it or rewritten for search engines. Each statement is freed of the site's name, then
they vote.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.tree import Element, text_of
from crawler.extraction.texts import word_key
from text.cleaning import clean_text

_SEPARATOR = re.compile(r"\s+[|–—»«·•∙›*ㅣ:]\s+|\s+-{1,2}\s+|(?<=\S)[ㅣ｜|]\s*|\s+::\s+|\s*[：](?=[^：]{2,20}$)")
_EAST_ASIAN_SECTION = re.compile(r"\s*[-_]\s*[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,6}$")
_SITE_METAS = ("og:site_name", "application-name", "publisher", "dc.publisher")
_ORDER = ("h1", "json-ld", "og", "twitter", "title", "link")


class _StatedHeadline(NamedTuple):
    text: str
    rule: str
    kind: str


def read_headline(document: Document, heading: Element | None) -> tuple[str | None, str]:
    """The headline and the rule that found it."""
    names = site_names(document)
    sections = section_names(document)
    raw = [item for item in _stated_headlines(document, heading) if item.text]
    known = [item.text for item in raw if item.kind != "title"]
    cleaned = [item._replace(text=without_site(item.text, names, sections, known)) for item in raw]
    candidates = [item for item in cleaned if item.text and word_key(item.text) not in names]
    first: dict[str, _StatedHeadline] = {}
    for item in candidates:
        if item.kind not in first and not _is_cut_short(item.text, known):
            first[item.kind] = item
    winner = _elect(first, bool(document.title and "title" in first and first["title"].text != document.title))
    if winner is None:
        return (candidates[0].text, candidates[0].rule) if candidates else (None, "")
    same = [item for item in candidates if word_key(item.text) == word_key(winner.text)]
    best = min(same, key=lambda item: _ORDER.index(item.kind))
    return best.text, best.rule


def _elect(first: Mapping[str, _StatedHeadline], title_names_site: bool) -> _StatedHeadline | None:
    """Two of h1, JSON-LD and social title that agree win.

    Where the social title stands against the rest, and the rest is what the title element says before the site's name,
    the rest was written for search engines and the social title is the editors' own; see also _only_data_differs.
    """
    page, data = first.get("h1"), first.get("json-ld")
    social = first.get("og") or first.get("twitter")
    told = word_key(first["title"].text) if "title" in first else ""
    title = told if title_names_site else ""
    stated = [item for item in (page, data, social) if item]
    if not stated:
        return first.get("title") or first.get("link")
    if page and data and social and told and not title_names_site and _only_data_differs(page, data, social, told):
        return data
    keys = [word_key(item.text) for item in stated]
    if social and keys.count(word_key(social.text)) > 1:
        return social
    rest = page or data
    if not social or not rest:
        return stated[0]
    if page and data and word_key(page.text) != word_key(data.text):
        return social if title == word_key(page.text) else page
    return social if title == word_key(rest.text) else rest


def _only_data_differs(page: _StatedHeadline, data: _StatedHeadline, social: _StatedHeadline, title: str) -> bool:
    """Whether one text fills h1, title and social title alike, and JSON-LD alone says another.

    A page that is filled with one text everywhere was filled for search engines; the title carries no site's name.
    """
    shown, stated, shared = (word_key(item.text) for item in (page, data, social))
    alike = shown == title and (shared == shown or (len(shared) > 20 and shown.startswith(shared)))
    return alike and stated not in shown and shown not in stated


def _is_cut_short(text: str, others: Iterable[str]) -> bool:
    """Whether a text ends in an ellipsis where another one goes on."""
    stem = text.rstrip(".… ")
    return text.endswith(("…", "...")) and any(
        other.startswith(stem) and len(other) > len(text) + 3 for other in others
    )


def site_names(document: Document) -> frozenset[str]:
    """What the site calls itself, as word keys."""
    stated = (value for name in _SITE_METAS for value in document.metas.get(name, ()))
    found = [value.partition("(")[0] for value in stated]
    for node in document.stories:
        found += jsonld.strings(node.get("publisher"))
    for node in document.nodes:
        if jsonld.types(node) & {"organization", "newsmediaorganization", "website"}:
            found += jsonld.strings(node.get("name"))
    labels = document.host.split(".")
    found += [document.host, labels[-2] if len(labels) > 1 else labels[0]]
    return frozenset(key for key in map(word_key, found) if key)


def section_names(document: Document) -> frozenset[str]:
    """What the page calls the section that it stands in, as word keys."""
    found = [*document.metas.get("article:section", ())]
    for node in document.stories:
        found += jsonld.strings(node.get("articleSection"))
    return frozenset(key for key in map(word_key, found) if key)


def without_site(text: str, names: frozenset[str], sections: frozenset[str], others: Iterable[str]) -> str:
    """The text without the site's name before or behind a separator, and without the section's in front of that.

    A part is the site's name where it is a known name, or where what remains is what another element says in full.
    """
    others_keys = {word_key(other) for other in others if other != text}
    cut_once = False
    for _ in range(3):
        pieces = [(match.start(), match.end()) for match in _SEPARATOR.finditer(text)]
        cut = None
        for start, end in pieces:
            head, tail = text[:start], text[end:]
            if _names_site(tail, names) or (word_key(head) in others_keys and len(tail) < 60):
                cut = head
                break
        if cut is None and pieces and _names_site(text[: pieces[0][0]], names):
            cut = text[pieces[0][1] :]
        if cut is None and cut_once:
            match = re.search(r"\s*[-–—|:]\s*([^-–—|:]{2,30})$", text)
            match = match if match and word_key(match[1]) in sections else _EAST_ASIAN_SECTION.search(text)
            cut = text[: match.start()] if match else None
        if not cut or not cut.strip():
            return text
        text = cut.strip()
        cut_once = True
    return text


def _names_site(part: str, names: frozenset[str]) -> bool:
    key = word_key(part)
    squeezed = key.replace(" ", "")
    return bool(key) and (key in names or any(squeezed == name.replace(" ", "") for name in names))


def _stated_headlines(document: Document, heading: Element | None) -> Iterator[_StatedHeadline]:
    if heading is not None:
        yield _StatedHeadline(clean_text(text_of(heading)) or "", "markup:h1", "h1")
    for node in document.stories[:2]:
        for text in jsonld.strings(node.get("headline"))[:1]:
            yield _StatedHeadline(clean_text(text) or "", "json-ld:headline", "json-ld")
    for name, kind in (("og:title", "og"), ("twitter:title", "twitter")):
        yield _StatedHeadline(document.meta(name) or "", f"meta:{name}", kind)
    yield _StatedHeadline(document.title or "", "markup:title", "title")
    yield _StatedHeadline(clean_text(document.page.link.title) or "", "link:title", "link")


def main_heading(document: Document) -> Element | None:
    """The h1 that is marked as the headline, else the one that says what the meta elements say, else the first.

    An h1 that links to the home page is the site's name; where there is no other, an h2 that says what the title
    element says is the headline.
    """
    every = [heading for heading in document.root.iter("h1") if text_of(heading).strip()]
    headings = [heading for heading in every if not _links_home(document, heading)]
    if every and not headings:
        return next((h for h in document.root.iter("h2") if _is_title(h, document.title)), every[0])
    if len(headings) > 1:
        marked = [heading for heading in headings if "headline" in (heading.get("itemprop") or "")]
        if marked:
            return marked[0]
        told = [document.meta("og:title"), document.meta("twitter:title"), document.title]
        told += [text for node in document.stories[:1] for text in jsonld.strings(node.get("headline"))]
        keys = [word_key(text) for text in told if text]
        for heading in headings:
            key = word_key(text_of(heading))
            if key and any(key in told_key for told_key in keys):
                return heading
    return headings[0] if headings else None


def _links_home(document: Document, heading: Element) -> bool:
    """Whether all of a heading is a link to the root of the page's own host."""
    link = next(heading.iter("a"), None)
    if link is None or text_of(link).strip() != text_of(heading).strip():
        return False
    target = document.absolute(link.get("href"))
    parts = urlsplit(target) if target else None
    return parts is not None and parts.netloc == urlsplit(document.url).netloc and parts.path in ("", "/")


def _is_title(heading: Element, title: str | None) -> bool:
    key, told = word_key(text_of(heading)), word_key(title or "")
    return bool(key) and (told.startswith(key) or told.endswith(key))
