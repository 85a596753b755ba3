"""Stories that servers don't take as they are: found as far as can be, told where not, and never in others' way."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from index.base import Engine
from index.engines.opensearch.documents import document_of
from index.engines.opensearch.writing.fitting import bare, fitting
from index.engines.whoosh import WhooshEngine
from model.errors import EngineError
from model.query import DateRange, Everything, Phrase, Prefix, Query, SearchRequest, Word
from model.story import StoredStory
from tests.index.engines.opening import open_opensearch

pytestmark = pytest.mark.cluster

SEEN_AT = datetime(2024, 5, 1, tzinfo=UTC)
BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680\u180e\u2000"
BLANKS += "\u2007\u200a\u200b\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
MARKS = "\x00\x01\x02\x03\x04\x05\x1b\x7f\x80\x9f\ufffd\ufffe\uffff\U0001f600\u0301\u200e\u202e\u0130\u1e9e\ufb01"


def story(story_id: str, revision: int = 1, **values: object) -> StoredStory:
    known = {"source": "voa", "headline": "zebra", "version": 1, "first_seen_at": SEEN_AT, "seen_at": SEEN_AT}
    return StoredStory.model_validate({**known, "id": story_id, "revision": revision, **values})


@pytest.fixture
def engines(opensearch_server: str, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    made = WhooshEngine(tmp_path / "whoosh"), open_opensearch(tmp_path / "opensearch")
    for engine in made:
        engine.create("one")
    yield made


def write(engine: Engine, *stories: StoredStory, checkpoint: int = 1) -> None:
    writer = engine.writer("one")
    writer.add(stories)
    writer.commit(checkpoint)


def found(engine: Engine, query: Query) -> set[str]:
    with closing(engine.reader("one")) as reader:
        return {hit.id for hit in reader.search(SearchRequest(query, limit=1000, facets=False)).hits}


TAKEN = {
    "NUL": {"headline": "left\0right zebra"},
    "lone surrogates": {"headline": "left\ud800right zebra", "body": ["\udfff zebra"], "tags": ["a\udc00b"]},
    "year 1": {"published_at": datetime(1, 1, 1, tzinfo=UTC)},
    "before 1970": {"published_at": datetime(1960, 2, 3, tzinfo=UTC)},
    "year 9999": {"published_at": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)},
    "first seen in year 1": {"first_seen_at": datetime(1, 1, 1, tzinfo=UTC)},
    "a word of 50,000 letters": {"body": ["z" * 50_000, "zebra"]},
    "a tag of 30,000 letters": {"tags": ["t" * 30_000]},
    "many tags": {"tags": [f"tag {number}" for number in range(3_000)]},
    "many paragraphs": {"body": ["zebra crossing"] * 5_000},
    "an id of 3,000 letters": {"story_id": "i" * 3_000},
}


def test_what_both_engines_take_both_find(engines: tuple[Engine, Engine]) -> None:
    stories = [story(**{"story_id": name, **values}) for name, values in TAKEN.items()]
    for engine in engines:
        write(engine, *stories)
    queries = [Word("zebra"), Word("right"), Word("leftright"), Prefix("zzzzz"), Word("tag 77", "tag"), Everything()]
    queries += [DateRange(after=day) for day in (date(1, 1, 1), date(1965, 1, 1))]
    for query in queries:
        assert found(engines[0], query) == found(engines[1], query), query
    assert found(engines[1], Everything()) == {one.id for one in stories}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(BLANKS + MARKS), st.sampled_from(["anna", "bert", "3.14", "東京", "U.N."])),
            min_size=1,
            max_size=5,
        ),
        min_size=20,
        max_size=20,
    )
)
def test_whatever_stands_between_words_both_find_the_same(
    engines: tuple[Engine, Engine], rows: list[list[tuple[str, str]]]
) -> None:
    texts = ["".join(f"{between}{word}" for between, word in row) for row in rows]
    place = max(engine.writer("one").checkpoint() for engine in engines) + 1
    for engine in engines:
        stories = (story(f"s{number}", place, headline="…", body=[text]) for number, text in enumerate(texts))
        write(engine, *stories, checkpoint=place)
    queries = [Word("anna"), Word("bert"), Word("東京"), Phrase("anna bert"), Phrase("UN 3.14"), Prefix("an")]
    for query in queries:
        assert found(engines[0], query) == found(engines[1], query), query


REFUSED = {
    "a number out of range": ({"version": 2**63}, "found by its dates alone"),
    "a group that is too long": ({"copy_group": "g" * 40_000}, "found by its dates alone"),
}


@pytest.mark.parametrize(("values", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_story_is_told_and_stops_no_other(
    engines: tuple[Engine, Engine], values: dict[str, object], sentence: str
) -> None:
    with capture_logs() as logs:
        write(engines[1], story("before"), story("refused", **values), story("behind"))
    alarms = [line for line in logs if line["event"] == "alarm"]
    assert [(line["story"], sentence in line["reason"]) for line in alarms] == [("refused", True)]
    assert found(engines[1], Word("zebra")) == {"before", "behind"}
    assert found(engines[1], Everything()) == {"before", "behind", "refused"}  # it counts: a rebuild compares numbers
    write(engines[1], story("refused", 2), checkpoint=2)
    assert found(engines[1], Word("zebra")) == {"before", "behind", "refused"}


def test_where_everything_is_refused_nothing_is_passed_over(engines: tuple[Engine, Engine]) -> None:
    with pytest.raises(EngineError, match="refuses what every document has"):
        write(engines[1], *(story(f"s{number}", version=2**63) for number in range(20)))
    assert found(engines[1], Everything()) == set()


def test_a_story_that_no_server_has_room_for_is_found_by_its_first_words(engines: tuple[Engine, Engine]) -> None:
    words = [f"word{number}" for number in range(250_000)]
    with capture_logs() as logs:
        write(engines[1], story("long", body=[" ".join(words)], section="s" * 9_000), story("short"))
    told = [line for line in logs if line["log_level"] == "warning"]
    assert [(line["story"], sorted(line["of"])) for line in told] == [("long", ["body", "section"])]
    assert found(engines[1], Word("zebra")) == {"long", "short"}
    assert found(engines[1], Word("word7")) == found(engines[1], Phrase("word7 word8", "body")) == {"long"}
    assert found(engines[1], Word("word249999")) == set()


def test_a_document_that_fits_is_left_as_it_is() -> None:
    document = document_of(story("s1", body=["zebra crossing"]))
    assert fitting(document) == (document, ())
    assert bare(document)["id"] == "s1"
    assert "body" not in bare(document)
