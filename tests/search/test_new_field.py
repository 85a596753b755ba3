"""One more annotated attribute of a story is all that a new field needs."""

import csv
import io
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.desk_process import eventually
from tests.search.changed_desk import ChangedDesk

TEXTS = """\
    slug: Annotated[OptionalText, Field(kind="text", default=True, boost=0.7, display=81)] = None
    desk: Annotated[OptionalText, Field(kind="name", boost=0.4, display=82)] = None
"""
KEYWORD = """\
    slug: Annotated[
        OptionalText,
        Field(
            kind="keyword", facet=5, filter="slug", listed="Slug", export=200, versioned=True, site_rule=True
        ),
    ] = None
"""
STORIES: tuple[dict[str, Any], ...] = (
    {
        "id": "1",
        "headline": "Ferry runs aground",
        "body": ["The ship hit a sandbank."],
        "slug": "harbour-storm",
        "desk": "Maritime news",
    },
    {
        "id": "2",
        "headline": "Storm closes the port",
        "body": ["Nobody was hurt."],
        "slug": "grounded-ferry",
    },
)
"""The words of the second slug stand nowhere else in its story."""
ADDRESS = "https://paper.example/politics/budget"
PAGE = (
    f"<!-- saved from url=({len(ADDRESS):04}){ADDRESS} -->"
    "<html lang='en'><head><title>Budget is passed</title></head><body><article><h1>Budget is passed</h1>"
    "<p><b class='slug'>BUDGET-VOTE</b></p>"
    + "".join(
        f"<p>Sentence {n} of the report says how the members voted and what they said of it.</p>" for n in range(8)
    )
    + "</article></body></html>"
)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> ChangedDesk:
    """A desk of stories with two more texts."""
    directory = tmp_path_factory.mktemp("texts")
    made = ChangedDesk(directory, TEXTS)
    made.answer("import", str(lines(directory / "stories.ndjson", *STORIES)))
    return made


@pytest.fixture(scope="module")
def keyword(tmp_path_factory: pytest.TempPathFactory) -> ChangedDesk:
    """A desk of stories with one more keyword, which is set by two lines, changed by a third, and read on a page."""
    directory = tmp_path_factory.mktemp("keyword")
    rules = directory / "rules.yaml"
    rules.write_text("paper.example:\n  slug: .slug\n", encoding="utf-8")
    made = ChangedDesk(directory, KEYWORD, site_rules=str(rules))
    made.answer("import", str(lines(directory / "stories.ndjson", *STORIES)))
    later = STORIES[1] | {"slug": "port-closed", "seen_at": "2100-01-01T00:00:00Z"}
    made.answer("import", str(lines(directory / "later.ndjson", later)))
    page = directory / "budget.html"
    page.write_text(PAGE, encoding="utf-8")
    made.answer("import", str(page))
    return made


def lines(path: Path, *stories: dict[str, Any]) -> Path:
    path.write_text("\n".join(map(json.dumps, stories)), encoding="utf-8")
    return path


def serving(desk: ChangedDesk) -> Iterator[ChangedDesk]:
    process = desk.serve()
    try:
        desk.address = eventually(lambda: desk._printed_address(0), 30, "the address to open")
        yield desk
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def served_texts(texts: ChangedDesk) -> Iterator[ChangedDesk]:
    yield from serving(texts)


@pytest.fixture(scope="module")
def served_keyword(keyword: ChangedDesk) -> Iterator[ChangedDesk]:
    yield from serving(keyword)


def one(answer: Any) -> Any:
    (hit,) = answer["hits"]
    return hit


def page_of(desk: ChangedDesk, path: str) -> str:
    with urllib.request.urlopen(desk.address + path, timeout=60) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("query", ["grounded", "slug:grounded", '"grounded ferry"', "slug:ground*", "groundd~"])
def test_a_text_is_searched_and_shown_in_the_terminal(texts: ChangedDesk, query: str) -> None:
    hit = one(json.loads(texts.answer("search", query, "--json")))
    assert (hit["id"], hit["matched_in"]) == ("2", ["slug"])
    assert hit["snippet_from"]["field"] == "slug"
    assert hit["snippet"].startswith("<mark>grounded")


def test_the_text_of_a_hit_in_it_is_printed(texts: ChangedDesk) -> None:
    assert "slug: grounded-ferry" in texts.answer("search", "grounded")


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("ferry", {"1": ["headline"], "2": ["slug"]}),
        ("storm", {"1": ["slug"], "2": ["headline"]}),
        ("harbour aground", {"1": ["headline", "slug"]}),
        ("desk:maritime", {"1": ["desk"]}),
        ("maritime", {}),
        ("has:desk", {"1": []}),
    ],
)
def test_fields_that_match_are_named_in_the_order_of_the_schema(
    served_texts: ChangedDesk, query: str, fields: dict[str, list[str]]
) -> None:
    assert {hit["id"]: hit["matched_in"] for hit in served_texts.hits(query)} == fields


