"""Rankers whose results are compared: each reads a collection, and says which stories it ranks first for a query.

Our own answers as the search box does: what is typed goes through the query language. The peers rank with their BM25 as
they come, over the same headlines and bodies, with English stems, and any word may match.
"""

import re
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import tantivy

from index.engines.whoosh import WhooshEngine
from model.query import SearchRequest, Sort
from model.story import StoredStory
from search.query.parser import parse

DEPTH = 100
"""So many stories are ranked."""

_WORD = re.compile(r"\w+")


class Ranker(Protocol):
    """An engine with a collection."""

    name: str

    def rank(self, text: str) -> list[str]:
        """The ids of the best DEPTH stories, the best first."""


class DeskRanker:
    """This project's engine; `now` is what recency is reckoned from where `sort` is "relevance"."""

    def __init__(self, directory: Path, sort: Sort, now: datetime) -> None:
        self.name = f"ours, {sort}"
        self._reader = WhooshEngine(directory).reader("bench")
        self._sort: Sort = sort
        self._now = now

    @staticmethod
    def build(directory: Path, stories: Iterable[StoredStory]) -> None:
        """Index everything in one commit."""
        engine = WhooshEngine(directory)
        engine.create("bench")
        writer = engine.writer("bench", bulk=True)
        writer.add(stories)
        writer.commit(1)

    def rank(self, text: str) -> list[str]:
        """Ask as the search box does."""
        query = parse(text, self._now.date()).query
        request = SearchRequest(query, sort=self._sort, limit=DEPTH, facets=False, now=self._now)
        return [hit.id for hit in self._reader.search(request).hits]


class Fts5:
    """SQLite's full-text index with Porter stems and bm25()."""

    name = "SQLite FTS5"

    def __init__(self, stories: Iterable[StoredStory]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            "CREATE VIRTUAL TABLE story USING fts5(id UNINDEXED, headline, body, tokenize='porter unicode61')"
        )
        rows = ((story.id, story.headline, "\n".join(story.body)) for story in stories)
        self._connection.executemany("INSERT INTO story VALUES (?, ?, ?)", rows)

    def rank(self, text: str) -> list[str]:
        """Any of the words."""
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(text))
        sql = "SELECT id FROM story WHERE story MATCH ? ORDER BY bm25(story) LIMIT ?"
        return [story_id for (story_id,) in self._connection.execute(sql, (words, DEPTH))]


class Tantivy:
    """tantivy with its English stemmer."""

    name = "tantivy"

    def __init__(self, stories: Iterable[StoredStory]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("headline", "body"):
            builder.add_text_field(name, tokenizer_name="en_stem")
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer(heap_size=200_000_000, num_threads=1)
        for story in stories:
            document = tantivy.Document(id=[story.id], headline=[story.headline], body=["\n".join(story.body)])
            writer.add_document(document)
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def rank(self, text: str) -> list[str]:
        """Any of the words."""
        query = self._index.parse_query(" ".join(_WORD.findall(text)).lower(), ["headline", "body"])
        return [self._searcher.doc(address)["id"][0] for _, address in self._searcher.search(query, DEPTH).hits]
