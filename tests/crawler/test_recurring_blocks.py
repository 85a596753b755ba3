"""Do paragraphs that recur in a host's stories leave their text, and does nothing else of them?"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from config import SourceConfig
from crawler.extraction import PARSER_VERSION, parse
from crawler.extraction.recurring_blocks import NOTHING_RECURS, RecurringBlocks
from crawler.extraction.texts import word_key
from crawler.host_knowledge import NEWEST_STORIES, HostKnowledge, recurring_blocks
from desk.container import Desk
from desk.upkeep.reparse import Reparse
from desk.upkeep.reparse_journal import ReparseJournal
from ingest.apply import Applied, Ingest
from ingest.candidate import page_candidate
from model.outcomes import Outcome
from model.page import Link, Page
from model.story import StoredStory, Story
from store.opening import Store, open_store
from tests.crawler.fault_server import FaultServer, answer
from tests.crawler.recurring_site import LEGAL, PORTRAIT, PROMO, SHORT, announce, own_paragraphs, story_page

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
URL = "https://harbour.example/2026/05/01/story-0-of-the-harbour"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(tmp_path: Path, server: FaultServer) -> Iterator[OpenDesk]:
    desks: list[Desk] = []

    def opened(*, recurring_blocks: bool = True) -> Desk:
        config = {
            "data_dir": str(tmp_path / "data"),
            "sources": [{"name": "harbour", "feeds": [server.url("/feed")]}],
            "crawler": {
                "per_host_delay": "0s",
                "allow_private_networks": ["127.0.0.0/8"],
                "recurring_blocks": recurring_blocks,
            },
        }
        path = tmp_path / f"config-{len(desks)}.yaml"
        with path.open("w", encoding="utf-8") as file:
            YAML().dump(config, file)
        desks.append(Desk(path))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.store.close()


def _crawl(desk: Desk) -> None:
    source: SourceConfig = desk.config.sources[0]
    with desk.parsers() as pool, desk.crawler(pool) as crawler:
        crawler.crawl(source)


def _reparse(desk: Desk) -> None:
    with desk.parsers(size=1) as pool, ThreadPoolExecutor(1) as threads:
        journal = ReparseJournal(desk.config.data_dir / "reparse.json", {})
        Reparse(desk.store, desk.informed(pool), threads, journal).run(lambda *_: None)
    journal.end()


def _stories(desk: Desk) -> dict[int, StoredStory]:
    """The stories by their number."""
    stories = desk.store.stories.newest("harbour", 100)
    return {int((story.url or "").rpartition("story-")[2].partition("-")[0]): story for story in stories}


def test_later_stories_are_without_what_recurs_and_after_a_reparse_all_are(
    server: FaultServer, open_desk: OpenDesk
) -> None:
    announce(server, range(5))
    desk = open_desk()
    _crawl(desk)
    assert all({PROMO, PORTRAIT, LEGAL} < set(story.body) for story in _stories(desk).values())
    announce(server, range(12))
    _crawl(desk)
    stories = _stories(desk)
    assert len(stories) == 12
    for number in range(5, 12):
        assert stories[number].body == (*own_paragraphs(number), SHORT)
        assert stories[number].left_out == (PROMO, PORTRAIT, LEGAL)
    _reparse(desk)
    _reparse(desk)
    stories = _stories(desk)
    assert all(stories[number].body == (*own_paragraphs(number), SHORT) for number in range(12))
    assert {story.version for story in stories.values()} == {1}


def test_it_can_be_turned_off(server: FaultServer, open_desk: OpenDesk) -> None:
    announce(server, range(8))
    desk = open_desk(recurring_blocks=False)
    _crawl(desk)
    announce(server, range(12))
    _crawl(desk)
    assert all({PORTRAIT, LEGAL} < set(story.body) and not story.left_out for story in _stories(desk).values())


def test_copies_at_several_addresses_keep_their_bodies(server: FaultServer, open_desk: OpenDesk) -> None:
    same = own_paragraphs(0)
    for number in range(6):
        server.routes[f"/2026/05/{number + 1:02}/story-{number}-of-the-harbour"] = answer(story_page(number, same))
    announce(server, range(6))
    desk = open_desk()
    _crawl(desk)
    _reparse(desk)
    whole = (*same[:2], PROMO, *same[2:], SHORT, PORTRAIT, LEGAL)
    assert [story.body for story in _stories(desk).values()] == [whole] * len(_stories(desk))


# What is known of a host -------------------------------------------------------------------------------------


def _story(*body: str, left_out: tuple[str, ...] = (), url: str = URL) -> Story:
    return Story(source="harbour", headline="A headline", url=url, body=body, left_out=left_out)


def _sharing(*shared: str, count: int, first: int = 0) -> list[Story]:
    return [_story(*own_paragraphs(number), *shared) for number in range(first, first + count)]


KNOWN = [
    ("three stories", _sharing(LEGAL, count=3), True, False),
    ("two stories", _sharing(LEGAL, count=2), False, False),
    ("five of five", _sharing(LEGAL, count=5), True, True),
    ("four of fourteen", [*_sharing(LEGAL, count=4), *_sharing(count=10, first=4)], True, False),
    ("six of fourteen", [*_sharing(LEGAL, count=6), *_sharing(count=8, first=6)], True, False),
    ("seven of fourteen", [*_sharing(LEGAL, count=7), *_sharing(count=7, first=7)], True, True),
    ("one story nine times", [_story(*own_paragraphs(1), LEGAL)] * 9, False, False),
    ("a story that grows", [_story(*own_paragraphs(1)[:length], LEGAL) for length in (2, 3, 4, 5)], False, False),
    (
        "copies of two stories",
        [_story(*own_paragraphs(number % 2), LEGAL) for number in range(8)],
        False,
        False,
    ),
    ("left out before", [_story(*own_paragraphs(number), left_out=(LEGAL,)) for number in range(5)], True, True),
    (
        "other case and quotes",
        [_story(*own_paragraphs(n), LEGAL.upper() if n else f"“{LEGAL}”") for n in range(3)],
        True,
        False,
    ),
]


@pytest.mark.parametrize(("stories", "often", "mostly"), [c[1:] for c in KNOWN], ids=[c[0] for c in KNOWN])
def test_what_recurs(stories: list[Story], often: bool, mostly: bool) -> None:
    known = recurring_blocks(stories)
    assert known.often == ({word_key(LEGAL)} if often else frozenset())
    assert known.mostly == ({word_key(LEGAL)} if mostly else frozenset())


def test_short_cells_recur_in_vain() -> None:
    assert recurring_blocks(_sharing("Nine mths", "Net", "Pros", count=12)) == NOTHING_RECURS


def test_hosts_are_known_apart_for_ten_minutes_and_by_their_newest_stories() -> None:
    clock = [NOW]
    asked: list[tuple[str, int]] = []

    def newest(source: str, limit: int) -> list[StoredStory]:
        asked.append((source, limit))
        stories = [*_sharing(LEGAL, count=4), _story(*own_paragraphs(9), url="https://other.example/9")]
        return [
            StoredStory(**story.model_dump(), id=f"{number}", version=1, first_seen_at=NOW, seen_at=NOW)
            for number, story in enumerate(stories)
        ]

    knowledge = HostKnowledge(newest, lambda: clock[0])
    assert knowledge.of(_page(story_page(5))).often == {word_key(LEGAL)}
    assert knowledge.of(_page(story_page(5), url="https://www.harbour.example/5")).often == {word_key(LEGAL)}
    assert knowledge.of(_page(story_page(5), url="https://other.example/5")) == NOTHING_RECURS
    clock[0] += timedelta(minutes=9)
    knowledge.of(_page(story_page(6)))
    assert asked == [("harbour", NEWEST_STORIES)]
    clock[0] += timedelta(minutes=2)
    knowledge.of(_page(story_page(6)))
    assert len(asked) == 2


# What is left out --------------------------------------------------------------------------------------------


def _page(content: bytes, url: str = URL) -> Page:
    return Page(
        link=Link(url=url, source="harbour"),
        url=url,
        final_url=url,
        headers={"content-type": "text/html"},
        fetched_at=NOW,
        content=content,
    )


def _recurs(*often: str, mostly: tuple[str, ...] = ()) -> RecurringBlocks:
    return RecurringBlocks(frozenset(map(word_key, (*often, *mostly))), frozenset(map(word_key, mostly)))


OWN = own_paragraphs(0)
BOLD = "What the council decides has to be heard by the people of the coast as well."
LINKED = "All that was written of unions at the harbour since the strike of that autumn."
LEFT_OUT = [
    ("one at the end", _recurs(LEGAL), set()),
    ("one at the end of most stories", _recurs(mostly=(LEGAL,)), {LEGAL}),
    ("one at the end, with links", _recurs(LINKED), {LINKED}),
    ("one in bold type in the middle", _recurs(BOLD), set()),
    ("one in bold type in the middle of most stories", _recurs(mostly=(BOLD,)), {BOLD}),
    ("a short one near the end", _recurs(SHORT), set()),
    ("one in the middle", _recurs(OWN[2]), set()),
    ("one in the middle of most stories", _recurs(mostly=(OWN[2],)), {OWN[2]}),
    ("a short one of most stories", _recurs(mostly=(SHORT,)), set()),
    ("the first", _recurs(OWN[0]), set()),
    ("most of the story", _recurs(mostly=tuple(OWN)), set()),
    ("nothing", NOTHING_RECURS, set()),
]


@pytest.mark.parametrize(("known", "left_out"), [c[1:] for c in LEFT_OUT], ids=[c[0] for c in LEFT_OUT])
def test_what_is_left_out(known: RecurringBlocks, left_out: set[str]) -> None:
    bold = f"<p><b>{BOLD}</b></p>"
    linked = f"<p>{LINKED[:30]}<a href='/unions'>{LINKED[30:60]}</a>{LINKED[60:]}</p>"
    content = story_page(0).decode().replace("<p>He", bold + "<p>He").replace("</article>", linked + "</article>")
    page = _page(content.encode())
    whole, story = parse(page), parse(page, known=known)
    assert set(story.left_out) == left_out
    assert story.body == tuple(paragraph for paragraph in whole.body if paragraph not in left_out)
    assert story.confidence["story"] == whole.confidence["story"]
    assert story.headline == whole.headline


# What we come to know is no change of the publisher's ----------------------------------------------------------


class Bench:
    """One story in a store, read with what is known of its host at the time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known = NOTHING_RECURS
        self._ingest = Ingest(store, self._read, PARSER_VERSION)
        self._at = NOW

    def _read(self, page: Page) -> Story:
        return parse(page, known=self.known)

    def visit(self, content: bytes) -> Applied:
        """Fetch the page an hour later."""
        self._at += timedelta(hours=1)
        page = _page(content).model_copy(update={"fetched_at": self._at})
        return self.bring(page, self._read(page))

    def bring(self, page: Page, story: Story) -> Applied:
        """Hand a reading of a page over."""
        return self._ingest.apply(page_candidate(page, story, comes_again=True))

    def lose_page(self) -> None:
        """Prune the pages that are held."""
        for _, number in list(self.store.stories.walk_pages()):
            self.store.pages.drop(number)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store = open_store(tmp_path)
    yield Bench(store)
    store.close()


