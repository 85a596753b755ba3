"""Both engines answer strange queries alike, however long, deep or odd: with the same stories, and no error."""

from collections.abc import Iterator
from functools import reduce

import pytest

from index.base import IndexReader
from model.errors import QueryError
from model.query import And, Fuzzy, Not, Or, Phrase, Prefix, Query, SearchRequest, Wildcard, Word, Words
from model.story import StoredStory
from tests.index.engines.many_stories import SEEN_AT, made, sentences
from tests.index.engines.opening import ENGINES

pytestmark = pytest.mark.cluster

STORIES = 600
GERMAN = [word for text in sentences()["de"] for word in text.split()]
THAI = "".join(sentences()["th"])
ODD = StoredStory(
    id="odd",
    source="odd",
    headline="a to the of and a to the of and",
    body=("x" * 5_000, "😀 e\u0301te\u0301 ﬁn İstanbul ı \u200d\u200c\u00ad x\u0301\u0302\u0303", "word " * 3_000),
    tags=("\u0301", "a-b-c-d-e-f", "*", "?", "\\"),
    section="s" * 700,
    version=1,
    first_seen_at=SEEN_AT,
    seen_at=SEEN_AT,
    revision=STORIES + 1,
)

QUERIES: dict[str, Query] = {
    "64 words": Words(tuple(map(Word, GERMAN[:64]))),
    "64 words, all of them": And(tuple(map(Word, GERMAN[:64]))),
    "300 quoted words": Words(tuple(map(Phrase, GERMAN[:300]))),
    "a word of 40 words": Word("-".join(GERMAN[:40])),
    "100 patterns": Or(tuple(Wildcard(f"*{word[1:4]}*") for word in (GERMAN * 3)[:100])),
    "100 prefixes": Words(tuple(Prefix(word[:2]) for word in (GERMAN * 3)[:100])),
    "8 misspellings": Words(tuple(Fuzzy(word, None, 2) for word in GERMAN[:8])),
    "a pattern of everything": Wildcard("*"),
    "nearly everything": Wildcard("a*"),
    "any four letters": Wildcard("????"),
    "a star and a letter": Wildcard("*a*e*i*o*"),
    "a letter and some": Wildcard("*a?????"),
    "some between stars": Wildcard("*a??????*b????*"),
    "a hundred stars": Wildcard("*a" * 100),
    "a word of 5,000 letters": Word("x" * 5_000),
    "a word of 5,000 other letters": Word("ab" * 2_500),
    "a prefix of 5,000 letters": Prefix("x" * 5_000),
    "a prefix of 64 letters": Prefix("x" * 64),
    "a misspelling of 5,000 letters": Fuzzy("x" * 5_000, None, 2),
    "a pattern of 5,000 letters": Wildcard("x?" * 2_500),
    "a section of 700 letters": Word("S" * 700, "section"),
    "a section that begins with 600": Prefix("s" * 600, "section"),
    "a section by a pattern": Wildcard("s" * 690 + "*", "section"),
    "a section misspelt": Fuzzy("s" * 699 + "t", "section", 1),
    "a phrase of 200 words": Phrase("word " * 200),
    "a phrase of 200 words, apart": Phrase("word " * 200, "body", 50),
    "a phrase of 200 German words": Phrase(" ".join((GERMAN * 3)[:200])),
    "the same word twice": Phrase("a to a to", None, 3),
    "the same words apart": Phrase("to the to the", None, 9),
    "a long run without blanks": Word(THAI[:60]),
    "a quoted run without blanks": Phrase(THAI[:60]),
    "deep": reduce(lambda inner, n: Not(And((inner, Word("the")))), range(31), Word("a")),
    "deep alternatives": reduce(
        lambda inner, n: Or((Words((inner, Phrase("to"))), Phrase("x_y"))), range(31), Word("a")
    ),
    "only stop words": Words((Word("the"), Word("of"), Word("and"), Word("a"), Word("to"))),
    "a quoted stop word": Phrase("the"),
    "an emoji": Word("😀"),
    "an emoji in a pattern": Wildcard("?😀*"),
    "combining marks": Word("e\u0301te\u0301"),
    "combining marks alone": Word("\u0301\u0302"),
    "combining marks in a prefix": Prefix("e\u0301"),
    "marks in a row": Word("x\u0301\u0302\u0303"),
    "I with a dot": Word("İstanbul"),
    "I with a dot, quoted": Phrase("İSTANBUL"),
    "I with a dot, begun": Prefix("İst"),
    "I with a dot, misspelt": Fuzzy("İstanbl", None, 1),
    "I without a dot": Word("ı"),
    "a ligature": Word("ﬁn"),
    "a ligature begun": Prefix("ﬁ"),
    "a ligature in a pattern": Wildcard("ﬁ?"),
    "control characters": Word("a\x00b\x1bc\x7f"),
    "control characters in a pattern": Wildcard("\x00*a\x01"),
    "marks of the index": Word("\x02en:run\x04"),
    "marks of the index, quoted": Phrase("\x01a \x02german:haus \x03x"),
    "marks of the index in a keyword": Word("\x01odd\x04", "source"),
    "a lone surrogate": Word("\ud800"),
    "a lone surrogate in a word": Phrase("to\udfffthe"),
    "a lone surrogate begun": Prefix("\ud83d"),
    "a lone surrogate in a keyword": Word("\udc00odd", "source"),
    "a lone surrogate in a pattern": Wildcard("*\ud800?", "section"),
    "a backslash": Wildcard("\\*", "tag"),
    "a backslash in a keyword": Wildcard("o\\dd*", "source"),
    "brackets": Fuzzy("[a-z]", None, 2),
    "an operator of patterns": Fuzzy("a.b", "source", 2),
    "nothing": Word(""),
    "nothing at all": And(()),
    "not nothing": Not(Or(())),
    "nothing in a field": Phrase("", "section"),
}


@pytest.fixture(scope="module")
def readers(opensearch_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, IndexReader]]:
    found = {}
    for kind, open_engine in ENGINES.items():
        engine = open_engine(tmp_path_factory.mktemp(kind))
        engine.create("one")
        writer = engine.writer("one")
        writer.add([*made(STORIES), ODD])
        writer.commit(STORIES + 1)
        found[kind] = engine.reader("one")
    yield found
    for reader in found.values():
        reader.close()


@pytest.mark.parametrize("pattern", ["*a??????????????????????????", "*a????????????????*b??????????????*"])
def test_patterns_that_servers_do_not_take_are_refused_in_a_sentence(
    readers: dict[str, IndexReader], pattern: str
) -> None:
    with pytest.raises(QueryError, match="shorten it"):
        readers["opensearch"].search(SearchRequest(Wildcard(pattern)))
    assert readers["whoosh"].search(SearchRequest(Wildcard(pattern))).total >= 0


def test_what_takes_too_long_is_answered_in_part(readers: dict[str, IndexReader]) -> None:
    words = tuple(map(Word, (GERMAN * 9)[:300]))
    result = readers["opensearch"].search(SearchRequest(Words(words), now=SEEN_AT, timeout_seconds=0.01))
    assert result.timed_out


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_strange_queries_are_answered_alike(readers: dict[str, IndexReader], query: Query) -> None:
    request = SearchRequest(query, limit=1_000, now=SEEN_AT)
    one, other = (readers[kind].search(request) for kind in ("whoosh", "opensearch"))
    assert {hit.id for hit in one.hits} == {hit.id for hit in other.hits}
    assert (one.total, one.facets) == (other.total, other.facets)
