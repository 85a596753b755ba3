"""Export of the configured sources as a subscription list in OPML 2.0 (http://opml.org/spec2.opml).

OPML knows feeds. What else a source has (its name, its sitemaps and front pages, time zone, language, intervals) is
written in attributes of a namespace of our own, which other programs pass over and `sources import` reads.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

from lxml import etree

from config import SourceConfig
from crawler.discovery.opml import NAMESPACE
from text.cleaning import clean_text

_UNITS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def write_opml(sources: Sequence[SourceConfig], created_at: datetime) -> bytes:
    """The list, in UTF-8, a source an outline: one with a single feed is that feed, another holds its endpoints."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"wiredesk": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Sources of Wiredesk"
    etree.SubElement(head, "dateCreated").text = format_datetime(created_at, usegmt=True)
    body = etree.SubElement(root, "body")
    for source in sources:
        _write_source(body, source)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def sources_beyond_opml(sources: Sequence[SourceConfig]) -> list[str]:
    """The names of sources with endpoints that OPML itself can't say: sitemaps and front pages."""
    return [source.name for source in sources if source.sitemaps or source.fronts]


def _write_source(body: etree._Element, source: SourceConfig) -> None:
    title = clean_text(source.title) or source.name
    own = {_own(key): value for key, value in _settings(source).items()}
    if len(source.feeds) == 1 and not source.sitemaps and not source.fronts:
        etree.SubElement(body, "outline", _feed(title, source.feeds[0]) | own)
        return
    outline = etree.SubElement(body, "outline", {"text": title} | own)
    for url in source.feeds:
        etree.SubElement(outline, "outline", _feed(title, url))
    for kind, urls in (("sitemap", source.sitemaps), ("front", source.fronts)):
        for url in urls:
            etree.SubElement(outline, "outline", {"text": url, _own(kind): url})


def _feed(title: str, url: str) -> dict[str, str]:
    return {"type": "rss", "text": title, "title": title, "xmlUrl": url}


def _own(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _settings(source: SourceConfig) -> dict[str, str]:
    """What a source says beyond its endpoints and title, as config.yaml does."""
    every = _duration(source.every) if "every" in source.model_fields_set else None
    values = {
        "name": source.name,
        "language": source.language,
        "timezone": source.timezone,
        "every": every,
        "every_max": _duration(source.every_max) if source.every_max else None,
        "front_selector": source.front_selector,
    }
    return {key: value for key, value in values.items() if value}


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    return next((f"{seconds / length:.0f}{unit}" for unit, length in _UNITS if seconds % length == 0), f"{seconds}s")
