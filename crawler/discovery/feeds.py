"""RSS and Atom feeds as links.

RSS 0.9x to 2.0, RDF, CDF and Atom are read by feedparser from a tree that is well-formed by then (feed_syntax/); which
address an entry leads to, and its pictures' captions, are read from the tree itself. Where a feed's markup had to be
mended, feedparser reads the text alone beside it: what it finds more is added, so that no damage costs more entries
than feedparser by itself would lose. JSON feeds are in json_feeds.py.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from crawler.discovery.dates import EndpointDates, feed_dates, link_dates
from crawler.discovery.feed_reading import NO_ADDRESS, OLDER, REPEATED, FeedReading
from crawler.discovery.feed_syntax.entry_address import (
    attribute,
    based,
    entry_address,
    is_web_address,
    resolved_address,
    text_of,
)
from crawler.discovery.feed_syntax.feed_tree import FeedTree, entries_of, read_tree
from crawler.discovery.feed_syntax.feedparser_entries import NUMBER, FeedEntry, entries_in_text, entries_in_tree
from crawler.discovery.feed_syntax.media_captions import MEDIA, captions_of, media_texts, spell_alike
from crawler.discovery.feed_syntax.mending import ENTRIES
from crawler.discovery.json_feeds import looks_like_json, read_json_feed
from crawler.discovery.markup import local_name, plain_text
from model.errors import ParseError
from model.page import Link, Page
from model.source import SourceDefaults
from model.story import Caption
from net.content_decoding import decompressed

MAX_ENTRIES = 1000
MAX_FEED_BYTES = 20_971_520
_MAX_TAGS = 50
_LONGEST_TEXT = 100_000
_LONGEST_NAME = 500
_MOST_ATTRIBUTES = 50
_MOST_ELEMENTS = 200_000
_MOST_NAMESPACES = 100
_MOST_HEADINGS = 200
_DATES = frozenset({"lastbuilddate", "pubdate", "published", "updated", "modified", "issued", "date"})
_NAMES = frozenset({"author", "creator", "name", "email", "managingeditor", "webmaster", "publisher", "contributor"})
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"


@dataclass(frozen=True, slots=True)
class _FeedDefaults:
    """What the entries of one feed have in common, where they don't say themselves."""

    base: str
    dates: EndpointDates
    language: str | None
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class _EntryElement:
    """What is read of an entry from its element; the rest is feedparser's."""

    url: str | None
    identifier: str | None
    title: str | None
    captions: tuple[Caption, ...]


def read_feed(page: Page, source: SourceDefaults, *, limit: int = MAX_ENTRIES) -> tuple[Link, ...]:
    """The links of `read_entries`."""
    return read_entries(page, source, limit=limit).links


def read_entries(page: Page, source: SourceDefaults, *, limit: int = MAX_ENTRIES) -> FeedReading:
    """The entries of a feed that lead to a web address, each once, at most `limit`, the newest where there are more.

    Raises ParseError where the page is no feed, TooLargeError and FetchError for a bad compressed file.
    """
    page = page.model_copy(update={"content": decompressed(page.content, limit=MAX_FEED_BYTES, url=page.url)})
    content_type = page.headers.get("content-type")
    if looks_like_json(page.content):
        return read_json_feed(page, source, limit=limit)
    tree = read_tree(page.content, content_type, url=page.url)
    elements = entries_of(tree.root)
    count = len(elements)
    dates = feed_dates(tree.root, page, source)
    base = based(page.final_url, page.headers.get("content-location", ""))
    defaults = _FeedDefaults(base, dates, source.language or _feed_language(tree.root), tree.is_damaged)
    kept = _drop_oldest(elements, dates, limit)
    _bound(tree.root, page)
    known = [_read_element(element, defaults) for element in kept]
    links = _links_of(tree, kept, known, page, source, defaults)
    return _reading(links, count, len(kept), limit)


def _links_of(
    tree: FeedTree,
    elements: Sequence[etree._Element],
    known: Sequence[_EntryElement],
    page: Page,
    source: SourceDefaults,
    defaults: _FeedDefaults,
) -> list[Link | None]:
    """A link for each entry, None where it names no address; then what feedparser alone finds in a damaged feed."""
    for element in media_texts(tree.root):
        _remove(element)
    for number, element in enumerate(elements):
        element.insert(0, etree.Element(NUMBER, {"n": str(number)}))
    entries = entries_in_tree(tree.root, defaults.base, url=page.url) if elements else {}
    links = [
        None if own.url is None else _link(entries.get(number, {}), own, page, source, defaults)
        for number, own in enumerate(known)
    ]
    if tree.is_damaged:
        found = {link.url for link in links if link is not None}
        for entry in entries_in_text(tree.text, defaults.base):
            own = _own_words(entry, tree.text, defaults)
            if own.url is not None and own.url not in found:
                links.append(_link(entry, own, page, source, defaults))
    return links


def _reading(links: Sequence[Link | None], count: int, kept: int, limit: int) -> FeedReading:
    unique = {link.url: link for link in reversed(links) if link is not None}
    chosen = tuple(dict.fromkeys(unique[link.url] for link in links if link is not None))[:limit]
    nameless = sum(link is None for link in links)
    left_out = Counter({NO_ADDRESS: nameless, REPEATED: kept - nameless - len(chosen), OLDER: count - kept})
    return FeedReading(chosen, max(count, len(chosen)), +left_out)


