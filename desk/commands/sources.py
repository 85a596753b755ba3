"""Commands on sources: the health of each, and adding one."""

import click

from desk.commands import pass_desk
from desk.container import Desk, now


@click.group(invoke_without_command=True, short_help="Show each source's health; add a source.")
@click.pass_context
def sources(context: click.Context) -> None:
    """Show each source's health; `sources add URL` adds one."""
    if context.invoked_subcommand is None:
        from rich.console import Console

        from desk.terminal.source_table import print_sources

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
        added = describe_source(url, name, crawler.find_endpoints, [source.name for source in desk.config.sources])
    add_to_configuration(desk.path, added)
    found = [address for kind in ("feeds", "sitemaps", "fronts") for address in added.get(kind, ())]
    click.echo("\n  ".join([f"{added['name']} added to {desk.path}:", *found]))
