"""Near-identical copies of one story: folded into one hit that names them, and unfolded on request."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from rich.console import Console

from desk.terminal.hit_lines import print_hits
from model.story import Story
from search.http.request import QueryParameters, read_question

NOW = datetime(2013, 1, 20, 12, tzinfo=UTC)  # the clock of the desk's searcher

TEXT = (
    "The cable car over the gorge stands still since {0} engineers found a worn bolt in its {0}th mast on Thursday.",
    "Villagers on the far side reach their fields by the old rope bridge, a walk of two hours, said the miller {0}. "
    "The mayor hopes to have the car running before the sheep come down in autumn, as the bridge bears no carts at "
    "all.",
    "The maker of the bolt, a foundry that closed {0} years ago, left no drawings. A smith in the valley offered to "
    "forge a new one from the worn one, and the engineers, who had asked three firms abroad, took up his offer the "
    "same day.",
)
PAIRS = 30


def text(number: int) -> tuple[str, ...]:
    """A text of its own for each number: the names of the people and all figures are others."""
    names = " ".join(
        f"{word}{number}" for word in ("Amsel", "Birk", "Cuno", "Darras", "Elend", "Falk", "Gries", "Horn")
    )
    return tuple(
        f"{paragraph.format(number + 10)} So said {names}, in this order and each in turn." for paragraph in TEXT
    )


@pytest.fixture(scope="module")
def folding(
    tmp_path_factory: pytest.TempPathFactory, open_own_desk: Callable[..., Any], make_story: Callable[..., Story]
) -> Iterator[Any]:
    """Thirty stories, each in two papers, and one that three carry, one of them no more."""
    desk = open_own_desk(tmp_path_factory.mktemp("folding"))

    def save(source: str, name: str, body: tuple[str, ...], headline: str, days_ago: float) -> None:
        story = make_story(headline, *body, source=source, days_ago=days_ago)
        desk.ids[name] = desk.save(story, f"https://{source}.example/{name}", NOW - timedelta(days=days_ago))

    for number in range(PAIRS):
        save("herald", f"first{number}", text(number), f"Gorge cable car stands still {number}", 10 + number / 10)
        save("courier", f"second{number}", (" ".join(text(number)),), "No way over the gorge", 9 + number / 10)
    save("herald", "lead", text(99), "Cable car closed", 3)
    save("courier", "cut", text(99)[:2], "Villagers cut off from their fields", 2)
    save("post", "killed", text(99), "Gorge: the long way round", 2.5)
    desk.store.stories.set_status(desk.ids["killed"], "withdrawn", NOW)
    desk.index_changes()
    yield desk
    desk.index.close()
    desk.store.close()


@pytest.fixture(scope="module")
def folding_client(folding: Any, serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    with serve(folding.app()) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def search(client: httpx.Client, **parameters: Any) -> Any:
    return client.get("/api/search", params=parameters).raise_for_status().json()


def test_copies_fold_into_the_best_which_names_them(folding_client: httpx.Client, folding: Any) -> None:
    answer = search(folding_client, q="Cuno99", sort="newest")
    assert (answer["total"], answer["folded_total"], len(answer["hits"])) == (2, 1, 1)
    assert dict(answer["facets"]["source"]) == {"herald": 1, "courier": 1}
    hit = answer["hits"][0]
    assert hit["source"] == "courier"
    lead = {"id": folding.ids["lead"], "source": "herald", "url": "https://herald.example/lead"}
    assert hit["also_in"] == [lead]  # the one that was taken back is not named


def test_unfolded_on_request(folding_client: httpx.Client) -> None:
    answer = search(folding_client, q="Cuno99", fold=0)
    assert (answer["total"], answer["folded_total"], len(answer["hits"])) == (2, 2, 2)
    assert [hit["also_in"] for hit in answer["hits"]] == [[], []]


def test_copies_that_do_not_match_are_named_all_the_same(folding_client: httpx.Client, folding: Any) -> None:
    answer = search(folding_client, q="Cuno99", source="herald")
    assert (answer["total"], answer["folded_total"]) == (1, 1)
    assert [copy["id"] for copy in answer["hits"][0]["also_in"]] == [folding.ids["cut"]]


@pytest.mark.parametrize("sort", ["relevance", "score", "newest", "oldest"])
def test_pages_and_cursors_show_each_story_once(folding_client: httpx.Client, folding: Any, sort: str) -> None:
    whole = search(folding_client, q="gorge", sort=sort, size=100)
    assert (whole["total"], whole["folded_total"]) == (2 * PAIRS + 2, PAIRS + 1)
    expected = [hit["id"] for hit in whole["hits"]]
    by_page, by_cursor, cursor = [], [], ""
    for page in range(1, 12):
        by_page += [hit["id"] for hit in search(folding_client, q="gorge", sort=sort, size=3, page=page)["hits"]]
        answer = search(folding_client, q="gorge", sort=sort, size=3, cursor=cursor)
        by_cursor += [hit["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"]
    assert cursor is None
    assert by_page == by_cursor == expected
    keys = {story_id: key.removeprefix("first").removeprefix("second") for key, story_id in folding.ids.items()}
    assert len({keys[story_id].replace("lead", "cut") for story_id in expected}) == PAIRS + 1


def test_the_export_never_folds(folding_client: httpx.Client) -> None:
    lines = folding_client.get("/api/export", params={"q": "gorge"}).text.splitlines()
    assert len(lines) == 2 * PAIRS + 2


def test_the_feed_has_each_story_once_under_an_id_that_stays(folding_client: httpx.Client, folding: Any) -> None:
    feed = ElementTree.fromstring(folding_client.get("/feed.atom", params={"q": "Cuno99"}).content)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    ids = [entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in entries]
    assert ids == [f"urn:wiredesk:story:{folding.ids['lead']}"]  # the one seen first, though the newest is shown


def test_a_withdrawn_copy_does_not_delete_the_entry_of_the_others(folding_client: httpx.Client, folding: Any) -> None:
    feed = ElementTree.fromstring(folding_client.get("/feed.atom", params={"q": "Cuno99"}).content)
    deleted = feed.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert [entry.attrib["ref"] for entry in deleted] == [f"urn:wiredesk:story:{folding.ids['killed']}"]


def test_the_page_names_the_copies_and_leads_to_each(folding_client: httpx.Client, folding: Any) -> None:
    page = folding_client.get("/search", params={"q": "Cuno99", "sort": "newest"}).text
    assert f'Also carried by <a href="/story/{folding.ids["lead"]}" title="Cable car closed">herald</a>' in page
    assert 'href="/search?q=Cuno99&amp;sort=newest&amp;fold=0">show every copy</a>' in page
    unfolded = folding_client.get("/search", params={"q": "Cuno99", "fold": 0}).text
    assert "Also carried by" not in unfolded
    assert 'href="/search?q=Cuno99">fold them</a>' in unfolded
    story = folding_client.get(f"/story/{folding.ids['lead']}").text
    assert f'Also carried by <a href="/story/{folding.ids["cut"]}"' in story


def test_stories_like_one_are_others(folding_client: httpx.Client, folding: Any) -> None:
    hits = folding_client.get(f"/api/stories/{folding.ids['lead']}/similar", params={"size": 50}).json()["hits"]
    found = [hit["id"] for hit in hits]
    assert folding.ids["first0"] in found or folding.ids["second0"] in found
    assert not {folding.ids["lead"], folding.ids["cut"]} & set(found)
    assert not any({folding.ids[f"first{n}"], folding.ids[f"second{n}"]} <= set(found) for n in range(PAIRS))


def test_the_terminal_says_where_else(folding: Any) -> None:
    console = Console(file=io.StringIO(), width=200)
    print_hits(folding.searcher.search(read_question(QueryParameters(q="Cuno99"), NOW)), console)
    shown = console.file.getvalue()
    assert "2 stories (1 without copies)" in shown
    assert "also in herald" in shown or "also in courier" in shown


def test_a_correction_takes_a_copy_out_of_the_fold(
    own_desk: Any, own_client: httpx.Client, make_story: Callable[..., Story]
) -> None:
    for source in ("herald", "courier"):
        own_desk.save(make_story("Gorge", *text(7), source=source), f"https://{source}.example/gorge")
    own_desk.index_changes()
    assert search(own_client, q="Cuno7")["folded_total"] == 1
    corrected = make_story("Gorge", *text(8), "Cuno7 was named wrongly before.", source="courier")
    own_desk.save(corrected, "https://courier.example/gorge", NOW + timedelta(hours=1))
    own_desk.index_changes()
    answer = search(own_client, q="Cuno7")
    assert (answer["total"], answer["folded_total"]) == (2, 2)
    assert [hit["also_in"] for hit in answer["hits"]] == [[], []]
