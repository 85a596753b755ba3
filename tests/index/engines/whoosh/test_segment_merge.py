"""Segment merges, within commits and beside them, leave every answer as it was."""

import errno
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import IndexConfig
from index.base import Removal
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.indexing.background_merge import PREFIX, LargeMerge, Policy, main
from index.engines.whoosh.indexing.merge_policy import (
    choose_all,
    choose_large,
    choose_settling,
    choose_small,
    large_tier_of,
    tier_of,
)
from index.engines.whoosh.indexing.segment_merge import SegmentMerge
from index.engines.whoosh.schema import make_schema
from index.engines.whoosh.segments.array_segment import ArraySegment
from index.engines.whoosh.segments.publishing import CommitLog
from index.engines.whoosh.segments.segment import SegmentView
from model.errors import LockHeldError
from model.query import Everything, Fuzzy, Or, Phrase, Prefix, Query, SearchRequest, Word, Words
from model.story import Caption, StoredStory

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
MEMORY_BYTES = 20_000
"""So little that a merge takes many steps."""
WORDS = ("march", "marches", "marching", "marché", "flood", "floods", "talk", "talks", "talked", "talker", "talkers")
QUERIES: tuple[Query, ...] = (
    *(Word(word) for word in WORDS),
    *(Word(word, "headline") for word in WORDS),
    Phrase("marching floods"),
    Phrase("talk", "caption"),
    Word("talk-march"),
    Prefix("talk"),
    Fuzzy("flods"),
    Or((Word("marché"), Word("AFP", "agency"))),
    Words(tuple(map(Word, WORDS[:4]))),
    Words(tuple(map(Word, WORDS))),
    Everything(),
)


def story(number: int, version: int = 1) -> StoredStory:
    chosen = [WORDS[(number * step + version) % len(WORDS)] for step in (1, 2, 3, 5, 7)]
    return StoredStory(
        id=f"s{number}",
        source=("voa", "bbc", "rfi")[number % 3],
        headline=" ".join(chosen[: 1 + number % 5]),
        body=(" ".join(chosen), " ".join(reversed(chosen))) * (1 + number % 3),
        captions=(Caption(text=chosen[0]),) * (number % 2),
        agencies=("AP", "AFP")[: number % 3],
        section=("World", None)[number % 2],
        language=("en", "fr", None)[number % 3],
        published_at=SEEN_AT + timedelta(days=number % 70) if number % 7 else None,
        version=version,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
    )


def versions(directory: Path) -> dict[str, int]:
    reader = WhooshEngine(directory.parent).reader(directory.name)
    try:
        return dict(reader.ids())
    finally:
        reader.close()


def answers(directory: Path) -> tuple[list[object], list[float]]:
    """All that can be seen of an index: everything but the scores, and the scores."""
    reader = WhooshEngine(directory.parent).reader(directory.name)
    try:
        found: list[object] = [sorted(reader.ids()), reader.count()]
        scores = []
        for query in QUERIES:
            result = reader.search(SearchRequest(query, sort="score", limit=1000))
            hits = sorted((hit.id, hit.score) for hit in result.hits)
            found += [result.total, [story_id for story_id, _ in hits], result.facets]
            scores += [score for _, score in hits]
        return found, scores
    finally:
        reader.close()


def assert_same(left: Path, right: Path) -> None:
    found, scores = answers(left)
    expected, expected_scores = answers(right)
    assert found == expected
    assert scores == pytest.approx(expected_scores, rel=1e-5)


def index_of(directory: Path, batches: Sequence[Sequence[StoredStory]]) -> Path:
    engine = WhooshEngine(directory.parent)
    engine.create(directory.name)
    for revision, batch in enumerate(batches, 1):
        writer = engine.writer(directory.name)
        writer.add(batch)
        writer.commit(revision)
    return directory


THREE_BATCHES = [[story(number) for number in range(start, start + 20)] for start in (0, 20, 40)]


def log_of(directory: Path) -> CommitLog:
    return CommitLog(directory, make_schema())


def merge_all(directory: Path) -> None:
    work = LargeMerge(log_of(directory), MEMORY_BYTES, choose_all)
    assert work.prepare()
    assert work.finish()


def test_an_index_made_in_steps_answers_like_one_made_in_one_go(tmp_path: Path) -> None:
    batches = [[story(number) for number in range(start, start + 9)] for start in range(0, 180, 9)]
    at_once = index_of(tmp_path / "at-once", [[item for batch in batches for item in batch]])
    in_steps = index_of(tmp_path / "in-steps", batches)
    assert len(log_of(in_steps).newest().segments) > 1
    assert_same(in_steps, at_once)
    merge_all(in_steps)
    assert len(log_of(in_steps).newest().segments) == 1
    assert_same(in_steps, at_once)


