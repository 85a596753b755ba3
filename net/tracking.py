"""Tracking parameters: parts of a query that say how a reader came, never what the page is.

The names stand in tracking.toml, in two classes: what is certain to be tracking, and what may be, but picks a story on
some sites. A parameter that stands in no table there is taken as meaningful.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

_TABLES = tomllib.loads(Path(__file__).with_name("tracking.toml").read_text(encoding="utf-8"))
_ALWAYS = frozenset(_TABLES["always"])
_PREFIXES = tuple(_TABLES["prefixes"])
_SITES = {site: frozenset(names) for site, names in _TABLES["sites"].items()}
_MAYBE = frozenset(_TABLES["maybe"])
_MAYBE_PREFIXES = tuple(_TABLES["maybe_prefixes"])
_SOMETIMES = frozenset(_TABLES["sometimes"])
_CHANNEL = re.compile(r"(?:{})(?:[._-].*)?|.*[._-](?:rss|feed)".format("|".join(_TABLES["channels"])), re.IGNORECASE)


def is_tracking(parameter: str, site: str | None) -> bool:
    """Whether "name=value", as it stands in the query of a page of the registrable domain `site`, is only tracking."""
    name = _name_of(parameter)
    return name in _ALWAYS or name.startswith(_PREFIXES) or name in _SITES.get(site or "", ())


def may_be_tracking(parameter: str) -> bool:
    """Whether "name=value" is tracking on most sites, and may pick a story on others."""
    name = _name_of(parameter)
    if name in _MAYBE or name.startswith(_MAYBE_PREFIXES):
        return True
    return name in _SOMETIMES and _CHANNEL.fullmatch(unquote(parameter.partition("=")[2])) is not None


def _name_of(parameter: str) -> str:
    name = parameter.partition("=")[0]
    return (unquote(name) if "%" in name else name).lower()
