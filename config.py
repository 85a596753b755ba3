"""Configuration: the typed mirror of config.yaml.

Unknown keys are refused; every error names the key's path, the value and what was
expected. Environment variables override single keys: WIREDESK_SEARCH__PORT=9000. docs/configuration.md describes
every key; a test holds the two together.
"""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
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

from model.config_values import (
    ApiKey,
    DatabaseAddress,
    Duration,
    FileName,
    HostName,
    HttpAddress,
    LeaseDuration,
    MaxConnections,
    Name,
    Network,
    Networks,
    Origin,
    PlaceAddress,
    PositiveDuration,
    Rate,
    Selector,
    Timezone,
    Workers,
    database_address,
    one_or_many,
)

ENVIRONMENT_PREFIX = "WIREDESK_"
_CREDENTIALS = re.compile(r"//[^/\s@]+@")
"""User and password of an address: messages never repeat them."""
_SECRET_KEYS = frozenset({"api_keys", "password", "store", "username"})
"""Keys whose values, and those of what stands below them, messages never repeat."""


class ConfigError(Exception):
    """The configuration can't be used; the message names each key, its value and what was expected."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class SourceConfig(_Section):
    """One source of stories: its `name` and at least one of `feeds`, `sitemaps`, `fronts`."""

    name: Name
    title: str | None = None
    feeds: tuple[HttpAddress, ...] = ()
    sitemaps: tuple[HttpAddress, ...] = ()
    fronts: tuple[HttpAddress, ...] = ()
    front_selector: Selector | None = None
    every: PositiveDuration = timedelta(minutes=10)
    every_max: PositiveDuration | None = None
    timezone: Timezone | None = None
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
    lease: LeaseDuration = timedelta(seconds=30)
    concurrency: int = Field(default=8, ge=1, le=256)
    timeout: PositiveDuration = timedelta(seconds=20)
    max_page_bytes: int = Field(default=10_000_000, ge=1000)
    allow_private_networks: Networks = False
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


class StoreConfig(_Section):
    """Which database keeps the truth; None: two files of SQLite in the data directory."""

    url: DatabaseAddress | None = None
    url_file: FileName | None = None

    @model_validator(mode="after")
    def _one_address(self) -> "StoreConfig":
        if self.url is not None and self.url_file is not None:
            raise ValueError("expected one of url and url_file")
        return self

    def address(self) -> str | None:
        """The address of the database, with its password; read anew from its file. Raises ConfigError."""
        if self.url_file is None:
            return self.url.get_secret_value() if self.url else None
        try:
            url = SecretStr(self.url_file.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"store.url_file: {self.url_file} can't be read: {error}") from None
        try:
            return database_address(url).get_secret_value()
        except ValueError as error:
            raise ConfigError(f"store.url_file: {self.url_file}: {error}") from None


class IndexConfig(_Section):
    """Which engine holds the index, what memory it may take, and where its servers are if it has any."""

    engine: Literal["whoosh", "opensearch"] = "whoosh"
    build_memory_bytes: int = Field(default=256_000_000, ge=1_000_000)
    cached_words: int = Field(default=4096, ge=1)
    hosts: Annotated[tuple[HttpAddress, ...], BeforeValidator(one_or_many)] = ()
    username: SecretStr | None = None
    password: SecretStr | None = None
    password_file: FileName | None = None
    ca_file: FileName | None = None
    name: Name = "wiredesk"
    shards: int = Field(default=1, ge=1, le=100)

    @model_validator(mode="after")
    def _has_servers(self) -> "IndexConfig":
        if self.engine == "opensearch" and not self.hosts:
            raise ValueError("expected at least one address in hosts, such as https://search-1:9200")
        of_servers = [self.hosts, self.username, self.password, self.password_file, self.ca_file]
        if self.engine == "whoosh" and any(of_servers):
            raise ValueError("hosts, username, password, password_file and ca_file are for engine: opensearch")
        if self.password is not None and self.password_file is not None:
            raise ValueError("expected one of password and password_file")
        return self


class SearchConfig(_Section):
    """Where the HTTP server listens, whom it answers, and how much it does for one request."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    api_keys: Annotated[tuple[ApiKey, ...], BeforeValidator(one_or_many)] = ()
    require_api_key: Literal["auto", True, False] = "auto"
    rate_limit: Rate = "auto"
    cors_origins: Annotated[tuple[Origin, ...], BeforeValidator(one_or_many)] = ()
    allowed_hosts: Annotated[tuple[HostName, ...], BeforeValidator(one_or_many)] = ()
    time_limit: PositiveDuration = timedelta(milliseconds=700)
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(one_or_many)] = ()
    workers: Workers = "auto"
    max_connections: MaxConnections = "auto"
    header_timeout: PositiveDuration = timedelta(seconds=10)
    body_timeout: PositiveDuration = timedelta(seconds=10)
    write_timeout: PositiveDuration = timedelta(seconds=60)


