"""Front pages as links: those that lead to stories.

A CSS selector in the configuration says which. Where there is none, no site is known beforehand: a link counts by the
shape of its address, by how it is linked (a headline, an image and a headline to the same address) and by its template:
addresses that are built alike, many on one page, are stories or are not, together.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from lxml import etree
from lxml import html as lxml_html

from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from net.urls import absolute_url, looks_like_home_or_section, looks_like_story, same_site
from text.cleaning import clean_text
from text.decoding import decode

MAX_LINKS = 200
_ENOUGH = 3
_FEW_WORDS = 4
_SAME_TEMPLATE = 3
_MAX_ANCHORS = 20_000
_LONGEST_TITLE = 300
# libxml2 compares each attribute with all before it: 40,000 in one tag take 10 s.
_CROWDED_TAG = re.compile(
    r"""<[a-zA-Z][^\s<>/]*+(?:[\s/]++[^\s=<>"'/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]++))?+){2000}"""
)
_BOILERPLATE = frozenset({"nav", "footer"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "article"})


@dataclass(slots=True)
class _FrontPageAddress:
    """All anchors of one page that lead to one address."""

    address: str
    at_home: bool = True
    texts: list[str] = field(default_factory=list)
    anchors: int = 0
    in_heading: bool = False
    in_boilerplate: bool = True

    def note(self, text: str) -> None:
        """Count one more anchor with that text."""
        self.anchors += 1
        if cleaned := clean_text(text):
            self.texts.append(cleaned)


def read_front(page: Page, source: SourceDefaults, *, limit: int = MAX_LINKS) -> tuple[Link, ...]:
    """Links of a front page that its source's selector picks, else that look like stories: at most `limit`, in order.

    Raises ParseError where the page is no HTML.
    """
    chosen = _selected(page, source.front_selector) if source.front_selector else _likely(page)
    return tuple(
        Link(
            url=found.address,
            source=source.name,
            kind="front",
            found_in=page.url,
            title=_title(found),
            language=source.language,
            timezone=source.timezone,
        )
        for found in chosen[:limit]
    )


def read_html(page: Page) -> etree._Element:
    """The root of an HTML page, recovered as far as its mistakes allow; raises ParseError."""
    try:
        # Bytes with a stated charset: text that carries an XML declaration would be refused.
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        root = lxml_html.document_fromstring(_markup(page).encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ParseError(f"no HTML: {error}"[:200], url=page.url) from error
    return root


def _markup(page: Page) -> str:
    text = decode(page.content, page.headers.get("content-type"))
    if _CROWDED_TAG.search(text):
        raise ParseError("a tag has thousands of attributes", url=page.url)
    return text


def _selected(page: Page, selector: str) -> list[_FrontPageAddress]:
    """What the selector picks: links, or the links inside of what it picks, whatever their addresses."""
    soup = BeautifulSoup(_markup(page), "lxml")
    base = urljoin(page.final_url, str(found["href"]) if (found := soup.find("base", href=True)) else "")
    home = absolute_url(page.final_url, "")
    candidates: dict[str, _FrontPageAddress] = {}
    for element in soup.select(selector):
        for anchor in [element, *element.find_all("a")]:
            href = anchor.get("href") if anchor.name == "a" else None
            url = absolute_url(base, str(href)) if href else None
            if url and url != home:
                candidate = candidates.setdefault(url, _FrontPageAddress(urljoin(base, str(href).strip())))
                candidate.note(anchor.get_text(" "))
    return list(candidates.values())


def _likely(page: Page) -> list[_FrontPageAddress]:
    """What looks like stories."""
    candidates = _candidates(read_html(page), page)
    templates = Counter(_template(url) for url, found in candidates.items() if _says_much(found))
    return [found for url, found in candidates.items() if _weight(url, found, templates[_template(url)]) >= _ENOUGH]


def _candidates(root: etree._Element, page: Page) -> dict[str, _FrontPageAddress]:
    """Addresses of the front's own site, by canonical URL, in the page's order."""
    base_element = root.find(".//base[@href]")
    base = urljoin(page.final_url, base_element.get("href", "")) if base_element is not None else page.final_url
    home = absolute_url(page.final_url, "")
    found: dict[str, _FrontPageAddress] = {}
    for anchor in _anchors(root):
        href = anchor.get("href", "")
        url = absolute_url(base, href)
        if url is None or url == home or not same_site(url, page.final_url):
            continue
        candidate = found.setdefault(
            url, _FrontPageAddress(urljoin(base, href.strip()), _host(url) == _host(page.final_url))
        )
        candidate.note(" ".join(str(piece) for piece in anchor.itertext()))
        around = {ancestor.tag for ancestor in anchor.iterancestors()} | {child.tag for child in anchor.iter()}
        candidate.in_heading |= not _HEADINGS.isdisjoint(around)
        candidate.in_boilerplate &= not _BOILERPLATE.isdisjoint(around)
    return found


def _anchors(root: etree._Element) -> Iterator[etree._Element]:
    for number, anchor in enumerate(root.iter("a")):
        if number >= _MAX_ANCHORS:
            return
        if anchor.get("href"):
            yield anchor


def _weight(url: str, found: _FrontPageAddress, same_template: int) -> int:
    if looks_like_home_or_section(url):
        return 0
    signs = (
        3 if looks_like_story(url) else 0,
        2 if found.in_heading else 0,
        1 if _says_much(found) else -1,
        1 if found.anchors > 1 else 0,
        1 if same_template >= _SAME_TEMPLATE else 0,
        -3 if found.in_boilerplate else 0,
        0 if found.at_home else -2,  # shops, podcasts and helpdesks have sub-domains of their own
    )
    return sum(signs)


def _says_much(found: _FrontPageAddress) -> bool:
    """Headlines are longer than "Read more" and the names of sections."""
    return any(len(text.split()) >= _FEW_WORDS or len(text) >= 30 for text in found.texts)


def _title(found: _FrontPageAddress) -> str | None:
    longest = max(found.texts, key=len, default=None)
    return longest if longest and _says_much(found) and len(longest) <= _LONGEST_TITLE else None


def _host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _template(url: str) -> str:
    """What addresses of one template share: "/news/rain-returns-12" and "/news/mali-34" are both "/news/w-9"."""
    segments = urlsplit(url).path.split("/")
    last = re.sub(r"[^\W\d]+(?:[-_][^\W\d]+)*", "w", re.sub(r"\d+", "9", segments[-1] or segments[-2]))
    return "/".join([*(re.sub(r"\d+", "9", segment) for segment in segments[1:-1]), last])