def test_little_memory_makes_no_difference(tmp_path: Path) -> None:
    stories = [story(number, version) for version in (1, 2) for number in range(0, 2400, version)]
    plenty = index_of(tmp_path / "plenty", [stories])
    engine = WhooshEngine(tmp_path, IndexConfig(build_memory_bytes=1_000_000))
    engine.create("little")
    writer = engine.writer("little", bulk=True)
    writer.add(stories)
    assert len(list((tmp_path / "little").glob("*.arrays"))) > 2
    writer.commit(1)
    assert_same(tmp_path / "little", plenty)


def test_a_merge_leaves_out_what_was_deleted(tmp_path: Path) -> None:
    directory = index_of(
        tmp_path / "one", [[story(number) for number in range(60)], [story(number, 2) for number in range(40)]]
    )
    merge_all(directory)
    (segment,) = log_of(directory).newest().segments
    assert (segment.doc_count_all(), segment.deleted_count()) == (60, 0)
    clean = index_of(tmp_path / "clean", [[story(number, 2 if number < 40 else 1) for number in range(60)]])
    assert_same(directory, clean)


def test_changes_that_arrive_while_a_merge_is_under_way_are_kept(tmp_path: Path) -> None:
    directory = index_of(
        tmp_path / "one", [[story(number) for number in range(start, start + 20)] for start in (0, 20, 40)]
    )
    work = LargeMerge(log_of(directory), MEMORY_BYTES, choose_all)
    assert work.prepare()
    writer = WhooshEngine(directory.parent).writer(directory.name)
    writer.add([story(3, 2), story(100)])
    writer.remove([Removal("s25", 0)])
    writer.commit(9)
    before = answers(directory)[0]
    assert work.finish()
    assert answers(directory)[0] == before
    assert log_of(directory).newest().state.checkpoint == 9
    assert len(log_of(directory).newest().segments) == 2
    found = versions(directory)
    assert (found["s3"], found["s100"], len(found)) == (2, 1, 60)
    assert not list(directory.glob(f"{PREFIX}*"))


def test_a_merge_gives_up_where_another_was_faster(tmp_path: Path) -> None:
    directory = index_of(
        tmp_path / "one", [[story(number) for number in range(start, start + 20)] for start in (0, 20, 40)]
    )
    slow = LargeMerge(log_of(directory), MEMORY_BYTES, choose_all)
    assert slow.prepare()
    segments = log_of(directory).newest().segments
    fast = LargeMerge(log_of(directory), MEMORY_BYTES, lambda _segments: segments[:2])
    # The second one takes the first one's unfinished file for a left-over, as it is after a kill.
    assert fast.prepare()
    assert fast.finish()
    before = answers(directory)
    with pytest.raises(FileNotFoundError):
        slow.finish()
    assert answers(directory) == before


def test_large_segments_are_merged_by_a_process_of_their_own(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.create("one")
    for revision in range(1, 17):
        writer = engine.writer("one")
        writer.add(story(number) for number in range(revision * 520, revision * 520 + 520))
        writer.commit(revision)
    before = answers(tmp_path / "one")
    engine.finish_merges()
    newest = log_of(tmp_path / "one").newest()
    assert (len(newest.segments), newest.state.checkpoint) == (1, 16)
    assert answers(tmp_path / "one") == before


def test_a_merge_that_has_no_room_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = index_of(tmp_path / "one", THREE_BATCHES)
    before = answers(directory)

    def write_to(_merge: SegmentMerge, path: Path) -> None:
        path.write_bytes(b"a part")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SegmentMerge, "write_to", write_to)
    monkeypatch.setattr(os, "nice", lambda _by: 0)
    monkeypatch.setattr("index.engines.whoosh.indexing.background_merge._end_with_parent", lambda: None)
    main(directory, MEMORY_BYTES, choose_all)
    assert not list(directory.glob(f"{PREFIX}*"))
    assert answers(directory) == before


