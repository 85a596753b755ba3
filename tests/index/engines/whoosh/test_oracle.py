"""Oracle: Whoosh's own matchers and query classes, over the same segments, find the same stories with the same scores.

The query tree is compiled into Whoosh's classes, every match of every segment is collected (which is what
`limit=None` does), and the two answers are compared.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from whoosh import query as wq
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.matching import DisjunctionMaxMatcher, ListMatcher
from whoosh.query.spans import SpanNear2
from whoosh.reading import MultiReader, SegmentReader
from whoosh.scoring import BaseScorer, WeightingModel, bm25
from whoosh.searching import Searcher

from index.base import Removal
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.query.multi_term_rewrite import matching, with_prefix, within
from index.engines.whoosh.schema import TEXT, make_schema
from index.engines.whoosh.segments.commits import INDEX_NAME
from index.engines.whoosh.segments.segment import SegmentView
from index.relevance.bm25f import K1, B, idf
from index.relevance.spelled_terms import analysed, keyword_term
from index.relevance.term_forms import EXACT_FACTOR, STEM_MARK, Form, WordForms, exact_words, query_words
from model.fields import BY_NAME, DEFAULT_FIELDS
from model.query import And, Fuzzy, Not, Or, Phrase, Prefix, Query, SearchRequest, Wildcard, Word
from model.story import Caption, StoredStory
from tests.index.engines.whoosh.whoosh_codec import ArrayCodec

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
STEMS = ("walk", "talk", "élan", "march", "report", "vote", "trade", "strike", "flood", "mali", "kyiv", "bank", "café")
ENDINGS = ("", "", "s", "ed", "ing", "er", "'s")
ALGORITHMS = frozenset({"", "english", "french"})


class GroupScorer(BaseScorer):
    """BM25F with the idf of a whole group of forms."""

    def __init__(self, searcher: Searcher, field: str, group_idf: float, factor: float) -> None:
        self._lengths = searcher
        self._field = field
        self._idf = group_idf
        self._factor = factor
        self._average = searcher.get_parent().avg_field_length(field) or 1

    def supports_block_quality(self) -> bool:
        return False

    def score(self, matcher: Any) -> float:
        length = self._lengths.doc_field_length(matcher.id(), self._field, 0)
        return self._factor * bm25(self._idf, matcher.weight(), length, self._average, B, K1)


class GroupWeighting(WeightingModel):
    def __init__(self, group_idf: float, factor: float) -> None:
        self._idf = group_idf
        self._factor = factor

    def scorer(self, searcher: Searcher, fieldname: str, text: bytes, qf: int = 1) -> BaseScorer:
        return GroupScorer(searcher, fieldname, self._idf, self._factor)


class FormTerm(wq.Term):
    """Whoosh's Term with the weighting of its group."""

    def __init__(self, field: str, text: str, weighting: GroupWeighting) -> None:
        super().__init__(field, text)
        self.weighting = weighting

    def matcher(self, searcher: Searcher, context: Any = None) -> Any:
        if (self.fieldname, self.text.encode()) not in searcher.reader():
            return wq.NullQuery.matcher(searcher, context)
        return searcher.postings(self.fieldname, self.text, weighting=self.weighting)


class BestFormMatcher(DisjunctionMaxMatcher):
    """Whoosh's DisjunctionMaxMatcher takes the other side's score even where that stands at another story."""

    def score(self) -> float:
        if not (self.a.is_active() and self.b.is_active()) or self.a.id() == self.b.id():
            return super().score()
        return (self.a if self.a.id() < self.b.id() else self.b).score()


class BestForm(wq.DisjunctionMax):
    def _matcher(self, subs: Any, searcher: Searcher, context: Any) -> Any:
        return self._tree_matcher(subs, BestFormMatcher, searcher, context, lambda part: 1)


class Unscored(wq.ConstantScoreQuery):
    """A restriction; Whoosh's own ConstantScoreQuery scores after all where current ids are needed."""

    def matcher(self, searcher: Searcher, context: Any = None) -> Any:
        ids = list(self.child.matcher(searcher, context).all_ids())
        return ListMatcher(ids, weights=[0.0] * len(ids))