BEFORE_AND_AFTER = [
    ("becomes known", NOTHING_RECURS, _recurs(mostly=(LEGAL, PORTRAIT))),
    ("is known no more", _recurs(mostly=(LEGAL, PORTRAIT)), NOTHING_RECURS),
    ("another is known", _recurs(mostly=(LEGAL,)), _recurs(mostly=(PORTRAIT,))),
]


@pytest.mark.parametrize("is_page_held", [True, False], ids=["page held", "page pruned"])
@pytest.mark.parametrize(("before", "after"), [c[1:] for c in BEFORE_AND_AFTER], ids=[c[0] for c in BEFORE_AND_AFTER])
class TestBetweenTwoVisits:
    def test_an_unchanged_story_gets_no_version(
        self, bench: Bench, before: RecurringBlocks, after: RecurringBlocks, is_page_held: bool
    ) -> None:
        bench.known = before
        first = bench.visit(story_page(0))
        if not is_page_held:
            bench.lose_page()
        bench.known = after
        for _ in range(3):
            assert bench.visit(story_page(0)).outcome is Outcome.UNCHANGED
        assert len(bench.store.stories.versions(first.story_id or "")) == 1

    def test_a_changed_story_shows_the_publishers_change_alone(
        self, bench: Bench, before: RecurringBlocks, after: RecurringBlocks, is_page_held: bool
    ) -> None:
        bench.known = before
        first = bench.visit(story_page(0))
        if not is_page_held:
            bench.lose_page()
        bench.known = after
        corrected = [*OWN[:3], OWN[3].replace("too dear", "far too dear"), *OWN[4:]]
        changed = bench.visit(story_page(0, corrected))
        assert (changed.outcome, changed.changed) == (Outcome.CHANGED, ("body",))
        one, two = bench.store.stories.versions(first.story_id or "")
        assert set(one.body) - set(two.body) == {OWN[3]}
        assert set(two.body) - set(one.body) == {corrected[3]}
        assert set(two.left_out) == {word for word in (PORTRAIT, LEGAL) if word_key(word) in before.often | after.often}


def test_what_is_renewed_between_two_readings_of_one_visit_makes_no_version(bench: Bench) -> None:
    bench.visit(story_page(0))
    page = _page(story_page(0)).model_copy(update={"fetched_at": NOW + timedelta(hours=5)})
    story = parse(page)
    bench.known = _recurs(mostly=(LEGAL, PORTRAIT))
    assert bench.bring(page, story.model_copy(update={"section": "Harbour"})).outcome is Outcome.UNCHANGED
