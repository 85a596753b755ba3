"""The configuration: every mistake is named with its path, its value and what was expected."""

from datetime import timedelta
from pathlib import Path

import pytest

from config import ConfigError, load_config
from model.config_values import parse_duration

ROOT = Path(__file__).parent.parent
FEED = "feeds: ['https://example.org/rss']"

MISTAKES = {
    "host in two groups": ("crawler: {shared_pace: [[a.x, b.x], [b.x, c.x]]}", "'b.x' is named twice"),
    "group of one": ("crawler: {shared_pace: [[a.x]]}", "expected groups of two hosts or more"),
    "hosts without group": ("crawler: {shared_pace: [a.x, b.x]}", "crawler.shared_pace.0 = 'a.x'"),
    "pattern of hosts": ("crawler: {shared_pace: [['*.x', a.x]]}", "without *"),
    "address as host": ("crawler: {shared_pace: [['https://a.x/', a.x]]}", "expected a host name"),
    "short lease": ("crawler: {lease: 500ms}", "crawler.lease = '500ms': expected a duration from 1s to 1h"),
    "unknown key": ("serach: {port: 1}", "serach = {'port': 1}: unknown key"),
    "unknown nested key": ("crawler: {user_agnet: x}", "crawler.user_agnet = 'x': unknown key"),
    "bad duration": (f"sources: [{{name: a, {FEED}, every: 10q}}]", "sources.0.every = '10q': expected a duration"),
    "zero interval": (f"sources: [{{name: a, {FEED}, every: 0s}}]", "expected a duration above zero"),
    "two of one name": (f"sources: [{{name: a, {FEED}}}, {{name: a, {FEED}}}]", "sources.1.name: 'a' is the name of"),
    "no address": ("sources: [{name: a}]", "expected at least one address in feeds, sitemaps or fronts"),
    "no name": (f"sources: [{{{FEED}}}]", "sources.0.name: Field required"),
    "name with blanks": (f"sources: [{{name: 'a b', {FEED}}}]", "sources.0.name = 'a b'"),
    "ftp": ("sources: [{name: a, feeds: ['ftp://x/']}]", "sources.0.feeds.0 = 'ftp://x/': expected an http"),
    "credentials": ("sources: [{name: a, feeds: ['http://u:p@x/']}]", "without credentials"),
    "timezone": (f"sources: [{{name: a, {FEED}, timezone: Mars/Dune}}]", "expected an IANA time zone"),
    "selector": (
        "sources: [{name: a, fronts: ['https://a.example/'], front_selector: 'h3 >'}]",
        "sources.0.front_selector = 'h3 >': expected a CSS selector",
    ),
    "selector of nothing": (
        "sources: [{name: a, feeds: ['https://a.example/rss'], front_selector: h3}]",
        "expected addresses in fronts",
    ),
    "engine without servers": ("index: {engine: opensearch}", "expected at least one address in hosts"),
    "servers for the embedded engine": ("index: {hosts: ['http://a:9200']}", "are for engine: opensearch"),
    "server without scheme": ("index: {engine: opensearch, hosts: [a]}", "index.hosts.0"),
    "two passwords": (
        "index: {engine: opensearch, hosts: ['http://a:9200'], password: geheim, password_file: a}",
        "expected one of password and password_file",
    ),
    "port": ("search: {port: 99999}", "search.port = 99999"),
    "network": ("crawler: {allow_private_networks: ['10.0.0.0/33']}", "crawler.allow_private_networks"),
    "short key": ("search: {api_keys: [abc]}", "search.api_keys.0: expected 8 to 512 letters"),
    "key that is a number": ("search: {api_keys: [12345678901]}", "search.api_keys.0: Input should be a valid string"),
    "keys or not": ("search: {require_api_key: perhaps}", "search.require_api_key = 'perhaps'"),
    "rate": ("search: {rate_limit: 10/fortnight}", "search.rate_limit = '10/fortnight': expected auto, off, or"),
    "origin": ("search: {cors_origins: ['https://desk.example/']}", "search.cors_origins.0 = 'https://desk.example/'"),
    "host": ("search: {allowed_hosts: ['https://desk.example']}", "expected a host name without scheme and path"),
    "connections": ("search: {max_connections: 8}", "search.max_connections = 8: expected auto, or a number"),
    "connections in words": ("search: {max_connections: many}", "search.max_connections = 'many': expected auto, or"),
    "no time for headers": ("search: {header_timeout: 0s}", "search.header_timeout = '0s': expected a duration above"),
    "proxy network": ("search: {trusted_proxies: [proxy]}", "search.trusted_proxies.0 = 'proxy'"),
    "pages of no scheme that is known": (
        "pages: {url: 'gs://bucket/x'}",
        "pages.url = 'gs://bucket/x': expected s3://",
    ),
    "pages without a bucket": ("pages: {url: 's3:///x'}", "pages.url = 's3:///x': expected s3://bucket/prefix"),
    "pages in a file": ("pages: {url: 'file://x'}", "expected file:///folder, with three slashes"),
    "pages with keys": ("pages: {url: 's3://me:geheim@bucket/x'}", "pages.url = 's3://***@bucket/x': expected s3://"),
    "one key of two": ("pages: {url: 's3://bucket/x', access_key_file: a}", "expected both access_key_file and secret"),
    "keys for a folder": ("pages: {url: /srv/pages, region: x}", "are for a url such as s3://bucket/x"),
    "endpoint with keys": ("pages: {url: 's3://b-1/x', endpoint: 'https://a:b@c'}", "without credentials"),
    "engine": ("index: {engine: lucene}", "index.engine = 'lucene'"),
    "not keys": ("- a\n- b", "expected keys such as data_dir and sources"),
    "not yaml": ("sources: [", "not valid YAML"),
    "key twice": ("data_dir: a\ndata_dir: b", "not valid YAML"),
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_explained(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text), {})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("search: {api_keys: [geheim]}", {}),
        ("search: {api_keys: {geheim: x}}", {}),
        ("search: {api_keys: ['geheim mit blank']}", {}),
        ("", {"WIREDESK_SEARCH__API_KEYS": "[geheim"}),
        ("", {"WIREDESK_SEARCH__API_KEYS": "geheim"}),
    ],
)
def test_keys_are_never_repeated(tmp_path: Path, text: str, environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text), environment)
    assert "api_keys" in str(caught.value).casefold()
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "keys"), [("[one-secret, two-secrets]", ["one-secret", "two-secrets"]), ("one-secret", ["one-secret"])]
)
def test_keys_come_from_the_environment(tmp_path: Path, text: str, keys: list[str]) -> None:
    config = load_config(written(tmp_path, ""), {"WIREDESK_SEARCH__API_KEYS": text})
    assert [key.get_secret_value() for key in config.search.api_keys] == keys
    assert not any(key in repr(config) for key in keys)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"2 mistake\(s\)"):
        load_config(written(tmp_path, "search: {port: x}\ncolour: red"), {})


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: can't be read"):
        load_config(tmp_path / "nowhere.yaml", {})


