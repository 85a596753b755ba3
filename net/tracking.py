"""Tracking parameters: parts of a query that say how a reader came, never what the page is.

The names stand in tracking.toml; a parameter that stands in no table there is taken as meaningful.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

_TABLES = tomllib.loads(Path(__file__).with_name("tracking.toml").read_text(encoding="utf-8"))
_ALWAYS = frozenset(_TABLES["always"])
_PREFIXES = tuple(_TABLES["prefixes"])
_SOMETIMES = frozenset(_TABLES["sometimes"])
_CHANNEL = re.compile(r"(?:{})(?:[._-].*)?|.*[._-](?:rss|feed)".format("|".join(_TABLES["channels"])), re.IGNORECASE)
_SITES = {site: frozenset(names) for site, names in _TABLES["sites"].items()}


def is_tracking(parameter: str, site: str | None) -> bool:
    """Whether "name=value", as it stands in the query of a page of the registrable domain `site`, is tracking."""
    name, _, value = parameter.partition("=")
    name = unquote(name).lower()
    if name in _ALWAYS or name.startswith(_PREFIXES) or name in _SITES.get(site or "", ()):
        return True
    return name in _SOMETIMES and _CHANNEL.fullmatch(unquote(value)) is not None
