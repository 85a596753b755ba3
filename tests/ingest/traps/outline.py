"""An outline of a world for people: what is shown, announced and visited, step by step, and what is true.

Printed beside the faults of a trap, so that the case can be understood without running it.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape

from tests.crawler.fault_server import Route
from tests.ingest.traps.worlds import Capture, World

_TITLE = re.compile(rb"<title>([^<|]*)")
_CANONICAL = re.compile(rb'rel="canonical" href="([^"]*)"')
_ITEM = re.compile(rb"<item>(?:<title>[^<]*</title>)?<link>([^<]*)</link>(?:<guid[^>]*>([^<]*)</guid>)?")


def outline(world: World) -> str:
    """Some lines; of each step only what is other than in the step before."""
    lines = [f"{world.name}: {world.about}"]
    shown: Mapping[str, Route] = {}
    for step in world.steps:
        hours = step.after.total_seconds() / 3600
        if isinstance(step, Capture):
            lines += [f"  +{hours:g} h, from an archive:", *(f"    {url}" for url, _ in step.pages)]
            continue
        lines.append(f"  +{hours:g} h, crawled: {', '.join(source.name for source in step.sources)}")
        for url, route in step.site.items():
            if shown.get(url) != route:
                lines += [f"    {line}" for line in _told(url, route)]
        shown = step.site
    lines.append("  true stories:")
    for number, true in enumerate(world.stories):
        lines.append(f"    {number}: {true.tellings[-1].headline!r} at {', '.join(true.at) or 'no address any more'}")
    return "\n".join(lines)


def _told(url: str, route: Route) -> Iterator[str]:
    if not isinstance(route, bytes):
        yield f"{url}: misbehaves"
    elif b"<rss" in route:
        yield f"{url} announces"
        for link, guid in _ITEM.findall(route):
            yield f"  {_text(link)}" + (f" as {_text(guid)!r}" if guid else "")
    else:
        title, canonical = _TITLE.search(route), _CANONICAL.search(route)
        told = repr(_text(title[1]).strip()) if title else _text(route.partition(b"\r\n")[0])
        yield f"{url}: {told}" + (f", canonical {_text(canonical[1])}" if canonical else "")


def _text(data: bytes) -> str:
    return unescape(data.decode())
