"""Setup of a new source: its endpoints found from an address, and added to the configuration.

Feeds and sitemaps are found from the home page; the file is written anew beside the old one with all its comments,
checked, and only then moved over it.
"""

import io
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from config import load_config
from crawler.discovery.autodiscovery import FoundEndpoints
from model.errors import WiredeskError
from net.urls import registrable_domain

_KINDS = ("feeds", "sitemaps", "fronts")


class NothingFoundError(WiredeskError):
    """The address leads to no feed, sitemap or page with stories."""


def describe_source(
    url: str, name: str | None, find: Callable[[str], FoundEndpoints], taken: Collection[str]
) -> dict[str, Any]:
    """A source as it stands in config.yaml, found at `url`.

    Raises CrawlError where the address can't be had, NothingFoundError where it leads to no stories.
    """
    found = find(url)
    endpoints = {kind: list(getattr(found, kind)) for kind in _KINDS if getattr(found, kind)}
    if not endpoints:
        raise NothingFoundError(f"{url}: no feed, no sitemap and no page with stories; try the address of a feed")
    facts = {"title": found.title, "language": found.language}
    return {"name": name or _free_name(url, taken)} | {key: value for key, value in facts.items() if value} | endpoints


def add_to_configuration(path: Path, source: dict[str, Any]) -> None:
    """Write the source at the end of `sources`, comments kept. Raises ConfigError, and leaves the file as it was."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    values = yaml.load(path.read_text(encoding="utf-8")) or {}
    if not values.get("sources"):
        values["sources"] = []
    values["sources"].append(source)
    text = io.StringIO()
    yaml.dump(values, text)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text.getvalue(), encoding="utf-8")
    try:
        load_config(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _free_name(url: str, taken: Collection[str]) -> str:
    """The registrable domain's first label (else the whole host), with a number where another source has it."""
    domain = registrable_domain(url)
    host = domain.split(".")[0] if domain else urlsplit(url).hostname or ""
    stem = re.sub(r"[^a-z0-9-]+", "-", host.lower()).strip("-") or "source"
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