class Oracle:
    """Answers with nothing but Whoosh's classes."""

    def __init__(self, directory: Path) -> None:
        storage, schema = FileStorage(str(directory)), make_schema()
        segments = TOC.read(storage, INDEX_NAME, schema=schema).segments
        self._reader = MultiReader(
            [SegmentReader(storage, schema, segment, codec=ArrayCodec()) for segment in segments]
        )
        self._searcher = Searcher(self._reader)
        self._size = self._reader.doc_count_all()
        self._vocabulary = [SegmentView(segment.path(directory)) for segment in segments]

    def close(self) -> None:
        self._searcher.close()

    def answer(self, query: Query) -> dict[str, float]:
        compiled = self._compile(query)
        scores = {}
        for searcher, _ in self._searcher.leaf_searchers():
            matcher = compiled.matcher(searcher, searcher.context())
            while matcher.is_active():
                scores[searcher.stored_fields(matcher.id())["id"]] = matcher.score()
                matcher.next()
        return scores

    def _compile(self, query: Query) -> wq.Query:
        match query:
            case And(clauses):
                return wq.And([self._compile(clause) for clause in clauses])
            case Or(clauses):
                either = wq.Or([self._compile(clause) for clause in clauses])
                # Whoosh's other matchers for Or leave out what scores 0.
                either.matcher_type = wq.Or.DEFAULT_MATCHER
                return either
            case Not(clause):
                return Unscored(wq.And([wq.Every(), wq.Not(self._compile(clause))]))
            case Word(text, field) if field is not None and BY_NAME[field].kind == "keyword":
                return Unscored(wq.Term(field, keyword_term(text)))
            case Word(text, field):
                return self._in_order(query_words(text, ALGORITHMS), field)
            case Phrase(text, field):
                return self._in_order(exact_words(text), field)
            case Prefix(text, field):
                return self._expanded(field, with_prefix(analysed(text)))
            case Wildcard(text, field):
                return self._expanded(field, matching(text))
            case Fuzzy(text, field, edits):
                return self._expanded(field, within(analysed(text), edits))
        raise AssertionError(query)

    def _expanded(self, field: str | None, expand: Any) -> wq.Query:
        terms = {view.exacts[number] for view in self._vocabulary for number in expand(view.exacts).tolist()}
        return self._group(field or TEXT, [Form(tuple(sorted(terms)), EXACT_FACTOR)])

    def _group(self, field: str, forms: Sequence[Form]) -> wq.Query:
        named = field != TEXT and BY_NAME[field].kind == "name"
        forms = [form for form in forms if not (named and any(term.startswith(STEM_MARK) for term in form.terms))]
        frequency = max(sum(self._reader.doc_frequency(field, term) for term in form.terms) for form in forms)
        if not frequency:
            return wq.NullQuery
        group_idf = idf(min(frequency, self._size), self._size)
        terms = [FormTerm(field, term, GroupWeighting(group_idf, form.factor)) for form in forms for term in form.terms]
        return BestForm(terms)

    def _in_order(self, words: Sequence[WordForms], field: str | None) -> wq.Query:
        scored = [self._group(field or TEXT, word.forms) for word in words]
        if len(words) == 1:
            return scored[0]
        places = []
        for name in [field] if field else [default.name for default in DEFAULT_FIELDS]:
            choices = [
                [term for form in word.forms for term in form.terms if self._stands(name, term)] for word in words
            ]
            places += [
                SpanNear2([wq.Term(name, term) for term in terms], slop=1, ordered=True) for terms in product(*choices)
            ]
        return wq.And([*scored, Unscored(wq.Or(places))]) if places else wq.NullQuery

    def _stands(self, name: str, term: str) -> bool:
        stemmed = term.startswith(STEM_MARK) and BY_NAME[name].kind == "name"
        return not stemmed and self._reader.doc_frequency(name, term) > 0


def sentence(chance: random.Random, most: int) -> str:
    words = (chance.choice(STEMS[: chance.randint(1, len(STEMS))]) + chance.choice(ENDINGS) for _ in range(most))
    return " ".join(word.replace("é", "e") if chance.random() < 0.3 else word for word in words)


