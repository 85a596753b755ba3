"""Crawl runs: when each endpoint of a source was asked, what came of it, and why nothing did.

What was not seen can't be told later unless it was written down: a gap in a source's stories is its silence or ours.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from store.sql.database import Database
from store.sql.tables import crawl_runs

_BATCH = 5000


class CrawlRun(NamedTuple):
    """One run over one endpoint (None: visits of what no endpoint of today names).

    `links` counts the links that it announced, `counts` its URLs by outcome. `reason` says why nothing or not all was
    read; a run without `ended_at` was cut short by the end of its process.
    """

    source: str
    endpoint: str | None
    started_at: datetime
    ended_at: datetime | None = None
    links: int = 0
    counts: Mapping[str, int] = {}
    reason: str | None = None


class CrawlRuns:
    """All runs that are kept; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, source: str, endpoints: Iterable[str], started_at: datetime) -> None:
        """Write down that a run began, endpoint by endpoint."""
        begun = [{"source": source, "endpoint": endpoint, "started_at": started_at} for endpoint in endpoints]
        if begun:
            with self._database.write() as connection:
                connection.execute(insert(crawl_runs), begun)

    def end(self, runs: Iterable[CrawlRun]) -> None:
        """Write down how a run ended; what was not begun is added."""
        with self._database.write() as connection:
            for run in runs:
                begun = (
                    crawl_runs.c.source == run.source,
                    crawl_runs.c.started_at == run.started_at,
                    crawl_runs.c.endpoint.is_not_distinct_from(run.endpoint),
                )
                values = {**run._asdict(), "counts": json.dumps(dict(run.counts))}
                if not connection.execute(update(crawl_runs).where(*begun).values(**values)).rowcount:
                    connection.execute(insert(crawl_runs), values)

    def of_source(self, source: str, limit: int = 1000) -> list[CrawlRun]:
        """The newest runs of a source, the newest first."""
        query = select(crawl_runs).where(crawl_runs.c.source == source)
        query = query.order_by(crawl_runs.c.started_at.desc(), crawl_runs.c.id).limit(limit)
        with self._database.read() as connection:
            return [
                CrawlRun(r.source, r.endpoint, r.started_at, r.ended_at, r.links, json.loads(r.counts), r.reason)
                for r in connection.execute(query)
            ]

    def last_announced_at(self, source: str, endpoint: str, before: datetime) -> datetime | None:
        """When the newest run began, of those before an instant, in which an endpoint announced links."""
        of_endpoint = (crawl_runs.c.source == source, crawl_runs.c.endpoint == endpoint, crawl_runs.c.links > 0)
        query = select(crawl_runs.c.started_at).where(*of_endpoint, crawl_runs.c.started_at < before)
        with self._database.read() as connection:
            return connection.execute(query.order_by(crawl_runs.c.started_at.desc()).limit(1)).scalar()

    def drop_before(self, instant: datetime) -> int:
        """Remove what began before an instant, in small transactions; returns the number of rows."""
        gone = 0
        old = select(crawl_runs.c.id).where(crawl_runs.c.started_at < instant).limit(_BATCH)
        while True:
            with self._database.write() as connection:
                count = connection.execute(delete(crawl_runs).where(crawl_runs.c.id.in_(old))).rowcount
            gone += count
            if count < _BATCH:
                return gone
