"""Report of sources that are added, or would be: endpoints, what they hold, and what was passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from crawler.discovery import FoundEndpoint, FoundEndpoints

_MOST_REJECTED = 20
_NO_ZONE = "none stated: dates that name none are read in the feed's own, else in UTC"


def source_lines(values: Mapping[str, Any], found: FoundEndpoints, backfill: int) -> Iterator[str]:
    """What was found of one source, line by line; `backfill` is how much its first round takes up."""
    for key in ("title", "language"):
        yield f"  {key:<11}{values.get(key, 'none stated')}"
    yield f"  {'time zone':<11}{_NO_ZONE}"
    for endpoint in found.endpoints:
        yield f"  {endpoint.kind:<11}{endpoint.url}"
        yield f"  {'':<11}{_held(endpoint)}"
    if found.sitemaps:
        yield f"  Sitemaps reach back: the first round takes up at most the {backfill} newest pages (crawler.backfill)."
    if found.rejected:
        yield "  passed over:"
    for rejected in found.rejected[:_MOST_REJECTED]:
        yield f"    {rejected.url}: {rejected.reason}"
    if len(found.rejected) > _MOST_REJECTED:
        yield f"    and {len(found.rejected) - _MOST_REJECTED} more"


def _held(endpoint: FoundEndpoint) -> str:
    count = len(endpoint.pages)
    noun = ("entry" if count == 1 else "entries") if endpoint.kind == "feed" else ("page" if count == 1 else "pages")
    held = f"{count} {noun}"
    if endpoint.parts:
        sitemaps = "sitemap" if endpoint.parts == 1 else "sitemaps"
        held = f"an index of {endpoint.parts} {sitemaps}; the one that was read holds {held}"
    newest = f", the newest of {endpoint.newest_at:%Y-%m-%d %H:%M} UTC" if endpoint.newest_at else ""
    return f"{held}{newest}{f' ({endpoint.note})' if endpoint.note else ''}"
