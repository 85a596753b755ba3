"""Command on the index: `reindex`, which rebuilds it from the store."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from desk.commands import pass_desk
from desk.container import Desk
from desk.interrupts import AGAIN

if TYPE_CHECKING:
    from desk.upkeep.reparse_journal import ReparseJournal
    from desk.upkeep.reparse_report import ReparseReport


@click.command(short_help="Rebuild the index from the store.")
@click.option("--reparse", is_flag=True, help="First read the stored pages again with today's parser.")
@click.option("--source", help="Only the stories of this source.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Only stories published or first seen since this day.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
@pass_desk
def reindex(desk: Desk, reparse: bool, source: str | None, since: datetime | None, as_json: bool) -> None:
    """Rebuild the index from the store; searches go on meanwhile.

    With --source or --since the selection alone is indexed again, into the index that is live. A reparse adds no
    version; what it changed, and what was kept and why, is said at its end.
    """
    from desk.terminal.source_names import require_source

    if source is not None:
        require_source(source, desk.config, desk.store.stories.counts_by_source())
    since = since.replace(tzinfo=UTC) if since else None
    with desk.locks.reparse() if reparse else nullcontext():
        _reparse_and_reindex(desk, reparse, source, since, as_json)


def _reparse_and_reindex(desk: Desk, reparse: bool, source: str | None, since: datetime | None, as_json: bool) -> None:
    journal = _journal_of(desk, source, since) if reparse else None
    report = _reparse(desk, journal, source, since) if journal else None
    if report is not None and not as_json:
        click.echo("\n".join(report.lines()), err=True)
    count = _reindex(desk, source, since)
    if as_json:
        done = {"indexed": count, "revision": desk.live.checkpoint()}
        click.echo(json.dumps(done | ({"reparse": report.as_json()} if report else {})))
    else:
        click.echo(f"{count} stories indexed; the index is at revision {desk.live.checkpoint()}")
    if journal:
        journal.end()


def _journal_of(desk: Desk, source: str | None, since: datetime | None) -> "ReparseJournal":
    from desk.container import reading_rules_of
    from desk.upkeep.reparse_journal import ReparseJournal

    selection = [source, since.isoformat() if since else None]
    terms = {"rules": reading_rules_of(desk.config.crawler), "selection": selection}
    return ReparseJournal(desk.config.data_dir / "reparse.json", terms)


def _reparse(desk: Desk, journal: "ReparseJournal", source: str | None, since: datetime | None) -> "ReparseReport":
    """Read the stored pages of the selection again, in as many threads as there are page readers."""
    from desk.commands.storing import storing
    from desk.upkeep.reparse import Reparse

    if journal.report.pages:
        click.echo(f"{journal.report.pages} pages were read again before; it goes on behind them", err=True)
    with (
        desk.parsers(check=desk.interrupts.check, at_once=True) as pool,
        storing(desk, "pages") as progress,
        ThreadPoolExecutor(pool.size) as threads,
    ):
        return Reparse(desk.store, desk.informed(pool), threads, journal).run(progress, source, since)


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
