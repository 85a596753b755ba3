"""How is Wiredesk used from the command line?

Each command takes its parts from `Desk` (desk/container.py) and hands them on to the module of desk/ that does the job.
Results go to standard output, logs and progress to standard error. Exit status: 0 done, 1 failed, 2 wrong usage or
configuration; 130 and 143 ended by Ctrl-C and SIGTERM, 141 the reader of standard output went away.
"""

import sys

from desk.interrupts import AGAIN, Interrupts

interrupts = Interrupts(silent="--supervised" in sys.argv)
if __name__ == "__main__":
    interrupts.listen()

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from config import ConfigError
from desk.commands import admin, pass_desk
from desk.commands.error_lines import error_line
from desk.commands.manual import details
from desk.commands.query_arguments import QueryCommand, readable
from desk.container import Desk, feed_index, now
from desk.logs import configure_logs
from model.errors import WiredeskError

HERE = Path(__file__).parent


class Commands(click.Group):
    """The commands, with our errors as one line and an exit status."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        found = super().get_command(context, name)
        if found is not None:
            found.epilog = details(name)
        return found

    def invoke(self, context: click.Context) -> Any:
        try:
            result = super().invoke(context)
            sys.stdout.flush()
        except BrokenPipeError:
            os._exit(128 + signal.SIGPIPE)  # `| head` has read enough; nobody reads what is still to be flushed
        except ConfigError as error:
            click.echo(f"Error: {error}", err=True)
            context.exit(2)
        except (WiredeskError, OSError) as error:
            line = error_line(error)
            if line is None:
                raise
            click.echo(f"Error: {line}", err=True)
            context.exit(1)
        return result


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=HERE / "config.yaml",
    help="The configuration to use.  [default: config.yaml beside run.py]",
)
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
@click.pass_context
def main(context: click.Context, path: Path, verbose: bool) -> None:
    """Wiredesk: a wire desk in a box.

    Crawls news sources on a schedule, keeps every version of every story, and answers searches in headlines,
    bodies and captions. Without a command it starts everything: see `start`.

    \b
    First steps:
      python run.py demo              see it work, offline
      python run.py crawl             crawl the sources of config.yaml once
      python run.py search mali       search what was found
      python run.py                   crawl on schedule and serve http://127.0.0.1:8080/
    """
    configure_logs()
    if context.invoked_subcommand != "demo":
        desk = context.obj = Desk(path, interrupts)
        configure_logs("debug" if verbose else desk.config.logs.level, desk.config.logs.format)
    if context.invoked_subcommand is None:
        context.invoke(start)


@main.command(short_help="Crawl on schedule and serve over HTTP.")
@pass_desk
def start(desk: Desk) -> None:
    """Crawl on schedule and serve over HTTP, until stopped (Ctrl-C)."""
    from desk.roles.processes import supervise_desk

    with interrupts.serving():
        supervise_desk(desk)


@main.command(short_help="See everything work, offline.")
@click.option(
    "--wire-port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port of the bundled wire service.  [default: a free one]",
)
def demo(wire_port: int) -> None:
    """See everything work, offline: crawl a bundled wire service that publishes as you watch."""
    from demo.wire import DemoWire
    from desk.commands.demo_desk import scratch_configuration
    from desk.roles.processes import supervise_desk

    with (
        interrupts.serving("the demo's data are removed"),
        DemoWire(clock=now, port=wire_port, slow_seconds=0.5) as wire,
        scratch_configuration(wire.sources()) as path,
    ):
        desk = Desk(path, interrupts)
        click.echo(f"A wire service of {len(wire.sources())} sources publishes on loopback port {wire.port}.")
        supervise_desk(desk)


@main.command(short_help="Crawl the sources once, now.")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@pass_desk
def crawl(desk: Desk, sources: tuple[str, ...]) -> None:
    """Crawl all sources, or those named, once; ends when what was found is searchable.

    Exit status 1 if every source failed.
    """
    from rich.console import Console

    from desk.commands.crawl_report import crawl_once, print_summaries
    from desk.commands.source_names import configured_source
    from desk.commands.storing import storing
    from desk.roles.index import bring_up_to_date

    chosen = [configured_source(desk.config, name) for name in sources] or list(desk.config.sources)
    if not chosen:
        raise click.UsageError(f"{desk.path} has no sources; add one with `python run.py sources add URL`")
    with desk.locks.crawl(), desk.crawler() as crawler:
        if alarm := desk.disk.alarm():
            raise WiredeskError(alarm)
        with storing(desk, "pages", stop=crawler.stop) as progress:
            summaries = crawl_once(chosen, crawler.crawl, progress)
        bring_up_to_date(desk.indexer)
        desk.store.checkpoint()
    print_summaries(summaries, Console())
    sys.exit(1 if all(summary.failed for summary in summaries) else 0)


@main.command(short_help="Crawl on schedule, without serving.")
@click.option("--lock", type=int, hidden=True, help="The descriptor of a crawl lock that the supervisor holds.")
@click.option("--supervised", is_flag=True, hidden=True)
@pass_desk
def schedule(desk: Desk, lock: int | None, supervised: bool) -> None:
    """Crawl on schedule, without serving: the half that writes."""
    from desk.roles.processes import run_crawler

    run_crawler(desk, holds_lock=lock is not None, supervised=supervised)


@main.command(short_help="Serve over HTTP, without crawling.")
@click.option("--listener", type=int, hidden=True, help="The descriptor of a socket that the supervisor listens on.")
@click.option("--supervised", is_flag=True, hidden=True)
@pass_desk
def serve(desk: Desk, listener: int | None, supervised: bool) -> None:
    """Serve searches over HTTP, without crawling: the half that only reads."""
    from desk.roles.processes import run_web

    run_web(desk, listener=listener, supervised=supervised)


@main.command(short_help="Search in the terminal.", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option("-n", "count", type=click.IntRange(1, 100), default=10, show_default=True, help="How many hits.")
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/search, on one line.")
@pass_desk
def search(desk: Desk, query: tuple[str, ...], count: int, as_json: bool) -> None:
    """Search in the terminal; QUERY as in docs/query-syntax.md, without one the newest stories.

    Words need no quotes: `search mali -france` finds stories about Mali without France. Behind `--` all is words.
    """
    from desk.commands.hit_lines import show_hits
    from search.http.request import Asked, read_question
    from search.http.schemas import search_answer

    feed_index(desk)
    page = desk.searcher.search(read_question(Asked(q=" ".join(query), size=str(count)), now()))
    if as_json:
        click.echo(search_answer(page).model_dump_json())
    else:
        show_hits(page, interrupts)


@main.command(short_help="Rebuild the index from the store.")
@click.option("--reparse", is_flag=True, help="First read the stored pages again with today's parser.")
@click.option("--source", help="Only the stories of this source.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Only stories published or first seen since this day.",
)
@pass_desk
def reindex(desk: Desk, reparse: bool, source: str | None, since: datetime | None) -> None:
    """Rebuild the index from the store; searches go on meanwhile.

    With --source or --since the selection alone is indexed again, into the index that is live.
    """
    from desk.commands.source_names import require_source
    from desk.commands.storing import storing
    from desk.progress import shown
    from desk.upkeep.reparse import print_reread, reread

    if source is not None:
        require_source(source, desk.config, desk.store.stories.counts_by_source())
    since = since.replace(tzinfo=UTC) if since else None
    if reparse:
        with (
            desk.parsers(check=interrupts.check) as pool,
            storing(desk, "pages") as progress,
            ThreadPoolExecutor(pool.size) as threads,
        ):
            pages = desk.store.stories.walk_pages(source, since=since)
            print_reread(reread(desk.store, pages, pool.parse, threads, progress))
    unchanged = "what was indexed before still is" if source or since else "the index is as it was"
    with interrupts.ending(lambda seconds: f"{unchanged}; {AGAIN}"), shown("stories", interrupts) as advance:
        progress = interrupts.heeding(advance)
        if source or since:
            chosen = desk.store.stories.walk(source, since=since)
            count = desk.indexer.add_selection(chosen, lambda done, total: progress("indexed", done, total))
        else:
            count = desk.indexer.rebuild(lambda done, total: progress("indexed", done, total)).stories
    click.echo(f"{count} stories indexed; the index is at revision {desk.live.revision()}")


@main.group(invoke_without_command=True, short_help="Show each source's health; add a source.")
@click.pass_context
def sources(context: click.Context) -> None:
    """Show each source's health; `sources add URL` adds one."""
    if context.invoked_subcommand is None:
        from rich.console import Console

        from desk.commands.source_table import print_sources

        print_sources(context.obj.reader.source_health(), Console(), now())
        if alarm := context.obj.disk.alarm():
            click.echo(alarm)


