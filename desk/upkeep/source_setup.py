"""Setup of new sources: endpoints found from an address, and sources added to the configuration.

The file is written anew beside the old one with all its comments, checked, and only then moved over it.
"""

import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from config import load_config
from crawler.discovery import FoundEndpoints
from desk.upkeep.known_sources import KnownSources, endpoint_key, name_of_site
from model.errors import WiredeskError

_KINDS = ("feeds", "sitemaps", "fronts")
_MOST_REASONS = 5


class NothingFoundError(WiredeskError):
    """The address leads to no feed, sitemap or page with stories."""


class KnownSourceError(WiredeskError):
    """The address belongs to a source that is configured already: `.name`."""

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class DescribedSource:
    """A source as it would stand in config.yaml, and what was found of it."""

    values: dict[str, Any]
    found: FoundEndpoints


def describe_source(
    url: str, name: str | None, find: Callable[[str], FoundEndpoints], known: KnownSources
) -> DescribedSource:
    """The source at `url`, which may be written without a scheme.

    Raises CrawlError where the address can't be had, NothingFoundError where it leads to no stories, KnownSourceError
    where it is there already.
    """
    url = url if ":" in url.partition("/")[0] and "://" in url else _with_scheme(url)
    if holder := known.holder_of(url):
        raise KnownSourceError(f"{url} is there already: it is an endpoint of {holder}", name=holder)
    found = find(url)
    if not found:
        raise NothingFoundError(_nothing(url, found))
    _refuse_known(url, name, found, known)
    endpoints = {kind: list(getattr(found, kind)) for kind in _KINDS if getattr(found, kind)}
    facts = {"title": found.title, "language": found.language}
    called = name or known.free_name(name_of_site(url))
    return DescribedSource({"name": called} | {key: value for key, value in facts.items() if value} | endpoints, found)


def add_to_configuration(path: Path, sources: Sequence[dict[str, Any]]) -> None:
    """Write sources at the end of `sources`, comments kept. Raises ConfigError, and leaves the file as it was."""
    path = path.resolve()
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    values = yaml.load(path.read_text(encoding="utf-8")) or {}
    if not values.get("sources"):
        values["sources"] = []
    values["sources"].extend(sources)
    text = io.StringIO()
    yaml.dump(values, text)
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.touch(mode=0o600)
        draft.write_text(text.getvalue(), encoding="utf-8")
        load_config(draft)
        shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _with_scheme(url: str) -> str:
    return url if url.lower().startswith(("http:", "https:", "feed:")) else f"https://{url.lstrip('/')}"


def _refuse_known(url: str, name: str | None, found: FoundEndpoints, known: KnownSources) -> None:
    """Raise KnownSourceError where an endpoint is there already, or, unless a name is given, another of the host."""
    addresses = (*found.feeds, *found.sitemaps, *found.fronts)
    holder = next(filter(None, map(known.holder_of, addresses)), None)
    missing = [address for address in addresses if not known.holder_of(address)]
    if holder is None:
        holder = None if name else known.at_home(url)
        if holder is None:
            return
        also = "; to add it as another source all the same, give it a --name"
    else:
        also = f"; its configuration does not have {', '.join(missing)}" if missing else ""
    raise KnownSourceError(f"{url} is there already, as {holder}{also}", name=holder)


def _nothing(url: str, found: FoundEndpoints) -> str:
    reasons = [f"{rejected.url}: {rejected.reason}" for rejected in found.rejected if "404" not in rejected.reason]
    text = f"{url}: no feed, no sitemap and no page with stories; try the address of a feed"
    return "\n  ".join([text, *reasons[:_MOST_REASONS]])


__all__ = [
    "DescribedSource",
    "KnownSourceError",
    "NothingFoundError",
    "add_to_configuration",
    "describe_source",
    "endpoint_key",
]
