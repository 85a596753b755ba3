"""Commands on sources: the health of each, adding one, and subscription lists in and out."""

from pathlib import Path

import click

from desk.commands import pass_desk
from desk.container import Desk, now

STATUS_KNOWN = 3
"""Exit status of `sources add` where the source is there already."""


@click.group(invoke_without_command=True, short_help="Show each source's health; add sources.")
@click.pass_context
def sources(context: click.Context) -> None:
    """Show each source's health; `sources add URL` adds one, `import` and `export` read and write OPML."""
    if context.invoked_subcommand is None:
        from rich.console import Console

        from desk.terminal.source_table import print_sources

        print_sources(context.obj.reader.source_health(), Console(), now())
        if alarm := context.obj.disk.alarm():
            click.echo(alarm)


@sources.command("add")
@click.argument("url")
@click.option("--name", help="What to call it.  [default: from the address]")
@click.option("--dry-run", is_flag=True, help="Show what would be added; write nothing.")
@pass_desk
def add_source(desk: Desk, url: str, name: str | None, dry_run: bool) -> None:
    """Add a source from its home page, or from the address of a feed or sitemap.

    A source that is there already is named; exit status 3.
    """
    from desk.terminal.source_report import source_lines
    from desk.upkeep.known_sources import KnownSources
    from desk.upkeep.source_setup import KnownSourceError, add_to_configuration, describe_source

    try:
        with desk.endpoint_finder(looks_only=dry_run) as find:
            added = describe_source(url, name, find, KnownSources(desk.config.sources))
    except KnownSourceError as error:
        click.echo(f"Nothing is added: {error}.")
        raise click.exceptions.Exit(0 if dry_run else STATUS_KNOWN) from error
    called = added.values["name"]
    if not dry_run:
        add_to_configuration(desk.path, [added.values])
    click.echo(f"{called} would be added to {desk.path}:" if dry_run else f"{called} added to {desk.path}:")
    for line in source_lines(added.values, added.found, desk.config.crawler.backfill):
        click.echo(line)


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be added; write nothing.")
@pass_desk
def import_sources(desk: Desk, file: Path, dry_run: bool) -> None:
    """Add the feeds of a subscription list (OPML) as sources; nothing is fetched."""
    from crawler.discovery.opml import read_opml
    from desk.upkeep.known_sources import KnownSources
    from desk.upkeep.opml_import import plan_import
    from desk.upkeep.source_setup import add_to_configuration
    from model.errors import ParseError

    try:
        outlines = read_opml(file.read_bytes(), url=str(file))
    except ParseError as error:
        raise click.ClickException(f"{file}: {error.reason}") from error
    plan = plan_import(outlines, KnownSources(desk.config.sources))
    if plan.sources and not dry_run:
        add_to_configuration(desk.path, plan.sources)
    for source in plan.sources:
        endpoints = [url for kind in ("feeds", "sitemaps", "fronts") for url in source.get(kind, ())]
        click.echo("\n  ".join([f"{source['name']}: {source.get('title', source['name'])}", *endpoints]))
    for line in plan.told:
        click.echo(f"not added: {line}", err=True)
    if plan.has_folders:
        click.echo("Folders of the list are not kept: sources have none.", err=True)
    would = "would be added" if dry_run else "added"
    click.echo(f"{len(plan.sources)} {would} to {desk.path}, {len(plan.told)} not.")
    if not plan.sources and not plan.told:
        raise click.ClickException(f"{file}: there is no feed in it")


@sources.command("export")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write to this file, not to standard output.")
@pass_desk
def export_sources(desk: Desk, output: Path | None) -> None:
    """Write the configured sources as a subscription list (OPML 2.0)."""
    from desk.upkeep.opml_export import sources_beyond_opml, write_opml

    text = write_opml(desk.config.sources, now())
    if output is None:
        click.echo(text, nl=False)
    else:
        draft = output.with_name(f".{output.name}.new")
        try:
            draft.write_bytes(text)
            draft.replace(output)
        finally:
            draft.unlink(missing_ok=True)
    if beyond := sources_beyond_opml(desk.config.sources):
        count = f"{len(beyond)} source has" if len(beyond) == 1 else f"{len(beyond)} sources have"
        click.echo(
            f"{count} sitemaps or front pages, which OPML does not know; they are in attributes that only "
            f"`sources import` reads: {', '.join(beyond)}",
            err=True,
        )
