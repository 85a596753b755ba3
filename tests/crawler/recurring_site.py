"""A site whose stories hold the same promo, legal note and portrait of the author inside their element."""

from collections.abc import Iterable

from tests.crawler.fault_server import FaultServer, answer

PROMO = "The Harbour Courier has told the coast what happens at sea and on land since 1871."
LEGAL = "Reproduction of this text without written permission of the Harbour Courier is not allowed."
PORTRAIT = "Mara Lindqvist has covered the harbour, its unions and its owners for eleven years."
SHORT = "He declined to comment."
_PLACES = (
    "Aldmoor", "Birkfield", "Corran", "Dunlow", "Eastwick", "Farrow", "Glenside", "Holt", "Inver", "Jarrow", "Kelsey",
    "Lorne", "Marsden", "Norwell",
)  # fmt: skip
_MATTERS = (
    "the pier", "a tram line", "the fish market", "a school roof", "the old mill", "a flood wall", "the night bus",
    "a library", "the ferry", "a stadium", "the water works", "a cycle bridge", "the town hall", "a wind farm",
)  # fmt: skip


def own_paragraphs(number: int) -> list[str]:
    """Five paragraphs that no other story of the site has."""
    place, matter = _PLACES[number], _MATTERS[number]
    return [
        f"The council of {place} decided on Monday to spend {number + 3} million on {matter}, after a long debate.",
        f"“We waited {number + 2} years for {matter},” said the mayor of {place}, who had asked for twice the sum.",
        f"Work on {matter} begins in spring and takes {number + 5} months, as the engineer of {place} explained.",
        f"The opposition in {place} called the plan for {matter} too dear and wants {number + 4} experts heard.",
        f"Residents near {matter} fear noise; {number * 7 + 40} of them signed a letter to the council of {place}.",
    ]


def story_page(number: int, paragraphs: Iterable[str] = ()) -> bytes:
    """The page of a story: promo in the middle, portrait and legal note behind it."""
    own = list(paragraphs) or own_paragraphs(number)
    texts = [*own[:2], PROMO, *own[2:], SHORT, PORTRAIT, LEGAL]
    body = "".join(f"<p>{text}</p>" for text in texts)
    headline = f"{_PLACES[number]} pays for {_MATTERS[number]}"
    return (
        f'<!doctype html><html lang="en"><head><title>{headline}</title>'
        f'<meta property="article:published_time" content="2026-05-{number + 1:02}T08:00:00Z"></head><body>'
        f"<article><h1>{headline}</h1>{body}</article></body></html>"
    ).encode()


def announce(server: FaultServer, numbers: Iterable[int]) -> None:
    """Publish stories, and name them in the feed at /feed."""
    items = []
    for number in numbers:
        path = f"/2026/05/{number + 1:02}/story-{number}-of-the-harbour"
        server.routes.setdefault(path, answer(story_page(number)))
        items.append(f"<item><title>Story {number}</title><link>{server.url(path)}</link></item>")
    feed = f"<rss version='2.0'><channel><title>Harbour</title>{''.join(items)}</channel></rss>"
    server.routes["/feed"] = answer(feed.encode(), content_type="application/rss+xml")
