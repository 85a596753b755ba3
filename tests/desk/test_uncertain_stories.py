"""Pages that may be no story, from a server to the search: kept, flagged and counted, or refused with the reason."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.fault_server import FaultServer, answer
from tests.desk.desk_process import DeskProcess

TITLE = "Harbour stories of the week"
INTRODUCTION = "The editors have gathered what was written of the harbour, its ferries and bridges in the past week."
PROSE = [
    f"Sentence {number} of the report says what the harbour board decided on the ferries, and who voted against it."
    for number in range(8)
]


def collection(title: str) -> bytes:
    """A list of thirty teasers: its score is far below what is refused."""
    teasers = "".join(
        f'<article><h2><a href="/2026/03/0{number % 9 + 1}/ferry-{number}-is-late">Ferry number {number} is late again'
        f'</a></h2><p>Teaser {number}: <a href="/more/{number}">more</a></p></article>'
        for number in range(30)
    )
    return page(
        title,
        f'<main><h1>{title}</h1><p>{INTRODUCTION}</p>{teasers}</main><link rel="next" href="/page/2">',
        '<meta property="og:type" content="website">',
    )


def story(title: str) -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in PROSE)
    about = {"@type": "NewsArticle", "headline": title, "datePublished": "2026-03-01T10:00:00Z"}
    marked = f'<script type="application/ld+json">{json.dumps(about)}</script>'
    return page(title, f"<article><h1>{title}</h1>{paragraphs}</article>", marked)


def page(title: str, body: str, head: str = "") -> bytes:
    return f'<html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'.encode()


def html(content: bytes) -> Any:
    return answer(content, content_type="text/html; charset=utf-8")


def feed(*entries: tuple[str, str]) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid></item>" for title, url in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'.encode()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path, server: FaultServer) -> Iterator[DeskProcess]:
    sources = [
        {"name": "announces", "feeds": [server.url("/rss.xml")]},
        {"name": "links", "fronts": [server.url("/front")]},
    ]
    made = DeskProcess(tmp_path, sources, look_again=["1s"])
    yield made
    made.kill()


def publish(server: FaultServer, announced: bytes) -> None:
    """The feed announces one address, the front page leads to others: a list of stories, and an ordinary story."""
    announced_at = server.url("/2026/03/01/harbour-stories-of-the-week")
    entries = [(TITLE, announced_at), ("A consent wall", server.url("/2026/03/01/consent-wall-of-the-paper"))]
    server.routes["/rss.xml"] = answer(feed(*entries), content_type="application/rss+xml")
    server.routes["/2026/03/01/harbour-stories-of-the-week"] = html(announced)
    server.routes["/2026/03/01/consent-wall-of-the-paper"] = html(
        page("Before you continue", "<h1>Before you continue</h1>")
    )
    server.routes["/2026/03/02/ferry-stories-of-the-past-week"] = html(collection("Ferry stories of the past week"))
    server.routes["/2026/03/02/board-votes-on-the-night-ferries"] = html(story("Board votes on the night ferries"))
    links = "".join(
        f'<h2><a href="/2026/03/02/{slug}">{slug.replace("-", " ").capitalize()}</a></h2>'
        for slug in ("ferry-stories-of-the-past-week", "board-votes-on-the-night-ferries")
    )
    server.routes["/front"] = html(page("The front page", links))


def test_what_a_feed_announces_is_kept_and_flagged_and_what_a_front_page_leads_to_is_refused_with_the_reason(
    server: FaultServer, desk: DeskProcess
) -> None:
    publish(server, collection(TITLE))
    crawled = desk.run("crawl")
    assert crawled.returncode == 0, crawled.stderr
    told = crawled.stdout.splitlines()
    assert "links: NOT_A_STORY: 1 a list of stories" in told
    (reason,) = [line for line in told if line.startswith("announces: NOT_A_STORY: 1 ")]
    assert "list of stories" not in reason  # what names itself a wall is one, whoever announces it

    hits = {hit["headline"]: hit for hit in json.loads(desk.run("search", "", "--json").stdout)["hits"]}
    assert {headline: hit["uncertain"] for headline, hit in hits.items()} == {
        TITLE: True,
        "Board votes on the night ferries": False,
    }
    found = json.loads(desk.run("search", "is:uncertain source:announces", "--json").stdout)
    assert [hit["headline"] for hit in found["hits"]] == [TITLE]
    assert "(is:uncertain)" in desk.run("sources").stdout

    desk.start("serve")
    sources = {source["name"]: source["uncertain"] for source in desk.get("api/sources")["sources"]}
    assert sources == {"announces": 1, "links": 0}
    kept = desk.get(f"api/stories/{hits[TITLE]['id']}")
    assert kept["uncertain"] is True
    assert kept["confidence"]["story"] < 0.1
    assert kept["provenance"]["story"] == "looks like a list of stories"


def test_what_is_read_again_with_more_to_say_for_it_loses_the_flag_and_nothing_else(
    server: FaultServer, desk: DeskProcess
) -> None:
    """The page says the same in the same words; what it calls itself, and what stood around it, is another."""
    body = "".join(f"<p>{text}</p>" for text in PROSE[:2])
    site = (
        '<meta property="og:type" content="website"><link rel="next" href="/page/2">'
        '<script type="application/ld+json">{"@type": "CollectionPage"}</script>'
    )
    bare = page(TITLE, f"<main><h1>{TITLE}</h1>{body}</main>{teasers(1000)}", site)
    publish(server, bare)
    assert desk.run("crawl").returncode == 0
    before = uncertain(desk)
    assert [one["headline"] for one in before] == [TITLE]

    about = {"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(PROSE[:2])}
    marked = f'<script type="application/ld+json">{json.dumps(about)}</script>'
    publish(server, page(TITLE, f"<main><h1>{TITLE}</h1>{body}</main>", marked))
    crawled = desk.run("crawl")
    assert crawled.returncode == 0, crawled.stderr
    assert uncertain(desk) == []
    (after,) = json.loads(desk.run("search", f'"{TITLE}"', "--json").stdout)["hits"]
    assert (after["id"], after["version"], after["uncertain"]) == (before[0]["id"], 1, False)
    assert desk.run("check", "--deep").returncode == 0


def teasers(number: int) -> str:
    links = (f'<h3><a href="/x/{n}">Another story of the paper {n}</a></h3>' for n in range(number))
    return f"<aside>{''.join(links)}</aside>"


def uncertain(desk: DeskProcess) -> list[dict[str, Any]]:
    return list(json.loads(desk.run("search", "is:uncertain", "--json").stdout)["hits"])
