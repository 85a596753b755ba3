"""The JSON API answers as documented."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from search.http.schemas import HitAnswer, SearchAnswer, SimilarAnswer


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def test_an_answer_has_the_documented_shape(client: httpx.Client, desk: Any) -> None:
    answer = get(client, "/api/search", q="rivet")
    assert {key: answer[key] for key in ("query", "total", "folded_total", "page", "size", "next_cursor")} == {
        "query": "rivet",
        "total": 1,
        "folded_total": 1,
        "page": 1,
        "size": 10,
        "next_cursor": None,
    }
    assert answer["suggestion"] is None
    assert answer["took_ms"] > 0
    hit = answer["hits"][0]
    assert hit.pop("score") > 0
    assert hit == {
        "id": desk.ids["bridge"],
        "url": "https://desk.example/bridge",
        "source": "herald",
        "headline": "Old harbour bridge reopens after repairs",
        "published_at": "2013-01-19T12:00:00Z",
        "first_seen_at": "2013-01-19T12:00:00Z",
        "byline": ["Nora Whitfield", "Idris Okoro"],
        "dateline": "PORT ELLEN, Scotland",
        "agencies": ["AP", "Reuters"],
        "language": "en",
        "section": "Transport",
        "version": 1,
        "status": "live",
        "uncertain": False,
        "withdrawn_at": None,
        "matched_in": ["caption", "body"],
        "snippet": "Engineers replaced forty <mark>rivets</mark> and repainted the eastern span. "
        "Ferries ran all night, the mayor said.",
        "snippet_from": {"field": "body", "label": None, "credit": None},
        "also_in": [],
    }


@pytest.mark.parametrize("explain", [0, 1])
def test_an_answer_has_the_keys_of_its_schema_in_their_order(client: httpx.Client, desk: Any, explain: int) -> None:
    answer = get(client, "/api/search", q="bridge OR ferry OR mali", explain=explain)
    similar = get(client, f"/api/stories/{desk.ids['bridge']}/similar")
    assert list(answer) == list(SearchAnswer.model_fields)
    assert list(similar) == list(SimilarAnswer.model_fields)
    SearchAnswer.model_validate(answer)
    SimilarAnswer.model_validate(similar)
    keys = [name for name, key in HitAnswer.model_fields.items() if key.is_required()]
    assert answer["hits"]
    assert all(set(hit) == set(HitAnswer.model_fields if explain else keys) for hit in answer["hits"])
    assert all(list(hit) == keys for hit in similar["hits"])


def test_explain_says_where_the_words_are(client: httpx.Client) -> None:
    hit = get(client, "/api/search", q="rivet night", explain=1)["hits"][0]
    caption = next(found for found in hit["explanation"] if found["field"] == "caption")
    assert caption["words"] == {"rivet": 1, "night": 1}
    assert caption["boost"] > 0


@pytest.mark.parametrize(
    ("query", "sort", "kinds"),
    [
        ("rivet night", "score", {"word", "all words", "closeness"}),
        ("rivet night", "relevance", {"word", "all words", "closeness", "recency"}),
        ("what did the welder inspect on the bridge at night", "score", {"word", "passage", "likeness"}),
        ('"ran all night" rivet*', "score", {"phrase", "prefix"}),
        ("(rivet AND night) OR (rivet AND xyzzy)", "score", {"word"}),
        ("caption:rivet", "newest", {"word"}),
    ],
)
def test_the_parts_of_a_score_add_up(client: httpx.Client, query: str, sort: str, kinds: set[str]) -> None:
    hits = get(client, "/api/search", q=query, sort=sort, explain=1)["hits"]
    assert hits
    for hit in hits:
        assert sum(part["score"] for part in hit["score_parts"]) == pytest.approx(hit["score"], abs=1e-3)
        for part in hit["score_parts"]:
            if part["kind"] == "word":
                assert sum(part["fields"].values()) == pytest.approx(part["score"], abs=1e-4)
                assert part["form"] in ("exact", "stem", "folded")
    assert {part["kind"] for part in hits[0]["score_parts"]} == kinds


def test_the_page_shows_the_parts_of_a_score_where_it_is_asked_to(client: httpx.Client) -> None:
    query = {"q": "rivet night", "sort": "score"}
    assert "all words" not in client.get("/search", params=query).text
    page = client.get("/search", params={**query, "explain": 1}).text
    assert "<summary>Score " in page
    assert "word <q>rivet</q>" in page
    assert "all words" in page


def test_facets_count_all_stories_that_match(client: httpx.Client) -> None:
    facets = get(client, "/api/search", q="harbour OR port", size=1)["facets"]
    assert dict(facets["source"]) == {"log": 25, "herald": 2, "courier": 1, "courrier": 1}
    assert dict(facets["agency"]) == {"Reuters": 2, "AP": 1, "AFP": 1}
    assert dict(facets["language"]) == {"en": 28, "fr": 1}
    assert dict(facets["section"]) == {"Log": 25, "Transport": 3}
    assert facets["published"][-1] == ["2013-01", 3]


def test_facets_are_there_when_nothing_matches(client: httpx.Client) -> None:
    facets = get(client, "/api/search", q="xyzzy")["facets"]
    assert facets == {"source": [], "agency": [], "language": [], "section": [], "published": []}


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({"source": "log"}, 25),
        ({"source": ["log", "minato"]}, 26),
        ({"agency": "Reuters"}, 2),
        ({"agency": "reuters"}, 2),
        ({"agency": ["AP", "AFP"]}, 2),
        ({"agency": "Reuters", "source": "minato"}, 0),
        ({"lang": "fr"}, 1),
        ({"section": "Culture"}, 2),
        ({"after": "2013-01-18"}, 2),
        ({"after": "2013-01-17", "before": "2013-01-18"}, 1),
        ({"before": "2012-05"}, 3),
        ({"after": "yesterday"}, 1),
        ({"source": ""}, 33),
        ({"after": "", "before": ""}, 33),
        ({"source": "nobody"}, 0),
    ],
    ids=str,
)
def test_filters(client: httpx.Client, filters: dict[str, Any], total: int) -> None:
    assert get(client, "/api/search", **filters)["total"] == total


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "1_0"}, "page"),
        ({"page": "９"}, "page"),
        ({"page": "9" * 40}, "page"),
        ({"size": "0"}, "size"),
        ({"size": "101"}, "size"),
        ({"sort": "best"}, "sort"),
        ({"fold": "2"}, "fold"),
        ({"explain": "yes"}, "explain"),
        ({"after": "soon"}, "after"),
        ({"after": " "}, "after"),
        ({"before": "2013-02-30"}, "before"),
        ({"source": [str(n) for n in range(51)]}, "source"),
    ],
    ids=str,
)
def test_a_mistake_is_named(client: httpx.Client, parameters: dict[str, Any], name: str) -> None:
    response = client.get("/api/search", params=parameters)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "bad_parameter"
    assert error["parameter"] == name
    assert error["message"]


@pytest.mark.parametrize(
    "parameters",
    [{"page": "1001"}, {"page": "101", "size": "100"}, {"cursor": "garbage"}, {"cursor": "W10"}, {"cursor": "é"}],
    ids=str,
)
def test_places_that_there_are_not(client: httpx.Client, parameters: dict[str, str]) -> None:
    response = client.get("/api/search", params=parameters)
    assert response.status_code == 404
    assert response.json()["error"]["parameter"] in parameters


def test_page_numbers_reach_ten_thousand_stories(client: httpx.Client) -> None:
    assert get(client, "/api/search", page=1000, size=10)["hits"] == []
    assert get(client, "/api/search", page=100, size=100)["hits"] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/stories/unknown", 404, "not_found"),
        ("GET", "/api/stories/unknown/versions", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("POST", "/api/search", 405, "method_not_allowed"),
        ("GET", "/api/suggest?size=999", 400, "bad_parameter"),
        ("GET", "/api/export?format=xls", 400, "bad_parameter"),
        ("GET", "/api/search?q=" + "a" * 50_000, 414, "address_too_long"),
    ],
)
def test_errors_have_one_shape(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.json()["error"]["code"] == code


def walk(client: httpx.Client, **parameters: Any) -> list[str]:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = get(client, "/api/search", **parameters, **({"cursor": cursor} if cursor else {}))
        seen += [hit["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"]
    return seen


@pytest.mark.parametrize("sort", ["relevance", "score", "newest", "oldest"])
def test_cursors_walk_all_stories_once(client: httpx.Client, sort: str) -> None:
    seen = walk(client, q="harbour", sort=sort, size=3)
    assert len(seen) == len(set(seen)) == 28
    pages = [get(client, "/api/search", q="harbour", sort=sort, size=3, page=page) for page in range(1, 11)]
    assert seen == [hit["id"] for page in pages for hit in page["hits"]]


def test_a_cursor_holds_its_place_while_stories_come(own_client: httpx.Client, own_desk: Any, make_story: Any) -> None:
    first = get(own_client, "/api/search", q="harbour", sort="newest", size=5)
    for number in range(7):
        story = make_story(f"Harbour news {number}", "Something new.", days_ago=0)
        own_desk.save(story, f"https://desk.example/new-{number}")
    own_desk.index_changes()
    own_desk.store.stories.set_status(first["hits"][-1]["id"], "withdrawn", datetime.now(UTC))
    own_desk.index_changes()
    second = get(own_client, "/api/search", q="harbour", sort="newest", size=5, cursor=first["next_cursor"])
    fresh = [hit["id"] for hit in get(own_client, "/api/search", q="harbour", sort="newest", size=40)["hits"]]
    place = fresh.index(first["hits"][-2]["id"]) + 1
    assert [hit["id"] for hit in second["hits"]] == fresh[place : place + 5]
    assert second["page"] is None


def test_a_cursor_belongs_to_its_query(client: httpx.Client) -> None:
    cursor = get(client, "/api/search", q="harbour", size=3)["next_cursor"]
    response = client.get("/api/search", params={"q": "ferry", "size": 3, "cursor": cursor})
    assert response.status_code == 404
    assert "another query" in response.json()["error"]["message"]


def test_sorts(client: httpx.Client) -> None:
    newest = get(client, "/api/search", sort="newest", size=100)["hits"]
    oldest = get(client, "/api/search", sort="oldest", size=100)["hits"]
    dates = [hit["published_at"] or hit["first_seen_at"] for hit in newest]
    assert dates == sorted(dates, reverse=True)
    assert {hit["id"] for hit in newest} == {hit["id"] for hit in oldest}
    assert [hit["published_at"] or hit["first_seen_at"] for hit in oldest] == sorted(dates)


def test_a_story_with_all_its_fields(client: httpx.Client, desk: Any) -> None:
    story = get(client, f"/api/stories/{desk.ids['bridge']}")
    assert story["deck"] == "Eleven months of detours end for commuters"
    assert len(story["body"]) == 2
    assert story["captions"] == [
        {
            "text": "A welder inspects the last rivet under the eastern span, January 18, 2013.",
            "credit": "AP Photo/Lena Fors",
            "label": "Night shift",
            "image_url": "https://pictures.example/rivet.jpg",
        }
    ]
    for key in ("tags", "modified_at", "first_seen_at", "provenance", "parser_version", "section", "status"):
        assert key in story
    assert "revision" not in story


def test_versions(client: httpx.Client, desk: Any) -> None:
    answer = get(client, f"/api/stories/{desk.ids['strike']}/versions")
    assert answer["id"] == desk.ids["strike"]
    first, second = answer["versions"]
    assert (first["version"], first["changed"], first["headline"]) == (1, [], "Ferry crews vote to strike")
    assert (second["version"], sorted(second["changed"])) == (2, ["body", "headline"])
    assert second["seen_at"] == "2013-01-20T13:00:00Z"


def test_similar_stories(client: httpx.Client, desk: Any) -> None:
    answer = get(client, f"/api/stories/{desk.ids['log-03']}/similar", size=5)
    assert len(answer["hits"]) == 5
    assert {hit["source"] for hit in answer["hits"]} == {"log"}
    assert desk.ids["log-03"] not in {hit["id"] for hit in answer["hits"]}
    assert client.get("/api/stories/unknown/similar").status_code == 404


@pytest.mark.parametrize(
    ("q", "keys"),
    [
        ("is:uncertain", {"undated"}),
        ("is:uncertain source:courier", {"undated"}),
        ("is:uncertain source:herald", set()),
        ("(is:uncertain OR bridge) -lighthouse -section:log", {"undated", "bridge"}),
        ("tide -is:uncertain", set()),
        ("is:uncertain is:withdrawn", set()),
        ("is:uncertain is:live", {"undated"}),
    ],
)
def test_stories_that_may_be_none_are_found_as_such(client: httpx.Client, desk: Any, q: str, keys: set[str]) -> None:
    assert {hit["id"] for hit in get(client, "/api/search", q=q)["hits"]} == {desk.ids[key] for key in keys}


def test_what_is_certain_and_what_is_not_are_all(client: httpx.Client) -> None:
    total = get(client, "/api/search", q="")["total"]
    assert get(client, "/api/search", q="-is:uncertain")["total"] == total - 1
    assert get(client, "/api/search", q="is:uncertain OR -is:uncertain")["total"] == total


def test_a_hit_and_a_story_say_that_they_are_uncertain(client: httpx.Client, desk: Any) -> None:
    hits = get(client, "/api/search", q="tide OR diary")["hits"]
    assert {hit["id"]: hit["uncertain"] for hit in hits} == {desk.ids["undated"]: True, desk.ids["lighthouse"]: False}
    story = get(client, f"/api/stories/{desk.ids['undated']}")
    assert (story["uncertain"], story["confidence"]) == (True, {"story": 0.12, "headline": 0.9})
    (line,) = client.get("/api/export", params={"q": "tide"}).text.splitlines()
    assert json.loads(line) == story


def test_sources(client: httpx.Client) -> None:
    herald, courier = get(client, "/api/sources")["sources"]
    assert (herald["uncertain"], courier["uncertain"]) == (1, None)
    assert herald["title"] == "The Herald"
    assert (courier["failures"], courier["last_success_at"]) == (4, None)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("lighth", "lighthouse"), ("harbour bri", "harbour bridge"), ("LIGHTHOUSE", "lighthouse")],
)
def test_completes(client: httpx.Client, typed: str, first: str) -> None:
    assert get(client, "/api/suggest", q=typed)["suggestions"][0] == {"text": first, "kind": "query", "id": None}


@pytest.mark.parametrize("typed", ["", "a", "x" * 300, "(((", "lighthouse ", "\x00", "zzzz"])
def test_completes_nothing_where_there_is_nothing(client: httpx.Client, typed: str) -> None:
    assert get(client, "/api/suggest", q=typed)["suggestions"] == []


def test_completions_name_stories(client: httpx.Client, desk: Any) -> None:
    found = get(client, "/api/suggest", q="diar")["suggestions"]
    assert {"text": "Lighthouse keeper’s diary found in attic", "kind": "story", "id": desk.ids["lighthouse"]} in found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lighthuose", "lighthouse"),
        ("keeper dairy", "keeper diary"),
        ("ligthouse OR ferry", None),
        ("lighthouse", None),
        ("qqqqqqqq", None),
    ],
)
def test_did_you_mean(client: httpx.Client, typed: str, meant: str | None) -> None:
    assert get(client, "/api/search", q=typed)["suggestion"] == meant


def test_unchanged_answers_are_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/api/search", params={"q": "rivet"})
    again = client.get("/api/search", params={"q": "rivet"}, headers={"If-None-Match": first.headers["etag"]})
    other = client.get("/api/search", params={"q": "ferry"}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_export_ndjson_is_complete_and_as_the_api_shows_stories(client: httpx.Client) -> None:
    lines = [json.loads(line) for line in client.get("/api/export").text.splitlines()]
    assert len(lines) == 34
    assert all(line == get(client, f"/api/stories/{line['id']}") for line in lines)


def test_export_of_a_query_keeps_its_order(client: httpx.Client) -> None:
    parameters = {"q": "harbour", "sort": "newest"}
    lines = [json.loads(line)["id"] for line in client.get("/api/export", params=parameters).text.splitlines()]
    assert lines == walk(client, **parameters, size=100)
    filtered = client.get("/api/export", params={"source": "minato"}).text.splitlines()
    assert [json.loads(line)["source"] for line in filtered] == ["minato"]


def test_export_csv_cells_are_never_formulas(own_client: httpx.Client, own_desk: Any, make_story: Any) -> None:
    for number, start in enumerate("=+-@"):
        own_desk.save(make_story(f"{start}1+1", 'kraken, "quoted"\nand more'), f"https://desk.example/f{number}")
    own_desk.index_changes()
    response = own_client.get("/api/export", params={"q": "kraken", "format": "csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert sorted(row["headline"] for row in rows)[:4] == ["'+1+1", "'-1+1", "'=1+1", "'@1+1"]
    assert not any(cell.startswith(tuple("=+-@")) for row in rows for cell in row.values())


def test_a_story_merged_away_still_answers(own_client: httpx.Client, own_desk: Any, make_story: Any) -> None:
    one = make_story("Twin tide gauges fail", "Both tide gauges failed.")
    first = own_desk.save(one, "https://twin.example/story")
    second = own_desk.save(one.model_copy(update={"headline": "Tide gauges"}), "https://twin.example/amp/story")
    assert own_client.get(f"/api/stories/{first}").status_code == 200
    assert own_client.get(f"/api/stories/{second}").status_code == 200


def test_openapi_document_is_exact(client: httpx.Client) -> None:
    document = get(client, "/openapi.json")
    assert set(document["paths"]) >= {"/api/search", "/api/stories/{story_id}", "/api/export", "/feed.atom", "/readyz"}
    assert "422" not in json.dumps(document)
    parameters = {p["name"]: p["schema"] for p in document["paths"]["/api/search"]["get"]["parameters"]}
    assert parameters["size"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
