"""Values of configuration keys: durations, addresses, names and secrets, each with what is expected of it.

Every error says what was expected, and none repeats a secret.
"""

import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)")
_API_KEY = re.compile(r"[!-~]{8,512}")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#]*)?")
_RATE = re.compile(r"[1-9]\d{0,6}/(second|minute|hour|day)")
_HOST_NAME = re.compile(r"(\*\.)?[a-z0-9_.:-]+")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31557600}
# A calendar reaches back no further than the year 1.
_LONGEST_SECONDS = 1000 * _UNIT_SECONDS["y"]


def parse_duration(value: Any) -> timedelta:
    """A duration as people write it: "10m", "2s", "1h30m", "0s".

    Raises ValueError with the accepted units.
    """
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    if not text or _DURATION.sub("", text):
        raise ValueError("expected a duration such as 10m, 2s, 1h30m or 0s (units: ms s m h d w y)")
    seconds = sum(float(n) * _UNIT_SECONDS[unit] for n, unit in _DURATION.findall(text))
    if seconds > _LONGEST_SECONDS:
        raise ValueError("expected a duration of 1000y at most")
    return timedelta(seconds=seconds)


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("expected a duration above zero")
    return value


def _lease(value: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= value <= timedelta(hours=1):
        raise ValueError("expected a duration from 1s to 1h")
    return value


def _http_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an http or https address")
    if parts.username or parts.password:
        raise ValueError("expected an address without credentials")
    return value


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("expected an IANA time zone such as Europe/Paris")
    return value


def css_selector(value: str) -> str:
    """A CSS selector as it is given. Raises ValueError where it is none."""
    import soupsieve  # here, because a desk without selectors need not wait for it

    try:
        soupsieve.compile(value)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(f"expected a CSS selector: {str(error).splitlines()[0]}") from None
    return value


def _networks(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(str(ip_network(item)) for item in value)
    return value


def one_or_many(value: Any) -> Any:
    """One value as a list of one."""
    return (value,) if isinstance(value, str) else value


def _api_key(value: SecretStr) -> SecretStr:
    if not _API_KEY.fullmatch(value.get_secret_value()):
        raise ValueError("expected 8 to 512 letters, digits or signs without blanks; `openssl rand -hex 20` makes one")
    return value


def _rate(value: Any) -> Any:
    text = "off" if value is False else value
    if not isinstance(text, str) or not (text in ("auto", "off") or _RATE.fullmatch(text)):
        raise ValueError("expected auto, off, or a number of requests by second, minute, hour or day: 600/minute")
    return text


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value != "*" and (parts.scheme not in ("http", "https") or value != f"{parts.scheme}://{parts.netloc}"):
        raise ValueError("expected an origin such as https://desk.example (no path, no slash at its end), or *")
    return value


def _host_name(value: str) -> str:
    name = value.casefold().strip("[]").rstrip(".")
    if not _HOST_NAME.fullmatch(name):
        raise ValueError("expected a host name without scheme and path: desk.example, or *.example for all below it")
    return name


def _network(value: str) -> str:
    return str(ip_network(value))


def _max_connections(value: Any) -> Any:
    if value != "auto" and not (type(value) is int and 16 <= value <= 65_536):
        raise ValueError("expected auto, or a number of connections from 16 to 65536")
    return value


def _workers(value: Any) -> Any:
    if value != "auto" and not (type(value) is int and 1 <= value <= 64):
        raise ValueError("expected auto, or a number of processes from 1 to 64")
    return value


def is_postgresql(scheme: str) -> bool:
    """Whether addresses of that scheme are PostgreSQL's: both of its own spellings, and SQLAlchemy's with the driver.

    PostgreSQL's documentation, section 34.1.1.2 (Connection URIs).
    """
    name, _, driver = scheme.partition("+")
    return name in ("postgresql", "postgres") and driver in ("", "psycopg")


def database_address(value: SecretStr) -> SecretStr:
    """The address of a database that can keep the store. Raises ValueError, whose text never repeats it."""
    if not is_postgresql(urlsplit(value.get_secret_value()).scheme):
        raise ValueError("expected the address of a PostgreSQL database: postgresql://user:password@host/name")
    return value


def _file_name(value: Path) -> Path:
    if "\0" in str(value):
        raise ValueError("expected a path without a NUL character")
    return value


def _place_address(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if separator and scheme not in ("file", "s3"):
        raise ValueError("expected s3://bucket/prefix, file:///folder or a folder; other schemes are not known")
    if scheme == "s3" and separator and not _BUCKET.fullmatch(value):
        raise ValueError("expected s3://bucket/prefix, without keys, in lower-case letters of the bucket's name")
    if scheme == "file" and separator and not rest.startswith("/"):
        raise ValueError("expected file:///folder, with three slashes")
    if not value.strip() or "\0" in value:
        raise ValueError("expected s3://bucket/prefix, file:///folder or a folder")
    return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
PositiveDuration = Annotated[Duration, AfterValidator(_positive)]
LeaseDuration = Annotated[PositiveDuration, AfterValidator(_lease)]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key)]
Rate = Annotated[str, BeforeValidator(_rate)]
Origin = Annotated[str, AfterValidator(_origin)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(database_address)]
PlaceAddress = Annotated[str, AfterValidator(_place_address)]
HostName = Annotated[str, AfterValidator(_host_name)]
MaxConnections = Annotated[Literal["auto"] | int, BeforeValidator(_max_connections)]
Workers = Annotated[Literal["auto"] | int, BeforeValidator(_workers)]
Network = Annotated[str, AfterValidator(_network)]
FileName = Annotated[Path, AfterValidator(_file_name)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Timezone = Annotated[str, AfterValidator(_timezone)]
Selector = Annotated[str, AfterValidator(css_selector)]
Networks = Annotated[bool | tuple[str, ...], BeforeValidator(_networks)]
