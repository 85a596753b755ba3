"""Commands on stories: searching them, writing them out, taking them in, and showing how a page is read."""

import sys
from pathlib import Path

import click

from desk.commands import pass_desk
from desk.container import Desk, feed_index, now
from desk.terminal.query_arguments import QueryCommand, readable
from model.errors import WiredeskError


@click.command(short_help="Search in the terminal.", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option("-n", "count", type=click.IntRange(1, 100), default=10, show_default=True, help="How many hits.")
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/search, on one line.")
@pass_desk
def search(desk: Desk, query: tuple[str, ...], count: int, as_json: bool) -> None:
    """Search in the terminal; QUERY as in docs/query-syntax.md, without one the newest stories.

    Words need no quotes: `search mali -france` finds stories about Mali without France. Behind `--` all is words.
    """
    from pydantic_core import to_json

    from desk.terminal.hit_lines import show_hits
    from search.http.request import QueryParameters, read_question
    from search.http.schemas import search_answer

    feed_index(desk)
    page = desk.searcher.search(read_question(QueryParameters(q=" ".join(query), size=str(count)), now()))
    if as_json:
        click.echo(to_json(search_answer(page)))
    else:
        show_hits(page, desk.interrupts)


@click.command(short_help="Show how pages are read.")
@click.argument("files", nargs=-1, required=True, metavar="FILE_OR_URL...")
@click.option("--url", help="The address that a file was saved from.")
@click.option("--json", "as_json", is_flag=True, help="One line a file: the story, or what is wrong.")
@click.option("--explain", "explained", is_flag=True, help="Also every block of text, with its role and the reason.")
@pass_desk
def parse(desk: Desk, files: tuple[str, ...], url: str | None, as_json: bool, explained: bool) -> None:
    """Show how Wiredesk reads pages, each field with the rule that found it."""
    from desk.terminal.explanation_report import explain_files
    from desk.terminal.parse_report import read_files
    from net.urls import canonical_url

    if url is not None:
        try:
            canonical_url(url)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--url") from None
    if explained:
        with desk.parsers() as pool, desk.crawler(pool) as crawler:
            failed = explain_files(files, url, desk.explainer(), crawler.fetch_page, now, as_json=as_json)
        sys.exit(1 if failed else 0)
    with desk.parsers(at_once=True) as pool, desk.crawler(pool) as crawler:
        failed = read_files(files, url, pool.parse, crawler.fetch_page, now, as_json=as_json)
    sys.exit(1 if failed else 0)


@click.command("import", short_help="Take stories in.")
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

    from desk.commands.storing import storing
    from desk.importing.rejections import refusals_in_words
    from desk.roles.index import bring_up_to_date
    from desk.terminal.crawl_report import print_summaries

    with desk.parsers(check=desk.interrupts.check) as pool, storing(desk, "pages or stories") as progress:
        imported = desk.importer(pool).take_in(paths, progress)
    bring_up_to_date(desk.indexer)
    for line in (*imported.notes, *refusals_in_words(imported.refused)):
        click.echo(line, err=True)
    if imported.has_pages:
        print_summaries(imported.summaries, Console())
    click.echo(imported.in_words)
    sys.exit(1 if imported.refused else 0)


@click.command(short_help="Write stories to standard output.")
@click.argument("query", required=False)
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), default="ndjson", show_default=True)
@pass_desk
def export(desk: Desk, query: str | None, form: str) -> None:
    """Write stories to standard output: all, or those that QUERY matches."""
    from search.export import lines, stories_of
    from search.http.request import QueryParameters, read_question

    if sys.stdout is None:
        raise WiredeskError("standard output is closed")
    question = read_question(QueryParameters(q=readable(query or "")), now())
    if query:
        feed_index(desk)
    for piece in lines(stories_of(question, desk.searcher, desk.reader), form):
        sys.stdout.buffer.write(piece)
