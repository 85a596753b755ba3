"""Commands on the store as a whole: moving it to another database."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from desk.commands import pass_desk
from desk.container import Desk
from desk.interrupts import AGAIN
from model.errors import LockHeldError, StoreError


@click.group(short_help="Move the desk to another database.")
def store() -> None:
    """Move the desk to another database: from one machine to PostgreSQL, which many share, and back."""


@store.command("copy")
@click.option(
    "--to", "target", required=True, metavar="URL", help="postgresql://user@host/name, or the path of a folder."
)
@click.option("--verify", is_flag=True, help="Compare what is there, row by row; copy nothing.")
@pass_desk
def copy_store(desk: Desk, target: str, verify: bool) -> None:
    """Copy the whole desk, with all its ids and positions, into another database.

    Searches go on meanwhile. Crawling may go on, too, until all but the latest changes are over; for the rest it has to
    be stopped. URL names a PostgreSQL database, or a folder that will be a data directory with SQLite; it has to be
    empty, or to hold an unfinished copy of this desk, on which the same command goes on. All rows are compared at the
    end.
    """
    from desk.progress import shown
    from desk.terminal.copy_report import finished_lines, table_lines
    from store.transfer.desk_copy import DeskCopy
    from store.transfer.marker import desk_number
    from store.transfer.targets import hand_over, look_at_target, open_target, parse_target

    try:
        place = parse_target(target)
    except ValueError as error:
        raise click.UsageError(f"--to: {error}") from None
    desk.store.require_pages()
    source = desk.store.databases
    if verify:
        databases = look_at_target(place)
        with shown("rows", desk.interrupts) as advance:
            found = DeskCopy(source, databases, desk.interrupts.heeding(advance)).compare()
        click.echo("\n".join(table_lines(found)))
        sys.exit(0 if all(compared.is_same for compared in found.tables) else 1)
    number = desk_number(source[0])
    databases = open_target(place, number, own_folder=desk.config.data_dir)
    unfinished = f"the copy is not finished; {AGAIN}, it goes on where it stopped"
    with desk.interrupts.ending(lambda seconds: unfinished), shown("rows", desk.interrupts) as advance:
        copying = DeskCopy(source, databases, desk.interrupts.heeding(advance))
        made = copying.run(number, _without_crawling(desk))
    hand_over(place)
    report = finished_lines(made, place, databases[0].name, is_shared=desk.config.store.address() is not None)
    click.echo("\n".join([*table_lines(made), "", *report]))


@contextmanager
def _without_crawling(desk: Desk) -> Iterator[None]:
    """Keep crawlers out until the block ends. Raises StoreError where one is at work."""
    from store.transfer.desk_copy import refuse_workers

    with ExitStack() as held:
        try:
            held.enter_context(desk.locks.crawl())
            refuse_workers(desk.store.databases[0])
        except LockHeldError as error:
            raise StoreError(
                f"all is copied but what came in last, because crawling goes on ({error.holder}): stop it, and {AGAIN};"
                " `serve` may go on answering searches meanwhile"
            ) from error
        yield
