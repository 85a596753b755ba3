"""One more line in the schema is all that a new field needs."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.desk_process import ROOT, DeskProcess, eventually

PROGRAM = Path(__file__).with_name("with_fields.py")
LAST_DEFAULT = '    Field("agency",'
NEW_FIELDS = (
    '    Field("slug", "text", lambda s: _one((s.url or "").rpartition("/")[2]), default=True, boost=0.7),\n'
    '    Field("desk", "name", lambda s: _one(s.section), boost=0.4),\n'
    '    Field("genre", "keyword", lambda s: s.tags, facet=True),\n'
)
STORIES = (
    {
        "id": "1",
        "headline": "Ferry runs aground",
        "body": ["The ship hit a sandbank."],
        "section": "Shipping news",
        "tags": ["Accident"],
    },
    {"id": "2", "headline": "Storm closes the port", "body": ["Nobody was hurt."]},
)
SLUGS = ("https://wire.example/harbour-storm", "https://wire.example/grounded-ferry")
"""The words of the second slug stand nowhere else in its story."""


class OtherDesk(DeskProcess):
    """A desk whose schema has more fields."""

    fields = Path()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(PROGRAM), str(self.fields), "--config", str(self.config), *arguments]

    def answer(self, *arguments: str) -> str:
        ended = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=300, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> OtherDesk:
    directory = tmp_path_factory.mktemp("desk")
    made = OtherDesk(directory, [])
    schema = (ROOT / "model" / "fields.py").read_text(encoding="utf-8")
    assert schema.count(LAST_DEFAULT) == 1
    made.fields = directory / "fields.py"
    made.fields.write_text(schema.replace(LAST_DEFAULT, NEW_FIELDS + LAST_DEFAULT), encoding="utf-8")
    lines = directory / "stories.ndjson"
    rows = (story | {"url": url} for story, url in zip(STORIES, SLUGS, strict=True))
    lines.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    made.answer("import", str(lines))
    return made


@pytest.fixture(scope="module")
def served(desk: OtherDesk) -> Iterator[OtherDesk]:
    with desk.output.open("ab") as output:
        process = subprocess.Popen(desk.command("serve"), stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        desk.address = eventually(lambda: desk._printed_address(0), 30, "the address to open")
        yield desk
    finally:
        process.terminate()
        process.wait(30)


def one(answer: Any) -> Any:
    (hit,) = answer["hits"]
    return hit


@pytest.mark.parametrize("query", ["grounded", "slug:grounded", '"grounded ferry"', "slug:ground*", "groundd~"])
def test_it_is_searched_and_shown_in_the_terminal(desk: OtherDesk, query: str) -> None:
    hit = one(json.loads(desk.answer("search", query, "--json")))
    assert (hit["id"], hit["matched_in"]) == ("2", ["slug"])
    assert hit["snippet_from"]["field"] == "slug"
    assert hit["snippet"].startswith("<mark>grounded")


def test_the_text_of_a_hit_in_it_is_printed(desk: OtherDesk) -> None:
    assert "slug: grounded-ferry" in desk.answer("search", "grounded")


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("ferry", {"1": ["headline"], "2": ["slug"]}),
        ("storm", {"1": ["slug"], "2": ["headline"]}),
        ("harbour aground", {"1": ["headline", "slug"]}),
        ("desk:shipping", {"1": ["desk"]}),
        ("shipping", {}),
        ("has:desk", {"1": []}),
        ("genre:accident", {"1": ["genre"]}),
    ],
)
def test_fields_that_match_are_named_in_the_order_of_the_schema(
    served: OtherDesk, query: str, fields: dict[str, list[str]]
) -> None:
    assert {hit["id"]: hit["matched_in"] for hit in served.hits(query)} == fields


def test_its_values_are_counted(served: OtherDesk) -> None:
    assert served.get("api/search", q="ferry")["facets"]["genre"] == [["Accident", 1]]


def test_the_parts_of_a_score_name_it(served: OtherDesk) -> None:
    hit = one(served.get("api/search", q="grounded", explain=1))
    assert hit["explanation"] == [{"field": "slug", "boost": 0.7, "words": {"grounded": 1}}]
    assert list(hit["score_parts"][0]["fields"]) == ["slug"]


def test_the_page_shows_where_it_matched(served: OtherDesk) -> None:
    with urllib.request.urlopen(f"{served.address}search?q=grounded&explain=1", timeout=60) as answer:
        page = answer.read().decode()
    assert '<span class="where" dir="ltr">Slug</span>' in page
    assert "<mark>grounded</mark>-ferry" in page


def test_the_help_names_it(served: OtherDesk) -> None:
    with urllib.request.urlopen(f"{served.address}help", timeout=60) as answer:
        page = answer.read().decode()
    assert "dateline, tag, slug, desk." in page


def test_the_index_is_made_for_it(desk: OtherDesk) -> None:
    """Where the schema is the usual one again, the index is another version's, and is said to be."""
    checked = desk.run("check")
    assert (checked.returncode, "another version" in checked.stdout) == (1, True)
