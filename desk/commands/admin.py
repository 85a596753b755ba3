"""Commands of administration: what is wrong, what is to go, what is to be kept elsewhere."""

import sys
from pathlib import Path

import click

from desk.commands import pass_desk
from desk.container import Desk, now
from desk.interrupts import AGAIN
from model.errors import EngineError, LockHeldError, WiredeskError

_DUMP = "pg_dump --format=custom --file=desk.dump --dbname={address}"
_RESTORE = "pg_restore --exit-on-error --no-owner --dbname={address} desk.dump  (into a database that is new and empty)"


@click.command(short_help="Remove stories for good.")
@click.argument("names", nargs=-1, required=True, metavar="URL_OR_ID...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--keep-out", is_flag=True, help="Also keep out addresses that were never seen.")
@pass_desk
def forget(desk: Desk, names: tuple[str, ...], yes: bool, keep_out: bool) -> None:
    """Remove stories with all their versions, pages and index entries for good, and never take them in again.

    Shows what would be removed, and asks. It is gone from searches first; then the index is made anew, or merged on its
    servers, so that nothing of it is left on a disk. Where that has to wait, the same command goes on with it. There is
    no way back.

    Nothing is done, with exit status 1, if one of the names is an id of no story or an address that was never seen;
    with --keep-out such an address is kept from ever coming in.
    """
    from desk.progress import shown
    from desk.upkeep.forgetting import expunge_index, find_named, forget_named

    found = find_named(names, desk.store)
    refused = [f"{name}: no story has this id" for name in found.unknown]
    refused += [f"{name}: never seen; --keep-out keeps it from coming in" for name in found.unseen if not keep_out]
    for line in refused:
        click.echo(line, err=True)
    if refused:
        raise WiredeskError("nothing was removed")
    for name in found.forgotten:
        click.echo(f"{name}: forgotten already")
    for named in found.named:
        click.echo(named.in_words)
    if found.named and not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("nothing was removed: without a terminal to ask at, --yes has to be given")
        click.confirm("Remove this for good?", abort=True)
    with desk.interrupts.ending(lambda seconds: f"{AGAIN}, so that nothing of them is left on the disk"):
        forgot = forget_named(desk.interrupts.each(found.named), desk.store, now())
    for line in forgot.lines:
        click.echo(line)
    if forgot.removed or found.forgotten:
        left = f"the stories are removed, but not yet from the index files; {AGAIN}"
        try:
            with desk.interrupts.ending(lambda seconds: left), shown("stories", desk.interrupts) as advance:
                progress = desk.interrupts.heeding(advance)
                expunge_index(
                    desk.store, desk.indexer, desk.index_place, lambda done, total: progress("indexed", done, total)
                )
        except (EngineError, LockHeldError) as error:
            raise WiredeskError(f"{left}: {error}") from error


@click.command(short_help="Validate configuration and data directory.")
@click.option("--deep", is_flag=True, help="Read everything, and compare store and index story by story.")
@click.option("--identities", is_flag=True, help="Name the stories that hold the texts of different stories.")
@pass_desk
def check(desk: Desk, deep: bool, identities: bool) -> None:
    """Validate configuration and data directory; say what is wrong and where.

    Looks only: nothing is made, migrated or changed. Exit status 1 if anything is wrong.
    """
    from desk.exposure import check_exposure
    from desk.upkeep.diagnosis import diagnose

    check_exposure(desk.config.search)
    desk.check_rules()
    engine = desk.open_engine(looks_only=True)
    found = diagnose(desk.path, desk.config, engine, deep=deep, identities=identities, pages_in=desk.pages_in)
    for line in (*found.problems, *found.notes):
        click.echo(line)
    sys.exit(1 if found.problems else 0)


@click.group(short_help="Mend what an earlier version did wrongly.")
def repair() -> None:
    """Mend what an earlier version did wrongly; `check` says whether there is anything."""