@sources.command("add")
@click.argument("url")
@click.option("--name", help="What to call it.  [default: from the address]")
@pass_desk
def add_source(desk: Desk, url: str, name: str | None) -> None:
    """Add a source from its home page, or from the address of a feed or sitemap."""
    from desk.upkeep.source_setup import add_to_configuration, describe_source

    with desk.crawler() as crawler:
        added = describe_source(url, name, crawler.find_places, [source.name for source in desk.config.sources])
    add_to_configuration(desk.path, added)
    found = [address for kind in ("feeds", "sitemaps", "fronts") for address in added.get(kind, ())]
    click.echo("\n  ".join([f"{added['name']} added to {desk.path}:", *found]))


@main.command(short_help="Show how pages are read.")
@click.argument("files", nargs=-1, required=True, metavar="FILE_OR_URL...")
@click.option("--url", help="The address that a file was saved from.")
@click.option("--json", "as_json", is_flag=True, help="One line a file: the story, or what is wrong.")
@pass_desk
def parse(desk: Desk, files: tuple[str, ...], url: str | None, as_json: bool) -> None:
    """Show how Wiredesk reads pages, each field with the rule that found it."""
    from desk.commands.parse_report import read_files
    from net.urls import canonical_url

    if url is not None:
        try:
            canonical_url(url)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--url") from None
    with desk.parsers() as pool, desk.crawler() as crawler:
        failed = read_files(files, url, pool.parse, crawler.fetch_page, now, as_json=as_json)
    sys.exit(1 if failed else 0)


