"""What is understood on the command line, and what is told of what is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import SearchConfig, load_config
from run import main
from tests.desk.desk_process import ROOT, DeskProcess


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DeskProcess:
    directory = tmp_path_factory.mktemp("desk")
    made = DeskProcess(directory, [{"name": "herald", "feeds": ["http://127.0.0.1:9/feed.xml"]}])
    rows = ({"id": f"{n}", "headline": "A ferry", "body": ["Text."], "source": "courier"} for n in range(12))
    (directory / "stories.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert made.run("import", str(directory / "stories.ndjson")).returncode == 0
    return made


def run(desk: DeskProcess, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["--config", str(desk.config), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


QUERIES: dict[str, tuple[list[str], str, int]] = {
    # arguments of `search`, the query that they make, and how many hits were asked for
    "words": (["mali", "captions"], "mali captions", 10),
    "one argument": (["mali captions"], "mali captions", 10),
    "without a word": (["mali", "-france"], "mali -france", 10),
    "the dash first": (["-france", "mali"], "-france mali", 10),
    "a letter that is an option inside": (["ferry", "-harbour", "-nato"], "ferry -harbour -nato", 10),
    "an option's letter and more": (["ferry", "-n5x"], "ferry -n5x", 10),
    "capitals": (["ferry", "-NOT"], "ferry -NOT", 10),
    "a capital that is no option": (["ferry", "-NATO", "-H5N1"], "ferry -NATO -H5N1", 10),
    "a field": (["ferry", "-source:voa"], "ferry -source:voa", 10),
    "a phrase": (["ferry", '-"last rivet"'], 'ferry -"last rivet"', 10),
    "a group": (["ferry", "-(mali OR niger)"], "ferry -(mali OR niger)", 10),
    "a figure": (["ferry", "-2013"], "ferry -2013", 10),
    "a letter of another script": (["ferry", "-é", "-中"], "ferry -é -中", 10),
    "a dash alone": (["ferry", "-", "bridge"], "ferry - bridge", 10),
    "a number apart": (["-n", "5", "ferry"], "ferry", 5),
    "a number behind": (["ferry", "-n", "5"], "ferry", 5),
    "a number joined": (["ferry", "-n5", "-france"], "ferry -france", 5),
    "everything behind two dashes": (["-n", "5", "--", "--limit", "-n", "7", "-h"], "--limit -n 7 -h", 5),
    "two dashes twice": (["--", "ferry", "--", "x"], "ferry -- x", 10),
}


@pytest.mark.parametrize(("arguments", "query", "size"), QUERIES.values(), ids=QUERIES.keys())
def test_words_and_options_of_a_search(desk: DeskProcess, arguments: list[str], query: str, size: int) -> None:
    result = run(desk, "search", "--json", *arguments)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert (answer["query"], answer["size"]) == (query, size)


MISTAKES: dict[str, tuple[list[str], str]] = {
    "no option": (["search", "mali", "--limit", "5"], "No such option '--limit'"),
    "no option, with a value": (["search", "mali", "--limit=5"], "No such option '--limit'"),
    "a misspelling": (["search", "mali", "--jsno"], "Did you mean '--json'?"),
    "one letter": (["search", "mali", "-l", "5"], "No such option: -l; for stories without this word write NOT l"),
    "no number": (["search", "mali", "-n", "many"], "'many' is not a valid integer range"),
    "a negative number": (["search", "mali", "-n", "-5"], "-5 is not in the range 1<=x<=100"),
    "nothing behind it": (["search", "mali", "-n"], "Option '-n' requires an argument"),
    "too many": (["search", "mali", "-n", "500"], "500 is not in the range 1<=x<=100"),
    "crawl": (["crawl", "herlad"], "no source is called 'herlad' (did you mean herald?); configured are: herald"),
    "crawl of a stored one": (["crawl", "courier"], "no source is called 'courier'; configured are: herald"),
    "reindex": (["reindex", "--source", "nosuch"], "no source is called 'nosuch'; known are: herald, courier"),
    "reparse": (["reindex", "--reparse", "--source", "nosuch"], "no source is called 'nosuch'; known are"),
    "a day": (["reindex", "--since", "yesterday"], "'yesterday' does not match the format '%Y-%m-%d'"),
    "a command": (["serach", "mali"], "No such command 'serach'"),
    "an address": (["parse", "page.html", "--url", "no address"], "Invalid value for --url"),
    "a port": (["demo", "--wire-port", "99999"], "99999 is not in the range 0<=x<=65535"),
    "a format": (["export", "--format", "xml"], "'xml' is not one of 'ndjson', 'csv'"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_wrong_usage_is_named(desk: DeskProcess, arguments: list[str], message: str) -> None:
    result = run(desk, *arguments)
    assert (result.exit_code, message in result.output) == (2, True), result.output


@pytest.mark.parametrize("arguments", [["-h"], ["--help"], ["mali", "-h"]])
def test_the_help_of_a_search(desk: DeskProcess, arguments: list[str]) -> None:
    result = run(desk, "search", *arguments)
    assert (result.exit_code, "Search in the terminal" in result.output) == (0, True)


def test_sources_that_are_known(desk: DeskProcess) -> None:
    assert run(desk, "reindex", "--source", "courier").output.startswith("12 stories indexed")
    assert run(desk, "reindex", "--source", "herald").output.startswith("0 stories indexed")
    assert run(desk, "export", "source:nosuch").output == ""


def test_many_sources_are_not_all_listed(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, [{"name": f"s{n}", "feeds": ["http://127.0.0.1:9/"]} for n in range(30)])
    assert "s18, s19 and 10 more" in run(desk, "crawl", "nosuch").output


def test_bytes_that_are_no_text_are_words_like_others(desk: DeskProcess) -> None:
    ended = desk.run("search", "--json", "ferry", os.fsdecode(b"\xff\xfe"))
    assert (ended.returncode, json.loads(ended.stdout)["query"]) == (0, "ferry ??")
    assert desk.run("export", os.fsdecode(b"\xff")).returncode == 0


@pytest.mark.sqlite_files("a backup of the two files")
def test_a_backup_stays_out_of_the_data_directory(desk: DeskProcess) -> None:
    refused = run(desk, "backup", str(desk.data / "backup"))
    assert (refused.exit_code, "is inside the data directory" in refused.output) == (2, True)
    assert not (desk.data / "backup").exists()


def test_a_closed_standard_output_is_named(desk: DeskProcess) -> None:
    command = f"{sys.executable} {ROOT / 'run.py'} --config {desk.config} export >&-"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "Error: standard output is closed\n")


CONFIGURATIONS: dict[str, tuple[str, str]] = {
    "half a list": (
        "sources: [\n  - a: ]",
        "not valid YAML: line 2, column 3: expected the node content, but found '-'",
    ),
    "a tab": ("sources:\n\t- name: a\n", "not valid YAML: line 2, column 1: found character"),
    "a key twice": ("keep: 1y\nkeep: 2y\n", 'not valid YAML: line 2, column 1: found duplicate key "keep"\n'),
    "two documents": ("keep: 1y\n---\nkeep: 2y\n", "not valid YAML: line 2, column 1: but found another document"),
    "a list": ("- a\n", "expected keys such as data_dir and sources, found list"),
    "a number for keys": ("search: 5\n", "search = 5: expected keys below it; see docs/configuration.md"),
    "for ever": ("keep: 99999999999y\n", "keep = '99999999999y': expected a duration of 1000y at most"),
    "a NUL": ('data_dir: "a\\0b"\n', "expected a path without a NUL character"),
    "missing rules": ("crawler: {site_rules: nowhere.yaml}\n", "nowhere.yaml: can't be read as YAML"),
}


@pytest.mark.parametrize("command", ["check", "start"])
@pytest.mark.parametrize(("text", "message"), CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_a_mistaken_configuration_is_explained(tmp_path: Path, text: str, message: str, command: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["--config", str(path), command])
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, message in result.output) == (2, True), result.output


def test_keys_that_are_all_commented_out_have_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sources:\n# - name: a\nsearch:\n#  port: 9000\n", encoding="utf-8")
    assert load_config(path, {}) == load_config(path, {}).model_copy(update={"search": SearchConfig(), "sources": ()})
    assert load_config(path, {"WIREDESK_SEARCH__PORT": "9000"}).search.port == 9000


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "WIREDESK_SEARCH__PORT",
            "abc",
            "search.port = 'abc' (from WIREDESK_SEARCH__PORT): Input should be a valid integer",
        ),
        ("WIREDESK_NOPE", "1", "nope = 1 (from WIREDESK_NOPE): unknown key"),
        ("WIREDESK_SEARCH", "5", "search = 5 (from WIREDESK_SEARCH): expected keys below it"),
        ("WIREDESK_KEEP", "[", "WIREDESK_KEEP='[': not valid YAML: line 1, column 2: "),
    ],
)
def test_a_mistake_of_the_environment_names_the_variable(
    desk: DeskProcess, variable: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    result = run(desk, "check")
    assert (result.exit_code, message in result.output) == (2, True), result.output
