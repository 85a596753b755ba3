"""Identity, versions, aliases and revisions of the store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from model.outcomes import Outcome
from model.story import Caption, StoredStory, Story
from store.opening import Store, open_store
from store.sql.story_ids import mint
from tests.saving import adopt, store_reading

SEEN_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://example.org/world/mali-talks"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def story(**fields: object) -> Story:
    values: dict[str, object] = {
        "source": "wire",
        "headline": "Talks begin in Bamako",
        "url": URL,
        "body": ["The talks began on Monday.", "They go on."],
        "captions": [{"text": "Delegates arrive", "credit": "AP"}],
        "agencies": ["AP", "Reuters"],
        "published_at": SEEN_AT,
    }
    return Story.model_validate(values | fields)


def save(store: Store, reading: Story, *urls: str, seen_at: datetime = SEEN_AT) -> str:
    return store_reading(store, reading, urls=urls or (reading.url or URL,), seen_at=seen_at).id


def test_id_is_minted_once_from_the_first_canonical_url(store: Store) -> None:
    first = save(store, story())
    moved = save(store, story(url="https://example.org/world/mali-talks-open"), URL)
    assert first == moved == mint(URL)


UNCHANGED = {
    "same": {},
    "agencies in another order": {"agencies": ["Reuters", "AP"]},
    "only modified_at": {"modified_at": SEEN_AT + timedelta(hours=1)},
    "white space": {"headline": "Talks  begin in\nBamako"},
    "image address": {"captions": [{"text": "Delegates arrive", "credit": "AP", "image_url": "https://e.org/1.jpg"}]},
    "tags and section": {"tags": ["Mali"], "section": "World"},
}


@pytest.mark.parametrize("fields", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_what_makes_no_version(store: Store, fields: dict[str, object]) -> None:
    save(store, story())
    saved = store_reading(store, story(**fields), urls=(URL,), seen_at=SEEN_AT)
    assert (saved.change, saved.version) == ("unchanged", 1)


CHANGED = {
    "headline": {"headline": "Talks end in Bamako"},
    "deck": {"deck": "After three days"},
    "body": {"body": ["The talks ended on Monday."]},
    "captions": {"captions": [{"text": "Delegates arrive", "credit": "Reuters"}]},
    "byline": {"byline": ["Awa Diarra"]},
    "dateline": {"dateline": "BAMAKO, Mali"},
    "agencies": {"agencies": ["AFP"]},
    "published_at": {"published_at": SEEN_AT + timedelta(minutes=1)},
}


@pytest.mark.parametrize("field", CHANGED)
def test_what_makes_a_version(store: Store, field: str) -> None:
    story_id = save(store, story())
    saved = store_reading(store, story(**CHANGED[field]), urls=(URL,), seen_at=SEEN_AT + timedelta(hours=1))
    assert (saved.change, saved.version, saved.changed) == ("changed", 2, (field,))
    first, second = store.stories.versions(story_id)
    assert getattr(first, field) == getattr(story(), field)
    assert getattr(second, field) == getattr(story(**CHANGED[field]), field)
    assert (second.seen_at - first.seen_at, second.first_seen_at) == (timedelta(hours=1), SEEN_AT)


def test_publishers_own_id_outlives_a_new_address_and_title(store: Store) -> None:
    first = save(store, story(publisher_id="guid-7"))
    again = save(store, story(publisher_id="guid-7", url="https://example.org/x", headline="Talks end"))
    assert again == first
    assert store.stories.find("https://example.org/x") == first


def test_publishers_id_of_another_source_is_another_story(store: Store) -> None:
    first = save(store, story(publisher_id="7"))
    other = save(store, story(publisher_id="7", source="other", url="https://other.org/7", headline="Something else"))
    assert other != first


def test_canonical_claimed_by_pages_with_different_headlines_is_not_believed(store: Store) -> None:
    first = save(store, story())
    floods = story(
        headline="Floods in Ségou", body=["The river rose above its banks on Sunday evening.", "Nobody was hurt."]
    )
    other = save(store, floods, "https://example.org/world/floods")
    assert other != first
    kept = store.stories.get(other)
    assert kept is not None
    assert kept.url == "https://example.org/world/floods"


def test_twin_with_the_same_canonical_adds_an_alias_and_no_version(store: Store) -> None:
    first = save(store, story())
    amp = "https://example.org/amp/world/mali-talks"
    saved = store_reading(store, story(body=["The talks began."]), urls=(amp,), seen_at=SEEN_AT)
    assert (saved.id, saved.version, saved.change) == (first, 1, "unchanged")
    assert store.stories.find(amp) == first


def test_canonical_page_replaces_the_reading_of_its_twin(store: Store) -> None:
    amp = "https://example.org/amp/world/mali-talks"
    story_id = save(store, story(body=["The talks began."]), amp)
    saved = store_reading(store, story(), urls=(URL,), seen_at=SEEN_AT)
    assert (saved.id, saved.version) == (story_id, 1)
    kept = store.stories.get(story_id)
    assert kept is not None
    assert kept.body == story().body


def test_canonical_page_that_says_another_thing_than_its_twin_is_a_version(store: Store) -> None:
    amp = "https://example.org/amp/world/mali-talks"
    story_id = save(store, story(body=["The talks began on Monday with 12 delegates.", "They go on."]), amp)
    corrected = story(body=["The talks began on Monday with 15 delegates.", "They go on.", "More is to come."])
    saved = store_reading(store, corrected, urls=(URL,), seen_at=SEEN_AT + timedelta(hours=1))
    assert (saved.id, saved.version) == (story_id, 2)
    assert "12 delegates" in store.stories.versions(story_id)[0].body[0]


@pytest.mark.parametrize("moved", ["http://www.example.org/world/mali-talks/", "http://example.org/world/mali-talks"])
def test_a_correction_that_comes_with_a_move_of_the_site_is_a_version(store: Store, moved: str) -> None:
    story_id = save(store, story())
    corrected = story(url=moved, body=["The talks began on Tuesday.", "They go on."])
    saved = store_reading(store, corrected, urls=(moved,), seen_at=SEEN_AT + timedelta(hours=1))
    assert (saved.id, saved.version, saved.changed) == (story_id, 2, ("body",))


def test_an_address_that_different_stories_claim_leads_to_none(store: Store) -> None:
    claimed = "https://example.org/world/nowhere"
    texts = {"a": "The river rose above its banks on Sunday evening.", "b": "A drum was carried back to the hills."}
    for name, text in texts.items():
        save(store, story(url=claimed, headline=f"Headline {name}", body=[text]), f"https://example.org/{name}")
    assert store.stories.find(claimed) is None
    assert sorted(str(found.url) for found in store.stories.walk()) == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_two_ids_that_prove_to_be_one_story_are_merged_and_both_answer(store: Store) -> None:
    first = save(store, story(url=None), "https://example.org/a")
    second = save(store, story(url=None), "https://example.org/b")
    assert first != second
    kept = store_reading(
        store, story(url=None), urls=("https://example.org/b", "https://example.org/a"), seen_at=SEEN_AT
    )
    merged = {first, second} - {kept.id}
    answers = {name: store.stories.get(name) for name in (first, second)}
    assert all(found is not None and found.id == kept.id for found in answers.values())
    assert set(store.feed.changes(0, 10).removed) == merged
    assert store.stories.count() == 1


def test_withdrawn_story_comes_back_with_its_page(store: Store) -> None:
    story_id = save(store, story())
    assert store.stories.set_status(story_id, "withdrawn", SEEN_AT)
    assert not store.stories.set_status(story_id, "withdrawn", SEEN_AT)
    saved = store_reading(store, story(), urls=(URL,), seen_at=SEEN_AT + timedelta(hours=1))
    assert (saved.change, saved.version, saved.changed) == ("changed", 1, ("status",))


def test_changes_come_in_order_once_and_in_their_newest_state(store: Store) -> None:
    ids = [save(store, story(url=f"https://example.org/{n}")) for n in range(5)]
    save(store, story(url="https://example.org/0", headline="Changed"))
    read, after = [], 0
    while (changes := store.feed.changes(after, 2)).position > after:
        read += [(found.id, found.headline) for found in changes.stories]
        after = changes.position
    assert [name for name, _ in read] == [*ids[1:], ids[0]]
    assert read[-1][1] == "Changed"
    assert after == store.feed.position() == 6


def test_another_reading_adds_no_version_and_moves_the_revision(store: Store) -> None:
    story_id = save(store, story())
    before = store.feed.position()
    store.stories.replace_reading(story_id, 1, story(byline=["Awa Diarra"], parser_version=9))
    kept = store.stories.get(story_id)
    assert kept is not None
    assert (kept.version, kept.byline, kept.parser_version) == (1, ("Awa Diarra",), 9)
    assert store.feed.position() == before + 1


def test_adopted_stories_keep_identity_version_status_and_times(store: Store) -> None:
    theirs = StoredStory(
        **story(published_at=datetime(1931, 5, 1, tzinfo=UTC), language="en").model_dump(),
        id="reuters-17",
        version=3,
        status="withdrawn",
        first_seen_at=SEEN_AT - timedelta(days=40),
        seen_at=SEEN_AT,
        changed=("body",),
    )
    assert [applied.outcome for applied in adopt(store, theirs.model_dump())] == [Outcome.NEW]
    assert [applied.outcome for applied in adopt(store, theirs.model_dump())] == [Outcome.UNCHANGED]
    kept = store.stories.get("reuters-17")
    assert kept is not None
    assert kept.withdrawal is not None
    assert kept.withdrawal.kind == "import"
    assert kept.model_copy(update={"withdrawal": None}).model_dump() == theirs.model_dump()


def test_walk_gives_every_story_once(store: Store) -> None:
    ids = {save(store, story(url=f"https://example.org/{n}", source=f"s{n % 2}")) for n in range(450)}
    assert sorted(found.id for found in store.stories.walk()) == sorted(ids)
    assert all(found.source == "s1" for found in store.stories.walk("s1"))
    assert list(store.stories.walk(since=SEEN_AT + timedelta(days=1))) == []


def test_captions_survive_with_all_their_parts(store: Store) -> None:
    caption = Caption(text="President X", credit="AP", label="At the summit", image_url="https://e.org/1.jpg")
    kept = store.stories.get(save(store, story(captions=[caption])))
    assert kept is not None
    assert kept.captions == (caption,)
