"""Headlines that a page states for machines, and the parts of each between its separators.

Titles carry the site's name, its sections and slogans behind bars and dashes, and headlines have bars and dashes of
their own: every run of parts is a candidate, and the election decides with what is known of what was cut.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from text.cleaning import clean_text

_METAS = {
    "og:title": "og",
    "twitter:title": "twitter",
    "dc.title": "meta",
    "dcterms.title": "meta",
    "citation_title": "meta",
    "parsely-title": "meta",
    "sailthru.title": "meta",
    "title": "meta",
    "headline": "meta",
    "hdl": "meta",
}
_SEPARATOR = re.compile(
    r"\s*[|｜ㅣ¦]\s*|\s+[–—―»›«‹·•∙*>→~]\s+|\s+-{1,3}\s+|\s+::?\s+|\s*[：](?=[^：]{2,20}$)"
    r"|\s*[-_](?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,8}$)"
)
_DIVIDER = re.compile("[-|｜ㅣ¦–—―»›«‹·•∙*>→~:：_]")
"""Any of them, asked first: most headings have none."""
_COLON = re.compile(r":\s+")
_MOST_PARTS = 6


class StatedHeadline(NamedTuple):
    """One statement or a part of it: `cut` is what was taken off, `front` whether in front, `bars` what divided it."""

    text: str
    kind: str
    rule: str
    cut: tuple[str, ...] = ()
    bars: str = ""
    front: bool = False


def stated_headlines(document: Document) -> Iterator[StatedHeadline]:
    """What JSON-LD, meta elements, microdata, the title element and the link say."""
    for node in document.stories[:2]:
        for text in jsonld.strings(node.get("headline"))[:1]:
            yield StatedHeadline(clean_text(text) or "", "json-ld", "json-ld:headline")
        for text in jsonld.strings(node.get("name"))[:1]:
            yield StatedHeadline(clean_text(text) or "", "json-ld name", "json-ld:name")
    for node in document.nodes:
        if "webpage" in jsonld.types(node):
            for text in jsonld.strings(node.get("name") or node.get("headline"))[:1]:
                yield StatedHeadline(clean_text(text) or "", "page name", "json-ld:WebPage")
    for name, kind in _METAS.items():
        for value in document.metas.get(name, ())[:1]:
            yield StatedHeadline(clean_text(value) or "", kind, f"meta:{name}")
    for value in document.microdata.get("headline", ())[:1]:
        yield StatedHeadline(clean_text(value) or "", "microdata", "microdata:headline")
    yield StatedHeadline(document.title or "", "title", "markup:title")
    yield StatedHeadline(clean_text(document.page.link.title) or "", "link", "link:title")


def with_parts(statement: StatedHeadline, names: Collection[str]) -> Iterator[StatedHeadline]:
    """The statement itself and its parts."""
    yield statement
    yield from parts_of(statement, names)


def parts_of(statement: StatedHeadline, names: Collection[str]) -> Iterator[StatedHeadline]:
    """Every run of a statement's parts; a colon divides only behind one of the site's names."""
    text = statement.text
    if not _DIVIDER.search(text):
        return
    marks = [(match.start(), match.end(), match[0].strip() or "-") for match in _SEPARATOR.finditer(text)]
    marks = [mark for mark in marks if mark[0] > 0 and mark[1] < len(text)]
    colon = _COLON.search(text)
    if colon and (not marks or colon.start() < marks[0][0]) and text[: colon.start()].casefold() in names:
        marks.insert(0, (colon.start(), colon.end(), ":"))
    if not marks:
        return
    if len(marks) >= _MOST_PARTS:
        marks = [marks[0], *marks[1 - _MOST_PARTS :]]
    starts = [0, *(end for _, end, _ in marks)]
    ends = [*(start for start, _, _ in marks), len(text)]
    number = len(starts)
    for first in range(number):
        for last in range(first, number):
            if (first, last) == (0, number - 1):
                continue
            cut = [text[starts[n] : ends[n]] for n in range(number) if not first <= n <= last]
            bars = "".join(mark for _, _, mark in marks[max(0, first - 1) : first] + marks[last : last + 1])
            piece = text[starts[first] : ends[last]].strip()
            if piece:
                yield statement._replace(text=piece, cut=tuple(cut), bars=bars, front=first > 0)
