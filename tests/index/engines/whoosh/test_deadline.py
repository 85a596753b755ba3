"""Searches that are cut off at any step answer a part of the stories."""

from itertools import count
from pathlib import Path

import pytest

from index.engines.whoosh import WhooshEngine
from model.query import And, Everything, Fuzzy, Not, Or, Phrase, Prefix, Query, SearchRequest, Wildcard, Word, Words
from tests.index.engines.test_engine_contract import NOW, STORIES

QUERIES: dict[str, Query] = {
    "words": Words((Word("troops"), Prefix("so"), Phrase("running battles"))),
    "and": And((Word("soldier"), Or((Wildcard("b*l"), Fuzzy("troips"))))),
    "not or": And((Word("mali"), Not(Or((Word("zebra"), Prefix("ba")))))),
    "not not": And((Everything(), Not(And((Word("the"), Not(Word("mali"))))))),
    "not phrase": Not(Phrase("French troops")),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_search_that_is_cut_off_finds_a_part(tmp_path: Path, name: str) -> None:
    """The clock of the search moves on by a second each time that it is read."""
    engine = WhooshEngine(tmp_path, clock=count().__next__)
    engine.create("one")
    writer = engine.writer("one")
    writer.add(STORIES)
    writer.commit(1)
    reader = engine.reader("one")
    request = SearchRequest(QUERIES[name], limit=100, now=NOW)
    whole = {hit.id for hit in reader.search(request).hits}
    cut = []
    for seconds in range(14):
        result = reader.search(SearchRequest(QUERIES[name], limit=100, now=NOW, timeout_seconds=seconds))
        part = {hit.id for hit in result.hits}
        assert whole.issuperset(part)
        assert result.total == len(result.hits)
        assert result.timed_out or whole == part
        cut.append(result.timed_out)
    assert cut[0]
    assert not cut[-1]
    reader.close()
