"""Command on the index: `reindex`, which rebuilds it from the store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import click

from desk.commands import pass_desk
from desk.container import Desk
from desk.interrupts import AGAIN


@click.command(short_help="Rebuild the index from the store.")
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
    from desk.terminal.source_names import require_source

    if source is not None:
        require_source(source, desk.config, desk.store.stories.counts_by_source())
    since = since.replace(tzinfo=UTC) if since else None
    if reparse:
        _reparse(desk, source, since)
    count = _reindex(desk, source, since)
    click.echo(f"{count} stories indexed; the index is at revision {desk.live.checkpoint()}")


def _reparse(desk: Desk, source: str | None, since: datetime | None) -> None:
    """Read the stored pages of the selection again, in as many threads as there are page readers."""
    from desk.commands.storing import storing
    from desk.upkeep.reparse import print_reread, reread

    with (
        desk.parsers(check=desk.interrupts.check) as pool,
        storing(desk, "pages") as progress,
        ThreadPoolExecutor(pool.size) as threads,
    ):
        pages = desk.store.stories.walk_pages(source, since=since)
        print_reread(reread(desk.store, pages, desk.informed(pool), threads, progress))


def _reindex(desk: Desk, source: str | None, since: datetime | None) -> int:
    """Rebuild the index, or index the selection again; returns the number of stories."""
    from desk.progress import shown

    interrupts = desk.interrupts
    unchanged = "what was indexed before still is" if source or since else "the index is as it was"
    with interrupts.ending(lambda seconds: f"{unchanged}; {AGAIN}"), shown("stories", interrupts) as advance:
        progress = interrupts.heeding(advance)
        if source or since:
            chosen = desk.store.stories.walk(source, since=since)
            return desk.indexer.add_selection(chosen, lambda done, total: progress("indexed", done, total))
        return desk.indexer.rebuild(lambda done, total: progress("indexed", done, total)).stories
