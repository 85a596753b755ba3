"""Contract of every engine: named indexes, the live one, and writes in any order (index/base.py)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from time import monotonic, sleep

import pytest

from index.base import Engine, IndexReader, IndexWriter, NamedIndex, Removal
from model.errors import EngineError, NoIndexError
from model.query import Everything, SearchRequest, Word
from model.story import StoredStory

SEEN_AT = datetime(2024, 5, 1, tzinfo=UTC)
NOTICED_SECONDS = 5.0


def story(story_id: str, position: int) -> StoredStory:
    """A story whose version is its position, so that readers can tell which write it comes from."""
    return StoredStory(
        id=story_id,
        source="voa",
        headline=f"zebra {position}",
        version=position,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
        revision=position,
    )


def fill(engine: Engine, name: str, *stories: StoredStory, checkpoint: int = 1) -> None:
    writer = engine.writer(name)
    writer.add(stories)
    writer.commit(checkpoint)


def held(engine: Engine, name: str = "one") -> dict[str, int]:
    """The stories of an index and their versions, by ids and by search alike."""
    reader = engine.reader(name)
    try:
        pairs = dict(reader.ids())
        hits = reader.search(SearchRequest(Everything(), limit=1000)).hits
        assert {hit.id for hit in hits} == pairs.keys()
        assert reader.count() == len(hits)
        return pairs
    finally:
        reader.close()


def eventually(check: Callable[[], bool]) -> bool:
    deadline = monotonic() + NOTICED_SECONDS
    while not check() and monotonic() < deadline:
        sleep(0.02)
    return check()


# Named indexes ---------------------------------------------------------------------------------------------------


def test_before_the_first_index_there_is_nothing(open_engine: Callable[[Path], Engine], tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "index")
    assert dict(engine.names()) == {}
    for ask in (engine.live, engine.reader().count, engine.reader().is_outdated, engine.reader().verify):
        with pytest.raises(NoIndexError):
            ask()
    for open_index in (engine.reader, engine.writer, engine.promote):
        with pytest.raises(NoIndexError):
            open_index("one")
    with pytest.raises(NoIndexError):
        engine.expunge("one", ["s1"])
    assert engine.discard("one")


def test_an_index_is_made_with_the_fingerprint_and_is_not_live(engine: Engine) -> None:
    assert dict(engine.names()) == {"one": engine.fingerprint()}
    with pytest.raises(NoIndexError):
        engine.live()
    reader = engine.reader("one")
    assert not reader.is_outdated()
    assert (reader.checkpoint(), reader.count(), reader.verify()) == (0, 0, 0)
    reader.close()


def test_a_name_is_given_once_and_is_plain(engine: Engine) -> None:
    fill(engine, "one", story("a", 1))
    for name in ("one", "", "two words", "../two", "zwölf"):
        with pytest.raises(EngineError):
            engine.create(name)
    assert held(engine) == {"a": 1}


def test_the_fingerprint_is_short_and_steady(open_engine: Callable[[Path], Engine], tmp_path: Path) -> None:
    one, other = open_engine(tmp_path / "one"), open_engine(tmp_path / "other")
    assert one.fingerprint() == other.fingerprint()
    assert 0 < len(one.fingerprint()) < 100


def test_indexes_hold_stories_of_their_own(engine: Engine) -> None:
    engine.create("two")
    fill(engine, "one", story("a", 1))
    fill(engine, "two", story("b", 2), story("c", 3), checkpoint=3)
    assert (held(engine, "one"), held(engine, "two")) == ({"a": 1}, {"b": 2, "c": 3})
    assert engine.writer("one").checkpoint() == 1
    assert engine.writer("two").checkpoint() == 3


def test_the_live_index_is_the_promoted_one_in_every_process(
    open_engine: Callable[[Path], Engine], tmp_path: Path
) -> None:
    engine, other = open_engine(tmp_path / "index"), open_engine(tmp_path / "index")
    for number, name in enumerate(("one", "two"), 1):
        engine.create(name)
        fill(engine, name, story(name, number), checkpoint=number)
    engine.promote("one")
    assert engine.live() == other.live() == NamedIndex("one", engine.fingerprint())
    reader = other.reader()
    assert (reader.checkpoint(), reader.count(), reader.segments()) == (1, 1, 1)
    assert not reader.is_outdated()
    engine.promote("two")
    assert eventually(lambda: list(reader.ids()) == [("two", 2)])
    assert other.live().name == "two"
    assert reader.verify() == 1
    engine.promote("one")
    assert eventually(lambda: reader.checkpoint() == 1)
    reader.close()


def test_a_reader_of_the_live_index_follows_its_commits_and_opens_again(engine: Engine) -> None:
    engine.promote("one")
    reader = engine.reader()
    assert reader.count() == 0
    fill(engine, "one", story("a", 1))
    assert eventually(lambda: reader.count() == 1)
    reader.close()
    reader.close()
    assert reader.count() == 1
    reader.close()


def test_what_is_live_or_being_read_is_not_discarded(engine: Engine) -> None:
    engine.create("two")
    fill(engine, "one", story("a", 1))
    engine.promote("one")
    reader = engine.reader()
    assert reader.count() == 1
    assert not engine.discard("one")
    engine.promote("two")
    assert not engine.discard("one")  # the reader has not noticed yet
    assert eventually(lambda: reader.count() == 0)
    assert eventually(lambda: engine.discard("one"))
    assert list(engine.names()) == ["two"]
    with pytest.raises(NoIndexError):
        engine.reader("one")
    reader.close()


def test_searches_never_fail_while_indexes_take_each_others_place(engine: Engine) -> None:
    fill(engine, "one", story("a", 1))
    engine.promote("one")
    reader = engine.reader()
    before = "one"
    for number in range(6):
        name = f"next-{number}"
        engine.create(name)
        fill(engine, name, story("a", 1))
        engine.promote(name)
        engine.discard(before)
        before = name
        assert reader.search(SearchRequest(Word("zebra"))).total == 1
        sleep(0.15)
    reader.close()


# Writes by position ----------------------------------------------------------------------------------------------

Write = StoredStory | Removal


def apply(writer: IndexWriter, write: Write) -> None:
    if isinstance(write, Removal):
        writer.remove([write])
    else:
        writer.add([write])


WRITES: list[Write] = [story("a", 1), story("a", 2), Removal("a", 3), story("a", 4)]
ORDERS = [[*order] for number in (3, 4) for order in permutations(WRITES[:number])]


def name_of(order: list[Write]) -> str:
    return "-".join(
        f"removal{write.position}" if isinstance(write, Removal) else f"add{write.revision}" for write in order
    )


@pytest.fixture(params=["one commit", "a commit each"])
def each(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether each write is committed by itself."""
    yield request.param == "a commit each"