class PagesConfig(_Section):
    """Where pages as fetched are kept, if not in the store, and how a bucket is asked."""

    url: PlaceAddress | None = None
    access_key_file: FileName | None = None
    secret_key_file: FileName | None = None
    endpoint: HttpAddress | None = None
    region: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "PagesConfig":
        of_buckets = [self.access_key_file, self.secret_key_file, self.endpoint, self.region]
        if any(of_buckets) and not (self.url or "").startswith("s3://"):
            raise ValueError(
                "access_key_file, secret_key_file, endpoint and region are for a url such as s3://bucket/x"
            )
        if (self.access_key_file is None) != (self.secret_key_file is None):
            raise ValueError("expected both access_key_file and secret_key_file, or none of them")
        return self


class LogsConfig(_Section):
    """What log lines look like, and from which level on they are written."""

    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(_Section):
    """The whole configuration; see docs/configuration.md."""

    data_dir: FileName = Path("data")
    keep: PositiveDuration | None = None
    min_free_bytes: int = Field(default=200_000_000, ge=0)
    pages: PagesConfig = PagesConfig()
    sources: tuple[SourceConfig, ...] = ()
    crawler: CrawlerConfig = CrawlerConfig()
    store: StoreConfig = StoreConfig()
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
    url_file = config.store.url_file
    store = config.store.model_copy(update={"url_file": (directory / url_file).absolute() if url_file else None})
    data_dir = (directory / config.data_dir).absolute()
    pages = _resolved_pages(config.pages, directory)
    files = {"password_file": config.index.password_file, "ca_file": config.index.ca_file}
    index = config.index.model_copy(
        update={key: (directory / file).absolute() for key, file in files.items() if file is not None}
    )
    rooms = {"crawler": crawler, "store": store, "pages": pages, "index": index}
    return config.model_copy(update={"data_dir": data_dir, **rooms})


def _resolved_pages(pages: PagesConfig, directory: Path) -> PagesConfig:
    files = {"access_key_file": pages.access_key_file, "secret_key_file": pages.secret_key_file}
    found: dict[str, Any] = {key: (directory / file).absolute() if file else None for key, file in files.items()}
    if pages.url is not None and not pages.url.startswith("s3://"):
        found["url"] = str((directory / pages.url.removeprefix("file://")).absolute())
    return pages.model_copy(update=found)


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
        if not _SECRET_KEYS.isdisjoint(keys):
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
        if not _SECRET_KEYS.isdisjoint(item["loc"]) or item["loc"] == ("index",):  # a password may be below
            value = ""
        keys = tuple(str(part) for part in item["loc"])
        variable = next((name for overridden, name in variables.items() if keys[: len(overridden)] == overridden), None)
        lines.append(f"  {where}{value}{f' (from {variable})' if variable else ''}: {message}")
    return "\n".join(lines)


def _shorten(value: Any) -> str:
    text = _CREDENTIALS.sub("//***@", repr(value))
    return text if len(text) <= 80 else text[:77] + "..."
