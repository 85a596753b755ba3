"""Rendering of templates.

Jinja2 with everything escaped; `Markup` marks the few texts that are HTML already (search/highlight/snippets.py makes
them).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from search.web.facts import doubt, readings

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


class Templates:
    """The templates of search/web/templates and what they may call."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(["html", "xml"]),
            undefined=StrictUndefined,
            auto_reload=False,  # templates of a new version fit the program of the new version only
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "day": day,
            "moment": moment,
            "ago": ago,
            "stamp": stamp,
            "host": host,
            "html": Markup,
            "number": number,
            "query": query_string,
            "percent": percent,
            "doubt": doubt,
            "readings": readings,
        }
        self._environment.globals["static"] = static_addresses(STATIC)

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """The page that a template makes of values."""
        return self._environment.get_template(name).render(values)


def static_addresses(directory: Path) -> dict[str, str]:
    """File name -> address; the address changes with the file, so that browsers may keep it for good."""
    return {
        path.name: f"/static/{path.name}?v={blake2b(path.read_bytes(), digest_size=4).hexdigest()}"
        for path in sorted(directory.iterdir())
        if path.is_file()
    }


def day(instant: datetime) -> str:
    """17 January 2013."""
    return f"{instant.day} {instant:%B} {instant.year}"


def moment(instant: datetime) -> str:
    """17 Jan 2013, 14:05 UTC."""
    return f"{instant.day} {instant:%b} {instant.year}, {instant.astimezone(UTC):%H:%M} UTC"


def stamp(instant: datetime) -> str:
    """2013-01-17T14:05:00Z, for machines."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def ago(instant: datetime, now: datetime) -> str:
    """5 minutes ago, in 2 hours; for what lies near."""
    seconds = int((now - instant).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count = abs(seconds) // size
        if count:
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "now"


def host(address: str) -> str:
    """The host of an address, without "www."."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def number(count: int) -> str:
    """12,345."""
    return f"{count:,}"


def percent(share: float) -> str:
    """0.354 as 35 %; what is not quite certain is never 100 %, nor 0 what is not impossible."""
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{min(round(100 * share), 100 if share == 1 else 99)} %"


def query_string(pairs: list[tuple[str, str]]) -> str:
    """The part of an address after its question mark."""
    return urlencode(pairs)