@pytest.mark.parametrize(
    ("text", "seconds"), [("10m", 600), ("2s", 2), ("0s", 0), ("1h30m", 5400), ("500ms", 0.5), ("7d", 604800)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


def test_no_sources_is_search_only(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "sources: []"), {}).sources == ()
    assert load_config(written(tmp_path, ""), {}).sources == ()


def test_environment_overrides_single_keys(tmp_path: Path) -> None:
    environment = {
        "WIREDESK_SEARCH__PORT": "9000",
        "WIREDESK_DATA_DIR": "/srv/desk",
        "WIREDESK_CRAWLER__ALLOW_PRIVATE_NETWORKS": "[127.0.0.0/8]",
        "WIREDESK_CRAWLER__PER_HOST_DELAY": "0s",
        "PATH": "/bin",
    }
    config = load_config(written(tmp_path, "search: {port: 1, host: 127.0.0.1}"), environment)
    assert (config.search.port, config.search.host) == (9000, "127.0.0.1")
    assert config.data_dir == Path("/srv/desk")
    assert config.crawler.allow_private_networks == ("127.0.0.0/8",)
    assert not config.crawler.per_host_delay


def test_environment_mistakes_are_explained_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="serch"):
        load_config(written(tmp_path, ""), {"WIREDESK_SERCH__PORT": "1"})


def test_data_directory_is_relative_to_the_file(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "data_dir: here"), {}).data_dir == tmp_path / "here"


def test_the_bundled_configuration_is_valid() -> None:
    config = load_config(ROOT / "config.yaml", {})
    assert len(config.sources) >= 12
    assert all(address.startswith("https://") for s in config.sources for address in (*s.feeds, *s.sitemaps, *s.fronts))


@pytest.mark.parametrize(
    "url", ["mysql://user:secret-word@host/name", "postgresql//user:secret-word@host/name", "[secret-word"]
)
def test_a_wrong_address_of_a_database_is_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    for values, environment in (
        (f"store: {{url: {url!r}}}", {}),
        ("store: {}", {"WIREDESK_STORE__URL": url}),
    ):
        path = tmp_path / "config.yaml"
        path.write_text(values)
        with pytest.raises(ConfigError) as raised:
            load_config(path, environment)
        assert "store" in str(raised.value).lower()
        assert "secret-word" not in str(raised.value)


def test_the_address_of_a_database_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("store: {url_file: address}")
    store = load_config(path, {}).store
    with pytest.raises(ConfigError, match="can't be read"):
        store.address()
    (tmp_path / "address").write_text("mysql://user:secret-word@host/name\n")
    with pytest.raises(ConfigError, match="PostgreSQL") as raised:
        store.address()
    assert "secret-word" not in str(raised.value)
    (tmp_path / "address").write_text("postgresql://user:secret-word@host/name\n")
    assert store.address() == "postgresql://user:secret-word@host/name"
    assert "secret-word" not in repr(store)


def test_of_two_addresses_of_a_database_none_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("store: {url: 'postgresql://user:secret-word@host/name', url_file: address}")
    with pytest.raises(ConfigError, match="one of url and url_file") as raised:
        load_config(path, {})
    assert "secret-word" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("s3://bucket/a/prefix", "s3://bucket/a/prefix"),
        ("/srv/pages", "/srv/pages"),
        ("file:///srv/pages", "/srv/pages"),
        ("pages", "{}/pages"),
    ],
)
def test_places_of_pages_are_relative_to_the_file(tmp_path: Path, url: str, resolved: str) -> None:
    assert load_config(written(tmp_path, f"pages: {{url: '{url}'}}"), {}).pages.url == resolved.format(tmp_path)
