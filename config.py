"""Configuration: the typed mirror of config.yaml.

Unknown keys are refused; every error names the key's path, the value and what was
expected. Environment variables override single keys: WIREDESK_SEARCH__PORT=9000. docs/configuration.md describes
every key; a test holds the two together.
"""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

ENVIRONMENT_PREFIX = "WIREDESK_"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)")
_CREDENTIALS = re.compile(r"//[^/\s@]+@")
"""User and password of an address: messages never repeat them."""
_SECRET_KEYS = frozenset({"api_keys"})
"""Keys whose values messages never repeat."""
_API_KEY = re.compile(r"[!-~]{8,512}")
_RATE = re.compile(r"[1-9]\d{0,6}/(second|minute|hour|day)")
_HOST_NAME = re.compile(r"(\*\.)?[a-z0-9_.:-]+")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31557600}
# A calendar reaches back no further than the year 1.
_LONGEST_SECONDS = 1000 * _UNIT_SECONDS["y"]


class ConfigError(Exception):
    """The configuration can't be used; the message names each key, its value and what was expected."""


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


def _selector(value: str) -> str:
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


def _one_or_many(value: Any) -> Any:
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


def _file_name(value: Path) -> Path:
    if "\0" in str(value):
        raise ValueError("expected a path without a NUL character")
    return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
PositiveDuration = Annotated[Duration, AfterValidator(_positive)]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key)]
Rate = Annotated[str, BeforeValidator(_rate)]
Origin = Annotated[str, AfterValidator(_origin)]
HostName = Annotated[str, AfterValidator(_host_name)]
MaxConnections = Annotated[Literal["auto"] | int, BeforeValidator(_max_connections)]
Network = Annotated[str, AfterValidator(_network)]
FileName = Annotated[Path, AfterValidator(_file_name)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class SourceConfig(_Section):
    """One source of stories: its `name` and at least one of `feeds`, `sitemaps`, `fronts`."""

    name: Name
    title: str | None = None
    feeds: tuple[HttpAddress, ...] = ()
    sitemaps: tuple[HttpAddress, ...] = ()
    fronts: tuple[HttpAddress, ...] = ()
    front_selector: Annotated[str, AfterValidator(_selector)] | None = None
    every: PositiveDuration = timedelta(minutes=10)
    every_max: PositiveDuration | None = None
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> "SourceConfig":
        if not (self.feeds or self.sitemaps or self.fronts):
            raise ValueError(f"source {self.name!r}: expected at least one address in feeds, sitemaps or fronts")
        if self.front_selector is not None and not self.fronts:
            raise ValueError(f"source {self.name!r}: expected addresses in fronts, where front_selector is to be used")
        if self.every_max is not None and self.every_max < self.every:
            raise ValueError(f"source {self.name!r}: expected an every_max that is no shorter than every")
        return self


class CrawlerConfig(_Section):
    """How the crawler behaves towards publishers."""

    user_agent: str = Field(
        default="Wiredesk/0.1 (news search for one desk; contact: set crawler.user_agent)", min_length=3
    )
    obey_robots: bool = True
    obey_noindex: bool = False
    max_crawl_delay: PositiveDuration = timedelta(seconds=60)
    per_host_delay: Duration = timedelta(seconds=2)
    shared_pace: tuple[tuple[HostName, ...], ...] = ()
    lease: Annotated[PositiveDuration, AfterValidator(_lease)] = timedelta(seconds=30)
    concurrency: int = Field(default=8, ge=1, le=256)
    timeout: PositiveDuration = timedelta(seconds=20)
    max_page_bytes: int = Field(default=10_000_000, ge=1000)
    allow_private_networks: Annotated[bool | tuple[str, ...], BeforeValidator(_networks)] = False
    proxy: HttpAddress | None = None
    look_again: tuple[PositiveDuration, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
        timedelta(days=3),
        timedelta(days=7),
        timedelta(days=14),
        timedelta(days=30),
    )
    look_again_until: PositiveDuration | None = None
    backfill: int = Field(default=1000, ge=1)
    site_rules: FileName | None = None
    recurring_blocks: bool = True

    @model_validator(mode="after")
    def _hosts_share_one_pace(self) -> "CrawlerConfig":
        hosts = [host for group in self.shared_pace for host in group]
        for host in hosts:
            if "*" in host:
                raise ValueError(f"shared_pace: {host!r}: expected names of hosts, without *")
            if hosts.count(host) > 1:
                raise ValueError(f"shared_pace: {host!r} is named twice; expected each host in one group")
        if any(len(group) < 2 for group in self.shared_pace):
            raise ValueError("shared_pace: expected groups of two hosts or more, as [[a.example, b.example]]")
        return self


class IndexConfig(_Section):
    """Which engine holds the index, and what memory it may take."""

    engine: Literal["whoosh"] = "whoosh"
    build_memory_bytes: int = Field(default=256_000_000, ge=1_000_000)
    cached_words: int = Field(default=4096, ge=1)


class SearchConfig(_Section):
    """Where the HTTP server listens, whom it answers, and how much it does for one request."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    api_keys: Annotated[tuple[ApiKey, ...], BeforeValidator(_one_or_many)] = ()
    require_api_key: Literal["auto", True, False] = "auto"
    rate_limit: Rate = "auto"
    cors_origins: Annotated[tuple[Origin, ...], BeforeValidator(_one_or_many)] = ()
    allowed_hosts: Annotated[tuple[HostName, ...], BeforeValidator(_one_or_many)] = ()
    time_limit: PositiveDuration = timedelta(milliseconds=700)
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_one_or_many)] = ()
    max_connections: MaxConnections = "auto"
    header_timeout: PositiveDuration = timedelta(seconds=10)
    body_timeout: PositiveDuration = timedelta(seconds=10)
    write_timeout: PositiveDuration = timedelta(seconds=60)


class LogsConfig(_Section):
    """What log lines look like, and from which level on they are written."""

    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(_Section):
    """The whole configuration; see docs/configuration.md."""

    data_dir: FileName = Path("data")
    keep: PositiveDuration | None = None
    min_free_bytes: int = Field(default=200_000_000, ge=0)
    sources: tuple[SourceConfig, ...] = ()
    crawler: CrawlerConfig = CrawlerConfig()
    index: IndexConfig = IndexConfig()
    search: SearchConfig = SearchConfig()
    logs: LogsConfig = LogsConfig()

    @model_validator(mode="after")
    def _names_differ(self) -> "Config":
        names = [source.name for source in self.sources]
        for position, name in enumerate(names):
            if name in names[:position]:
                raise ValueError(
                    f"sources.{position}.name: {name!r} is the name of sources.{names.index(name)} too; "
                    "expected a name of its own for each source"
                )
        return self

    def source(self, name: str) -> SourceConfig | None:
        """The source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)