def make_story(chance: random.Random, number: int) -> StoredStory:
    return StoredStory(
        id=f"s{number}",
        source=chance.choice(("voa", "bbc", "rfi")),
        headline=sentence(chance, chance.randint(1, 9)),
        deck=sentence(chance, 6) if chance.random() < 0.3 else None,
        body=tuple(sentence(chance, chance.randint(1, 40)) for _ in range(chance.randint(0, 5))),
        captions=tuple(Caption(text=sentence(chance, 5), credit="Ann Banks/AP") for _ in range(chance.randint(0, 2))),
        byline=(chance.choice(("Ann Walker", "Jo March", "Al Trade")),),
        dateline=chance.choice(("KYIV", "MALI", None)),
        tags=(chance.choice(STEMS),),
        language=chance.choice(("en", "en-GB", "fr", None)),
        version=1,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments, some of them merged, with stories replaced and removed."""
    chance = random.Random(3)
    directory = tmp_path_factory.mktemp("oracle") / "one"
    engine = WhooshEngine(directory.parent)
    engine.create(directory.name)
    for commit in range(13):
        writer = engine.writer(directory.name)
        writer.add(make_story(chance, chance.randrange(260)) for _ in range(90 if commit == 4 else 25))
        writer.remove([Removal(f"s{chance.randrange(260)}", 0) for _ in range(5)])
        writer.commit(commit)
    return directory


@pytest.fixture(scope="module")
def oracle(directory: Path) -> Iterator[Oracle]:
    oracle = Oracle(directory)
    yield oracle
    oracle.close()


def make_query(chance: random.Random, depth: int = 2) -> Query:
    field = chance.choice((None, None, None, "headline", "body", "byline", "caption"))
    kinds: list[Any] = ["word", "word", "word", "phrase", "prefix", "wildcard", "fuzzy", "keyword"]
    kind = chance.choice([*kinds, "and", "or", "or", "not"] if depth else kinds)
    word = chance.choice(STEMS) + chance.choice(ENDINGS)
    match kind:
        case "and":
            return And(tuple(make_query(chance, depth - 1) for _ in range(chance.randint(1, 3))))
        case "or":
            return Or(tuple(make_query(chance, depth - 1) for _ in range(chance.randint(1, 4))))
        case "not":
            return Not(make_query(chance, depth - 1))
        case "phrase":
            return Phrase(sentence(chance, chance.randint(1, 3)), field)
        case "prefix":
            return Prefix(word[: chance.randint(2, 5)], field)
        case "wildcard":
            return Wildcard(chance.choice(("*", "?", "")) + word[1:4] + "*", field)
        case "fuzzy":
            return Fuzzy(word, field, chance.randint(1, 2))
        case "keyword":
            return Word(chance.choice(("voa", "bbc", "none")), "source")
        case _:
            return Word(chance.choice((word, sentence(chance, 2).replace(" ", "-"))), field)


QUERIES = [make_query(random.Random(seed)) for seed in range(300)]


def test_the_index_has_several_segments_and_gaps(directory: Path) -> None:
    segments = TOC.read(FileStorage(str(directory)), INDEX_NAME, schema=make_schema()).segments
    assert len(segments) > 2
    assert any(segment.has_deletions() for segment in segments)


@pytest.mark.parametrize("number", range(0, len(QUERIES), 20))
def test_same_stories_same_scores_same_order(directory: Path, oracle: Oracle, number: int) -> None:
    reader = WhooshEngine(directory.parent).reader(directory.name)
    matched = 0
    for query in QUERIES[number : number + 20]:
        expected = oracle.answer(query)
        result = reader.search(SearchRequest(query, sort="score", limit=1000))
        got = {hit.id: hit.score for hit in result.hits}
        assert (result.total, got.keys()) == (len(expected), expected.keys()), query
        assert got == pytest.approx(expected, rel=1e-4, abs=1e-5), query
        best = sorted(expected.values(), reverse=True)
        assert [expected[hit.id] for hit in result.hits] == pytest.approx(best, rel=1e-4, abs=1e-5), query
        matched += bool(expected)
    assert matched > 5
    reader.close()


def test_pages_agree_with_the_whole(directory: Path) -> None:
    reader = WhooshEngine(directory.parent).reader(directory.name)
    for query in QUERIES[:60]:
        whole = reader.search(SearchRequest(query, sort="score", limit=1000)).hits
        for offset in (0, 3):
            assert reader.search(SearchRequest(query, sort="score", offset=offset, limit=7)).hits == whole[offset:][:7]
    reader.close()
