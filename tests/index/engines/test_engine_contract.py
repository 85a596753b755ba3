"""Does every engine keep the promises of index/base.py and model/query.py?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, product
from pathlib import Path
from threading import Thread

import pytest

from index.base import Engine, IndexReader
from index.engines.whoosh import WhooshEngine
from model.budget import Budget
from model.errors import DamagedIndexError, EngineError, NoIndexError
from model.query import (
    And,
    DateRange,
    Everything,
    Filters,
    Fuzzy,
    Has,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    SearchRequest,
    Sort,
    Status,
    Wildcard,
    Word,
    Words,
)
from model.story import Caption, StoredStory

ENGINES: list[Engine] = [WhooshEngine()]
NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
FIRST_SEEN = datetime(2024, 5, 1, tzinfo=UTC)


def story(story_id: str, headline: str = "Untitled", **values: object) -> StoredStory:
    given = {"source": "voa", "version": 1, "first_seen_at": FIRST_SEEN, "seen_at": FIRST_SEEN, "language": "en"}
    return StoredStory.model_validate({**given, "id": story_id, "headline": headline, **values})


STORIES = [
    story(
        "mali",
        "French troops advance in Mali",
        deck="Bamako asks for more help",
        byline=["Anne Look"],
        dateline="BAMAKO, Mali",
        agencies=["AP", "AFP", "Reuters"],
        body=["The U.N. sent 1,400 soldiers.", "Running battles went on near Gao."],
        captions=[Caption(text="A soldier guards the airport", credit="Jerome Delay/AP", label="On guard")],
        section="Africa",
        tags=["conflict", "Sahel region"],
        published_at=datetime(2024, 5, 10, 8, tzinfo=UTC),
    ),
    story(
        "elan",
        "L'élan des marchés",
        source="rfi",
        language="fr",
        body=["Les marchés gardent leur élan."],
        agencies=["AFP"],
        section="Économie",
        published_at=datetime(2024, 4, 30, 23, 59, tzinfo=UTC),
    ),
    story(
        "plain",
        "Company shows new elan",
        source="bbc",
        body=["It runs every day, analysts said. A run in the park."],
        published_at=datetime(2024, 5, 12, tzinfo=UTC),
        version=3,
    ),
    story(
        "qaeda",
        "Group linked to al-Qaeda",
        source="bbc",
        body=["The group denied it.", "Qaeda al was never said."],
        agencies=["Reuters"],
        published_at=datetime(2024, 5, 11, tzinfo=UTC),
    ),
    story("undated", "A story without a date", source="dw", language="de", body=["Die Soldaten kamen."]),
    story(
        "killed",
        "Kill: troops story withdrawn",
        source="bbc",
        status="withdrawn",
        published_at=datetime(2024, 5, 13, tzinfo=UTC),
    ),
    story(
        "tokyo", "東京で地震", source="nhk", language="ja", body=["東京で強い地震がありました。"], section="World News"
    ),
]
LIVE = {item.id for item in STORIES} - {"killed"}


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name, scope="module")
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


@pytest.fixture(scope="module")
def desk(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexReader]:
    """All stories, in two commits."""
    directory = tmp_path_factory.mktemp("desk")
    engine.create(directory)
    writer = engine.writer(directory)
    writer.add(STORIES[:4])
    writer.commit(4)
    writer.add(STORIES[4:])
    writer.commit(7)
    reader = engine.reader(directory)
    yield reader
    reader.close()


@pytest.fixture
def directory(engine: Engine, tmp_path: Path) -> Path:
    engine.create(tmp_path)
    return tmp_path


def write(engine: Engine, directory: Path, stories: list[StoredStory], revision: int, *, bulk: bool = False) -> None:
    writer = engine.writer(directory, bulk=bulk)
    writer.add(stories)
    writer.commit(revision)


def found(reader: IndexReader, query: Query, **request: object) -> list[str]:
    result = reader.search(SearchRequest(query, limit=100, now=NOW, **request))
    assert result.total == len(result.hits)
    return [hit.id for hit in result.hits]


MATCHES = [
    ("word", Word("troops"), {"mali"}),
    ("case", Word("TROOPS"), {"mali"}),
    ("stem", Word("soldier"), {"mali"}),
    ("stem of the query", Word("battling"), {"mali"}),
    ("stems of the story's language only", Word("Soldat"), {"undated"}),
    ("folded finds accented", Word("elan"), {"elan", "plain"}),
    ("accented finds plain", Word("élan"), {"elan", "plain"}),
    ("initials", Word("UN"), {"mali"}),
    ("initials with points", Word("U.N."), {"mali"}),
    ("number", Word("1400"), {"mali"}),
    ("possessive", Word("Mali's"), {"mali"}),
    ("no stop words", Word("the"), {"mali", "plain", "qaeda"}),
    ("hyphen", Word("al-Qaeda"), {"qaeda"}),
    ("elision", Word("élan", "headline"), {"elan", "plain"}),
    ("Japanese", Word("地震"), {"tokyo"}),
    ("Japanese, longer", Word("東京で強い"), {"tokyo"}),
    ("Japanese, out of order", Word("強い東京"), set()),
    ("unknown word", Word("zebra"), set()),
    ("field", Word("soldiers", "body"), {"mali"}),
    ("field without it", Word("soldiers", "headline"), set()),
    ("caption", Word("airport", "caption"), {"mali"}),
    ("label", Word("guard", "caption"), {"mali"}),
    ("credit", Word("Delay", "credit"), {"mali"}),
    ("byline", Word("look", "byline"), {"mali"}),
    ("names are not stemmed", Word("looked", "byline"), set()),
    ("dateline", Word("bamako", "dateline"), {"mali"}),
    ("tag", Word("Sahel", "tag"), {"mali"}),
    ("keyword", Word("ap", "agency"), {"mali"}),
    ("keyword is a whole value", Word("world", "section"), set()),
    ("keyword of two words", Word("world news", "section"), {"tokyo"}),
    ("quoted keyword", Phrase("World  News", "section"), {"tokyo"}),
    ("alias", Word("fr", "lang"), {"elan"}),
    ("unknown field", Word("fr", "colour"), set()),
    ("phrase", Phrase("French troops"), {"mali"}),
    ("phrase in another order", Phrase("troops French"), set()),
    ("phrase matches as written", Phrase("French troop"), set()),
    ("phrase of one word", Phrase("soldier"), {"mali"}),
    ("phrase of one word as written", Phrase("battle"), set()),
    ("phrase with accents", Phrase("elan"), {"plain"}),
    ("phrase across paragraphs", Phrase("soldiers running"), set()),
    ("phrase across paragraphs with slop", Phrase("soldiers running", slop=1000), set()),
    ("phrase across captions and label", Phrase("on guard a soldier"), {"mali"}),
    ("phrase across fields", Phrase("Mali Bamako"), set()),
    ("phrase with too little slop", Phrase("French advance"), set()),
    ("phrase with slop", Phrase("French advance", slop=1), {"mali"}),
    ("slop is for all gaps together", Phrase("French in Mali", slop=1), set()),
    ("slop for two gaps", Phrase("French in Mali", slop=2), {"mali"}),
    ("phrase in a field", Phrase("Jerome Delay", "credit"), {"mali"}),
    ("phrase in another field", Phrase("Jerome Delay", "body"), set()),
    ("prefix", Prefix("tro"), {"mali"}),
    ("prefix in a field", Prefix("Ba", "dateline"), {"mali"}),
    ("prefix of a keyword", Prefix("a", "agency"), {"mali", "elan"}),
    ("prefix without a letter", Prefix("*"), set()),
    ("wildcard", Wildcard("tr?ops"), {"mali"}),
    ("wildcard in front", Wildcard("*attles"), {"mali"}),
    ("wildcard with brackets", Wildcard("[t]roops*"), {"mali"}),
    ("wildcards alone", Wildcard("*?*"), set()),
    ("fuzzy", Fuzzy("trops"), {"mali"}),
    ("fuzzy substitution", Fuzzy("troips"), {"mali"}),
    ("fuzzy swap", Fuzzy("torops"), {"mali"}),
    ("fuzzy too far", Fuzzy("tropz"), set()),
    ("fuzzy with two edits", Fuzzy("tropz", edits=2), {"mali"}),
    ("fuzzy swap and edit", Fuzzy("torop", edits=2), {"mali"}),
    ("and", And((Word("troops"), Word("mali"))), {"mali"}),
    ("and without", And((Word("troops"), Word("elan"))), set()),
    ("or", Or((Word("troops"), Word("elan"))), {"mali", "elan", "plain"}),
    ("words", Words((Word("troops"), Word("elan"))), {"mali", "elan", "plain"}),
    ("not", And((Word("elan"), Not(Word("company")))), {"elan"}),
    ("not alone", Not(Word("the")), LIVE - {"mali", "plain", "qaeda"}),
    ("double not", Not(Not(Word("troops"))), {"mali"}),
    ("everything", Everything(), LIVE),
    ("nested", Words((And((Word("troops"), Or((Word("x"), Word("mali"))))), Not(Everything()))), {"mali"}),
    ("after is inclusive", DateRange(after=date(2024, 5, 10)), {"mali", "plain", "qaeda"}),
    ("before is exclusive", DateRange(before=date(2024, 5, 10)), {"elan"}),
    ("last minute of the day", DateRange(after=date(2024, 4, 30), before=date(2024, 5, 1)), {"elan"}),
    ("any date", DateRange(), {"mali", "plain", "qaeda", "elan"}),
    ("first seen", DateRange(after=date(2024, 5, 1), before=date(2024, 5, 2), field="first_seen_at"), LIVE),
    ("unknown date", DateRange(after=date(2024, 5, 1), field="colour"), set()),
    ("has", Has("caption"), {"mali"}),
    ("has, alias", Has("lang"), LIVE),
    ("has a date", Has("published_at"), LIVE - {"undated", "tokyo"}),
    ("has unknown", Has("colour"), set()),
    ("corrected", Status("corrected"), {"plain"}),
    ("live", Status("live"), LIVE),
    ("withdrawn", Status("withdrawn"), {"killed"}),
    ("withdrawn and word", And((Status("withdrawn"), Word("troops"))), {"killed"}),
    ("withdrawn, nested", Or((Word("troops"), And((Status("withdrawn"),)))), {"mali", "killed"}),
    ("no words in a word", Word("!?"), set()),
    ("no words beside words", And((Word("troops"), Word("--"))), {"mali"}),
    ("no words in not", And((Word("troops"), Not(Phrase("...")))), {"mali"}),
    ("nothing", Words(()), set()),
    ("nothing in and", And(()), set()),
    ("lone surrogate", Word("\ud800"), set()),
    ("control characters", Word("\x00\x01\x02"), set()),
    ("marks of the index", Prefix("\x02english:sold"), set()),
]


@pytest.mark.parametrize(("query", "ids"), [case[1:] for case in MATCHES], ids=[case[0] for case in MATCHES])
def test_what_a_query_matches(desk: IndexReader, query: Query, ids: set[str]) -> None:
    assert set(found(desk, query)) == ids


FILTERS = [
    ("source", Filters({"source": ("bbc",)}), {"plain", "qaeda"}),
    ("alternatives", Filters({"source": ("bbc", "rfi")}), {"plain", "qaeda", "elan"}),
    ("two fields", Filters({"source": ("bbc",), "agency": ("reuters",)}), {"qaeda"}),
    ("case", Filters({"section": ("WORLD NEWS",)}), {"tokyo"}),
    ("unknown value", Filters({"source": ("none",)}), set()),
    ("no values", Filters({"source": ()}), LIVE),
    ("dates", Filters(after=date(2024, 5, 11), before=date(2024, 5, 12)), {"qaeda"}),
    ("undated never match", Filters(before=date(2030, 1, 1)), LIVE - {"undated", "tokyo"}),
]


@pytest.mark.parametrize(("filters", "ids"), [case[1:] for case in FILTERS], ids=[case[0] for case in FILTERS])
def test_filters_restrict(desk: IndexReader, filters: Filters, ids: set[str]) -> None:
    assert set(found(desk, Everything(), filters=filters)) == ids


@pytest.mark.parametrize(
    "query",
    [
        Words((Word("troops"), Prefix("so"), Phrase("running battles"))),
        And((Word("soldier"), Or((Wildcard("b*l"), Fuzzy("troips"))))),
        And((Word("mali"), Not(Or((Word("zebra"), Prefix("ba")))))),
        And((Everything(), Not(And((Word("the"), Not(Word("mali"))))))),
        Not(Phrase("French troops")),
    ],
    ids=["words", "and", "not or", "not not", "not phrase"],
)
def test_a_search_that_is_cut_off_finds_a_part(desk: IndexReader, query: Query) -> None:
    whole = set(found(desk, query))
    for steps in range(12):
        budget = Budget(steps, clock=count().__next__)
        part = found(desk, query, budget=budget)
        assert whole.issuperset(part)
        assert budget.was_cut or whole == set(part)
    assert not budget.was_cut
    spent = Budget(0)
    assert found(desk, query, budget=spent) == []
    assert spent.was_cut


def test_facets_count_the_whole_result_whatever_the_page(desk: IndexReader) -> None:
    result = desk.search(SearchRequest(Everything(), limit=0))
    assert (result.total, result.hits, result.revision) == (6, (), 7)
    assert result.facets["source"] == (("bbc", 2), ("dw", 1), ("nhk", 1), ("rfi", 1), ("voa", 1))
    assert result.facets["agency"] == (("AFP", 2), ("Reuters", 2), ("AP", 1))
    assert result.facets["language"] == (("en", 3), ("de", 1), ("fr", 1), ("ja", 1))
    assert result.facets["section"] == (("Africa", 1), ("World News", 1), ("Économie", 1))
    assert result.facets["published"] == (("2024-04", 1), ("2024-05", 3))
    assert desk.search(SearchRequest(Word("zebra"))).facets["source"] == ()
    assert desk.search(SearchRequest(Everything(), facets=False)).facets == {}


def test_facets_follow_the_filters(desk: IndexReader) -> None:
    result = desk.search(SearchRequest(Everything(), filters=Filters({"source": ("bbc",)})))
    assert result.facets["source"] == (("bbc", 2),)
    assert result.facets["agency"] == (("Reuters", 1),)


def test_order_by_date_falls_back_on_first_seen(desk: IndexReader) -> None:
    assert found(desk, Everything(), sort="newest") == ["plain", "qaeda", "mali", "tokyo", "undated", "elan"]
    assert found(desk, Everything(), sort="oldest") == ["elan", "tokyo", "undated", "mali", "qaeda", "plain"]


def test_pages_are_slices_of_one_order(desk: IndexReader) -> None:
    whole = found(desk, Everything(), sort="newest")
    pages = [
        hit.id
        for offset in range(0, 8, 2)
        for hit in desk.search(SearchRequest(Everything(), sort="newest", offset=offset, limit=2)).hits
    ]
    assert pages == whole


@pytest.mark.parametrize("sort", ["relevance", "score", "newest", "oldest"])
def test_scores_of_words(desk: IndexReader, sort: str) -> None:
    hits = desk.search(SearchRequest(Words((Word("troops"), Word("group"))), sort=sort, now=NOW)).hits
    assert {hit.id for hit in hits} == {"mali", "qaeda"}
    assert all(hit.score > 0 for hit in hits)
    if sort in ("relevance", "score"):
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def ranked(engine: Engine, directory: Path, stories: list[StoredStory], query: Query, **request: object) -> list[str]:
    write(engine, directory, stories, 1)
    reader = engine.reader(directory)
    try:
        return found(reader, query, **request)
    finally:
        reader.close()


FILLER = [story(f"filler-{number}", "Something else entirely", body=["Nothing of note."]) for number in range(20)]


def test_exact_ranks_over_stem_over_folded(engine: Engine, directory: Path) -> None:
    stories = [
        story("stem", "market cafes open"),
        story("exact", "market café open"),
        story("folded", "market cafe open", language="fr"),
        *FILLER,
    ]
    assert ranked(engine, directory, stories, Word("café"))[0] == "exact"
    assert ranked(engine, directory, [], Word("cafes"))[0] == "stem"


def test_stories_with_all_words_rank_before_those_with_some(engine: Engine, directory: Path) -> None:
    loud = story("loud", "zebra zebra zebra", body=["zebra " * 20], published_at=NOW)
    quiet = story(
        "quiet",
        "On other things",
        body=["word " * 400 + "zebra", "crossing " + "word " * 400],
        published_at=NOW - timedelta(days=900),
    )
    words = Words((Word("zebra"), Word("crossing")))
    assert ranked(engine, directory, [loud, quiet, *FILLER], words) == ["quiet", "loud"]
    assert ranked(engine, directory, [], words, sort="score") == ["quiet", "loud"]


@pytest.mark.parametrize("words", [2, 6], ids=["two words", "six words"])
def test_few_words_rank_strictly_by_holding_all(engine: Engine, directory: Path, words: int) -> None:
    asked = ["zebra", "crossing", "lamp", "painted", "again", "the"][:words]
    stories = [
        story("all", "On other things", body=["word " * 60 + (" and " * 9).join(asked)]),
        *(
            story(f"some-{n}", " ".join(asked[:-1]), body=[" ".join(asked[:-1]) * 3], published_at=NOW)
            for n in range(5)
        ),
        *FILLER,
    ]
    assert ranked(engine, directory, stories, Words(tuple(map(Word, asked))))[0] == "all"


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("A zebra crossing was painted.", "A zebra was seen, and after many more words a crossing."),
        ("They met at the crossing a zebra knows.", "They met at the crossing that no zebra knows."),
        ("A zebra on the crossing.", "A zebra stood by, far from any crossing of roads."),
    ],
    ids=["side by side", "in the other order", "over common words"],
)
def test_words_close_together_rank_before_words_far_apart(engine: Engine, directory: Path, near: str, far: str) -> None:
    same = [story("a-far", "Roads", body=[far + " End" * (len(near.split()) - len(far.split()))])]
    same += [story("b-near", "Roads", body=[near + " End" * (len(far.split()) - len(near.split()))]), *FILLER]
    words = Words((Word("zebra"), Word("crossing")))
    assert ranked(engine, directory, same, words, sort="score") == ["b-near", "a-far"]


QUESTION = "what were the reasons that the harbour of Ostrava was closed by the ministry"


def test_the_common_words_of_a_question_do_not_outvote_its_rare_ones(engine: Engine, directory: Path) -> None:
    stories = [
        story(
            "chatter", "What were the", body=["What were the reasons that the was by the of the, what were the " * 3]
        ),
        story("answer", "Ostrava harbour", body=["Ministry closes it."]),
        *(story(f"common-{n}", "What were the", body=["That was by the of the reasons."]) for n in range(30)),
    ]
    words = Words(tuple(map(Word, QUESTION.split())))
    assert ranked(engine, directory, stories, words)[0] == "answer"


def test_a_question_lifts_what_is_like_its_best_answers_and_finds_nothing_more(engine: Engine, directory: Path) -> None:
    stories = [
        *(
            story(f"answer-{n}", "Ostrava harbour closed by ministry", body=["Dredgers sank; pilots blame silt."])
            for n in range(3)
        ),
        story("a-unlike", "On the harbour", body=["Gulls circle quietly above boats."]),
        story("b-like", "On the harbour", body=["Dredgers pilots silt above boats."]),
        story("not-found", "Dredgers", body=["Pilots, silt."]),
        *(story(f"other-{n}", "Something else", body=["Nothing noteworthy here."]) for n in range(100)),
    ]
    words = Words(tuple(map(Word, QUESTION.split())))
    found = ranked(engine, directory, stories, words, sort="score")
    assert found.index("b-like") < found.index("a-unlike")
    assert "not-found" not in found


@pytest.mark.parametrize("sort", ["score", "relevance"])
def test_pages_of_a_question_agree_with_the_whole(engine: Engine, directory: Path, sort: str) -> None:
    stories = [
        story(
            f"s{n}", QUESTION[n % 40 :], body=[QUESTION[: n % 60] * (1 + n % 3)], published_at=NOW - timedelta(days=n)
        )
        for n in range(450)
    ]
    write(engine, directory, stories[:300], 1)
    write(engine, directory, stories[300:], 2)
    reader = engine.reader(directory)
    for asked in (QUESTION, "harbour ministry closed"):
        words = Words(tuple(map(Word, asked.split())))
        whole = reader.search(SearchRequest(words, sort=sort, limit=1000, now=NOW)).hits
        assert [(-hit.score, hit.id) for hit in whole] == sorted((-hit.score, hit.id) for hit in whole)
        for offset in (0, 190, 205, 395):
            page = reader.search(SearchRequest(words, sort=sort, offset=offset, limit=20, now=NOW)).hits
            assert page == whole[offset : offset + 20]
    reader.close()


def test_headline_counts_more_than_body(engine: Engine, directory: Path) -> None:
    stories = [
        story("body", "Some other words here", body=["Zebra seen in the park."]),
        story("headline", "Zebra seen in park", body=["Some other words are here."]),
        *FILLER,
    ]
    assert ranked(engine, directory, stories, Word("zebra")) == ["headline", "body"]


def test_recency_decides_between_equal_stories_and_ties_go_by_id(engine: Engine, directory: Path) -> None:
    stories = [
        story("c-old", "zebra", published_at=NOW - timedelta(days=20)),
        story("b-new", "zebra", published_at=NOW - timedelta(days=1)),
        story("a-new", "zebra", published_at=NOW - timedelta(days=1)),
        story("d-future", "zebra", published_at=NOW + timedelta(days=3)),
        *FILLER,
    ]
    assert ranked(engine, directory, stories, Word("zebra")) == ["d-future", "a-new", "b-new", "c-old"]
    assert ranked(engine, directory, [], Word("zebra"), sort="score") == ["a-new", "b-new", "c-old", "d-future"]


def test_ties_of_very_many_go_by_id_on_every_page(engine: Engine, directory: Path) -> None:
    ids = [f"{number:05d}" for number in range(7000)]
    shuffled = [ids[number * 2999 % 7000] for number in range(7000)]
    for revision, part in enumerate((shuffled[:4000], shuffled[4000:]), 1):
        write(engine, directory, [story(story_id, "zebra") for story_id in part], revision)
    reader = engine.reader(directory)
    sorts: tuple[Sort, ...] = ("relevance", "score", "newest", "oldest")
    for sort, (offset, limit) in product(sorts, ((0, 10), (2998, 5), (6990, 20), (0, 6000))):
        request = SearchRequest(Word("zebra"), sort=sort, offset=offset, limit=limit, now=NOW)
        assert [hit.id for hit in reader.search(request).hits] == ids[offset : offset + limit]
    reader.close()


@pytest.mark.parametrize("bulk", [False, True], ids=["live", "bulk"])
def test_a_story_replaces_the_earlier_one_of_its_id(engine: Engine, directory: Path, bulk: bool) -> None:
    write(engine, directory, [story("a", "first"), story("b", "other")], 1)
    writer = engine.writer(directory, bulk=bulk)
    writer.add([story("a", "second", version=2)])
    writer.add([story("a", "third", version=3), story("c", "gone")])
    writer.remove(["c", "unknown"])
    writer.commit(2)
    reader = engine.reader(directory)
    assert sorted(reader.ids()) == [("a", 3), ("b", 1)]
    assert reader.count() == 2
    assert [found(reader, Word(word)) for word in ("first", "second", "third", "gone")] == [[], [], ["a"], []]
    reader.close()


def test_bulk_replaces_what_it_has_handed_on_already(engine: Engine, directory: Path) -> None:
    many = [story(f"s{number}", f"number {number}") for number in range(1200)]
    writer = engine.writer(directory, bulk=True)
    writer.add(many)
    writer.add([story("s1", "changed", version=2)])
    writer.remove(["s2"])
    writer.commit(9)
    reader = engine.reader(directory)
    assert (reader.count(), reader.revision()) == (1199, 9)
    assert found(reader, Word("changed")) == ["s1"]
    assert dict(reader.ids())["s1"] == 2
    reader.close()


def test_nothing_shows_before_commit_and_cancel_forgets(engine: Engine, directory: Path) -> None:
    write(engine, directory, [story("a", "first")], 1)
    reader = engine.reader(directory)
    for bulk in (False, True):
        writer = engine.writer(directory, bulk=bulk)
        writer.add([story(f"n{number}", "fresh") for number in range(600)])
        writer.remove(["a"])
        assert found(reader, Everything()) == ["a"]
        writer.cancel()
        writer.commit(1)
        assert found(engine.reader(directory), Everything()) == ["a"]
    reader.close()


def test_an_empty_index_answers(engine: Engine, directory: Path) -> None:
    reader = engine.reader(directory)
    assert (reader.revision(), reader.count(), list(reader.ids())) == (0, 0, [])
    result = reader.search(SearchRequest(Not(Word("x"))))
    assert (result.total, result.hits) == (0, ())
    assert set(result.facets) == {"source", "agency", "language", "section", "published"}
    reader.close()


def test_a_commit_of_nothing_moves_the_revision(engine: Engine, directory: Path) -> None:
    write(engine, directory, [], 5)
    reader = engine.reader(directory)
    assert (reader.revision(), reader.count()) == (5, 0)
    reader.close()


def test_a_reader_follows_commits(engine: Engine, directory: Path) -> None:
    reader = engine.reader(directory)
    for number in range(1, 9):
        write(engine, directory, [story(f"s{number}", f"zebra {number}")], number)
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        while reader.revision() != number and datetime.now(UTC) < deadline:
            pass
        assert (reader.revision(), len(found(reader, Word("zebra")))) == (number, number)
    reader.close()


def test_a_reader_is_shared_by_threads_while_a_writer_commits(engine: Engine, directory: Path) -> None:
    write(engine, directory, [story(f"a{number}", "zebra crossing") for number in range(50)], 1)
    reader = engine.reader(directory)
    failures: list[BaseException] = []
    done = False

    def ask() -> None:
        try:
            seen = 0
            while not done:
                total = reader.search(SearchRequest(Phrase("zebra crossing"))).total
                assert total >= max(seen, 50)
                seen = total
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(12):
        write(engine, directory, [story(f"b{number}", "zebra crossing")], number + 2)
    done = True
    for thread in threads:
        thread.join()
    reader.close()
    assert not failures


def test_no_index(engine: Engine, tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NoIndexError):
            engine.reader(directory)
        with pytest.raises(NoIndexError):
            engine.writer(directory)


def test_damage_is_said_plainly(engine: Engine, directory: Path) -> None:
    write(engine, directory, STORIES, 3)
    for path in directory.iterdir():
        if path.is_file() and path.stat().st_size:
            path.write_bytes(b"\x00damaged" + path.read_bytes()[:40])
    with pytest.raises(DamagedIndexError):
        engine.reader(directory)


def test_missing_files_are_damage(engine: Engine, directory: Path) -> None:
    write(engine, directory, STORIES, 3)
    largest = max(directory.iterdir(), key=lambda path: path.stat().st_size if path.is_file() else 0)
    largest.unlink()
    with pytest.raises(DamagedIndexError):
        engine.reader(directory)


def test_a_closed_reader_says_so(engine: Engine, directory: Path) -> None:
    reader = engine.reader(directory)
    reader.close()
    reader.close()
    with pytest.raises(EngineError):
        reader.count()


def test_many_commits_keep_the_index_small_and_whole(engine: Engine, directory: Path) -> None:
    stories = [story(f"s{number % 90}", f"zebra {number}", version=1 + number // 90) for number in range(180)]
    for number, item in enumerate(stories, 1):
        write(engine, directory, [item], number)
    reader = engine.reader(directory)
    assert reader.count() == 90
    assert sorted(reader.ids()) == sorted((f"s{number}", 2) for number in range(90))
    assert len(found(reader, Word("zebra"))) == 90
    assert len(list(directory.iterdir())) < 120
    reader.close()


def test_the_fingerprint_is_short_and_steady(engine: Engine) -> None:
    assert engine.fingerprint() == type(engine)().fingerprint()
    assert 0 < len(engine.fingerprint()) < 100


def test_dates_of_any_year(engine: Engine, directory: Path) -> None:
    years = [1, 1869, 1969, 1970, 2024, 9999]
    stories = [story(f"y{year}", "zebra", published_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC)) for year in years]
    write(engine, directory, stories, 1)
    reader = engine.reader(directory)
    assert found(reader, Word("zebra"), sort="oldest") == [f"y{year}" for year in years]
    assert found(reader, DateRange(before=date(1970, 1, 1)), sort="newest") == ["y1969", "y1869", "y1"]
    assert found(reader, DateRange(after=date(9999, 12, 31))) == ["y9999"]
    result = reader.search(SearchRequest(Everything(), now=NOW))
    assert result.facets["published"] == tuple((f"{year:04d}-12", 1) for year in years)
    reader.close()
