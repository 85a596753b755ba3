"""Contract of every engine: what a query matches, in which order, and what a commit shows (index/base.py)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from threading import Thread
from typing import get_args

import pytest

from index.base import Engine, IndexReader, Removal
from model.errors import EngineError
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
    SortKey,
    Status,
    Wildcard,
    Word,
    Words,
)
from model.story import Caption, StoredStory

INDEX = "one"
NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
SORTS: tuple[Sort, ...] = get_args(Sort)
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
        confidence={"story": 0.34},
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
        confidence={"story": 0.35, "headline": 0.1},
        published_at=datetime(2024, 5, 11, tzinfo=UTC),
    ),
    story("undated", "A story without a date", source="dw", language="de", body=["Die Soldaten kamen."]),
    story(
        "killed",
        "Kill: troops story withdrawn",
        source="bbc",
        status="withdrawn",
        confidence={"story": 0.02},
        published_at=datetime(2024, 5, 13, tzinfo=UTC),
    ),
    story(
        "tokyo", "東京で地震", source="nhk", language="ja", body=["東京で強い地震がありました。"], section="World News"
    ),
]
LIVE = {item.id for item in STORIES} - {"killed"}


@pytest.fixture(scope="module")
def desk(open_engine: Callable[[Path], Engine], tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexReader]:
    """All stories, in two commits."""
    engine = open_engine(tmp_path_factory.mktemp("desk"))
    engine.create(INDEX)
    writer = engine.writer(INDEX)
    writer.add(STORIES[:4])
    writer.commit(4)
    writer.add(STORIES[4:])
    writer.commit(7)
    reader = engine.reader(INDEX)
    yield reader
    reader.close()


def write(engine: Engine, stories: list[StoredStory], checkpoint: int, *, bulk: bool = False) -> None:
    writer = engine.writer(INDEX, bulk=bulk)
    writer.add(stories)
    writer.commit(checkpoint)


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
    ("initials, and a French article", Word("UN"), {"mali", "elan"}),
    ("initials with points", Word("U.N."), {"mali", "elan"}),
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
    ("uncertain", Status("uncertain"), {"elan"}),
    ("not uncertain", And((Everything(), Not(Status("uncertain")))), LIVE - {"elan"}),
    ("uncertain or word", Or((Status("uncertain"), Word("troops"))), {"elan", "mali"}),
    ("uncertain and withdrawn", And((Status("uncertain"), Status("withdrawn"))), {"killed"}),
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
def test_a_search_without_time_finds_nothing_and_says_so(desk: IndexReader, query: Query) -> None:
    whole = found(desk, query)
    for seconds in (None, 60.0):
        result = desk.search(SearchRequest(query, limit=100, now=NOW, timeout_seconds=seconds))
        assert ([hit.id for hit in result.hits], result.timed_out) == (whole, False)
    nothing = desk.search(SearchRequest(query, limit=100, now=NOW, timeout_seconds=0))
    assert (nothing.total, nothing.hits, nothing.timed_out) == (0, (), True)


def test_facets_count_the_whole_result_whatever_the_page(desk: IndexReader) -> None:
    result = desk.search(SearchRequest(Everything(), limit=0))
    assert (result.total, result.hits, result.checkpoint) == (6, (), 7)
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


def paged(reader: IndexReader, request: SearchRequest) -> list[list[str]]:
    """The ids of all pages, each asked for by the sort key of the page before."""
    pages: list[list[str]] = []
    after: SortKey | None = None
    while not pages or after is not None:
        result = reader.search(replace(request, after=after))
        pages.append([hit.id for hit in result.hits])
        after = result.next_key
    return pages


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_pages_by_sort_key_are_slices_of_one_order(desk: IndexReader, sort: Sort, size: int) -> None:
    for query in (Everything(), Word("the"), Or((Word("troops"), Word("the"))), Word("zebra")):
        whole = found(desk, query, sort=sort)
        pages = paged(desk, SearchRequest(query, sort=sort, limit=size, now=NOW))
        assert pages == ([whole[start : start + size] for start in range(0, len(whole), size)] or [[]])


def test_counts_alone_have_no_next_key(desk: IndexReader) -> None:
    assert desk.search(SearchRequest(Everything(), limit=0)).next_key is None


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_a_sort_key_holds_its_place_while_stories_come_and_go(engine: Engine, sort: Sort) -> None:
    dated = [
        story(f"m{n:02}", "zebra " + "crossing " * (n % 5), published_at=NOW - timedelta(days=n)) for n in range(30)
    ]
    write(engine, [*dated, *FILLER], 1)
    reader = engine.reader(INDEX)
    request = SearchRequest(Word("zebra"), sort=sort, limit=7, now=NOW)
    first = reader.search(request)
    whole = found(reader, Word("zebra"), sort=sort)
    reader.close()
    # The story that the key names is gone, others have come before and after it.
    gone = first.hits[-1].id
    writer = engine.writer(INDEX)
    writer.remove([Removal(gone, 2), Removal(whole[10], 2)])
    writer.add(story(f"x{n}", "zebra", published_at=NOW - timedelta(days=n * 40), revision=2) for n in range(-1, 2))
    writer.commit(2)
    reader = engine.reader(INDEX)
    following = [hit.id for hit in reader.search(replace(request, after=first.next_key, limit=100)).hits]
    old = [story_id for story_id in following if not story_id.startswith("x")]
    assert old == [story_id for story_id in whole[7:] if story_id != whole[10]]
    assert len(old) < len(following)
    reader.close()


@pytest.mark.parametrize("sort", SORTS)
def test_the_next_page_begins_behind_the_last_hit_however_scores_have_moved(engine: Engine, sort: Sort) -> None:
    mixed = [
        story(f"m{n:02}", "zebra " + "crossing " * (n % 7), published_at=NOW - timedelta(hours=n)) for n in range(40)
    ]
    write(engine, [*mixed, *FILLER], 1)
    reader = engine.reader(INDEX)
    request = SearchRequest(Word("zebra"), sort=sort, limit=9, now=NOW)
    first = reader.search(request)
    reader.close()
    # So many long stories change how rare the word is and how long a story is on average.
    write(engine, [story(f"long{n}", "Other", body=["word " * 200]) for n in range(200)], 2)
    reader = engine.reader(INDEX)
    now_in_order = found(reader, Word("zebra"), sort=sort)
    place = now_in_order.index(first.hits[-1].id)
    following = [hit.id for hit in reader.search(replace(request, after=first.next_key, limit=100)).hits]
    assert following == now_in_order[place + 1 :]
    reader.close()


@pytest.mark.parametrize("sort", ["relevance", "score", "newest", "oldest"])
def test_scores_of_words(desk: IndexReader, sort: str) -> None:
    hits = desk.search(SearchRequest(Words((Word("troops"), Word("group"))), sort=sort, now=NOW)).hits
    assert {hit.id for hit in hits} == {"mali", "qaeda"}
    assert all(hit.score > 0 for hit in hits)
    if sort in ("relevance", "score"):
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def ranked(engine: Engine, stories: list[StoredStory], query: Query, **request: object) -> list[str]:
    write(engine, stories, 1)
    reader = engine.reader(INDEX)
    try:
        return found(reader, query, **request)
    finally:
        reader.close()


FILLER = [story(f"filler-{number}", "Something else entirely", body=["Nothing of note."]) for number in range(20)]


def test_exact_ranks_over_stem_over_folded(engine: Engine) -> None:
    stories = [
        story("stem", "market cafes open"),
        story("exact", "market café open"),
        story("folded", "market cafe open", language="fr"),
        *FILLER,
    ]
    assert ranked(engine, stories, Word("café"))[0] == "exact"
    assert ranked(engine, [], Word("cafes"))[0] == "stem"


def test_stories_with_all_words_rank_before_those_with_some(engine: Engine) -> None:
    loud = story("loud", "zebra zebra zebra", body=["zebra " * 20], published_at=NOW)
    quiet = story(
        "quiet",
        "On other things",
        body=["word " * 400 + "zebra", "crossing " + "word " * 400],
        published_at=NOW - timedelta(days=900),
    )
    words = Words((Word("zebra"), Word("crossing")))
    assert ranked(engine, [loud, quiet, *FILLER], words) == ["quiet", "loud"]
    assert ranked(engine, [], words, sort="score") == ["quiet", "loud"]


@pytest.mark.parametrize("words", [2, 6], ids=["two words", "six words"])
def test_few_words_rank_strictly_by_holding_all(engine: Engine, words: int) -> None:
    asked = ["zebra", "crossing", "lamp", "painted", "again", "the"][:words]
    stories = [
        story("all", "On other things", body=["word " * 60 + (" and " * 9).join(asked)]),
        *(
            story(f"some-{n}", " ".join(asked[:-1]), body=[" ".join(asked[:-1]) * 3], published_at=NOW)
            for n in range(5)
        ),
        *FILLER,
    ]
    assert ranked(engine, stories, Words(tuple(map(Word, asked))))[0] == "all"


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("A zebra crossing was painted.", "A zebra was seen, and after many more words a crossing."),
        ("They met at the crossing a zebra knows.", "They met at the crossing that no zebra knows."),
        ("A zebra on the crossing.", "A zebra stood by, far from any crossing of roads."),
    ],
    ids=["side by side", "in the other order", "over common words"],
)
def test_words_close_together_rank_before_words_far_apart(engine: Engine, near: str, far: str) -> None:
    same = [story("a-far", "Roads", body=[far + " End" * (len(near.split()) - len(far.split()))])]
    same += [story("b-near", "Roads", body=[near + " End" * (len(far.split()) - len(near.split()))]), *FILLER]
    words = Words((Word("zebra"), Word("crossing")))
    assert ranked(engine, same, words, sort="score") == ["b-near", "a-far"]


QUESTION = "what were the reasons that the harbour of Ostrava was closed by the ministry"


def test_the_common_words_of_a_question_do_not_outvote_its_rare_ones(engine: Engine) -> None:
    stories = [
        story(
            "chatter", "What were the", body=["What were the reasons that the was by the of the, what were the " * 3]
        ),
        story("answer", "Ostrava harbour", body=["Ministry closes it."]),
        *(story(f"common-{n}", "What were the", body=["That was by the of the reasons."]) for n in range(30)),
    ]
    words = Words(tuple(map(Word, QUESTION.split())))
    assert ranked(engine, stories, words)[0] == "answer"


def test_a_question_lifts_what_is_like_its_best_answers_and_finds_nothing_more(engine: Engine) -> None:
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
    found = ranked(engine, stories, words, sort="score")
    assert found.index("b-like") < found.index("a-unlike")
    assert "not-found" not in found


@pytest.mark.parametrize("sort", ["score", "relevance"])
def test_pages_of_a_question_agree_with_the_whole(engine: Engine, sort: str) -> None:
    stories = [
        story(
            f"s{n}", QUESTION[n % 40 :], body=[QUESTION[: n % 60] * (1 + n % 3)], published_at=NOW - timedelta(days=n)
        )
        for n in range(450)
    ]
    write(engine, stories[:300], 1)
    write(engine, stories[300:], 2)
    reader = engine.reader(INDEX)
    for asked in (QUESTION, "harbour ministry closed"):
        words = Words(tuple(map(Word, asked.split())))
        whole = reader.search(SearchRequest(words, sort=sort, limit=1000, now=NOW)).hits
        assert [(-hit.score, hit.id) for hit in whole] == sorted((-hit.score, hit.id) for hit in whole)
        for offset in (0, 190, 205, 395):
            page = reader.search(SearchRequest(words, sort=sort, offset=offset, limit=20, now=NOW)).hits
            assert page == whole[offset : offset + 20]
        pages = paged(reader, SearchRequest(words, sort=sort, limit=70, now=NOW))
        assert [story_id for page in pages for story_id in page] == [hit.id for hit in whole]
    reader.close()


def test_headline_counts_more_than_body(engine: Engine) -> None:
    stories = [
        story("body", "Some other words here", body=["Zebra seen in the park."]),
        story("headline", "Zebra seen in park", body=["Some other words are here."]),
        *FILLER,
    ]
    assert ranked(engine, stories, Word("zebra")) == ["headline", "body"]


def test_recency_decides_between_equal_stories_and_ties_go_by_id(engine: Engine) -> None:
    stories = [
        story("c-old", "zebra", published_at=NOW - timedelta(days=20)),
        story("b-new", "zebra", published_at=NOW - timedelta(days=1)),
        story("a-new", "zebra", published_at=NOW - timedelta(days=1)),
        story("d-future", "zebra", published_at=NOW + timedelta(days=3)),
        *FILLER,
    ]
    assert ranked(engine, stories, Word("zebra")) == ["d-future", "a-new", "b-new", "c-old"]
    assert ranked(engine, [], Word("zebra"), sort="score") == ["a-new", "b-new", "c-old", "d-future"]


def test_ties_of_very_many_go_by_id_on_every_page(engine: Engine) -> None:
    ids = [f"{number:05d}" for number in range(7000)]
    shuffled = [ids[number * 2999 % 7000] for number in range(7000)]
    for revision, part in enumerate((shuffled[:4000], shuffled[4000:]), 1):
        write(engine, [story(story_id, "zebra") for story_id in part], revision)
    reader = engine.reader(INDEX)
    for sort, (offset, limit) in product(SORTS, ((0, 10), (2998, 5), (6990, 20), (0, 6000))):
        request = SearchRequest(Word("zebra"), sort=sort, offset=offset, limit=limit, now=NOW)
        result = reader.search(request)
        assert [hit.id for hit in result.hits] == ids[offset : offset + limit]
        if result.next_key is not None:
            following = reader.search(replace(request, offset=0, after=result.next_key)).hits
            assert [hit.id for hit in following] == ids[offset + limit : offset + 2 * limit]
    reader.close()


@pytest.mark.parametrize("bulk", [False, True], ids=["live", "bulk"])
def test_a_story_replaces_the_earlier_one_of_its_id(engine: Engine, bulk: bool) -> None:
    write(engine, [story("a", "first"), story("b", "other")], 1)
    writer = engine.writer(INDEX, bulk=bulk)
    writer.add([story("a", "second", version=2)])
    writer.add([story("a", "third", version=3), story("c", "gone")])
    writer.remove([Removal("c", 0), Removal("unknown", 0)])
    writer.commit(2)
    reader = engine.reader(INDEX)
    assert sorted(reader.ids()) == [("a", 3), ("b", 1)]
    assert reader.count() == 2
    assert [found(reader, Word(word)) for word in ("first", "second", "third", "gone")] == [[], [], ["a"], []]
    reader.close()


def test_bulk_replaces_what_it_has_handed_on_already(engine: Engine) -> None:
    many = [story(f"s{number}", f"number {number}") for number in range(1200)]
    writer = engine.writer(INDEX, bulk=True)
    writer.add(many)
    writer.add([story("s1", "changed", version=2)])
    writer.remove([Removal("s2", 0)])
    writer.commit(9)
    reader = engine.reader(INDEX)
    assert (reader.count(), reader.checkpoint()) == (1199, 9)
    assert found(reader, Word("changed")) == ["s1"]
    assert dict(reader.ids())["s1"] == 2
    reader.close()


def test_nothing_shows_before_commit_and_cancel_forgets(engine: Engine) -> None:
    write(engine, [story("a", "first")], 1)
    reader = engine.reader(INDEX)
    for bulk in (False, True):
        writer = engine.writer(INDEX, bulk=bulk)
        writer.add([story(f"n{number}", "fresh") for number in range(600)])
        writer.remove([Removal("a", 0)])
        assert found(reader, Everything()) == ["a"]
        writer.cancel()
        writer.commit(1)
        assert found(engine.reader(INDEX), Everything()) == ["a"]
    reader.close()


def test_an_empty_index_answers(engine: Engine) -> None:
    reader = engine.reader(INDEX)
    assert (reader.checkpoint(), reader.count(), list(reader.ids())) == (0, 0, [])
    result = reader.search(SearchRequest(Not(Word("x"))))
    assert (result.total, result.hits) == (0, ())
    assert set(result.facets) == {"source", "agency", "language", "section", "published"}
    reader.close()


def test_a_commit_of_nothing_moves_the_revision(engine: Engine) -> None:
    write(engine, [], 5)
    reader = engine.reader(INDEX)
    assert (reader.checkpoint(), reader.count()) == (5, 0)
    reader.close()


def test_a_reader_follows_commits(engine: Engine) -> None:
    reader = engine.reader(INDEX)
    for number in range(1, 9):
        write(engine, [story(f"s{number}", f"zebra {number}")], number)
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        while reader.checkpoint() != number and datetime.now(UTC) < deadline:
            pass
        assert (reader.checkpoint(), len(found(reader, Word("zebra")))) == (number, number)
    reader.close()


def test_a_reader_is_shared_by_threads_while_a_writer_commits(engine: Engine) -> None:
    write(engine, [story(f"a{number}", "zebra crossing") for number in range(50)], 1)
    reader = engine.reader(INDEX)
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
        write(engine, [story(f"b{number}", "zebra crossing")], number + 2)
    done = True
    for thread in threads:
        thread.join()
    reader.close()
    assert not failures


def test_a_closed_reader_says_so(engine: Engine) -> None:
    reader = engine.reader(INDEX)
    reader.close()
    reader.close()
    with pytest.raises(EngineError):
        reader.count()


def test_many_commits_keep_the_index_whole(engine: Engine) -> None:
    stories = [story(f"s{number % 90}", f"zebra {number}", version=1 + number // 90) for number in range(180)]
    for number, item in enumerate(stories, 1):
        write(engine, [item], number)
    reader = engine.reader(INDEX)
    assert reader.count() == 90
    assert sorted(reader.ids()) == sorted((f"s{number}", 2) for number in range(90))
    assert len(found(reader, Word("zebra"))) == 90
    reader.close()


def test_dates_of_any_year(engine: Engine) -> None:
    years = [1, 1869, 1969, 1970, 2024, 9999]
    stories = [story(f"y{year}", "zebra", published_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC)) for year in years]
    write(engine, stories, 1)
    reader = engine.reader(INDEX)
    assert found(reader, Word("zebra"), sort="oldest") == [f"y{year}" for year in years]
    assert found(reader, DateRange(before=date(1970, 1, 1)), sort="newest") == ["y1969", "y1869", "y1"]
    assert found(reader, DateRange(after=date(9999, 12, 31))) == ["y9999"]
    result = reader.search(SearchRequest(Everything(), now=NOW))
    assert result.facets["published"] == tuple((f"{year:04d}-12", 1) for year in years)
    reader.close()


def test_stories_that_no_word_of_the_question_is_in_are_answered(engine: Engine) -> None:
    writer = engine.writer(INDEX)
    ports = ("oslo", "lagos", "lima", "dover", "genoa", "perth")
    writer.add(story(f"s{number}", f"A ferry leaves {ports[number // 2]}") for number in range(12))
    writer.add([story("zoo", "Zebra, yak, xerus, wombat and vole", source="rfi")])
    writer.commit(1)
    words = Words(tuple(map(Word, ("zebra", "yak", "xerus", "wombat", "vole"))))
    request = SearchRequest(Or((Has("headline"), words)), Filters({"source": ("voa",)}), limit=20)
    result = engine.reader(INDEX).search(request)
    assert (result.total, {hit.score for hit in result.hits}) == (12, {0.0})