def load_config(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read, override from the environment and validate.

    Relative paths in the file are relative to the file. Raises ConfigError with one line a mistake.
    """
    # A key with all below it commented out is as good as none.
    values = {key: value for key, value in _read_yaml(path).items() if value is not None}
    variables: dict[tuple[str, ...], str] = {}
    for name, text in sorted(environment.items()):
        if name.startswith(ENVIRONMENT_PREFIX):
            variables[_override(values, name, text)] = name
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_explain(path, error, variables)) from None
    return _resolved(config, path.parent)


def _resolved(config: Config, directory: Path) -> Config:
    """The same configuration with its paths made absolute."""
    rules = config.crawler.site_rules
    crawler = config.crawler.model_copy(update={"site_rules": (directory / rules).absolute() if rules else None})
    return config.model_copy(update={"data_dir": (directory / config.data_dir).absolute(), "crawler": crawler})


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: can't be read: {error}") from None
    try:
        values = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {_yaml_fault(error)}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys such as data_dir and sources, found {type(values).__name__}")
    return values


def _yaml_fault(error: YAMLError) -> str:
    """What is wrong and where, on one line; the library's own text shows the excerpt and advises its callers."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "context", None)
    if mark is None or problem is None:
        return " ".join(str(error).split())
    # Of a key that is there twice the library tells both values; they may be secrets.
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem.partition(' with value ')[0]}"


def _override(values: dict[str, Any], name: str, text: str) -> tuple[str, ...]:
    """Override one key from an environment variable and return the key; the value is read as YAML, as in the file."""
    keys = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
    section = values
    for key in keys[:-1]:
        child = section.setdefault(key, {})
        if not isinstance(child, dict):
            raise ConfigError(f"{name}: {key} holds no keys that the environment could override")
        section = child
    try:
        section[keys[-1]] = YAML(typ="safe").load(text) if text else None
    except YAMLError as error:
        if keys[-1] in _SECRET_KEYS:
            raise ConfigError(f"{name}: not valid YAML") from None
        raise ConfigError(f"{name}={text!r}: not valid YAML: {_yaml_fault(error)}") from None
    return tuple(keys)


def _explain(path: Path, error: ValidationError, variables: Mapping[tuple[str, ...], str]) -> str:
    lines = [f"{path}: the configuration has {error.error_count()} mistake(s):"]
    for item in error.errors(include_url=False):
        where = ".".join(str(part) for part in item["loc"]) or "(whole file)"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = "unknown key; expected one of the keys in docs/configuration.md"
        elif item["type"] in ("model_type", "dataclass_type"):
            message = "expected keys below it; see docs/configuration.md"
        value = "" if item["type"] == "missing" or not item["loc"] else f" = {_shorten(item['input'])}"
        if not _SECRET_KEYS.isdisjoint(item["loc"]):
            value = ""
        keys = tuple(str(part) for part in item["loc"])
        variable = next((name for overridden, name in variables.items() if keys[: len(overridden)] == overridden), None)
        lines.append(f"  {where}{value}{f' (from {variable})' if variable else ''}: {message}")
    return "\n".join(lines)


def _shorten(value: Any) -> str:
    text = _CREDENTIALS.sub("//***@", repr(value))
    return text if len(text) <= 80 else text[:77] + "..."
