"""Renderings of things: the feed that announces them, and the files in which an import finds them."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import NamedTuple

from tests.desk.importing.archive_files import Warc
from tests.ingest.abilities import CANNOT
from tests.ingest.things import HOST, Thing


class Seen(NamedTuple):
    """A thing with the instant at which somebody looked."""

    thing: Thing
    at: datetime


def feed_of(things: Iterable[Thing], at: datetime) -> bytes:
    items = "".join(_item(thing, at) for thing in things)
    names = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    return f'<rss version="2.0" {names}><channel><title>Daily</title>{items}</channel></rss>'.encode()


def _item(thing: Thing, at: datetime) -> str:
    told, guid = thing.told, thing.guid or thing.identifier
    title = thing.title or told.headline
    # A feed without dates says that there is news by its title alone.
    title = title if thing.dated else f"{title} ({at:%d.%H.%M})"
    dates = f"<pubDate>{format_datetime(told.published_at)}</pubDate><atom:updated>{at.isoformat()}</atom:updated>"
    parts = [
        f"<title>{escape(title)}</title>",
        f"<link>{escape(thing.asked or thing.url or '')}</link>",
        f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else "",
        dates if thing.dated else "",
        *(f"<category>{escape(tag)}</category>" for tag in thing.tags),
    ]
    if thing.feed_caption:
        parts.append(
            f'<media:content url="http://{HOST}/images/feed.jpg" medium="image">'
            f"<media:description>{escape(thing.feed_caption)}</media:description></media:content>"
        )
    return f"<item>{''.join(parts)}</item>"


def write_warc(seen: Sequence[Seen], path: Path) -> Path:
    """A record a thing, dated when it was seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    warc = Warc(path.with_suffix(".warc"))
    for thing, at in seen:
        assert thing.url is not None, CANNOT["be without an address"]["warc"]
        warc.add(thing.url, thing.html(), date=f"{at:%Y-%m-%dT%H:%M:%SZ}")
    return warc.close()


def write_pages(seen: Sequence[Seen], path: Path) -> Path:
    """A file a thing, marked as browsers do, last changed when it was seen."""
    path.mkdir(parents=True)
    for number, (thing, at) in enumerate(seen):
        mark = f"<!-- saved from url=({len(thing.url):04}){thing.url} -->\n".encode() if thing.url else b""
        file = path / f"page-{number:04}.html"
        file.write_bytes(mark + thing.html())
        os.utime(file, (at.timestamp(), at.timestamp()))
    return path


def write_lines(seen: Sequence[Seen], path: Path) -> Path:
    """A line a thing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(thing.fields(at)) for thing, at in seen]
    file = path.with_suffix(".ndjson")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


WRITERS: Mapping[str, Callable[[Sequence[Seen], Path], Path]] = {
    "warc": write_warc,
    "html": write_pages,
    "line": write_lines,
}
