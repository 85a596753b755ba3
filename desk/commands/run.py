"""Commands that run the desk: all of it, its roles alone, the demo, and one crawl by hand."""

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from desk.commands import pass_desk, pass_interrupts
from desk.container import Desk, now
from desk.interrupts import Interrupts
from desk.program import as_called
from model.errors import WiredeskError


@click.command(short_help="Crawl on schedule and serve over HTTP.")
@pass_desk
def start(desk: Desk) -> None:
    """Crawl on schedule and serve over HTTP, until stopped (Ctrl-C)."""
    from desk.roles.processes import supervise_desk

    with desk.interrupts.serving():
        supervise_desk(desk)


@click.command(short_help="See everything work, offline.")
@click.option(
    "--wire-port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port of the bundled wire service.  [default: a free one]",
)
@pass_interrupts
def demo(interrupts: Interrupts, wire_port: int) -> None:
    """See everything work, offline: crawl a bundled wire service that publishes as you watch."""
    from demo.wire import DemoWire
    from desk.commands.scratch_desk import scratch_configuration
    from desk.roles.processes import supervise_desk

    with (
        interrupts.serving("the demo's data are removed"),
        DemoWire(clock=now, port=wire_port, slow_seconds=0.5) as wire,
        scratch_configuration(wire.sources()) as path,
    ):
        desk = Desk(path, interrupts)
        click.echo(f"A wire service of {len(wire.sources())} sources publishes on loopback port {wire.port}.")
        supervise_desk(desk)


@click.command(short_help="Crawl the sources once, now.")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@pass_desk
def crawl(desk: Desk, sources: tuple[str, ...]) -> None:
    """Crawl all sources, or those named, once; ends when what was found is searchable.

    Sources that another worker on the same store is crawling at the moment are left to it, and named. Exit status 1 if
    every source failed.
    """
    from rich.console import Console

    from desk.terminal.crawl_report import crawl_once, lines_of_others, print_summaries
    from desk.terminal.source_names import configured_source

    chosen = [configured_source(desk.config, name) for name in sources] or list(desk.config.sources)
    if not chosen:
        raise click.UsageError(as_called(f"{desk.path} has no sources; add one with `python run.py sources add URL`"))
    with (
        nullcontext() if desk.shares_store else desk.locks.crawl(),
        desk.parsers(at_once=True) as pool,
        desk.working("crawl by hand") as worker,
        desk.crawler(pool, worker, fresh=True) as crawler,
    ):
        # These take a second to load, beside the readers.
        from desk.commands.storing import storing
        from desk.roles.index import bring_up_to_date

        if alarm := desk.disk.alarm() or desk.store.pages.outside.alarm():
            raise WiredeskError(alarm)
        with storing(desk, "pages", stop=crawler.stop) as progress:
            claims = desk.claims(worker)
            claims.begin()
            crawled = crawl_once(chosen, claims, crawler.crawl, progress)
        bring_up_to_date(desk.indexer)
        in_hand = lines_of_others(crawled, desk.store.leases)
        desk.store.checkpoint()
    print_summaries(list(filter(None, crawled.values())), Console())
    for line in in_hand:
        click.echo(line, err=True)
    sys.exit(1 if all(summary is not None and summary.failed for summary in crawled.values()) else 0)


@click.command(short_help="Crawl on schedule, without serving.")
@click.option("--lock", type=int, hidden=True, help="The descriptor of a crawl lock that the supervisor holds.")
@click.option("--supervised", is_flag=True, hidden=True)
@pass_desk
def schedule(desk: Desk, lock: int | None, supervised: bool) -> None:
    """Crawl on schedule, without serving: the half that writes."""
    from desk.roles.processes import run_crawler

    run_crawler(desk, holds_lock=lock is not None, supervised=supervised)


@click.command(short_help="Serve over HTTP, without crawling.")
@click.option("--listener", type=int, hidden=True, help="The descriptor of a socket that the supervisor listens on.")
@click.option("--shared", type=click.Path(path_type=Path), hidden=True, help="The folder that web workers share.")
@click.option("--worker", type=int, default=1, hidden=True, help="The number of this one of them.")
@click.option("--beside-crawler", is_flag=True, hidden=True)
@click.option("--supervised", is_flag=True, hidden=True)
@pass_desk
def serve(
    desk: Desk, listener: int | None, shared: Path | None, worker: int, beside_crawler: bool, supervised: bool
) -> None:
    """Serve searches over HTTP, without crawling: the half that only reads."""
    from desk.roles.processes import run_web, supervise_web
    from desk.roles.web_workers import WorkerPlace

    if listener is None or shared is None:
        supervise_web(desk)
    else:
        run_web(desk, listener, WorkerPlace(shared, worker), beside_crawler=beside_crawler)


@click.command(short_help="Show who works on the store.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_desk
def workers(desk: Desk, as_json: bool) -> None:
    """Show the processes that work on the store: since when, when they were last heard of, and what they do.

    Below each its leases: the sources that it crawls, and the index that it feeds. A worker that died is shown for a
    day; what it held is free when its lease has ended.
    """
    import json

    from rich.console import Console

    from desk.terminal.worker_table import print_workers, worker_records

    known = desk.store.workers.known()
    if as_json:
        click.echo(json.dumps(worker_records(known), indent=2))
    else:
        print_workers(known, Console())


@click.command(short_help="Keep the index up to date, without crawling or serving.")
@click.option("--supervised", is_flag=True, hidden=True)
@pass_desk
def index(desk: Desk, supervised: bool) -> None:
    """Keep the index of this data directory up to date, without crawling or serving, until stopped.

    Only where data directories share a store is there need of it, and `serve` starts it there by itself. Where another
    process feeds the same index, this one stands by and takes over when that one is gone.
    """
    from desk.roles.processes import run_indexer

    run_indexer(desk, supervised=supervised)
