"""The contract of store.base.CrawlState."""

import threading
from datetime import UTC, datetime, timedelta

from store.opening import Store
from store.sql.crawl_state import EndpointState, HostState, SourceState, UrlState
from tests.saving import forget
from tests.store.contract.conftest import Open
from tests.store.contract.made_stories import save

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


def state(name: str, *, due: datetime | None = None, outcome: str = "NEW", story_id: str | None = None) -> UrlState:
    return UrlState(f"https://example.org/{name}", "wire", outcome, NOW, due, story_id)


def test_what_was_never_saved_is_unknown(store: Store) -> None:
    assert store.crawl.url("https://example.org/1") is None
    assert store.crawl.urls(["https://example.org/1"]) == {}
    assert store.crawl.endpoint("wire", "https://example.org/rss") is None
    assert store.crawl.source("wire") == SourceState("wire")
    assert (dict(store.crawl.sources()), dict(store.crawl.hosts()), list(store.crawl.endpoints())) == ({}, {}, [])


def test_a_state_comes_back_as_it_was_saved_to_the_microsecond(opened: Open, store: Store) -> None:
    saved = state("1", due=NOW + HOUR, story_id=save(store, "story"))._replace(
        detail="d",
        etag='"1"',
        last_modified="m",
        evidence="e",
        link="{}",
        visits=3,
        failures=2,
        gone_visits=1,
        gone_since=NOW,
    )
    store.crawl.save_urls([saved])
    endpoint = EndpointState("wire", "https://example.org/rss", NOW, '"feed"', "m", "HTTP 500")
    store.crawl.save_endpoint(endpoint)
    store.crawl.save_host("example.org:443", retry_at=NOW + HOUR, failures=4)
    again = opened()
    assert again.crawl.url(saved.url) == saved
    assert again.crawl.endpoint("wire", endpoint.url) == endpoint
    assert again.crawl.hosts() == {"example.org:443": HostState(NOW + HOUR, 4)}
    again.close()


def test_a_state_of_a_story_that_was_forgotten_meanwhile_leads_to_none(store: Store) -> None:
    kept, gone = save(store, "kept"), save(store, "gone")
    visited = [state("1", story_id=kept), state("2", story_id=gone)]
    store.crawl.save_urls(visited)
    forget(store, gone, NOW)
    store.crawl.save_urls(visited)
    assert {url.url[-1]: url.story_id for url in store.crawl.of_source("wire")} == {"1": kept, "2": None}
    assert store.damages() == []


def test_saving_again_takes_the_place_of_what_was_saved(store: Store) -> None:
    store.crawl.save_urls([state("1"), state("2")])
    store.crawl.save_urls([state("1", outcome="GONE")])
    assert {url.url[-1]: url.outcome for url in store.crawl.of_source("wire")} == {"1": "GONE", "2": "NEW"}
    assert sorted(store.crawl.outcomes()) == [("wire", "GONE", 1), ("wire", "NEW", 1)]


def test_late_rechecks_come_behind_all_others(store: Store) -> None:
    late = [state("a", due=NOW - 9 * HOUR), state("b", due=NOW - 8 * HOUR), state("c", due=NOW + HOUR)]
    store.crawl.save_urls(one._replace(is_late=True) for one in late)
    store.crawl.save_urls([state("d", due=NOW - HOUR), state("e", due=NOW - 2 * HOUR)])
    assert [url.url[-1] for url in store.crawl.due("wire", NOW, 10)] == ["e", "d", "a", "b"]
    assert [url.url[-1] for url in store.crawl.due("wire", NOW, 3)] == ["e", "d", "a"]


def test_rechecks_are_brought_forward_and_none_is_put_off(store: Store) -> None:
    dues = {"a": None, "b": NOW + 50 * HOUR, "c": NOW + HOUR, "d": NOW - HOUR}
    store.crawl.save_urls([state(name, due=due, outcome="TOO_LARGE") for name, due in dues.items()])
    store.crawl.save_urls([state("e", due=None, outcome="KNOWN")])
    assert store.crawl.bring_forward("wire", ["TOO_LARGE", "REFUSED"], NOW, 24 * HOUR) == 2
    found = {url.url[-1]: url for url in store.crawl.of_source("wire")}
    for name in "ab":
        due = found[name].recheck_at
        assert due is not None
        assert NOW <= due <= NOW + 24 * HOUR
        assert found[name].is_late
    assert {name: (found[name].recheck_at, found[name].is_late) for name in "cde"} == {
        "c": (NOW + HOUR, False),
        "d": (NOW - HOUR, False),
        "e": (None, False),
    }


def test_poisoned_urls_are_counted_with_the_next_try(store: Store) -> None:
    assert store.crawl.poisoned() == {}
    store.crawl.save_urls([state("a", due=NOW + HOUR, outcome="POISON"), state("b", due=NOW, outcome="POISON")])
    store.crawl.save_urls([state("c", due=NOW - HOUR, outcome="FAILED")])
    assert store.crawl.poisoned() == {"wire": (2, NOW)}


def test_the_longest_overdue_come_first(store: Store) -> None:
    dues = {"a": NOW - HOUR, "b": NOW - 3 * HOUR, "c": NOW, "d": NOW + HOUR, "e": None}
    store.crawl.save_urls([state(name, due=due) for name, due in dues.items()])
    assert [url.url[-1] for url in store.crawl.due("wire", NOW, 10)] == ["b", "a", "c"]
    assert [url.url[-1] for url in store.crawl.due("wire", NOW, 2)] == ["b", "a"]
    assert list(store.crawl.due("other", NOW, 10)) == []
    assert store.crawl.waiting(NOW) == {"wire": 3}


def test_the_other_addresses_of_a_story_that_were_read_well(store: Store) -> None:
    one, other = save(store, "one"), save(store, "other")
    well = state("1", story_id=one), state("2", story_id=one, outcome="UNCHANGED")
    store.crawl.save_urls([*well, state("3", story_id=one, outcome="FAILED"), state("4", story_id=other)])
    assert store.crawl.live_addresses(one, well[0].url) == [well[1]]


def test_no_change_of_a_source_is_lost_however_many_are_made_at_a_time(opened: Open, store: Store) -> None:
    def fail_often() -> None:
        own = opened()
        for _ in range(20):
            own.crawl.change_source("wire", lambda known: known._replace(failures=known.failures + 1))
        own.close()

    threads = [threading.Thread(target=fail_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.crawl.source("wire").failures == 80
    assert set(store.crawl.sources()) == {"wire"}