def test_many_commits_leave_few_files(tmp_path: Path) -> None:
    directory = index_of(tmp_path / "one", [[story(number % 90, 1 + number // 90)] for number in range(180)])
    assert len(versions(directory)) == 90
    assert len(list(directory.iterdir())) < 120


def test_the_lock_names_what_is_wrong(tmp_path: Path) -> None:
    directory = index_of(tmp_path / "one", [[story(1)]])
    with log_of(directory).locked(), pytest.raises(LockHeldError), log_of(directory).locked(wait_seconds=0):
        pass


@pytest.mark.parametrize(
    ("stories", "tier"), [(1, 0), (64, 0), (65, 1), (512, 1), (513, 2), (4096, 2), (4097, 3), (200_000, 4)]
)
def test_tiers(stories: int, tier: int) -> None:
    assert tier_of(stories) == tier


@pytest.mark.parametrize(("stories", "tier"), [(513, 0), (8192, 0), (8193, 1), (131_072, 1), (131_073, 2)])
def test_tiers_of_what_is_too_large_for_a_commit(stories: int, tier: int) -> None:
    assert large_tier_of(stories) == tier


def segments(*sizes: int) -> list[ArraySegment]:
    return [ArraySegment("MAIN", size) for size in sizes]


@pytest.mark.parametrize(
    ("sizes", "small", "large"),
    [
        ((), 0, 0),
        ((50,) * 7, 0, 0),
        ((50,) * 8, 8, 0),
        ((50,) * 8 + (400,) * 6, 8, 0),
        ((50,) * 8 + (400,) * 7, 15, 0),
        ((50,) * 3 + (3000,) * 15, 0, 0),
        ((50,) * 3 + (3000,) * 8 + (8000,) * 8, 0, 16),
        ((200_000,) + (3000,) * 15, 0, 0),
        ((200_000,) + (100_000,) * 15 + (3000,) * 16, 0, 31),
    ],
)
def test_what_is_chosen(sizes: tuple[int, ...], small: int, large: int) -> None:
    chosen = choose_small(segments(*sizes)), choose_large(segments(*sizes))
    assert tuple(map(len, chosen)) == (small, large)


@pytest.mark.parametrize(
    ("sizes", "left"),
    [
        ((50,), (50,)),
        ((50, 30), ()),
        ((200_000, 300, 20, 3000), (200_000, 300, 20, 3000)),
        ((200_000, 100_000, 300), (300,)),
        ((200_000, 3000, 300, 50, 10), (200_000, 3000, 300)),
        ((200_000, 3000, 500, 50, 20), (200_000,)),
        ((200_000, 3000, 300, 300), (200_000,)),
        ((200_000, 5000, 3000, 300, 300), (200_000, 5000)),
    ],
)
def test_what_is_left_in_peace_when_there_is_time(sizes: tuple[int, ...], left: tuple[int, ...]) -> None:
    held = segments(*sizes)
    chosen = choose_settling(held)
    assert tuple(segment.doc_count() for segment in held if segment not in chosen) == left


def test_an_index_that_is_settled_has_a_segment_of_each_size(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    directory = index_of(
        tmp_path / "one", [[story(number) for number in range(start, start + 20)] for start in range(0, 100, 20)]
    )
    before = answers(directory)
    assert len(log_of(directory).newest().segments) == 5
    engine.settle("one")
    engine.finish_merges()
    assert len(log_of(directory).newest().segments) == 1
    found, scores = answers(directory)
    assert (found, scores) == (before[0], pytest.approx(before[1], rel=1e-5))
    files = {path.name for path in directory.iterdir()}
    engine.settle("one")
    engine.finish_merges()
    assert {path.name for path in directory.iterdir()} == files


def test_a_segment_with_many_gaps_is_rewritten() -> None:
    gappy, other = segments(100, 100)
    gappy.delete(range(21))
    assert choose_small([gappy, other]) == [gappy]


@pytest.mark.parametrize(("settling", "most"), [((), 45), ((choose_settling,), 5)])
def test_the_number_of_segments_stays_small(settling: tuple[Policy, ...], most: int) -> None:
    held: list[ArraySegment] = []
    for _ in range(5000):
        held += segments(50)
        for choose in (choose_small, choose_large, *settling):
            if chosen := choose(held):
                held = [segment for segment in held if segment not in chosen]
                held += segments(sum(segment.doc_count() for segment in chosen))
        assert len(held) <= most


def test_a_word_that_is_told_apart_by_its_place_is_one_word(tmp_path: Path) -> None:
    texts = ("北京市居民", "在北京", "北京", "总理在北京市 北京", "京北 北京市居民总理")
    stories = [
        story(number).model_copy(update={"language": "zh", "body": (text,)}) for number, text in enumerate(texts * 9)
    ]
    in_steps = index_of(tmp_path / "steps", [stories[first : first + 7] for first in range(0, len(stories), 7)])
    at_once = index_of(tmp_path / "once", [stories])
    merge = LargeMerge(log_of(in_steps), MEMORY_BYTES, choose_all)
    assert merge.prepare()
    assert merge.finish()
    for path in (*in_steps.glob("*.arrays"), *at_once.glob("*.arrays")):
        view = SegmentView(path)
        words = list(zip(view.class_of_word.tolist(), view.arrays["words.exact"].tolist(), strict=True))
        assert len(words) == len(set(words))
    for query, holds in (
        (Phrase("北京市"), "北京市"),
        (Word("北京"), "北京"),
        (Word("京"), "京"),
        (Word("北京市居民"), "北京市居民"),
        (Phrase("居民总理"), "居民总理"),
    ):
        expected = sum(holds in text for text in texts) * 9
        for directory in (in_steps, at_once):
            reader = WhooshEngine(directory.parent).reader(directory.name)
            assert (reader.search(SearchRequest(query)).total, query) == (expected, query)
