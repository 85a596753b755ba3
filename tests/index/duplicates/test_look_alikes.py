"""Texts of one pattern: copies among them are found, they are not taken for one another, and the work is bounded."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from index.duplicates import consumer
from index.duplicates.consumer import DuplicatesConsumer
from index.duplicates.groups import LARGE
from index.duplicates.text_lookup import candidates, known_texts
from index.engines.whoosh import WhooshEngine
from index.sync import Indexer
from model.story import Story
from store.directory.locks import Locks
from store.opening import Store, open_store
from store.sql.duplicates import Member
from store.sql.stories import MOST_NAMED
from tests.saving import forget, group_copies, store_reading
from tests.store.behind import keys_of_texts

NOON = datetime(2024, 5, 20, 12, tzinfo=UTC)
TOWNS = ("Ardbeg", "Balloch", "Carwick", "Dunkeld", "Ellerton", "Fenwick", "Glasford", "Harton", "Kilbride", "Langholm")
FORECAST = (
    "{town} will have a bright Monday with temperatures rising to {high} degrees in the afternoon, the weather office "
    "said. Winds from the west will blow at {speed} kilometres an hour and reach {gust} in gusts along the coast, "
    "where small boats should stay in harbour until the evening. The night will be clear, and the mercury is expected "
    "to fall to {low} degrees in {town} and the valleys behind it."
)
PLAIN = (
    "The council of the island voted on Monday to rebuild the pier that a storm took in the winter of 2019. Stone "
    "will come from the quarry at Ardbeg, which opens again after 11 years, and forty men will find work there. The "
    "ferry is to land at the new pier from next spring. Until then boats go on using the beach, where two passengers "
    "were hurt in March as they waded ashore with their bags. "
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "data")


def forecast(chance: random.Random) -> str:
    values = {name: chance.randint(1, 99) for name in ("high", "speed", "gust", "low")}
    return FORECAST.format(town=chance.choice(TOWNS), **values)


def copied(body: str) -> str:
    changed = body.replace("expected", "forecast")
    return f"PORT ELLEN, May 20 (CW) - {changed} (Reporting by Anna Vell; Editing by Jo Marsh)"


def story(source: str, body: str, at: datetime = NOON) -> Story:
    return Story(source=source, headline="A headline", body=(body,), published_at=at, language="en")


def save(store: Store, *stories: tuple[str, Story]) -> list[str]:
    """Keep stories under names; each first seen a minute after the one before."""
    first = store.feed.position()
    saved = []
    for number, (name, kept) in enumerate(stories):
        url = f"https://{kept.source}.example/{name}"
        at = NOON + timedelta(minutes=first + number)
        saved.append(store_reading(store, kept.model_copy(update={"url": url}), urls=[url], seen_at=at).id)
    return saved


def groups(store: Store, ids: Sequence[str]) -> list[str | None]:
    found = store.stories.get_many(ids)
    return [found[story_id].copy_group for story_id in ids]


def same_text(store: Store, count: int, name: str, body: str, at: datetime = NOON) -> list[str]:
    """A text that so many sources carry, in groups."""
    ids = save(store, *((name, story(f"{name}{n}", body, at)) for n in range(count)))
    group_copies(store)
    return ids


@pytest.mark.parametrize("seed", range(3))
def test_copies_among_look_alikes_are_found_and_nothing_else(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    bodies = list({forecast(chance): None for _ in range(700)})
    originals = chance.sample(range(len(bodies)), 25)
    stories = [(f"own{n}", story(chance.choice(("voa", "bbc", "dw")), body)) for n, body in enumerate(bodies)]
    stories += [(f"copy{n}", story("post", copied(bodies[n]), NOON + timedelta(hours=3))) for n in originals]
    order = list(range(len(stories)))
    chance.shuffle(order)
    ids = dict(zip(order, save(store, *(stories[n] for n in order)), strict=True))
    group_copies(store)
    found: dict[str, set[int]] = {}
    for n, group in zip(ids, groups(store, list(ids.values())), strict=True):
        if group is not None:
            found.setdefault(group, set()).add(n)
    expected = [{original, len(bodies) + place} for place, original in enumerate(originals)]
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected))


def test_however_many_look_alike_few_are_looked_at(store: Store) -> None:
    chance = random.Random(1)
    ids = save(store, *((f"own{n}", story("voa", forecast(chance))) for n in range(300)))
    group_copies(store)
    with store.duplicates.reading() as state:
        found = candidates(state, known_texts(state, ids[-1:]))
    assert 0 < len(found[ids[-1]]) <= 32


def test_what_two_bulletins_share_does_not_make_one_of_them(store: Store) -> None:
    middle = PLAIN + "The harbour master asked all crews to moor further out until the work has begun."
    ends = [
        f" At {town} the surge reached {height} centimetres and {hurt} people were hurt when a wall gave way."
        for town, height, hurt in (("Wick", 140, 3), ("Thurso", 95, 12))
    ]
    one, cut, other = save(
        store,
        ("one", story("voa", middle + ends[0])),
        ("cut", story("bbc", middle)),
        ("two", story("dw", middle + ends[1])),
    )
    group_copies(store)
    first, between, second = groups(store, [one, cut, other])
    assert first != second
    assert between in (first, second)


def test_a_large_group_is_joined_and_left_without_its_other_stories(store: Store) -> None:
    ids = same_text(store, LARGE + 20, "paper", PLAIN * 2)
    settled = store.feed.position()
    late = save(store, ("late", story("late", PLAIN * 2)))
    save(store, ("paper", story("paper0", "The painter sold a portrait of the smith to the museum. " * 5)))
    group_copies(store)
    assert groups(store, [*ids[1:], *late]) == [ids[0]] * (len(ids) - 1 + 1)
    assert groups(store, ids[:1]) == [None]
    assert len(store.feed.changes(settled, 500).stories) == 2


def test_a_name_that_a_large_group_has_kept_is_not_given_again(store: Store) -> None:
    ids = same_text(store, LARGE + 5, "paper", PLAIN * 2)
    other = "The painter sold a portrait of the smith to the museum of the town for 9 guineas. " * 3
    save(store, ("paper", story("paper0", other)))
    another = save(store, ("another", story("another", other)))
    group_copies(store)
    kept, moved, joined = groups(store, [ids[1], ids[0], another[0]])
    assert kept == ids[0]
    assert moved == joined == another[0]


def test_two_large_groups_stay_two(store: Store) -> None:
    """Two halves of a text, each in many papers; then some print the whole."""
    halves = (
        "The old lens from the tower goes to a museum on the mainland, which will show it beside the oil lamps and the "
        "log of the first keeper. The house below is to be let to painters in summer, and the boat that carried food, "
        "fuel and mail to the rock is for sale. ",
        "A new school by the harbour opens after the holidays, later than planned, with a dance in its hall. The old "
        "roof had leaked since spring and the builder paid for repairs, said the head teacher. Parents had carried "
        "desks and books to the chapel, where the smaller children were taught by candlelight. ",
    )
    one, two = (same_text(store, LARGE + 5, f"half{n}", half) for n, half in enumerate(halves))
    wholes = [(f"{name}{n}", halves[n] + halves[1 - n]) for n in (0, 1) for name in ("post", "sun", "star")]
    whole = save(store, *((name, story(name, body)) for name, body in wholes))
    group_copies(store)
    assert set(groups(store, one)) == {one[0]}
    assert set(groups(store, two)) == {two[0]}
    assert set(groups(store, whole)) <= {one[0], two[0]}


def test_a_forgotten_story_gives_no_name_to_a_large_group(store: Store) -> None:
    ids = same_text(store, LARGE + 5, "paper", PLAIN * 2)
    forget(store, ids[0], NOON)
    group_copies(store)
    assert set(groups(store, ids[1:])) == {ids[1]}
    with store.databases[0].read() as connection:
        assert connection.execute(text("SELECT count(*) FROM copy_texts")).scalar() == len(ids) - 1
    assert len({place for _, place in keys_of_texts(store.databases[0])}) == len(ids) - 1


def test_of_very_many_copies_the_first_are_named(store: Store) -> None:
    ids = same_text(store, MOST_NAMED + 20, "paper", PLAIN * 2)
    store.stories.set_status(ids[1], "withdrawn", NOON)
    named = [copy.id for copy in store.stories.live_copies([ids[0]])[ids[0]]]
    assert named == [ids[0], *ids[2 : MOST_NAMED + 1]]


def test_keys_of_an_earlier_text_and_day_are_gone(store: Store) -> None:
    save(store, ("own", story("voa", PLAIN)))
    group_copies(store)
    before = keys_of_texts(store.databases[0])
    save(store, ("own", story("voa", forecast(random.Random(2)), NOON + timedelta(days=90))))
    group_copies(store)
    now = keys_of_texts(store.databases[0])
    assert before.isdisjoint(now)
    assert now


def test_other_rules_are_applied_step_by_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "_AT_ONCE", 500)
    ids = same_text(store, 6, "paper", PLAIN)
    others = same_text(store, 1200, "other", "Good morning. Here is the weather.")  # too short to be compared
    with store.duplicates.writing() as step:  # as other rules would have left it
        for found in step.texts([ids[0], others[0]]):
            step.set_group(Member(found.id, found.first_seen_at, found.group), "x")
    with store.databases[0].write() as connection:
        connection.execute(text("UPDATE counters SET value = 0 WHERE name = 'copies'"))
    steps = 1
    while not group_copies(store, 500):
        steps += 1
    assert steps >= 3
    assert groups(store, ids) == [ids[0]] * 6
    assert groups(store, others[:1]) == [None]
    assert group_copies(store, 0)


@pytest.fixture
def indexer(store: Store, tmp_path: Path) -> Indexer:
    return Indexer(
        store.stories,
        store.feed,
        DuplicatesConsumer(store.duplicates),
        WhooshEngine(tmp_path / "index"),
        Locks(tmp_path),
    )


def test_stories_are_searchable_while_others_wait_for_their_groups(store: Store, indexer: Indexer) -> None:
    indexer.rebuild()
    save(store, *((f"own{n}", story("voa", f"A short text, number {n}.")) for n in range(2600)))
    assert indexer.catch_up(go_on=lambda: False) >= 2600
    assert indexer.reached() == store.feed.position()
    assert not group_copies(store, 0)
    indexer.catch_up()
    assert group_copies(store, 0)


def test_a_rebuild_shows_progress_before_all_groups_are_decided(
    store: Store, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "_AT_ONCE", 500)
    save(store, *((f"own{n}", story("voa", f"A short text, number {n}.")) for n in range(1700)))
    pending: list[bool] = []
    rebuilt = indexer.rebuild(lambda done, total: pending.append(not group_copies(store, 0)))
    assert pending[0]
    assert not pending[-1]
    assert rebuilt.stories == 1700
