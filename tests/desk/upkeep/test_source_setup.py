"""Adding a source to a configuration."""

from pathlib import Path

import pytest

from config import ConfigError, SourceConfig, load_config
from crawler.discovery import FoundEndpoint, FoundEndpoints, RejectedEndpoint
from demo.wire import DemoWire
from desk.upkeep.known_sources import KnownSources
from desk.upkeep.source_setup import KnownSourceError, NothingFoundError, add_to_configuration, describe_source
from tests.desk.desk_process import DeskProcess

COMMENTED = """\
# The desk of the Example.
data_dir: data  # on the big disk

# Whom we read:
sources:
  # the first
  - name: voa
    feeds: ["https://example.org/voa.xml"]  # their feed

search:
  port: 9000  # as the proxy expects
"""


def test_comments_and_order_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(COMMENTED, encoding="utf-8")
    add_to_configuration(path, [{"name": "bbc", "feeds": ["https://example.org/bbc.xml"]}])
    text = path.read_text(encoding="utf-8")
    assert [line for line in COMMENTED.splitlines() if line.strip() and line not in text.splitlines()] == []
    assert [source.name for source in load_config(path, {}).sources] == ["voa", "bbc"]


def test_a_mistake_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigError, match="voa"):
        add_to_configuration(path, [{"name": "voa", "feeds": ["https://example.org/again.xml"]}])
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert list(tmp_path.iterdir()) == [path]


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    real, path = tmp_path / "real.yaml", tmp_path / "config.yaml"
    real.write_text(COMMENTED, encoding="utf-8")
    real.chmod(0o600)
    path.symlink_to(real)
    add_to_configuration(path, [{"name": "bbc", "feeds": ["https://example.org/bbc.xml"]}])
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert len(load_config(real, {}).sources) == 2


def found(*feeds: str, title: str | None = "The Example") -> FoundEndpoints:
    endpoints = tuple(FoundEndpoint(url, "feed", frozenset({url})) for url in feeds)
    return FoundEndpoints(
        endpoints, (RejectedEndpoint("https://example.org/x", "a feed without entries"),), title, "en"
    )


def known(*sources: SourceConfig) -> KnownSources:
    return KnownSources(sources)


EXAMPLE = SourceConfig(
    name="example", feeds=("https://www.example.org/feed/",), sitemaps=("https://maps.example/m.xml",)
)


def test_names_come_from_the_address_and_are_free() -> None:
    other = SourceConfig(name="example", feeds=("https://other.example/rss",))
    source = describe_source("https://www.example.co.uk/", None, lambda url: found(f"{url}rss"), known(other))
    assert source.values == {
        "name": "example-2",
        "title": "The Example",
        "language": "en",
        "feeds": ["https://www.example.co.uk/rss"],
    }
    local = describe_source("http://127.0.0.1:8000/", None, lambda url: found(f"{url}rss"), known())
    assert local.values["name"] == "127-0-0-1"
    bare = describe_source("example.net/news", None, lambda url: found(f"{url}/rss"), known())
    assert bare.values["feeds"] == ["https://example.net/news/rss"]


@pytest.mark.parametrize(
    ("url", "feed", "name", "words"),
    [
        pytest.param("http://example.org/feed", "", None, "endpoint of example", id="its-feed-written-otherwise"),
        pytest.param("https://maps.example/m.xml", "", None, "endpoint of example", id="its-sitemap"),
        pytest.param("https://blog.example/", "http://example.org/feed", "x", "as example", id="its-feed-found"),
        pytest.param(
            "http://example.org", "https://example.org/new", None, "as example", id="another-feed-of-its-home"
        ),
    ],
)
def test_what_is_there_is_said_to_be_there(url: str, feed: str, name: str | None, words: str) -> None:
    def find(url: str) -> FoundEndpoints:
        assert feed, "nothing is asked for what the configuration names"
        return found(feed)

    with pytest.raises(KnownSourceError, match=words) as raised:
        describe_source(url, name, find, known(EXAMPLE))
    assert raised.value.name == "example"


def test_what_a_known_source_lacks_is_told() -> None:
    with pytest.raises(KnownSourceError, match=r"does not have https://example.org/new"):
        describe_source(
            "https://example.org/", None, lambda url: found("https://example.org/feed", f"{url}new"), known(EXAMPLE)
        )


@pytest.mark.parametrize(
    ("url", "name"), [("https://www.example.org/", "sport"), ("https://www.example.org/sport/", None)]
)
def test_another_source_of_a_known_host(url: str, name: str | None) -> None:
    added = describe_source(url, name, lambda url: found("https://www.example.org/sport/feed"), known(EXAMPLE))
    assert added.values["name"] == (name or "example-2")


def test_an_address_without_stories_is_refused() -> None:
    nothing = FoundEndpoints(rejected=(RejectedEndpoint("https://example.org/feed", "a feed without entries"),))
    with pytest.raises(NothingFoundError, match=r"(?s)no feed.*without entries"):
        describe_source("https://example.org/", None, lambda url: nothing, known())


def test_a_home_page_becomes_a_source_that_can_be_crawled(tmp_path: Path) -> None:
    with DemoWire(pace_seconds=0, slow_seconds=0) as wire:
        desk = DeskProcess(tmp_path, [])
        before = desk.config.read_bytes()
        home = wire.sources()[1]["feeds"][0].rsplit("/feeds", 1)[0] + "/"
        tried = desk.run("sources", "add", home, "--dry-run")
        assert tried.returncode == 0, tried.stderr
        assert "latest.atom" in tried.stdout
        assert "entries, the newest of 20" in tried.stdout
        assert "time zone" in tried.stdout
        assert desk.config.read_bytes() == before
        assert list(tmp_path.iterdir()) == [desk.config]

        added = desk.run("sources", "add", home, "--name", "meridian")
        assert added.returncode == 0, added.stderr
        assert "latest.atom" in added.stdout
        assert desk.run("crawl", "meridian").returncode == 0
        assert "meridian" in desk.run("sources").stdout

        with_source = desk.config.read_bytes()
        for address in (home, home + "feeds/latest.atom"):
            again = desk.run("sources", "add", address)
            assert again.returncode == 3
            assert "there already" in again.stdout
            assert "meridian" in again.stdout
        assert desk.run("sources", "add", home, "--dry-run").returncode == 0
        assert desk.config.read_bytes() == with_source