@main.command("import", short_help="Take stories in.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@pass_desk
def import_(desk: Desk, paths: tuple[Path, ...]) -> None:
    """Take stories in from files and folders; ends when they are searchable.

    \b
    PATH is one of
      lines    .ndjson, .jsonl (.gz): stories as `export` writes them, or of others with at least headline and body
      archive  .warc, .arc (.gz): pages as a crawler has kept them, a news crawl's for example
      page     .html, .htm, .xhtml (.gz)
      folder   of any of these, walked to the bottom

    Pages are read like crawled ones; those that are no stories are counted and left out. Importing may be stopped and
    run again: what is in already is not read twice, and nothing is doubled. It goes on beside `start`.

    Exit status 1 if a line or a file could not be read; everything else is taken in.
    """
    from rich.console import Console

    from desk.commands.crawl_report import print_summaries
    from desk.commands.storing import storing
    from desk.importing.importer import Imports
    from desk.importing.rejections import refusals_in_words
    from desk.roles.index import bring_up_to_date

    with desk.parsers(check=interrupts.check) as pool, storing(desk, "pages or stories") as progress:
        imported = Imports(desk.store, desk.config, pool, now).take_in(paths, progress)
    bring_up_to_date(desk.indexer)
    for line in (*imported.notes, *refusals_in_words(imported.refused)):
        click.echo(line, err=True)
    if imported.has_pages:
        print_summaries(imported.summaries, Console())
    click.echo(imported.in_words)
    sys.exit(1 if imported.refused else 0)


@main.command(short_help="Write stories to standard output.")
@click.argument("query", required=False)
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), default="ndjson", show_default=True)
@pass_desk
def export(desk: Desk, query: str | None, form: str) -> None:
    """Write stories to standard output: all, or those that QUERY matches."""
    from search.export import lines, stories_of
    from search.http.request import Asked, read_question

    if sys.stdout is None:
        raise WiredeskError("standard output is closed")
    question = read_question(Asked(q=readable(query or "")), now())
    if query:
        feed_index(desk)
    for piece in lines(stories_of(question, desk.searcher, desk.reader), form):
        sys.stdout.buffer.write(piece)


for command in (admin.forget, admin.check, admin.repair, admin.backup, admin.restore):
    main.add_command(command)

if __name__ == "__main__":
    main()