@pytest.mark.parametrize("order", ORDERS, ids=name_of)
def test_the_newest_write_wins_whatever_the_order(engine: Engine, order: list[Write], each: bool) -> None:
    writer = engine.writer("one")
    for checkpoint, write in enumerate(order, 1):
        apply(writer, write)
        if each:
            writer.commit(checkpoint)
            writer = engine.writer("one")
    writer.commit(9)
    assert held(engine) == ({"a": 4} if len(order) == 4 else {})


def test_a_write_may_come_again(engine: Engine, each: bool) -> None:
    writer = engine.writer("one")
    for _ in range(3):
        writer.add([story("a", 1), story("b", 2)])
        writer.remove([Removal("b", 3)])
        if each:
            writer.commit(3)
    writer.commit(3)
    assert held(engine) == {"a": 1}


def test_at_the_same_position_the_last_write_wins(engine: Engine, each: bool) -> None:
    writer = engine.writer("one")
    for version in (1, 2, 3):
        writer.add([story("a", 5).model_copy(update={"version": version})])
        if each:
            writer.commit(5)
    writer.commit(5)
    assert held(engine) == {"a": 3}


def test_a_removal_of_what_was_never_there_keeps_it_out(engine: Engine) -> None:
    writer = engine.writer("one")
    writer.remove([Removal("a", 7)])
    writer.commit(7)
    fill(engine, "one", story("a", 6), story("b", 6), checkpoint=8)
    assert held(engine) == {"b": 6}
    fill(engine, "one", story("a", 9), checkpoint=9)
    assert held(engine) == {"a": 9, "b": 6}


