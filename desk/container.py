"""Container of the desk: the concrete classes that one configuration needs.

The only module where they are chosen: `Desk` puts together what one configuration needs, each part when it is first
asked for (a search in the terminal must not wait for the crawler's libraries to load).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

from config import Config, ConfigError, CrawlerConfig, IndexConfig, load_config
from desk.interrupts import Interrupts

if TYPE_CHECKING:
    from crawler.crawl import Crawler
    from crawler.discovery import FoundEndpoints
    from crawler.extraction.site_rules import Rules
    from crawler.http.fetcher import Fetcher
    from crawler.http.host_pacing import HostPacing
    from crawler.pool import ParsePool
    from crawler.source_claims import SourceClaims
    from desk.disk import Disk
    from desk.health import ReadOnlyStore
    from desk.importing.importer import Importer, Readers
    from desk.index_watch import IndexWatch
    from desk.metrics import CrawlFigures
    from desk.roles.worker import Worker
    from index.base import Engine, IndexReader
    from index.sync import Indexer
    from ingest.apply import Ingest
    from model.explanation import Explanation
    from model.page import Page
    from model.story import Story
    from search.service import Searcher
    from store.blobs.place import PlaceSettings
    from store.coordination import HostPaces, RobotsFiles
    from store.directory.locks import Locks
    from store.elections import WorkElection
    from store.index_locks import IndexLocks
    from store.opening import Store


def now() -> datetime:
    """The clock of the running system."""
    return datetime.now(UTC)


def ingest_into(store: "Store", parse: "Callable[[Page], Story]") -> "Ingest":
    """The one way into a store, with today's extractor, which reads stored pages again to compare them.

    `parse` raises CrawlError where it reads no story; ReaderKilledError passes through, as it says nothing of the page.
    """
    from crawler.extraction import PARSER_VERSION
    from ingest.apply import Ingest
    from model.errors import CrawlError, ReaderKilledError

    def read(page: "Page") -> "Story | None":
        try:
            return parse(page)
        except ReaderKilledError:
            raise
        except CrawlError:
            return None

    return Ingest(store, read, PARSER_VERSION)


def reading_rules_of(settings: CrawlerConfig) -> tuple[int, int | None]:
    """What the reading of pages hangs on: today's extractor, and the rules of one's own for sites."""
    from crawler.extraction import PARSER_VERSION

    own_rules = settings.site_rules
    return PARSER_VERSION, (own_rules.stat().st_mtime_ns if own_rules and own_rules.is_file() else None)


def opensearch_of(settings: IndexConfig) -> "Engine":
    """The engine on the servers of a configuration; nothing is asked of them yet. Raises ConfigError."""
    try:
        from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"index.engine: opensearch needs {error.name}: install Wiredesk with its extra cluster"
        ) from error
    of = settings
    user, password = (secret.get_secret_value() if secret else None for secret in (of.username, of.password))
    cluster = OpenSearchSettings(of.hosts, user, password, of.ca_file, of.name, of.shards, of.password_file)
    return OpenSearchEngine(cluster)


def importer_of(store: "Store", config: Config, readers: "Readers", clock: Callable[[], datetime]) -> "Importer":
    """An importer into a store, whose pages are read by `readers` with today's extractor."""
    from crawler.extraction import PARSER_VERSION
    from desk.importing.importer import Importer

    ingest = ingest_into(store, readers.parse)
    return Importer(store, config, readers, ingest, clock, parser_version=PARSER_VERSION)


def feed_index(desk: "Desk") -> None:
    """Bring the index up to date before it is searched, where a command was interrupted and no desk runs."""
    from desk.roles.heartbeat import heartbeat_of
    from desk.roles.index_sync import feed_before_searching

    feed = desk.store.feed  # says what is wrong with the data directory before anything is made there
    feed_before_searching(feed, desk.live, desk.indexer, heartbeat_of(desk.config.data_dir, "crawler"))


