"""Stored pages are read again: readings are replaced, versions are not added, nothing is lost, and all is told."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.upkeep.reparse import Reparse
from desk.upkeep.reparse_journal import ReparseJournal
from desk.upkeep.reparse_report import ReparseReport
from model.errors import NotAStoryError, ParseError
from model.page import Link, Page
from model.story import Caption, StoredStory, Story
from store.opening import Store, open_store
from store.sql.crawl_state import UrlState
from store.sql.rows import Sighting
from tests.saving import adopt, store_reading

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def parse(page: Page) -> Story:
    """A parser of version 2 that finds the byline, and refuses pages that say so."""
    text = page.content.decode(errors="replace")
    if text == "refused":
        raise NotAStoryError("a consent wall", url=page.url)
    if text == "broken":
        raise ParseError("too deep", url=page.url)
    confidence = {"story": 0.9}
    if text == "a list":
        confidence = {"story": 0.004}
        if page.link.kind != "known" and not page.link.is_announced:
            raise NotAStoryError("a list of stories", url=page.url)
    values = json.loads(text) if text.startswith("{") else {"headline": text, "body": (text,)}
    return Story.model_validate(
        {"source": "wire", "url": page.url, "byline": ("Awa Diarra",), "parser_version": 2, "confidence": confidence}
        | values
    )


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.chdir(tmp_path)
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def keep(
    store: Store,
    number: int,
    headline: str,
    content: str,
    *,
    at: datetime = NOW,
    link: Link | None = None,
    **values: object,
) -> str:
    """What an extractor of version 1 read on a page."""
    url = f"https://example.org/{number}"
    page = Page(
        link=link or Link(url=url, source="wire"),
        url=url,
        final_url=url,
        fetched_at=at,
        content=content.encode("latin-1"),
    )
    told = {"source": "wire", "headline": headline, "url": url, "body": (headline,), "parser_version": 1} | values
    return store_reading(store, Story.model_validate(told), urls=(url,), seen_at=at, page=page).id


def read_all(store: Store, read: Callable[[Page], Story] = parse, terms: str = "") -> ReparseReport:
    with ThreadPoolExecutor(2) as threads:
        journal = journal_of(terms)
        report = Reparse(store, read, threads, journal).run(lambda what, done, total: None)
    journal.end()
    return report


def journal_of(terms: str = "") -> ReparseJournal:
    return ReparseJournal(journal_path(), {"rules": terms})


def journal_path() -> Path:
    return Path.cwd() / "reparse.json"


def current(store: Store, story_id: str) -> StoredStory:
    story = store.stories.get(story_id)
    assert story is not None
    return story


def test_readings_are_replaced_and_versions_stay(store: Store) -> None:
    story_id = keep(store, 1, "One", "One")
    keep(store, 1, "One, corrected", "One, corrected", at=NOW + timedelta(hours=1))
    report = read_all(store)
    assert (report.pages, report.replaced, report.keys("changed"), report.keys("newly_read")) == (2, 2, (), ("byline",))
    assert (report.count("newly_read", "byline"), report.examples("newly_read", "byline")) == (2, (story_id,))
    assert [(v.version, v.headline, v.byline, v.parser_version) for v in store.stories.versions(story_id)] == [
        (1, "One", ("Awa Diarra",), 2),
        (2, "One, corrected", ("Awa Diarra",), 2),
    ]
    again = read_all(store)
    assert (again.pages, again.replaced, again.keys("newly_read")) == (2, 0, ())


def test_what_todays_parser_refuses_is_kept_as_it_was_and_flagged(store: Store) -> None:
    story_id = keep(store, 1, "A brief", "refused")
    report = read_all(store)
    assert (report.replaced, report.examples("refused_and_kept", "a consent wall")) == (1, (story_id,))
    assert (report.count("became_uncertain"), report.keys("changed")) == (1, ())
    kept = current(store, story_id)
    assert (kept.headline, kept.parser_version, kept.version, kept.is_uncertain) == ("A brief", 1, 1, True)
    assert kept.provenance["story"] == "refused now: a consent wall"
    again = read_all(store)
    assert (again.replaced, again.count("became_uncertain"), again.count("refused_and_kept", "a consent wall")) == (
        0,
        0,
        1,
    )


def test_for_its_score_alone_no_page_of_a_story_is_refused(store: Store) -> None:
    story_id = keep(store, 1, "Latest", "a list")
    report = read_all(store)
    assert report.examples("refused_and_kept", "a list of stories") == (story_id,)
    kept = current(store, story_id)
    assert (kept.headline, kept.parser_version, kept.confidence) == ("a list", 2, {"story": 0.004})


@pytest.mark.parametrize("when", ["when it was read", "later"])
def test_what_was_announced_would_not_be_refused(store: Store, when: str) -> None:
    url = "https://example.org/1"
    announced = Link(url=url, source="wire", kind="feed", found_in="https://example.org/rss")
    keep(store, 1, "Latest", "a list", link=announced if when == "when it was read" else None)
    if when == "later":
        state = UrlState(url, "wire", "UNCHANGED", NOW, link=announced.model_dump_json(exclude_defaults=True))
        store.crawl.save_urls([state])
    assert read_all(store).keys("refused_and_kept") == ()


def test_a_story_that_is_read_better_loses_the_flag(store: Store) -> None:
    story_id = keep(store, 1, "One", "One", confidence={"story": 0.2})
    position = store.feed.position()
    report = read_all(store)
    assert (report.count("no_longer_uncertain"), report.examples("no_longer_uncertain")) == (1, (story_id,))
    assert not current(store, story_id).is_uncertain
    assert [story.id for story in store.feed.changes(position, 10).stories] == [story_id]


def test_what_can_not_be_read_now_is_kept_and_told(store: Store) -> None:
    broken, other = keep(store, 1, "Broken", "broken"), keep(store, 2, "Café", "Caf\xe9")
    report = read_all(store)
    assert report.replaced == 0
    told = {report.examples("not_read_and_kept", why) for why in report.keys("not_read_and_kept")}
    assert told == {(broken,), (other,)}
    assert [current(store, one).is_uncertain for one in (broken, other)] == [False, False]
    assert current(store, other).headline == "Café"


def test_stories_without_a_page_are_left_alone_and_told(store: Store) -> None:
    line = {"id": "line", "source": "other", "headline": "Imported", "body": ["Text."], "version": 1}
    adopt(store, line | {"first_seen_at": NOW, "seen_at": NOW})
    pruned = keep(store, 1, "Pruned", "Pruned")
    page_id = store.stories.page_of(pruned, 1)
    assert page_id is not None
    store.pages.drop(page_id)
    report = read_all(store)
    assert (report.pages, report.replaced) == (0, 0)
    assert {why: report.examples("without_page", why) for why in report.keys("without_page")} == {
        "taken as delivered": ("line",),
        "the page is not kept any more": (pruned,),
    }


def test_what_the_page_did_not_tell_stays(store: Store) -> None:
    """A later page, that made no version and is not kept, told of tags and of a modification."""
    later = NOW + timedelta(hours=5)
    told = {
        "headline": "One",
        "body": ["One"],
        "modified_at": (NOW - timedelta(hours=1)).isoformat(),
        "section": "Africa",
    }
    story_id = keep(
        store, 1, "One", json.dumps(told), tags=("Mali",), modified_at=later, section="World", publisher_id="guid-1"
    )
    report = read_all(store)
    kept = current(store, story_id)
    assert (kept.tags, kept.modified_at, kept.section, kept.publisher_id) == (("Mali",), later, "Africa", "guid-1")
    assert set(report.keys("not_told_and_kept")) == {"tags", "modified_at"}
    assert report.keys("changed") == ("section",)


def test_what_no_publisher_changed_is_not_gone_for_a_template(store: Store) -> None:
    """The second version was read from a page of another template, which shows no captions and no deck."""
    first = {"headline": "One", "body": ["One"], "captions": [{"text": "A bridge."}], "deck": "Under it"}
    story_id = keep(store, 1, "One", json.dumps(first), captions=(Caption(text="A bridge."),), deck="Over it")
    second = {"headline": "One", "body": ["Two"]}
    keep(
        store,
        1,
        "One",
        json.dumps(second),
        at=NOW + timedelta(hours=1),
        captions=(Caption(text="A bridge."),),
        body=("Two",),
    )
    assert current(store, story_id).changed == ("deck", "body")
    report = read_all(store)
    kept = current(store, story_id)
    assert (kept.version, kept.captions, kept.deck) == (2, (Caption(text="A bridge."),), None)
    assert report.keys("changed") == ("deck",)
    assert report.keys("not_told_and_kept") == ("captions",)


def test_a_much_shorter_reading_is_told(store: Store) -> None:
    story_id = keep(store, 1, "One", "One", body=("One",) * 30)
    report = read_all(store)
    assert report.examples("much_shorter") == (story_id,)


def test_what_a_crawler_writes_meanwhile_stays(store: Store) -> None:
    story_id = keep(store, 1, "One", "One")

    def read(page: Page) -> Story:
        held = current(store, story_id)
        with store.stories.writing() as writes:
            writes.replace_reading(held, held.model_copy(update={"headline": "Newer"}), Sighting(NOW, page_id=999))
        return parse(page)

    report = read_all(store, read)
    assert report.examples("not_read_and_kept", "changed meanwhile by somebody else") == (story_id,)
    assert current(store, story_id).headline == "Newer"


def test_a_reparse_that_was_interrupted_goes_on_where_it_stopped(store: Store) -> None:
    for number in range(330):
        keep(store, number, f"Story {number}", "refused" if number % 50 == 0 else f"Story {number}")
    read: list[str] = []

    def interrupted(page: Page) -> Story:
        if len(read) == 250:
            raise KeyboardInterrupt
        read.append(page.url)
        return parse(page)

    with pytest.raises(KeyboardInterrupt):
        read_all(store, interrupted)
    halfway = journal_of()
    assert (halfway.report.pages, halfway.report.count("newly_read", "byline") > 180) == (200, True)
    read.clear()

    def counted(page: Page) -> Story:
        read.append(page.url)
        return parse(page)

    report = read_all(store, counted)
    assert len(set(read)) == 130
    assert (report.pages, report.replaced, report.count("newly_read", "byline")) == (330, 330, 323)
    assert report.count("refused_and_kept", "a consent wall") == 7
    assert {story.version for story in store.stories.walk()} == {1}
    assert journal_of().report.pages == 0  # it has ended: the next begins at the beginning


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"terms": {"rules": ""}, "reached": 3, "report": {}}'])
def test_a_damaged_journal_is_none(store: Store, damage: str) -> None:
    keep(store, 1, "One", "One")
    journal_path().write_text(damage)
    assert read_all(store).pages == 1


def test_a_journal_of_other_rules_is_none(store: Store) -> None:
    story_id = keep(store, 1, "One", "One")
    journal_of("of yesterday").reach(story_id, 1)
    assert read_all(store, terms="of today").pages == 1


def test_the_report_is_told_in_lines(store: Store) -> None:
    ids = sorted(keep(store, number, "One", "refused" if number else "One") for number in range(8))
    lines = list(read_all(store).lines())
    assert lines[0] == "8 pages read again, 8 readings replaced, no version added"
    (told,) = [line for line in lines if "would be refused" in line]
    assert told.startswith("  would be refused now, and kept: 7, a consent wall (")
    assert told.endswith(" …)")
    assert sum(story_id in told for story_id in ids) == 5