def test_the_parts_of_a_score_name_it(served_texts: ChangedDesk) -> None:
    hit = one(served_texts.get("api/search", q="grounded", explain=1))
    assert hit["explanation"] == [{"field": "slug", "boost": 0.7, "words": {"grounded": 1}}]
    assert list(hit["score_parts"][0]["fields"]) == ["slug"]


def test_the_page_shows_where_it_matched(served_texts: ChangedDesk) -> None:
    page = page_of(served_texts, "search?q=grounded&explain=1")
    assert '<span class="where" dir="ltr">Slug</span>' in page
    assert "<mark>grounded</mark>-ferry" in page


def test_the_help_names_it(served_texts: ChangedDesk) -> None:
    assert "dateline, tag, slug, desk." in page_of(served_texts, "help")


def test_the_index_is_made_for_it(texts: ChangedDesk) -> None:
    """Where the schema is the usual one again, the index is another version's, and is said to be."""
    checked = texts.run("check")
    assert (checked.returncode, "another version" in checked.stdout) == (1, True)


def test_a_sites_rule_finds_it_on_a_page(keyword: ChangedDesk, tmp_path: Path) -> None:
    page = tmp_path / "saved.html"
    page.write_text(PAGE, encoding="utf-8")
    read = json.loads(keyword.answer("parse", str(page), "--json"))
    assert read["slug"] == "BUDGET-VOTE"
    assert read["provenance"]["slug"] == "site:paper.example"
    assert "  slug  [site:paper.example; .99]\n    BUDGET-VOTE\n" in keyword.answer("parse", str(page))


def test_a_page_that_was_taken_in_has_it(served_keyword: ChangedDesk) -> None:
    hit = one(served_keyword.get("api/search", q="slug:budget-vote"))
    assert (hit["url"], hit["matched_in"]) == (ADDRESS, ["slug"])
    assert served_keyword.get(f"api/stories/{hit['id']}")["slug"] == "BUDGET-VOTE"


def test_its_values_are_counted_and_narrow_a_search(served_keyword: ChangedDesk) -> None:
    answer = served_keyword.get("api/search", q="")
    assert list(answer["facets"]) == ["source", "agency", "language", "section", "slug", "published"]
    assert sorted(answer["facets"]["slug"]) == [["BUDGET-VOTE", 1], ["harbour-storm", 1], ["port-closed", 1]]
    assert one(served_keyword.get("api/search", q="", slug="harbour-storm"))["id"] == "1"
    assert 'href="/search?q=&amp;slug=port-closed"' in page_of(served_keyword, "search?q=")


def test_a_change_of_it_is_a_version(served_keyword: ChangedDesk) -> None:
    first, second = served_keyword.get("api/stories/2/versions")["versions"]
    assert (first["slug"], first["changed"]) == ("grounded-ferry", [])
    assert (second["slug"], second["changed"]) == ("port-closed", ["slug"])


def test_a_storys_page_shows_it_and_what_changed(served_keyword: ChangedDesk) -> None:
    page = page_of(served_keyword, "story/2")
    assert "<dt>Slug</dt><dd>port-closed</dd>" in page
    assert "<h3>Slug</h3>" in page
    assert "<del>grounded" in page


def test_exports_hold_it(keyword: ChangedDesk) -> None:
    exported = [json.loads(line) for line in keyword.answer("export", "--format", "ndjson").splitlines()]
    slugs = {story["id"]: story["slug"] for story in exported}
    assert (slugs.pop("1"), slugs.pop("2"), [*slugs.values()]) == ("harbour-storm", "port-closed", ["BUDGET-VOTE"])
    header, *rows = csv.reader(io.StringIO(keyword.answer("export", "--format", "csv")))
    assert header[-5:] == ["version", "status", "withdrawn_at", "withdrawal", "slug"]
    assert {row[-1] for row in rows} == {"harbour-storm", "port-closed", "BUDGET-VOTE"}


def test_an_export_can_be_taken_in_again(keyword: ChangedDesk, tmp_path: Path) -> None:
    path = tmp_path / "again.ndjson"
    path.write_text(keyword.answer("export", "--format", "ndjson"), encoding="utf-8")
    assert "CHANGED" not in keyword.answer("import", str(path))


def test_the_description_of_the_interface_names_it(served_keyword: ChangedDesk) -> None:
    document = served_keyword.get("openapi.json")
    assert "slug" in document["components"]["schemas"]["StoredStory"]["properties"]
    parameters = {parameter["name"] for parameter in document["paths"]["/api/search"]["get"]["parameters"]}
    assert "slug" in parameters
