"""SQLite FTS5 as a peer, with Porter stems and bm25(), which weights columns as our boosts do."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.peers import PeerAnswer, PeerQuestion
from benchmarks.peers.ours import AFTER, BEFORE
from model.story import StoredStory

RANK = "bm25(story, 3.0, 1.0, 1.0, 0.8)"


class Fts5Peer:
    """SQLite's full-text index."""

    name = "fts5"

    def __init__(self) -> None:
        self._connection: sqlite3.Connection

    def build(self, directory: Path, stories: Iterable[StoredStory]) -> None:
        """Index in one transaction, then merge everything."""
        connection = sqlite3.connect(directory / "fts.sqlite")
        connection.execute(
            "CREATE VIRTUAL TABLE story USING fts5(headline, body, dateline, tag, source UNINDEXED, "
            "published UNINDEXED, tokenize='porter unicode61')"
        )
        connection.executemany("INSERT INTO story VALUES (?, ?, ?, ?, ?, ?)", map(_row, stories))
        connection.execute("INSERT INTO story(story) VALUES ('optimize')")
        connection.commit()
        connection.close()

    def open(self, directory: Path) -> None:
        """Open the database."""
        self._connection = sqlite3.connect(directory / "fts.sqlite")

    def understands(self, question: PeerQuestion) -> bool:
        """It has neither facets nor wildcards and slips."""
        return question.mode in ("or", "and", "phrase", "prefix") and not question.facets

    def ask(self, question: PeerQuestion) -> PeerAnswer:
        """One query for the headlines and one for the number."""
        words = [f'"{word}"' for word in question.words]
        match question.mode:
            case "or":
                text = " OR ".join(words)
            case "and":
                text = " AND ".join(words)
            case "phrase":
                text = f'"{" ".join(question.words)}"'
            case _:
                text = f"{words[0]}*"
        where, values = "story MATCH ?", [text]
        if question.dates:
            where += " AND published >= ? AND published < ?"
            values += [_seconds(datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in (AFTER, BEFORE)]
        if question.source:
            where += " AND source = ?"
            values += [question.source]
        order = "published DESC" if question.newest else RANK
        rows = self._connection.execute(f"SELECT headline FROM story WHERE {where} ORDER BY {order} LIMIT 10", values)
        headlines = [headline for (headline,) in rows.fetchall()]
        (total,) = self._connection.execute(f"SELECT count(*) FROM story WHERE {where}", values).fetchone()
        return PeerAnswer(total, headlines)


def _seconds(instant: datetime) -> str:
    return f"{int(instant.timestamp()):012d}"


def _row(story: StoredStory) -> tuple[str, str, str, str, str, str]:
    published = story.published_at or story.first_seen_at
    texts = story.headline, "\n".join(story.body), story.dateline or "", " ".join(story.tags)
    return (*texts, story.source, _seconds(published))
