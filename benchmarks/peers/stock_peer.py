"""Stock Whoosh as a peer, with its own codec, writer and matchers, given the same fields and the same tokens."""

from collections import defaultdict
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

from whoosh import fields, formats, index
from whoosh.query.compound import And, DisjunctionMax, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Query
from whoosh.query.terms import Term

from benchmarks.peers import PeerAnswer, PeerQuestion
from index.relevance.term_forms import STEM_MARK
from model.fields import DEFAULT_FIELDS
from model.story import StoredStory
from text.analysis import fold, stem, tokens

Posting = tuple[bytes, int, float, bytes]


class PreparedTokens(fields.FieldType):
    """A field whose terms are worked out already, as Whoosh's own would make token objects of."""

    def __init__(self, layout: formats.Format) -> None:
        self.format = layout
        self.scorable = True

    def index(self, value: Iterable[Posting], **_options: Any) -> Generator[Posting, Any, None]:
        """The entries as given."""
        yield from value


def _schema() -> fields.Schema:
    schema = fields.Schema(
        id=fields.ID(stored=True), headline_shown=fields.STORED, text=PreparedTokens(formats.Existence())
    )
    for field in DEFAULT_FIELDS:
        schema.add(field.name, PreparedTokens(formats.Positions()))
    return schema


def _document(story: StoredStory) -> dict[str, Any]:
    document: dict[str, Any] = {"id": story.id, "headline_shown": story.headline}
    weights: defaultdict[str, float] = defaultdict(float)
    length = 0.0
    encode = formats.Positions().encode
    for field in DEFAULT_FIELDS:
        positions: dict[str, list[int]] = {}
        position = count = 0
        for passage in field.passages(story):
            for token in tokens(passage, story.language):
                stemmed = STEM_MARK + (stem(token.exact, story.language) if field.kind == "text" else fold(token.exact))
                for term in (token.exact, stemmed):
                    positions.setdefault(term, []).append(position)
                    weights[term] += field.boost
                position, count = position + 1, count + 1
            position += 100
        length += field.boost * count
        document[field.name] = [
            (term.encode(), 0 if number else count, float(len(places)), encode(places))
            for number, (term, places) in enumerate(positions.items())
        ]
    document["text"] = [
        (term.encode(), 0 if number else round(length), weight, b"")
        for number, (term, weight) in enumerate(weights.items())
    ]
    return document


class StockWhooshPeer:
    """Whoosh as it comes."""

    name = "stock"

    def __init__(self) -> None:
        self._searcher: Any = None

    def build(self, directory: Path, stories: Iterable[StoredStory]) -> None:
        """Index with one writer and one commit."""
        writer = index.create_in(str(directory), _schema()).writer(limitmb=512)
        for story in stories:
            writer.add_document(**_document(story))
        writer.commit()

    def open(self, directory: Path) -> None:
        """Open a searcher."""
        self._searcher = index.open_dir(str(directory), schema=_schema()).searcher()

    def understands(self, question: PeerQuestion) -> bool:
        """Words and phrases are compared."""
        return question.mode in ("or", "and", "phrase") and not (
            question.facets or question.dates or question.source or question.newest
        )

    def ask(self, question: PeerQuestion) -> PeerAnswer:
        """Search with `limit=None`, which alone is exact; the headlines are stored."""
        results = self._searcher.search(self._query(question), limit=None)
        return PeerAnswer(len(results), [hit["headline_shown"] for hit in results[:10]])

    def _query(self, question: PeerQuestion) -> Query:
        words = [token.exact for word in question.words for token in tokens(word)]
        if question.mode == "phrase":
            return Or([Phrase(field.name, words) for field in DEFAULT_FIELDS])
        forms = [DisjunctionMax([Term("text", w), Term("text", STEM_MARK + stem(w, "en"))]) for w in words]
        return And(forms) if question.mode == "and" else Or(forms)
