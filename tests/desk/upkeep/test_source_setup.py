"""Adding a source to a configuration."""

from pathlib import Path

import pytest

from config import ConfigError, load_config
from crawler.discovery.autodiscovery import FoundEndpoints
from demo.wire import DemoWire
from desk.upkeep.source_setup import NothingFoundError, add_to_configuration, describe_source
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
    add_to_configuration(path, {"name": "bbc", "feeds": ["https://example.org/bbc.xml"]})
    text = path.read_text(encoding="utf-8")
    assert [line for line in COMMENTED.splitlines() if line.strip() and line not in text.splitlines()] == []
    assert [source.name for source in load_config(path, {}).sources] == ["voa", "bbc"]


def test_a_mistake_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(COMMENTED, encoding="utf-8")
    with pytest.raises(ConfigError, match="voa"):
        add_to_configuration(path, {"name": "voa", "feeds": ["https://example.org/again.xml"]})
    assert path.read_text(encoding="utf-8") == COMMENTED
    assert list(tmp_path.iterdir()) == [path]


def test_names_come_from_the_address_and_are_free() -> None:
    def find(url: str) -> FoundEndpoints:
        return FoundEndpoints(feeds=(f"{url}rss",), title="The Example", language="en")

    source = describe_source("https://www.example.co.uk/", None, find, ["example"])
    assert source == {
        "name": "example-2",
        "title": "The Example",
        "language": "en",
        "feeds": ["https://www.example.co.uk/rss"],
    }
    assert describe_source("http://127.0.0.1:8000/", None, find, [])["name"] == "127-0-0-1"


def test_an_address_without_stories_is_refused() -> None:
    with pytest.raises(NothingFoundError, match="no feed"):
        describe_source("https://example.org/", None, lambda url: FoundEndpoints(), [])


def test_a_home_page_becomes_a_source_that_can_be_crawled(tmp_path: Path) -> None:
    with DemoWire(pace_seconds=0, slow_seconds=0) as wire:
        desk = DeskProcess(tmp_path, [])
        home = wire.sources()[1]["feeds"][0].rsplit("/feeds", 1)[0] + "/"
        added = desk.run("sources", "add", home, "--name", "meridian")
        assert added.returncode == 0, added.stderr
        assert "latest.atom" in added.stdout
        assert desk.run("crawl", "meridian").returncode == 0
        assert "meridian" in desk.run("sources").stdout