def _link(
    entry: FeedEntry,
    own: _EntryElement,
    page: Page,
    source: SourceDefaults,
    defaults: _FeedDefaults,
) -> Link:
    published, modified = (
        next(filter(None, (defaults.dates.read(entry.get(name)) for name in names)), None)
        for names in (("published", "created", "updated"), ("updated",))
    )
    return Link(
        url=own.url or "",
        source=source.name,
        kind="feed",
        found_in=page.url,
        title=plain_text(entry.get("title")) or own.title,
        summary=plain_text(entry.get("summary")),
        authors=tuple(_authors(entry)),
        **link_dates(published, modified),
        captions=own.captions,
        publisher_id=own.identifier,
        tags=tuple(_tags(entry)),
        language=defaults.language,
        timezone=source.timezone,
        feed_zone=defaults.dates.zone,
    )


def _read_element(entry: etree._Element, defaults: _FeedDefaults) -> _EntryElement:
    """What an entry's own element says; titles that are not the entry's are taken out of it."""
    identifiers = [child for child in entry if local_name(child) in ("guid", "id")]
    identifier = next((text for child in identifiers if (text := text_of(child))), None)
    titles = [child for child in entry if local_name(child) == "title"]
    foreign = [title for title in titles if title.tag == _DC_TITLE]
    media = [title for title in titles if title.tag == f"{{{MEDIA}}}title"]
    named = [title for title in titles if title not in foreign and title not in media and text_of(title)]
    for title in foreign if named else ():
        _remove(title)
    return _EntryElement(
        entry_address(entry, defaults.base, defaults.language, is_damaged=defaults.is_damaged),
        identifier or _about(entry),
        plain_text((media[0].text or "")[:_LONGEST_TEXT]) if media and not named and not foreign else None,
        captions_of(entry),
    )


def _own_words(entry: FeedEntry, text: str, defaults: _FeedDefaults) -> _EntryElement:
    """What an entry that only feedparser found says of its address.

    feedparser resolves identifiers like relative links: one that does not stand in the text is not the feed's.
    """
    identifier = entry.get("id")
    if identifier is not None and identifier.replace("&", "&amp;") not in text:
        identifier = None
    address = entry.get("feedburner_origlink") or entry.get("pheedo_origlink") or entry.get("link")
    if address == entry.get("id"):
        address = identifier if identifier is not None and is_web_address(identifier) else None
    url = resolved_address(address, defaults.base, is_damaged=True) if isinstance(address, str) else None
    return _EntryElement(url, identifier, None, ())


def _about(entry: etree._Element) -> str | None:
    return attribute(entry, "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or None


def _authors(entry: FeedEntry) -> Iterator[str]:
    for author in entry.get("authors", ()):
        name = plain_text(author.get("name"))
        if name and "@" not in name:
            yield name


def _tags(entry: FeedEntry) -> Iterator[str]:
    for tag in entry.get("tags", ())[:_MAX_TAGS]:
        term = plain_text(tag.get("label") or tag.get("term"))
        if term:
            yield term


def _language(name: str | None) -> str | None:
    primary = (name or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) else None


def _feed_language(root: etree._Element) -> str | None:
    """The primary language of the feed, of its `language` or of xml:lang."""
    marked = None
    for element in islice(root.iter(etree.Element), _MOST_HEADINGS):
        name = local_name(element)
        if name in ENTRIES:
            break
        if name == "language" and (found := _language(element.text)):
            return found
        marked = marked or _language(element.get(_XML_LANG))
    return marked


def _drop_oldest(entries: list[etree._Element], dates: EndpointDates, limit: int) -> list[etree._Element]:
    """Take all but the newest entries out of the tree, so that a flood costs no more than a feed; returns the rest."""
    if len(entries) <= limit:
        return entries
    newest_first = sorted(range(len(entries)), key=lambda i: (_entry_date(entries[i], dates), -i), reverse=True)
    for position in newest_first[limit:]:
        _remove(entries[position])
    return [entries[position] for position in sorted(newest_first[:limit])]


def _entry_date(entry: etree._Element, dates: EndpointDates) -> float:
    for child in entry:
        if local_name(child) in _DATES:
            found = dates.read(child.text)
            if found:
                return found.at.timestamp()
    return 0.0


def _bound(root: etree._Element, page: Page) -> None:
    """Cut or refuse what no feed has and feedparser takes minutes for: texts of megabytes, thousands of namespaces."""
    namespaces: set[str] = set()
    for number, element in enumerate(root.iter(etree.Element)):
        if number == _MOST_ELEMENTS:
            raise ParseError(f"more than {_MOST_ELEMENTS} elements", url=page.url)
        namespaces.add(str(element.tag).partition("}")[0] if "}" in str(element.tag) else "")
        if len(namespaces) > _MOST_NAMESPACES:
            raise ParseError(f"more than {_MOST_NAMESPACES} namespaces", url=page.url)
        spell_alike(element)
        longest = _LONGEST_NAME if local_name(element) in _NAMES else _LONGEST_TEXT
        if element.text and len(element.text) > longest:
            element.text = element.text[:longest]
        if element.tail and len(element.tail) > _LONGEST_TEXT:
            element.tail = element.tail[:_LONGEST_TEXT]
        if len(element.attrib) > _MOST_ATTRIBUTES:
            element.attrib.clear()
    etree.cleanup_namespaces(root)


def _remove(element: etree._Element) -> None:
    """Take an element out, but leave the text that follows it."""
    parent = element.getparent()
    if parent is not None:
        element.tail = None
        parent.remove(element)