class Desk:
    """Everything that one configuration needs, made when it is first asked for.

    It `shares_store` where processes on other data directories may work on the same store: then all that they have to
    agree about is agreed about there. Otherwise the locks of the data directory say that nobody else does.
    """

    def __init__(self, path: Path, interrupts: Interrupts | None = None) -> None:
        """`interrupts` hears the signals that end the process; without it nothing of the desk does."""
        self.path = path.absolute()
        self._worker: Worker | None = None
        self.interrupts = interrupts or Interrupts()
        self.config: Config = load_config(self.path)

    @property
    def shares_store(self) -> bool:
        """Whether the store is elsewhere than in the data directory."""
        return self.config.store.address() is not None

    @cached_property
    def store(self) -> "Store":
        from store.directory.presence import refuse_emptied_stories
        from store.opening import open_store

        store = open_store(self.config.data_dir, self.config.store.address(), pages_in=self.pages_in)
        if store.feed.position() == 0:
            refuse_emptied_stories(self.config.data_dir, store.name, changes=0, indexed=self._indexed())
        return store

    @cached_property
    def pages_in(self) -> "PlaceSettings | None":
        """Where pages are kept outside of the store. Raises ConfigError."""
        from desk.page_place import place_of

        return place_of(self.config.pages)

    def _indexed(self) -> int:
        """Number of stories in the live index; 0 where it can't be read."""
        from model.errors import EngineError

        try:
            return self.live.count()
        except (EngineError, OSError):
            return 0
        finally:
            self.live.close()

    @cached_property
    def locks(self) -> "Locks":
        from store.directory.locks import Locks

        return Locks(self.config.data_dir)

    @cached_property
    def engine(self) -> "Engine":
        return self.open_engine()

    def open_engine(self, *, looks_only: bool = False) -> "Engine":
        """The engine; with `looks_only`, as for `check`, it makes no file."""
        if self.config.index.engine == "opensearch":
            return opensearch_of(self.config.index)
        from index.engines.whoosh import WhooshEngine

        return WhooshEngine(self.config.data_dir / "index", self.config.index, looks_only=looks_only)

    @cached_property
    def indexer(self) -> "Indexer":
        from index.duplicates.consumer import DuplicatesConsumer
        from index.sync import Indexer

        duplicates = DuplicatesConsumer(self.store.duplicates, self._election("duplicates"))
        return Indexer(self.store.stories, self.store.feed, duplicates, self.engine, self._index_locks())

    def _index_locks(self) -> "IndexLocks":
        """What is on servers may be fed, and made anew, from any machine that shares the store."""
        from desk.roles.worker import worker_name
        from store.index_locks import LeasedIndexLocks

        if not self.shares_store or self.config.index.engine != "opensearch":
            return self.locks
        return LeasedIndexLocks(self.store.leases, f"opensearch:{self.config.index.name}", worker_name())

    @cached_property
    def index_election(self) -> "WorkElection":
        """Which process feeds the index."""
        return self._election(f"index:{self.index_place}")

    @property
    def index_place(self) -> str:
        """What tells the index from others on the store: the embedded engine's is this machine's, in this folder."""
        if self.config.index.engine == "opensearch":
            return f"opensearch:{self.config.index.name}"
        return f"{gethostname()}:{self.config.data_dir}"

    def _election(self, name: str) -> "WorkElection":
        from store.elections import UNCONTESTED, LeaseElection

        if not self.shares_store:
            return UNCONTESTED
        return LeaseElection(name, self.store.leases, lambda: self._worker.keeper if self._worker else None)

    @cached_property
    def live(self) -> "IndexReader":
        return self.engine.reader()

    @cached_property
    def index_watch(self) -> "IndexWatch":
        from desk.index_watch import IndexWatch

        return IndexWatch(lambda: self.engine, self.live)

    @cached_property
    def disk(self) -> "Disk":
        from desk.disk import Disk

        return Disk(self.config.data_dir, self.config.min_free_bytes, holds_store=not self.shares_store)

    @cached_property
    def crawl_figures(self) -> "CrawlFigures":
        from desk.metrics import CrawlFigures

        return CrawlFigures()

    @cached_property
    def reader(self) -> "ReadOnlyStore":
        from desk.health import ReadOnlyStore

        return ReadOnlyStore(self.store, self.config.sources, self.index_watch)

    @cached_property
    def searcher(self) -> "Searcher":
        from search.service import Searcher

        self.engine.prepare()
        return Searcher(self.live, self.reader, clock=now, time_limit=self.config.search.time_limit.total_seconds())

    def site_rules(self) -> "Rules":
        """The rules for sites that are read wrongly. Raises ConfigError."""
        from crawler.extraction.site_rules import RulesError, load_rules

        try:
            return load_rules(self.config.crawler.site_rules)
        except RulesError as error:
            raise ConfigError(str(error)) from error

    def check_rules(self) -> None:
        """Read rules of one's own where there are any. Raises ConfigError."""
        if self.config.crawler.site_rules is not None:
            self.site_rules()

    @contextmanager
    def parsers(
        self, size: int | None = None, *, check: Callable[[], None] = lambda: None, at_once: bool = False
    ) -> "Iterator[ParsePool]":
        """A pool of page readers, which load with the first page or `at_once`; `check` may end it before each page."""
        from crawler.extraction import parse
        from crawler.pool import ParsePool

        with closing(ParsePool(partial(parse, rules=self.site_rules()), size, check=check)) as pool:
            if at_once:
                pool.prepare()
            yield pool

    def explainer(self) -> "Callable[[Page], Explanation]":
        """What explains how a page is read, in this process. Raises ConfigError."""
        from crawler.extraction import explain

        return partial(explain, rules=self.site_rules())

    def informed(self, pool: "ParsePool") -> "Callable[[Page], Story]":
        """What reads pages in a pool, knowing what recurs in the stories that are held of their host."""
        from crawler.host_knowledge import HostKnowledge

        if not self.config.crawler.recurring_blocks:
            return pool.parse
        knowledge = HostKnowledge(self.store.stories.newest, now)

        def read(page: "Page") -> "Story":
            known = knowledge.of(page)
            return pool.parse(page, known if known.often else None)

        return read

    @contextmanager
    def endpoint_finder(self, *, looks_only: bool) -> "Iterator[Callable[[str], FoundEndpoints]]":
        """What finds the endpoints of the publisher at an address, politely; with `looks_only` nothing is written."""
        from crawler.discovery import find_endpoints
        from crawler.http.local_paces import KnownBackOffs, LocalPaces

        if looks_only:
            fetcher, _ = self._fetcher(LocalPaces(now, states=KnownBackOffs(self._back_offs())), None)
        else:
            fetcher, _ = self._fetcher(self._paces(), self.store.robots)

        def sitemaps_of(url: str) -> tuple[str, ...]:
            return fetcher.robots_rules(url).sitemaps

        try:
            yield lambda url: find_endpoints(url, fetcher.get, sitemaps_of)
        finally:
            fetcher.close()

    def _back_offs(self) -> "Mapping[str, tuple[datetime | None, int]]":
        """The hosts that are left alone, as far as a data directory says; nothing is made there."""
        from store.opening import look_at_store

        address = self.config.store.address()
        if address is None and not (self.config.data_dir / "stories.db").is_file():
            return {}
        store = look_at_store(self.config.data_dir, address)
        try:
            return store.crawl.hosts()
        finally:
            store.close()

    def _paces(self) -> "HostPaces":
        """Where the pace of hosts is kept: with the store where others share it, else in this process."""
        from crawler.http.local_paces import LocalPaces

        return self.store.paces if self.shares_store else LocalPaces(now, states=self.store.crawl)

    def _fetcher(
        self, paces: "HostPaces", files: "RobotsFiles | None", *, worker: "Worker | None" = None, fresh: bool = False
    ) -> "tuple[Fetcher, HostPacing]":
        from desk.fetching import make_fetcher
        from desk.roles.worker import worker_name

        owner = worker.name if worker else worker_name()
        return make_fetcher(self.config.crawler, now, paces, files, owner=owner, fresh=fresh)

    @contextmanager
    def working(self, role: str) -> "Iterator[Worker]":
        """This process as a worker on the store, in a block; it takes its leave where a signal ends it, too."""
        from desk.roles.worker import Worker, work_in_hand
        from store.directory.data_directory import prepare

        prepare(self.config.data_dir)
        seconds = self.config.crawler.lease.total_seconds()
        self._worker = Worker(self.store, role, lease_seconds=seconds, doing=work_in_hand)
        with self.interrupts.parting(self._worker.leave), self._worker as worker:
            yield worker

    def claims(self, worker: "Worker") -> "SourceClaims":
        """What a worker may crawl."""
        from crawler.source_claims import SourceClaims

        alone = not self.shares_store
        return SourceClaims(self.config.sources, self.store.source_leases, worker.keeper, alone=alone)

    def importer(self, pool: "ParsePool") -> "Importer":
        """What takes files in, their pages read by a pool of page readers."""
        return importer_of(self.store, self.config, pool, now)

    @contextmanager
    def crawler(self, pool: "ParsePool", worker: "Worker | None" = None, *, fresh: bool = False) -> "Iterator[Crawler]":
        """What crawls in the name of a worker, its pages read by a pool; `fresh`: with no robots.txt read before."""
        from crawler.crawl import Crawler
        from crawler.frontier.recheck import RecheckSchedule
        from crawler.http.noindex import forbids_indexing
        from crawler.http.robots import product_token
        from crawler.joint_ingest import JointIngest
        from crawler.visit import Visitor
        from desk.crawl_rules import fate_rules_of
        from desk.metrics import timed

        settings = self.config.crawler
        fetcher, pacing = self._fetcher(self._paces(), self.store.robots, worker=worker, fresh=fresh)
        if worker is not None:
            worker.renewals.append(pacing.renew)
        forbids = partial(forbids_indexing, product=product_token(settings.user_agent))
        fetch = timed(fetcher.get, self.crawl_figures.fetch_seconds)
        parse = timed(self.informed(pool), self.crawl_figures.parse_seconds)
        keep = JointIngest(ingest_into(self.store, parse), fetcher.concurrency_limit).apply
        schedule = RecheckSchedule(settings.look_again, until=settings.look_again_until)
        obeyed = forbids if settings.obey_noindex else None
        visitor = Visitor(self.store.stories, keep, fetch, parse, schedule, now, forbids=obeyed)
        try:
            yield Crawler(
                self.store,
                fetcher,
                visitor,
                now,
                concurrency=settings.concurrency,
                backfill=settings.backfill,
                side_by_side=not settings.per_host_delay,
                rules=fate_rules_of(settings, reading_rules_of(settings)),
            )
        finally:
            fetcher.close()
