"""Visits that keep their pages in one transaction."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from crawler.http.concurrency_limit import ConcurrencyLimit
from crawler.joint_ingest import MOST_TOGETHER, JointIngest
from ingest.apply import Applied, Ingest, Remember
from ingest.candidate import Candidate, page_candidate
from model.errors import StoreError
from model.outcomes import Outcome
from model.page import Link, Page
from model.story import Story
from store.opening import Store, open_store
from store.sql.crawl_state import UrlState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class CountingIngest(Ingest):
    """Ingest that notes how many candidates came at once, and fails of those whose headline says so."""

    def __init__(self, store: Store, error: Exception | None = None) -> None:
        super().__init__(store, lambda page: None, 1)
        self.together: list[int] = []
        self._error = error

    def apply_beside(self, found: Sequence[tuple[Candidate, Remember | None]]) -> list[Applied]:
        self.together.append(len(found))
        if self._error and any(candidate.story and candidate.story.headline == "Bad" for candidate, _ in found):
            raise self._error
        return super().apply_beside(found)


def candidate(number: int, headline: str = "Talks begin") -> Candidate:
    url = f"http://127.0.0.1/news/{number}"
    page = Page(
        link=Link(url=url, source="wire"), url=url, final_url=url, fetched_at=NOW, content=f"page {number}".encode()
    )
    body = tuple(f"Paragraph {number} {place} says what happened." for place in range(3))
    return page_candidate(page, Story(source="wire", headline=headline, body=body), comes_again=True)


def remembered(number: int) -> Remember:
    url = f"http://127.0.0.1/news/{number}"
    return lambda applied: UrlState(url, "wire", applied.outcome.value, NOW, story_id=applied.story_id)


def visit_all(
    joint: JointIngest, limit: ConcurrencyLimit, candidates: Sequence[Candidate]
) -> list[Applied | Exception]:
    """Each in a thread of its own, all at once."""
    together = Barrier(len(candidates))

    def visit(number: int) -> Applied | Exception:
        with limit.held():
            limit.acquire()
            together.wait(10)
            try:
                return joint.apply(candidates[number], remembered(number))
            except (RuntimeError, StoreError) as error:
                return error

    with ThreadPoolExecutor(len(candidates)) as threads:
        return list(threads.map(visit, range(len(candidates))))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def test_what_ends_together_is_kept_together_with_its_states(store: Store) -> None:
    ingest, limit = CountingIngest(store), ConcurrencyLimit(MOST_TOGETHER)
    candidates = [candidate(number) for number in range(MOST_TOGETHER)]
    applied = visit_all(JointIngest(ingest, limit), limit, candidates)
    assert [one.outcome for one in applied if isinstance(one, Applied)] == [Outcome.NEW] * MOST_TOGETHER
    assert sum(ingest.together) == MOST_TOGETHER > len(ingest.together)
    for number, one in enumerate(applied):
        state = store.crawl.url(f"http://127.0.0.1/news/{number}")
        assert state is not None and isinstance(one, Applied) and state.story_id == one.story_id


def test_who_is_alone_waits_for_nobody(store: Store) -> None:
    ingest, limit = CountingIngest(store), ConcurrencyLimit(1)
    joint = JointIngest(ingest, limit)
    for number in range(3):
        assert visit_all(joint, limit, [candidate(number)])
    assert ingest.together == [1, 1, 1]


@pytest.mark.parametrize("error", [RuntimeError("a bad page"), StoreError("its story goes on changing")])
def test_a_bad_page_harms_none_of_those_that_came_with_it(store: Store, error: Exception) -> None:
    ingest, limit = CountingIngest(store, error), ConcurrencyLimit(4)
    candidates = [candidate(number, "Bad" if number == 2 else "Talks begin") for number in range(4)]
    applied = visit_all(JointIngest(ingest, limit), limit, candidates)
    assert [one is error for one in applied] == [False, False, True, False]
    assert store.stories.count() == 3


def test_one_page_at_two_addresses_is_one_story(store: Store) -> None:
    ingest, limit = CountingIngest(store), ConcurrencyLimit(2)
    twins = [candidate(1), candidate(1)]
    applied = visit_all(JointIngest(ingest, limit), limit, twins)
    assert sorted(one.outcome.value for one in applied if isinstance(one, Applied)) == ["NEW", "UNCHANGED"]
    assert store.pages.count() == 1
