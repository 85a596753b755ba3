"""Captions of an entry's pictures in Media RSS (https://www.rssboard.org/media-rss).

They are read from the tree and then taken out of it: feedparser mixes them up with the story's own title and summary.
"""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from crawler.discovery.markup import plain_text
from model.story import Caption
from net.urls import absolute_url

MEDIA = "http://search.yahoo.com/mrss/"
_OTHER_SPELLINGS = frozenset(
    {
        "http://search.yahoo.com/mrss",
        "https://search.yahoo.com/mrss",
        "https://search.yahoo.com/mrss/",
        "http://video.search.yahoo.com/mrss",
        "http://video.search.yahoo.com/mrss/",
        "http://www.rssboard.org/media-rss",
        "https://www.rssboard.org/media-rss",
        "http://tools.search.yahoo.com/mrss/",
    }
)
_MOST_PICTURES = 100


def captions_of(entry: etree._Element) -> tuple[Caption, ...]:
    """The captions of an entry's pictures, each once, in the entry's order."""
    return tuple(dict.fromkeys(_captions(entry)))


def spell_alike(element: etree._Element) -> None:
    """Put an element of Media RSS into the one namespace that readers know it by."""
    space, _, name = str(element.tag)[1:].partition("}")
    if space in _OTHER_SPELLINGS:
        element.tag = f"{{{MEDIA}}}{name}"


def media_texts(root: etree._Element) -> list[etree._Element]:
    """The elements of Media RSS that say something of pictures and nothing of the story."""
    names = ("title", "description", "text", "credit")
    return list(root.iter(*(f"{{{MEDIA}}}{name}" for name in names)))


def _captions(entry: etree._Element) -> Iterator[Caption]:
    for content in islice(entry.iter(f"{{{MEDIA}}}content"), _MOST_PICTURES):
        kind = f"{content.get('medium', '')} {content.get('type', '')}".lower()
        if "video" in kind or "audio" in kind:
            continue
        text = _nearest(content, "description", entry) or _nearest(content, "title", entry)
        if text:
            image_url = absolute_url("", content.get("url", ""))
            yield Caption(text=text, credit=_nearest(content, "credit", entry), image_url=image_url)


def _nearest(content: etree._Element, name: str, entry: etree._Element) -> str | None:
    """The text of media:`name` in the content itself, its group, or the entry (Media RSS, "optional elements")."""
    holder: etree._Element | None = content
    while holder is not None:
        text = plain_text(holder.findtext(f"{{{MEDIA}}}{name}"))
        if text or holder is entry:
            return text
        holder = holder.getparent()
    return None
