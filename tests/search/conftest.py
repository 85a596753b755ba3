"""A small desk for the search tests: a real store and a real index over stories written for them."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from index.base import IndexReader
from index.duplicates.consumer import DuplicatesConsumer
from index.sync import Indexer
from model.story import Caption, Story
from search.app import create_app
from search.http.line_limits import LineLimiter
from search.http.server.connection import ConnectionLimits
from search.http.server.connections import Connections
from search.http.server.server import HttpServer
from search.service import Searcher
from store.directory.locks import Locks
from store.opening import Store, open_store
from tests.index.engines.opening import open_chosen, remove_opened
from tests.saving import store_reading

NOW = datetime(2013, 1, 20, 12, 0, tzinfo=UTC)
HOSTILE = "<script>document.title='owned'</script>"


@dataclass(frozen=True)
class Health:
    """One source's health, as the store reader reports it."""

    name: str
    title: str | None = None
    stories: int = 0
    last_round_at: datetime | None = None
    last_success_at: datetime | None = None
    last_story_at: datetime | None = None
    next_due_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    failing_since: datetime | None = None
    stories_a_day: float | None = None
    alarm: str | None = None
    distrusted_ids: int = 0
    uncertain: int | None = None
    poison: int = 0
    poison_retry_at: datetime | None = None


class Reader:
    """The store's stories with the health of two sources beside them."""

    def __init__(self, store: Store) -> None:
        self._stories = store.stories
        self.get = self._stories.get
        self.get_many = self._stories.get_many
        self.live_copies = self._stories.live_copies
        self.versions = self._stories.versions
        self.revision = store.feed.position
        self.count = self._stories.count
        self.walk = self._stories.walk
        self.withdrawn_ids = self._stories.withdrawn_ids
        self.removals = store.forgotten.removals

    def source_health(self) -> Sequence[Health]:
        soon = NOW + timedelta(minutes=5)
        return [
            Health("herald", "The Herald", 9, NOW, NOW, NOW - timedelta(hours=2), soon, uncertain=1),
            Health("courier", None, 3, NOW, None, None, soon, 4, "DNS: no such host <courier.example>"),
        ]


@dataclass
class Desk:
    """Everything that a test may want to look at; `ids` maps a story's key below to its id."""

    store: Store
    index: IndexReader
    indexer: Indexer
    ids: dict[str, str]

    @property
    def reader(self) -> Reader:
        return Reader(self.store)

    @property
    def searcher(self) -> Searcher:
        return Searcher(self.index, self.reader, clock=lambda: NOW)

    def app(self) -> FastAPI:
        return create_app(self.searcher, self.reader, readiness=lambda: {"degraded": []})

    def index_changes(self) -> None:
        """Bring the index up to date, and its readers at once."""
        self.indexer.catch_up()
        self.index.close()

    def save(self, story: Story, url: str, seen_at: datetime = NOW) -> str:
        return store_reading(self.store, story.model_copy(update={"url": url}), urls=[url], seen_at=seen_at).id


def _story(headline: str, *body: str, days_ago: float | None = 1, source: str = "herald", **values: object) -> Story:
    published_at = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Story.model_validate(
        {"source": source, "headline": headline, "body": body, "published_at": published_at, "language": "en"} | values
    )


