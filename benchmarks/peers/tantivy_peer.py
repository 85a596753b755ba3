"""tantivy as a peer, through tantivy-py, with English stems in the text fields."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.peers import PeerAnswer, PeerQuestion
from benchmarks.peers.ours import AFTER, BEFORE
from model.story import StoredStory

TEXTS = ("headline", "body", "dateline", "tag")
FACETS = ("source", "agency", "section", "language", "month")


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("headline", stored=True, tokenizer_name="en_stem")
    for name in TEXTS[1:]:
        builder.add_text_field(name, tokenizer_name="en_stem")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


class TantivyPeer:
    """Raw tantivy."""

    name = "tantivy"

    def __init__(self) -> None:
        self._index: Any = None
        self._searcher: Any = None

    def build(self, directory: Path, stories: Iterable[StoredStory]) -> None:
        """Index with one thread, and merge everything."""
        index = tantivy.Index(_schema(), path=str(directory))
        writer = index.writer(heap_size=512_000_000, num_threads=1)
        for story in stories:
            published = story.published_at or story.first_seen_at
            writer.add_document(
                tantivy.Document(
                    headline=[story.headline],
                    body=["\n".join(story.body)],
                    dateline=[story.dateline] if story.dateline else [],
                    tag=list(story.tags),
                    source=[story.source],
                    agency=list(story.agencies),
                    section=[story.section] if story.section else [],
                    language=[story.language] if story.language else [],
                    month=[published.strftime("%Y-%m")],
                    published=[_seconds(published)],
                )
            )
        writer.commit()
        writer.wait_merging_threads()

    def open(self, directory: Path) -> None:
        """Open the index."""
        self._index = tantivy.Index(_schema(), path=str(directory))
        self._searcher = self._index.searcher()

    def understands(self, question: PeerQuestion) -> bool:
        """All but patterns, which it offers on one field only."""
        return question.mode in ("or", "and", "phrase")

    def ask(self, question: PeerQuestion) -> PeerAnswer:
        """Search, then fetch the stored headlines."""
        query = self._query(question)
        if question.newest:
            result = self._searcher.search(query, 10, order_by_field="published")
        else:
            result = self._searcher.search(query, 10)
        if question.facets:
            wanted = {name: {"terms": {"field": name, "size": 200}} for name in FACETS}
            self._searcher.aggregate(query, wanted)
        headlines = [self._searcher.doc(address)["headline"][0] for _, address in result.hits]
        return PeerAnswer(result.count, headlines)

    def _query(self, question: PeerQuestion) -> Any:
        text = " ".join(question.words)
        if question.mode == "phrase":
            text = f'"{text}"'
        query = self._index.parse_query(text, list(TEXTS), conjunction_by_default=question.mode == "and")
        required = []
        if question.dates:
            first, last = (_seconds(datetime(d.year, d.month, d.day, tzinfo=UTC)) for d in (AFTER, BEFORE))
            schema = self._index.schema
            required.append(tantivy.Query.range_query(schema, "published", tantivy.FieldType.Integer, first, last - 1))
        if question.source:
            required.append(tantivy.Query.term_query(self._index.schema, "source", question.source))
        if not required:
            return query
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in (query, *required)])
