"""Our engine as a peer, through its contract, with the headlines from an SQLite table as the store has them."""

import gc
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.peers import PeerAnswer, PeerQuestion
from index.base import IndexReader
from index.engines.whoosh import WhooshEngine
from model.query import And, Filters, Fuzzy, Or, Phrase, Prefix, Query, SearchRequest, Wildcard, Word
from model.story import StoredStory
from store.sql.dialects.sqlite_questions import MAPPED

AFTER, BEFORE = date(1988, 1, 1), date(1991, 1, 1)


class WiredeskPeer:
    """The Whoosh engine of this project."""

    name = "ours"

    def __init__(self) -> None:
        self._reader: IndexReader
        self._store: sqlite3.Connection

    def build(self, directory: Path, stories: Iterable[StoredStory]) -> None:
        """Index in bulk."""
        engine = WhooshEngine(directory / "index")
        engine.create("bench")
        store = sqlite3.connect(directory / "headlines.sqlite")
        store.execute("CREATE TABLE story (id TEXT PRIMARY KEY, headline TEXT) WITHOUT ROWID")
        writer = engine.writer("bench", bulk=True)
        writer.add(_kept(stories, store))
        writer.commit(1)
        store.commit()
        store.close()

    def open(self, directory: Path) -> None:
        """Open index and table."""
        engine = WhooshEngine(directory / "index")
        engine.prepare()
        self._reader = engine.reader("bench")
        self._store = sqlite3.connect(directory / "headlines.sqlite")
        self._store.execute(MAPPED)
        # As the web server does before it listens.
        gc.collect()
        gc.freeze()

    def understands(self, question: PeerQuestion) -> bool:
        """All of them."""
        return True

    def ask(self, question: PeerQuestion) -> PeerAnswer:
        """Search, then fetch the headlines."""
        filters = Filters(
            {"source": (question.source,)} if question.source else {},
            after=AFTER if question.dates else None,
            before=BEFORE if question.dates else None,
        )
        request = SearchRequest(
            make_query(question),
            filters,
            sort="newest" if question.newest else "score",
            facets=question.facets,
            now=datetime(1997, 1, 1, tzinfo=UTC),
        )
        result = self._reader.search(request)
        ids = [hit.id for hit in result.hits]
        marks = ",".join("?" * len(ids))
        rows = self._store.execute(f"SELECT id, headline FROM story WHERE id IN ({marks})", ids)
        headlines = dict(rows.fetchall())
        return PeerAnswer(result.total, [headlines[story_id] for story_id in ids])


def make_query(question: PeerQuestion) -> Query:
    """The question as a query tree."""
    match question.mode:
        case "or":
            return Or(tuple(Word(word) for word in question.words))
        case "and":
            return And(tuple(Word(word) for word in question.words))
        case "phrase":
            return Phrase(" ".join(question.words))
        case "prefix":
            return Prefix(question.words[0])
        case "wildcard":
            return Wildcard(question.words[0])
        case _:
            return Fuzzy(question.words[0])


def _kept(stories: Iterable[StoredStory], store: sqlite3.Connection) -> Iterator[StoredStory]:
    for story in stories:
        store.execute("INSERT OR REPLACE INTO story VALUES (?, ?)", (story.id, story.headline))
        yield story