STORIES: dict[str, Story] = {
    "bridge": _story(
        "Old harbour bridge reopens after repairs",
        "The iron bridge over the harbour reopened to traffic on Friday, eleven months after a barge struck it.",
        "Engineers replaced forty rivets and repainted the eastern span. Ferries ran all night, the mayor said.",
        deck="Eleven months of detours end for commuters",
        byline=["Nora Whitfield", "Idris Okoro"],
        dateline="PORT ELLEN, Scotland",
        agencies=["AP", "Reuters"],
        section="Transport",
        tags=["bridges", "harbour works"],
        captions=[
            Caption(
                text="A welder inspects the last rivet under the eastern span, January 18, 2013.",
                credit="AP Photo/Lena Fors",
                label="Night shift",
                image_url="https://pictures.example/rivet.jpg",
            )
        ],
    ),
    "strike": _story(
        "Ferry crews vote to strike",
        "Crews of the island ferries voted on Thursday for a strike that would begin on Monday.",
        "The union said that negotiations over night shifts had failed. The harbour authority declined to comment.",
        days_ago=3,
        agencies=["Reuters"],
        section="Transport",
        captions=[Caption(text="Passengers wait at the ferry terminal.", credit="Tomas Ruiz/AFP")],
    ),
    "lighthouse": _story(
        "Lighthouse keeper’s diary found in attic",
        "A diary kept by the last keeper of the Skerry lighthouse was found in an attic, a museum said.",
        "It describes storms, running repairs and the loneliness of the winter nights.",
        days_ago=40,
        section="Culture",
        byline=["Nora Whitfield"],
    ),
    "french": _story(
        "Le vieux port rouvre après les travaux",
        "Le pont métallique du vieux port a rouvert vendredi à la circulation, près de l’entrée de l’école navale.",
        days_ago=2,
        source="courrier",
        language="fr",
        agencies=["AFP"],
        section="Transport",
    ),
    "japanese": _story(
        "港の橋が再開通",
        "東京の港にかかる古い橋が金曜日に再開通した。",
        days_ago=5,
        source="minato",
        language="ja",
    ),
    "undated": _story(
        "Tide tables for the harbour",
        "High water at noon.",
        days_ago=None,
        source="courier",
        provenance={"story": "looks like a list of stories", "headline": "h1", "body": "article"},
        confidence={"story": 0.12, "headline": 0.9},
    ),
    "hostile": _story(
        f"Attack on {HOSTILE} repelled",
        f"Body & soul {HOSTILE} kraken.",
        deck=f"Deck {HOSTILE}",
        byline=[f"Mallory {HOSTILE}"],
        captions=[Caption(text=f"Caption {HOSTILE} kraken", credit=f"Credit {HOSTILE}", label=f"Label {HOSTILE}")],
        section=f"Section {HOSTILE}",
        tags=[f"tag {HOSTILE}"],
        provenance={"headline": f"rule {HOSTILE}"},
        source="courier",
        days_ago=9,
    ),
    "withdrawn": _story("Mayor resigns over bridge contract", "The mayor resigned on Saturday.", source="courier"),
    "long": _story(
        "A very long account of the salvage",
        " ".join(f"The salvage of barge number {n} went on through the night." for n in range(400)) + " Amaranth sank.",
        days_ago=400,
        section="Culture",
    ),
    **{
        f"log-{n:02}": _story(
            f"Harbour log, entry {n:02}",
            f"Entry {n} of the harbour log: {n + 3} ships came in and {n + 1} went out.",
            days_ago=60 + n * 9,
            source="log",
            section="Log",
        )
        for n in range(25)
    },
}


def _correct(desk: Desk) -> None:
    corrected = STORIES["strike"].model_copy(
        update={
            "headline": "Ferry crews vote to strike from Tuesday",
            "body": (
                "Crews of the island ferries voted on Thursday for a strike that would begin on Tuesday.",
                *STORIES["strike"].body[1:],
            ),
        }
    )
    desk.save(corrected, "https://desk.example/strike", NOW + timedelta(hours=1))


def open_desk(directory: Path) -> Desk:
    """A desk in an empty directory, with all stories stored and indexed."""
    store, locks = open_store(directory), Locks(directory)
    engine = open_chosen(directory / "index")
    desk = Desk(
        store,
        engine.reader(),
        Indexer(store.stories, store.feed, DuplicatesConsumer(store.duplicates), engine, locks),
        {},
    )
    for key, story in STORIES.items():
        seen_at = story.published_at or NOW - timedelta(days=7)
        desk.ids[key] = desk.save(story, f"https://desk.example/{key}", seen_at)
    _correct(desk)
    store.stories.set_status(desk.ids["withdrawn"], "withdrawn", NOW)
    desk.indexer.rebuild()
    return desk


@pytest.fixture(autouse=True, scope="session")
def _room_on_the_server() -> Iterator[None]:
    """What the tests have made on a server goes with them."""
    yield
    remove_opened()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that tests only read."""
    opened = open_desk(tmp_path_factory.mktemp("desk"))
    yield opened
    opened.index.close()
    opened.store.close()


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that a test may change."""
    opened = open_desk(tmp_path)
    yield opened
    opened.index.close()
    opened.store.close()
    remove_opened(tmp_path / "index")


@pytest.fixture(scope="session")
def open_own_desk() -> Callable[[Path], Desk]:
    """Opens a desk that several tests of a module share."""
    return open_desk


@contextmanager
def served(app: FastAPI, connections: Connections | None = None, lines: LineLimiter | None = None) -> Iterator[str]:
    """The application on a free port of loopback; yields its address."""
    # Without the protocol's number asyncio leaves Nagle's algorithm on, and each answer waits 40 ms for it.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # whoever connects before the server has started waits
        config = uvicorn.Config(
            app, http="h11", ws="none", log_level="error", access_log=False, timeout_graceful_shutdown=1
        )
        if connections is None:
            connections = Connections(ConnectionLimits())
        server = HttpServer(config, connections, lines or LineLimiter())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive(), "a connection does not end"


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Serves an application of the test's own."""
    return served


@pytest.fixture(scope="session")
def make_story() -> Callable[..., Story]:
    """Makes a story from a headline, paragraphs and fields."""
    return _story


@pytest.fixture(scope="session")
def address(desk: Desk) -> Iterator[str]:
    """Where the application over the desk that tests only read is served."""
    with served(desk.app()) as address:
        yield address


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """A client of that application."""
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def own_client(own_desk: Desk) -> Iterator[httpx.Client]:
    """A client of an application over a desk that the test may change."""
    with served(own_desk.app()) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client
