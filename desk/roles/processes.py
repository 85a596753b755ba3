"""Process roles of a desk: the web server and the crawler, apart and under the supervisor.

The supervisor opens the listening socket and takes the crawl lock; its children inherit them, so that both outlive the
death of a child. Crawling must never slow a query down: the crawler runs at a lower priority. Each role loads
only what it needs.
"""

import os
import socket
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial

import click

from desk.container import Desk, feed_index, now
from desk.exposure import access_policy, check_exposure, connection_limits
from desk.program import VERSION
from desk.roles.heartbeat import end_with_supervisor, heartbeat_of
from desk.roles.supervisor import Child, run_command, supervise
from desk.roles.web import WebServer, address_of, listen
from desk.roles.web_workers import WorkerPlace, number_of_workers, web_workers
from model.errors import EngineError

_NICENESS = 5
_TURN_SECONDS = 1.0
_LAST_COMMIT_SECONDS = 2.2


def supervise_desk(desk: Desk) -> None:
    """Run both roles as children of this process."""
    data_dir, search = desk.config.data_dir, desk.config.search
    check_exposure(search)
    desk.check_rules()
    with desk.locks.crawl() as lock, listen(search.host, search.port) as listener:
        desk.store.close()  # made and migrated here once, before several children want it
        schedule = run_command(desk.path, "schedule", "--lock", str(lock.fileno()), "--supervised")
        crawler = Child("crawler", schedule, heartbeat_of(data_dir, "crawler"), (lock.fileno(),))
        click.echo(_opening_line(listener))
        answering = web_workers(desk, listener, number_of_workers(search.workers, kept_free=1), "--beside-crawler")
        with answering as web, _as_worker(desk):
            supervise((*web, crawler), desk.interrupts.stopping)


def supervise_web(desk: Desk) -> None:
    """Run the web role alone, one worker or several, as children of this process."""
    search = desk.config.search
    check_exposure(search)
    desk.reader.revision()  # made and migrated here once; says what is wrong before anything is served
    with listen(search.host, search.port) as listener, desk.interrupts.serving():
        index_sync = partial(_tend_indexer if desk.shares_store else _feed_once, desk)
        threading.Thread(target=index_sync, name="index sync", daemon=True).start()
        click.echo(_opening_line(listener))
        with web_workers(desk, listener, number_of_workers(search.workers)) as web, _as_worker(desk):
            supervise(web, desk.interrupts.stopping)


def _feed_once(desk: Desk) -> None:
    """Feed the index what was left, and let the engine put it in order: nothing is stored while this process serves."""
    feed_index(desk)
    with suppress(EngineError):
        desk.indexer.settle()


def run_crawler(desk: Desk, *, holds_lock: bool, supervised: bool) -> None:
    """Crawl and index until stopped; `holds_lock` where the supervisor took the crawl lock. Ends the process."""
    stopping = desk.interrupts.stopping
    if supervised:
        end_with_supervisor(stopping.set)  # first of all: on a busy machine the rest takes many seconds to load
    os.nice(_NICENESS)
    from crawler.scheduler import CrawlScheduler
    from desk.roles.crawl import run_schedule, usual_chores
    from desk.roles.pausing import PausingCrawl

    with desk.interrupts.serving(), nullcontext() if holds_lock or desk.shares_store else desk.locks.crawl():
        with desk.parsers(at_once=True) as pool, desk.working("crawl") as worker, desk.crawler(pool, worker) as crawler:
            pausing = PausingCrawl(
                crawler.crawl,
                desk.disk,
                desk.store.crawl,
                desk.store.runs,
                now,
                desk.crawl_figures.add_run,
                pages_alarm=desk.store.pages.outside.alarm,
            )
            rounds = CrawlScheduler(desk.claims(worker), pausing, crawler.spare_requests)
            chores = usual_chores(desk.store, desk.config.keep, desk.crawl_figures, desk.config.data_dir, now)
            beat = heartbeat_of(desk.config.data_dir, "crawler").beat
            elected = desk.index_election
            run_schedule(rounds, desk.store.feed, desk.indexer, stopping, beat, chores, crawler.stop, elected)
        desk.store.close()
    os._exit(0)  # a fetch that hangs in a thread must not keep the process


def run_web(desk: Desk, listener: int, place: WorkerPlace, *, beside_crawler: bool) -> None:
    """Serve until stopped, as one of the workers on the socket that the supervisor listens on."""
    from desk.health import readiness
    from desk.metrics import DeskFigures
    from search.app import create_app
    from search.http.line_limits import MOST_LINES, LineLimiter
    from search.http.server.connections import Connections

    table = place.join()
    desk.store.map_stories()
    search = desk.config.search
    access = access_policy(search, table)
    crawler = heartbeat_of(desk.config.data_dir, "crawler") if beside_crawler else None
    ready = readiness(desk.store, desk.index_watch, desk.disk, crawler)
    connections = Connections(connection_limits(search, table.workers), table)
    lines = LineLimiter(max(1, MOST_LINES // table.workers))
    figures = DeskFigures(desk.store, desk.index_watch, desk.disk, now, table.processes)
    app = create_app(
        desk.searcher,
        desk.reader,
        readiness=ready,
        figures=lambda: connections.text() + figures.text(),
        access=access,
        version=VERSION,
        lines=lines,
        most_waiting=connections.most_waiting,
        index=desk.index_watch,
    )
    taken = socket.socket(fileno=listener)
    server = WebServer(app, taken, place.heartbeat().beat, connections, lines, search.trusted_proxies)
    end_with_supervisor(server.stop)
    with desk.interrupts.serving(stop=server.stop):
        server.run()


def run_indexer(desk: Desk, *, supervised: bool) -> None:
    """Keep the index up to date until stopped, where no other process on this data directory does. Ends the process."""
    stopping = desk.interrupts.stopping
    if supervised:
        end_with_supervisor(stopping.set)
    os.nice(_NICENESS)
    from desk.roles.index import keep_in_sync

    with desk.interrupts.serving(), desk.working("index"):
        beat = heartbeat_of(desk.config.data_dir, "index").beat
        arguments = (desk.store.feed, desk.indexer, stopping, desk.index_election)
        sync = threading.Thread(target=keep_in_sync, args=arguments, name="index sync", daemon=True)
        sync.start()
        while not stopping.wait(_TURN_SECONDS):
            if sync.is_alive():
                beat()
        sync.join(_LAST_COMMIT_SECONDS)
    os._exit(0)


def _tend_indexer(desk: Desk) -> None:
    """Have a process beside the web server that keeps this data directory's index up to date."""
    child = Child("index", run_command(desk.path, "index", "--supervised"), heartbeat_of(desk.config.data_dir, "index"))
    supervise((child,), desk.interrupts.stopping)


def _as_worker(desk: Desk) -> AbstractContextManager[object]:
    """The web servers of this desk as a worker to others on the store; it stops where that gets too new for it."""
    return desk.working("web") if desk.shares_store else nullcontext()


def _opening_line(listener: socket.socket) -> str:
    return f"Wiredesk answers at {address_of(listener)} (stop it with Ctrl-C)"
