"""Why a story is withdrawn: when, by what, with what words; and notices that stand elsewhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from model.outcomes import Outcome
from model.story import StoredStory
from tests.crawler.recheck_pages import notice
from tests.ingest.abilities import pairs, ways
from tests.ingest.conftest import OpenBench
from tests.ingest.things import Thing, at_home, corrected, killed, tell
from tests.ingest.times import DAY, EARLIER, HOUR, NOW
from tests.ingest.ways import IngestBench

STORY = at_home(tell(1, EARLIER))
OTHER = at_home(tell(2, EARLIER))
NOTICE_URL = "http://www.news.example/world/notice-to-all-editors-9"
HEADLINE = STORY.told.headline
WORDS = "Editors please kill this story. It was wrong."


def elsewhere(headline: str, *paragraphs: str) -> Thing:
    """A notice at an address of its own, as a page and as a line."""
    told = tell(9, EARLIER)
    meta = f'<meta property="article:published_time" content="{told.published_at.isoformat()}"></head>'
    shown = notice(headline, *paragraphs).decode().replace("</head>", meta)
    return replace(at_home(told), url=NOTICE_URL, content=shown.encode())


def the_story(bench: IngestBench) -> StoredStory:
    return bench.story_at(STORY.url)


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_notice_in_its_place_is_kept_with_its_words(bench: IngestBench, first: str, second: str) -> None:
    bench.bring(first, STORY, NOW)
    assert (the_story(bench).withdrawn_at, the_story(bench).withdrawal) == (None, None)
    bench.bring(second, killed(STORY), NOW + HOUR)
    story = the_story(bench)
    assert (story.status, story.withdrawn_at) == ("withdrawn", NOW + HOUR)
    withdrawal = story.withdrawal
    assert withdrawal is not None
    assert (withdrawal.kind, withdrawal.url, withdrawal.story_id) == ("kill_notice", STORY.url, None)
    assert (withdrawal.headline, withdrawal.text) == (f"KILL: {HEADLINE}", (WORDS,))


def test_a_page_that_is_gone_says_so(bench: IngestBench) -> None:
    bench.bring("crawl", STORY, NOW)
    bench.crawl.lose(STORY, NOW + DAY)
    story = the_story(bench)
    withdrawal = story.withdrawal
    assert withdrawal is not None
    assert (story.withdrawn_at, withdrawal.kind, withdrawal.url) == (NOW + DAY, "page_gone", STORY.url)
    assert withdrawal.reason == "the page is gone: status 410"


def test_a_story_that_returns_keeps_its_withdrawal_on_record(bench: IngestBench) -> None:
    bench.bring("crawl", STORY, NOW)
    bench.crawl.lose(STORY, NOW + DAY)
    bench.bring("crawl", corrected(STORY), NOW + 2 * DAY)
    story = the_story(bench)
    assert (story.status, story.withdrawn_at, story.withdrawal, story.version) == ("live", None, None, 2)
    [past] = story.past_withdrawals
    assert (past.withdrawn_at, past.restored_at, past.kind) == (NOW + DAY, NOW + 2 * DAY, "page_gone")
    bench.crawl.lose(STORY, NOW + 3 * DAY)
    story = the_story(bench)
    assert (story.withdrawn_at, story.past_withdrawals) == (NOW + 3 * DAY, (past,))


NAMED = {
    "by a label": (f"KILL: {HEADLINE}", (WORDS,)),
    "by a label with a dash": (f"MANDATORY KILL — {HEADLINE}", (WORDS,)),
    "by its own headline": (HEADLINE, ("This story has been withdrawn. It was wrong.",)),
    "in quotation marks": (
        "STORY WITHDRAWN",
        (f"Editors please kill the story headlined “{HEADLINE}”. It was wrong.",),
    ),
    "by its address": ("MANDATORY KILL", (f"Editors please kill the story at {STORY.url}. It was wrong.",)),
}


@pytest.mark.parametrize(("headline", "words"), NAMED.values(), ids=NAMED.keys())
@pytest.mark.parametrize("way", ways())
def test_a_notice_elsewhere_withdraws_the_story_that_it_names(
    bench: IngestBench, way: str, headline: str, words: tuple[str, ...]
) -> None:
    bench.bring(way, STORY, NOW)
    bench.bring(way, OTHER, NOW)
    assert bench.bring(way, elsewhere(headline, *words), NOW + HOUR) is Outcome.NEW
    story, item = the_story(bench), bench.story_at(NOTICE_URL)
    assert (story.status, story.withdrawn_at) == ("withdrawn", NOW + HOUR)
    assert story.withdrawal is not None
    assert (story.withdrawal.story_id, story.withdrawal.url) == (item.id, NOTICE_URL)
    assert (story.withdrawal.headline, story.withdrawal.text) == (headline, words)
    assert (item.status, bench.story_at(OTHER.url).status) == ("live", "live")
    assert bench.bring(way, elsewhere(headline, *words), NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert bench.store.stories.withdrawn_ids() == [story.id]


@pytest.mark.parametrize("way", ways("have a page"))
def test_the_page_that_stays_does_not_take_a_notice_back_but_a_correction_does(bench: IngestBench, way: str) -> None:
    bench.bring(way, STORY, NOW)
    bench.bring(way, elsewhere(f"KILL: {HEADLINE}", WORDS), NOW + HOUR)
    assert bench.bring(way, STORY, NOW + 2 * HOUR) is Outcome.UNCHANGED
    assert the_story(bench).status == "withdrawn"
    assert bench.bring(way, corrected(STORY), NOW + DAY) is Outcome.CHANGED
    story = the_story(bench)
    assert (story.status, story.version, len(story.past_withdrawals)) == ("live", 2, 1)
    # The notice that is still there kills what it killed, not what came after.
    bench.bring(way, elsewhere(f"KILL: {HEADLINE}", WORDS), NOW + DAY + HOUR)
    assert the_story(bench).status == "live"


NAMES_NONE = {
    "another headline": ("KILL: Nothing that we ever had on the wire", (WORDS,)),
    "no name at all": ("MANDATORY KILL", (WORDS,)),
    "another site's address": ("MANDATORY KILL", ("Please kill https://elsewhere.example/news/1 now.",)),
}


@pytest.mark.parametrize(("headline", "words"), NAMES_NONE.values(), ids=NAMES_NONE.keys())
def test_a_notice_that_names_no_story_of_ours_withdraws_nothing(
    bench: IngestBench, headline: str, words: tuple[str, ...]
) -> None:
    bench.bring("crawl", STORY, NOW)
    assert bench.bring("crawl", elsewhere(headline, *words), NOW + HOUR) is Outcome.NOT_A_STORY
    assert the_story(bench).status == "live"


def test_a_notice_that_fits_two_stories_withdraws_neither_and_names_both(bench: IngestBench) -> None:
    twin = replace(OTHER, told=replace(OTHER.told, headline=HEADLINE))
    bench.bring("crawl", STORY, NOW)
    bench.bring("crawl", twin, NOW)
    assert bench.bring("crawl", elsewhere(f"KILL: {HEADLINE}", WORDS), NOW + HOUR) is Outcome.NOT_A_STORY
    assert [story.status for story in bench.stories()] == ["live", "live"]
    state = bench.store.crawl.url(NOTICE_URL)
    assert state is not None
    assert all(story.id in str(state.detail) for story in bench.stories())


def test_a_notice_that_came_first_is_read_again(bench: IngestBench) -> None:
    item = elsewhere(f"KILL: {HEADLINE}", WORDS)
    assert bench.bring("crawl", item, NOW) is Outcome.NOT_A_STORY
    bench.bring("crawl", STORY, NOW + HOUR)
    bench.bring("crawl", item, NOW + 8 * HOUR)
    assert the_story(bench).status == "withdrawn"


def test_an_export_that_is_taken_in_again_keeps_all_of_it(open_bench: OpenBench, tmp_path: Path) -> None:
    bench, other = open_bench(), open_bench()
    bench.bring("line", STORY, NOW)
    bench.bring("line", killed(STORY), NOW + HOUR)
    bench.bring("line", replace(STORY, line={"status": "live"}), NOW + DAY)
    bench.bring("line", elsewhere(f"KILL: {HEADLINE}", WORDS), NOW + 2 * DAY)
    before = the_story(bench)
    assert (before.status, len(before.past_withdrawals)) == ("withdrawn", 1)
    exported = tmp_path / "export.ndjson"
    exported.write_text("".join(f"{story.model_dump_json()}\n" for story in bench.stories()), encoding="utf-8")
    other.take_in(exported)
    assert the_story(other).model_dump() == before.model_dump()
    assert other.take_in(exported).counts[Outcome.UNCHANGED] == 2


def test_a_line_that_withdraws_brings_its_reason(bench: IngestBench) -> None:
    bench.bring("crawl", STORY, NOW)
    reason = {"kind": "kill_notice", "reason": "a kill notice stands in the place of the story", "text": [WORDS]}
    at = (NOW + HOUR).isoformat()
    told = {"status": "withdrawn", "withdrawn_at": at, "withdrawal": {**reason, "withdrawn_at": at}}
    bench.bring("line", replace(STORY, line=told), NOW + DAY)
    story = the_story(bench)
    assert story.withdrawal is not None
    assert (story.withdrawn_at, story.withdrawal.text) == (NOW + HOUR, (WORDS,))


def test_a_line_that_says_no_more_than_withdrawn_is_named_as_the_reason(bench: IngestBench) -> None:
    bench.bring("line", replace(STORY, line={"status": "withdrawn"}), NOW)
    story = the_story(bench)
    assert story.withdrawal is not None
    assert (story.withdrawn_at, story.withdrawal.kind) == (None, "import")