@repair.command("identities", short_help="Split stories that were merged by mistake.")
@click.option("--dry-run", is_flag=True, help="Show what would be split, and change nothing.")
@click.option("--yes", is_flag=True, help="Split without asking.")
@pass_desk
def repair_identities(desk: Desk, dry_run: bool, yes: bool) -> None:
    """Split stories that hold the texts of different stories, as `check --identities` names them.

    The old id keeps the text of its first address; every other text becomes a story with an id of its own, and its
    `split_from` names the old one. Exit status 1 if a story can't be split.
    """
    from desk.roles.index import bring_up_to_date
    from desk.upkeep.repairs import find_repairs
    from desk.upkeep.repairs import repair as split_all

    found = find_repairs(desk.store)
    if not found:
        click.echo("no story holds the texts of different stories")
        return
    if dry_run or not yes:
        for one in found:
            click.echo(one)
    if dry_run:
        sys.exit(1 if any(one.obstacle for one in found) else 0)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("nothing was changed: without a terminal to ask at, --yes has to say so")
        click.confirm("Split them?", abort=True)
    for line in split_all(found, desk.store):
        click.echo(line)
    bring_up_to_date(desk.indexer)
    sys.exit(1 if any(one.obstacle for one in found) else 0)


@click.command(short_help="Copy the store while it is in use.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@pass_desk
def backup(desk: Desk, directory: Path) -> None:
    """Copy stories, pages and crawl state into DIRECTORY, while crawling and searching go on.

    DIRECTORY has to be empty or missing; what an interrupted backup has left there is replaced. It holds `stories.db`,
    `pages.db` and, written last, `manifest.json` with sizes and checksums. The index is not copied; `restore` makes it
    anew. A store on PostgreSQL is backed up by the database's own tools: this says how.
    """
    from desk.progress import shown
    from store.maintenance.backup import back_up

    _leave_to_postgresql(desk, _DUMP)
    if directory.absolute().is_relative_to(desk.config.data_dir):
        raise click.UsageError(f"{directory} is inside the data directory; name one elsewhere")
    desk.store.require_pages()
    desk.store.close()  # made and migrated, so that the copy is one of today's layout
    unfinished = f"{directory} holds no backup yet"
    with desk.interrupts.ending(lambda seconds: f"{unfinished}; {AGAIN}"), shown("MB", desk.interrupts) as advance:
        made = back_up(desk.config.data_dir, directory, now(), desk.interrupts.heeding(advance))
    click.echo(f"{made.stories} stories and {made.pages} pages backed up to {directory}")


@click.command(short_help="Make a data directory from a backup.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True))
@pass_desk
def restore(desk: Desk, directory: Path) -> None:
    """Fill the configured data directory from a backup in DIRECTORY; ends when its stories are searchable.

    The data directory has to be empty or missing, and the backup's checksums have to be right; nothing is touched
    otherwise. A store on PostgreSQL is restored by the database's own tools: this says how.
    """
    from desk.progress import shown
    from desk.roles.index import bring_up_to_date
    from store.maintenance.backup import restore as restore_files

    _leave_to_postgresql(desk, _RESTORE)
    data_dir = desk.config.data_dir
    with desk.locks.crawl():
        nothing = f"{data_dir} is not restored yet"
        with desk.interrupts.ending(lambda seconds: f"{nothing}; {AGAIN}"), shown("MB", desk.interrupts) as advance:
            made = restore_files(directory, data_dir, desk.interrupts.heeding(advance))
        restored = f"{data_dir} is restored; the next command makes it searchable"
        with desk.interrupts.ending(lambda seconds: restored), shown("stories", desk.interrupts) as advance:
            progress = desk.interrupts.heeding(advance)
            bring_up_to_date(desk.indexer, progress=lambda done, total: progress("indexed", done, total))
    click.echo(f"{made.stories} stories and {made.pages} pages of {made.made_at} restored to {desk.config.data_dir}")


def _leave_to_postgresql(desk: Desk, command: str) -> None:
    """Raises WiredeskError with the command to be used where the store is on PostgreSQL."""
    from store.transfer.targets import CopyTarget

    address = desk.config.store.address()
    if address is not None:
        said = command.format(address=f"'{CopyTarget(url=address).tool_address}'")
        raise WiredeskError(f"the store is on PostgreSQL, and PostgreSQL's own tools keep and restore it: {said}")
