"""`parse --explain`, as its users run it: where each paragraph of a page went."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.desk.desk_process import ROOT

PAGE = """<!doctype html><html lang="en"><head><title>Council repairs the pier | Tribune</title>
<meta property="og:title" content="Council repairs the pier"></head><body><header>Tribune of the islands</header><main>
<article><h1>Council repairs the pier</h1>
<p class="deck">The work takes two years and costs more than was planned.</p>
<p class="byline">By <a href="/author/jo">Jo Whitlock</a></p><div class="text">
<figure><img src="a.jpg"><figcaption><div>The pier after the storm.</div><div>Photo: Ann Poe</div></figcaption></figure>
<p>PORT ELLEN, Scotland (AP) — The council voted on Thursday to repair the old pier, which a storm damaged.</p>
<div class="related"><h4>More</h4><p><a href="/2">The sea wall falls</a></p></div><h2>Two years</h2>
<p>The work will take two years and cost 14 million crowns, the mayor told reporters after the vote.</p>
<blockquote>We will not wait.</blockquote><p><a href="/3">Ferry line closes for the winter</a></p>
<p>It opens again in May, the harbour master said on Friday.</p><p>With files from Reuters</p></div></article>
<section><p>Words of another part of the page.</p></section></main></body></html>"""
ROLES = [
    ("headline", "Council repairs the pier"),
    ("deck", "The work takes two years and costs more than was planned."),
    ("byline", "By Jo Whitlock"),
    ("caption", "The pier after the storm."),
    ("credit", "Photo: Ann Poe"),
    ("dateline", "PORT ELLEN, Scotland (AP) —"),
    ("body", "The council voted on Thursday to repair the old pier, which a storm damaged."),
    ("sub-head", "Two years"),
    ("body", "The work will take two years and cost 14 million crowns, the mayor told reporters after the vote."),
    ("quote", "We will not wait."),
    ("boilerplate", "Ferry line closes for the winter"),
    ("body", "It opens again in May, the harbour master said on Friday."),
    ("sign-off", "With files from Reuters"),
    ("boilerplate", "Tribune of the islands"),
    ("boilerplate", "Words of another part of the page."),
]
STORY = ("body", "sub-head", "quote")


def explain(tmp_path: Path, page: str, *options: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"data_dir": "data", "sources": []}), encoding="utf-8")
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(config), "parse", "--explain", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    run = explain(tmp_path_factory.mktemp("explain"), PAGE, "--json")
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def test_every_block_has_its_role(explained: dict[str, Any]) -> None:
    assert [(block["role"], block["text"]) for block in explained["blocks"]] == ROLES


def test_the_body_is_the_blocks_that_are_story(explained: dict[str, Any]) -> None:
    assert explained["body"] == [text for role, text in ROLES if role in STORY]


def test_every_block_has_a_score_and_a_reason(explained: dict[str, Any]) -> None:
    for block in explained["blocks"]:
        assert block["reason"] and 0 <= block["score"] <= 1
        assert (block["score"] >= 0.5) == (block["role"] in STORY), block


def test_what_was_dropped_is_told(explained: dict[str, Any]) -> None:
    (dropped,) = explained["dropped"]
    assert (dropped["element"], dropped["reason"]) == ("div.related", "class says related")
    assert dropped["opening"].startswith("More") and dropped["characters"] == 22


def test_statements_that_fields_were_chosen_from(explained: dict[str, Any]) -> None:
    stated = [(candidate["rule"], candidate["value"]) for candidate in explained["candidates"]["headline"]]
    assert ("markup:h1", "Council repairs the pier") in stated
    assert ("title", "Council repairs the pier | Tribune") in stated


def test_the_sheet_for_people(tmp_path: Path) -> None:
    run = explain(tmp_path, PAGE)
    assert run.returncode == 0, run.stderr
    lines = [" ".join(line.split()) for line in run.stdout.splitlines()]
    assert "quote 0.95 We will not wait." in lines
    assert "<div.related> 22 characters: class says related" in lines
    assert run.stdout.index("  headline") < run.stdout.index("  blocks") < run.stdout.index("  dropped")


REFUSED = {
    "no story": "<html><body><h1>Page not found</h1><p>Harbour lamp, 40 crowns</p></body></html>",
    "no headline": "<html><body><p>Harbour lamp, 40 crowns</p></body></html>",
}


@pytest.mark.parametrize("page", REFUSED.values(), ids=REFUSED.keys())
def test_blocks_of_pages_that_are_no_story(tmp_path: Path, page: str) -> None:
    run = explain(tmp_path, page, "--json")
    answer = json.loads(run.stdout)
    assert run.returncode == 1 and answer["error"].startswith("not a story")
    assert "Harbour lamp, 40 crowns" in [block["text"] for block in answer["blocks"]]


def test_a_page_without_markup_is_told(tmp_path: Path) -> None:
    run = explain(tmp_path, "", "--json")
    answer = json.loads(run.stdout)
    assert run.returncode == 1 and answer["error"] == "can't be read: the page is empty" and answer["blocks"] == []