def test_tombstones_are_dropped_when_nobody_can_be_so_late(engine: Engine) -> None:
    writer = engine.writer("one")
    writer.remove([Removal("a", 5), Removal("b", 8)])
    writer.commit(8)
    writer = engine.writer("one")
    writer.drop_tombstones(before=8)
    writer.commit(20)
    fill(engine, "one", story("a", 4), story("b", 4), checkpoint=20)
    assert held(engine) == {"a": 4}


def test_late_writes_beside_new_ones_are_left_out(engine: Engine) -> None:
    fill(engine, "one", *(story(f"s{n}", 10 + n) for n in range(20)), checkpoint=30)
    writer = engine.writer("one")
    writer.add(story(f"s{n}", 20) for n in range(20))
    writer.remove(Removal(f"s{n}", 21) for n in range(0, 20, 3))
    writer.commit(31)
    expected = {f"s{n}": max(10 + n, 20) for n in range(20)}
    for n in range(0, 20, 3):
        if 10 + n <= 21:
            del expected[f"s{n}"]
    assert held(engine) == expected


def test_ids_may_be_of_any_length(engine: Engine, each: bool) -> None:
    ids = ["x" * 600 + end for end in ("1", "2", "ö" * 400)]
    writer = engine.writer("one")
    for position in (1, 2):
        writer.add(story(story_id, position) for story_id in ids)
        if each:
            writer.commit(position)
            writer = engine.writer("one")
    writer.remove([Removal(ids[0], 3)])
    writer.commit(3)
    assert held(engine) == dict.fromkeys(ids[1:], 2)


def test_the_checkpoint_never_goes_back(engine: Engine) -> None:
    for checkpoint, expected in ((5, 5), (3, 5), (6, 6)):
        fill(engine, "one", story("a", 1), checkpoint=checkpoint)
        reader: IndexReader = engine.reader("one")
        assert reader.checkpoint() == engine.writer("one").checkpoint() == expected
        assert reader.search(SearchRequest(Everything())).checkpoint == expected
        reader.close()


def test_many_writes_in_any_order_leave_what_the_feed_says(engine: Engine) -> None:
    """Commits of a few writes each, shuffled by a fixed rule, with merges in between."""
    feed: list[Write] = [Removal(f"s{n % 17}", n) if n % 5 == 0 else story(f"s{n % 17}", n) for n in range(1, 240)]
    newest: dict[str, Write] = {}
    for write in feed:
        newest[write.id] = write
    shuffled = [feed[n * 101 % len(feed)] for n in range(len(feed))]
    for start in range(0, len(shuffled), 4):
        writer = engine.writer("one")
        for write in shuffled[start : start + 4]:
            apply(writer, write)
        writer.commit(start)
    expected = {write.id: write.version for write in newest.values() if isinstance(write, StoredStory)}
    assert held(engine) == expected


def test_what_is_expunged_is_gone_and_nothing_else(engine: Engine) -> None:
    fill(engine, "one", story("s1", 1), story("s2", 2), checkpoint=2)
    assert engine.expunge("one", ["never there"]) == engine.expunge("one", [])
    writer = engine.writer("one")
    writer.remove([Removal("s1", 3)])
    writer.commit(3)
    if engine.expunge("one", ["s1"]):
        assert engine.expunge("one", ["s1"])
    assert held(engine) == {"s2": 2}
    assert engine.reader("one").checkpoint() == 3
