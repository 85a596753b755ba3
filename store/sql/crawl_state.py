"""Crawl state: what became of each URL, when it is fetched again, and how each source is doing.

Due times and back-offs live here, so that a restart neither skips nor bunches crawl runs and still respects a back-off.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import Insert

from store.base import Lease
from store.sql.database import Database, InstantColumn
from store.sql.dialects.expressions import RandomBelow, upsert
from store.sql.leases import require
from store.sql.tables import endpoints, hosts, sources, stories, urls

_MOST_VARIABLES = 500


class UrlState(NamedTuple):
    """One URL; `evidence` is a digest of what its feed entry said, `link` that entry as JSON.

    `visits` counts visits since the story last changed, `failures` those in a row that failed in the same way; no
    `recheck_at` means that the URL is set aside until its feed entry changes, and `is_late` that its recheck comes
    behind all else of its run. `gone_visits` counts visits in a row that found the page gone, the first at
    `gone_since`.
    """

    url: str
    source: str
    outcome: str
    visited_at: datetime
    recheck_at: datetime | None = None
    story_id: str | None = None
    detail: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    evidence: str | None = None
    link: str | None = None
    visits: int = 0
    failures: int = 0
    gone_visits: int = 0
    gone_since: datetime | None = None
    is_late: bool = False


class Poisoned(NamedTuple):
    """How many URLs of a source ended in POISON, and when the first of them is tried again."""

    number: int
    retry_at: datetime | None


class EndpointState(NamedTuple):
    """A feed, sitemap or front page with its validators; `error` says why its last fetch failed or lost something."""

    source: str
    url: str
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None


class SourceState(NamedTuple):
    """The health of a source; `failures` counts failed crawl runs in a row, the first of them at `failing_since`.

    `recent_stories` counts the stories found since `observed_since`, each weighing less as it ages; see
    crawler/frontier/adaptive_polling.py. `longest_gap_seconds` is the longest usual time between two runs that found
    any. `alarm` is for a person to see to. `rules` are those under which its URLs were set aside, as JSON
    (crawler/frontier/revival.py).
    """

    name: str
    next_due_at: datetime | None = None
    last_round_at: datetime | None = None
    last_success_at: datetime | None = None
    last_story_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    failing_since: datetime | None = None
    alarm: str | None = None
    observed_since: datetime | None = None
    recent_stories: float = 0.0
    longest_gap_seconds: float | None = None
    rules: str | None = None


class HostState(NamedTuple):
    """A host that backs off until `retry_at` after `failures` in a row."""

    retry_at: datetime | None
    failures: int


_BEGIN_SOURCE = upsert(sources).on_conflict_do_nothing()
_SAVE_HOST = upsert(hosts)
_SAVE_HOST = _SAVE_HOST.on_conflict_do_update(
    index_elements=["host"],
    set_={"retry_at": _SAVE_HOST.excluded.retry_at, "failures": _SAVE_HOST.excluded.failures},
)


class SqlCrawlState:
    """Rows of crawl state, read and written one at a time; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def url(self, url: str) -> UrlState | None:
        """What is known of a canonical URL."""
        with self._database.read() as connection:
            row = connection.execute(select(urls).where(urls.c.url == url)).first()
        return None if row is None else UrlState(**row._mapping)

    def urls(self, wanted: Iterable[str]) -> dict[str, UrlState]:
        """What is known of several URLs, by URL."""
        with self._database.read() as connection:
            found = connection.execute(select(urls).where(urls.c.url.in_(list(wanted))))
            return {row.url: UrlState(**row._mapping) for row in found}

    def due(self, source: str, now: datetime, limit: int) -> list[UrlState]:
        """URLs of a source whose recheck is due: those that are late behind the others, each the longest overdue first.

        Two statements, as one would go through all that is due later.
        """
        found: list[UrlState] = []
        with self._database.read() as connection:
            for is_late in (False, True):
                of_kind = (urls.c.source == source, urls.c.is_late == is_late, urls.c.recheck_at <= now)
                query = select(urls).where(*of_kind).order_by(urls.c.recheck_at).limit(limit - len(found))
                found += [UrlState(**row._mapping) for row in connection.execute(query)]
        return found

    def bring_forward(self, source: str, outcomes: Collection[str], now: datetime, within: timedelta) -> int:
        """Spread the rechecks of all URLs that ended so, and have none or a later one, over a time; returns how many.

        Those of stories that were forgotten on request have none for good: they have no row.
        """
        spread = RandomBelow(within // timedelta(microseconds=1) or 1)
        later = or_(urls.c.recheck_at.is_(None), urls.c.recheck_at > now + within)
        changed = update(urls).where(urls.c.source == source, urls.c.outcome.in_(outcomes), later)
        at = literal(now, InstantColumn()).op("+", return_type=InstantColumn())(spread)
        with self._database.write() as connection:
            return connection.execute(changed.values(recheck_at=at, is_late=True)).rowcount

    def poisoned(self) -> Mapping[str, Poisoned]:
        """The URLs that ended in POISON, by source."""
        query = select(urls.c.source, func.count(), func.min(urls.c.recheck_at)).where(urls.c.outcome == "POISON")
        with self._database.read() as connection:
            found = connection.execute(query.group_by(urls.c.source)).all()
        return {source: Poisoned(count, retry_at) for source, count, retry_at in found}

    def of_source(self, source: str) -> list[UrlState]:
        """All URLs of a source."""
        with self._database.read() as connection:
            found = connection.execute(select(urls).where(urls.c.source == source).order_by(urls.c.url))
            return [UrlState(**row._mapping) for row in found]

    def live_addresses(self, story_id: str, apart_from: str) -> list[UrlState]:
        """Other URLs of a story that were read well the last time."""
        well = (urls.c.gone_visits == 0, urls.c.outcome.in_(("NEW", "CHANGED", "UNCHANGED")))
        query = select(urls).where(urls.c.story_id == story_id, urls.c.url != apart_from, *well)
        with self._database.read() as connection:
            return [UrlState(**row._mapping) for row in connection.execute(query)]

    def save_urls(self, states: Iterable[UrlState], *, under: Lease | None = None) -> None:
        """Put the states of several URLs in place of the earlier ones, all in one transaction.

        A state that was made of a story which has been forgotten meanwhile leads to none.
        """
        states = list(states)
        with self._database.write() as connection:
            require(connection, under)
            known = _held_stories(connection, {state.story_id for state in states if state.story_id is not None})
            put_urls(connection, [one if one.story_id in known else one._replace(story_id=None) for one in states])

    def endpoint(self, source: str, url: str) -> EndpointState | None:
        """What is known of a feed, sitemap or front page."""
        query = select(endpoints).where(endpoints.c.source == source, endpoints.c.url == url)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else EndpointState(**row._mapping)

    def endpoints(self) -> list[EndpointState]:
        """All feeds, sitemaps and front pages ever asked."""
        with self._database.read() as connection:
            return [EndpointState(**row._mapping) for row in connection.execute(select(endpoints))]

    def save_endpoint(self, state: EndpointState, *, under: Lease | None = None) -> None:
        """Put the state of one endpoint in place of the earlier one."""
        with self._database.write() as connection:
            require(connection, under)
            connection.execute(_upsert(endpoints, ("source", "url")), state._asdict())

    def source(self, name: str) -> SourceState:
        """The health of a source; empty where it was never crawled."""
        with self._database.read() as connection:
            row = connection.execute(select(sources).where(sources.c.name == name)).first()
        return SourceState(name) if row is None else SourceState(**row._mapping)

    def sources(self) -> Mapping[str, SourceState]:
        """The health of every source that was ever crawled, by name."""
        with self._database.read() as connection:
            return {row.name: SourceState(**row._mapping) for row in connection.execute(select(sources))}

    def change_source(
        self, name: str, change: Callable[[SourceState], SourceState], *, under: Lease | None = None
    ) -> SourceState:
        """Change the health of one source in one transaction; returns what it is then."""
        with self._database.write() as connection:
            require(connection, under)
            connection.execute(_BEGIN_SOURCE, {"name": name, "failures": 0})
            row = connection.execute(select(sources).where(sources.c.name == name).with_for_update()).one()
            state = change(SourceState(**row._mapping))
            connection.execute(_upsert(sources, ("name",)), state._asdict())
        return state

    def hosts(self) -> Mapping[str, HostState]:
        """Hosts that back off, by host and port."""
        query = select(hosts.c.host, hosts.c.retry_at, hosts.c.failures).where(hosts.c.retry_at.is_not(None))
        with self._database.read() as connection:
            return {row.host: HostState(row.retry_at, row.failures) for row in connection.execute(query)}

    def save_host(self, host: str, *, retry_at: datetime | None, failures: int) -> None:
        """Put the back-off of one host in place of the earlier one."""
        with self._database.write() as connection:
            connection.execute(_SAVE_HOST, {"host": host, "retry_at": retry_at, "failures": failures})

    def outcomes(self) -> list[tuple[str, str, int]]:
        """(source, outcome, number of URLs) over everything ever asked."""
        query = select(urls.c.source, urls.c.outcome, func.count()).group_by(urls.c.source, urls.c.outcome)
        with self._database.read() as connection:
            return list(connection.execute(query).all())

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """Number of URLs whose recheck is due, by source."""
        query = select(urls.c.source, func.count()).where(urls.c.recheck_at <= now).group_by(urls.c.source)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())


def put_urls(connection: Connection, states: Iterable[UrlState]) -> None:
    """Put states of URLs in place of the earlier ones, in the order of URLs: two writers can't wait for each other."""
    in_order = sorted(states, key=lambda state: state.url)
    if in_order:
        connection.execute(_upsert(urls, ("url",)), [state._asdict() for state in in_order])


def _held_stories(connection: Connection, ids: Collection[str]) -> set[str]:
    """Which of these stories there are; they stay until the transaction ends."""
    found: set[str] = set()
    in_order = sorted(ids)
    for start in range(0, len(in_order), _MOST_VARIABLES):
        part = in_order[start : start + _MOST_VARIABLES]
        query = select(stories.c.id).where(stories.c.id.in_(part)).order_by(stories.c.id)
        found.update(connection.execute(query.with_for_update(read=True, key_share=True)).scalars())
    return found


@cache
def _upsert(table: Table, key: tuple[str, ...]) -> Insert:
    statement = upsert(table)
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=others)
