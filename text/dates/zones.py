"""Time zones as dates state them: distances from UTC, IANA names, abbreviations, names in words.

What is no known zone counts as not stated: the caller's own zone is taken then, and never a wrong one for sure.
Abbreviations stand in `text/tables/zones.toml`, names in words in the languages' files.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TABLE = Path(__file__).parent.parent / "tables" / "zones.toml"
FURTHEST = 15 * 60
"""Minutes from UTC that no zone is beyond."""
_SIGNED = re.compile(r"([+-])(n|t|Y)(?::(n))?(?![\d:ntYN])")


class Locale(NamedTuple):
    """What tells the meanings of an abbreviation apart: the source's zone, the page's language and region."""

    zone: str = ""
    language: str | None = None
    region: str | None = None


@cache
def zone_table() -> Mapping[str, Any]:
    """The table of abbreviations and of the order of numbers."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def is_abbreviation(text: str) -> bool:
    """Whether the text, in capitals, is a known abbreviation of a zone."""
    table = zone_table()
    return text in table["hours"] or text in table["places"] or text in table["several"]


def abbreviated(text: str, locale: Locale) -> tzinfo | None:
    """The zone of an abbreviation in capitals; None where it is unknown or could mean several."""
    table = zone_table()
    if text in table["places"]:
        return place(table["places"][text])
    if text in table["hours"]:
        return _fixed(table["hours"][text])
    several = table["several"].get(text)
    if several is None:
        return None
    for meaning in several["meanings"]:
        if _fits(meaning, locale):
            return _fixed(meaning["hours"])
    return _fixed(several["otherwise"]) if "otherwise" in several else None


def place(name: str) -> tzinfo | None:
    """The zone of an IANA name; None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def named(value: int | float | str) -> tzinfo | None:
    """The zone of a name in words, as the languages' files give it: hours, or an IANA name."""
    return place(value) if isinstance(value, str) else _fixed(value)


def distance(sign: str, digits: str, minutes: str | None) -> tzinfo:
    """The zone of "+2", "-0700", "+05:30"; raises ValueError where no zone is that far from UTC."""
    if minutes is None and len(digits) > 2:
        digits, minutes = digits[:-2], digits[-2:]
    total = int(digits) * 60 + int(minutes or 0)
    if total > FURTHEST or int(minutes or 0) > 59:
        raise ValueError(f"no zone is {sign}{digits}:{minutes} from UTC")
    return timezone(timedelta(minutes=-total if sign == "-" else total)) if total else UTC


def _fits(meaning: Mapping[str, Any], locale: Locale) -> bool:
    return (
        any(locale.zone.startswith(zone) for zone in meaning.get("zones", ()))
        or locale.region in meaning.get("regions", ())
        or locale.language in meaning.get("languages", ())
    )


def _fixed(hours: float) -> tzinfo:
    return timezone(timedelta(hours=hours)) if hours else UTC
