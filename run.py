"""Command line of Wiredesk.

Each command takes its parts from `Desk` (desk/container.py) and hands them on to the module of desk/ that does the job.
Results go to standard output, logs and progress to standard error. Exit status: 0 done, 1 failed, 2 wrong usage or
configuration; 130 and 143 ended by Ctrl-C and SIGTERM, 141 the reader of standard output went away.
"""

import sys

from desk.interrupts import Interrupts

interrupts = Interrupts(silent="--supervised" in sys.argv)
if __name__ == "__main__":
    interrupts.listen()

from pathlib import Path

import click

from desk.commands import admin, index, run, sources, store, stories
from desk.container import Desk
from desk.logs import configure_logs
from desk.program import DEFAULT_CONFIGURATION, NAME, VERSION, default_configuration
from desk.terminal.command_group import HELP_OPTIONS, CommandGroup, asks_for_help

COMMANDS = (
    run.start,
    run.demo,
    run.crawl,
    run.schedule,
    run.serve,
    run.index,
    run.workers,
    stories.search,
    stories.parse,
    stories.import_,
    stories.export,
    index.reindex,
    sources.sources,
    store.store,
    admin.forget,
    admin.check,
    admin.repair,
    admin.backup,
    admin.restore,
)


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": sorted(HELP_OPTIONS), "max_content_width": 120},
)
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The configuration to use.  [default: {DEFAULT_CONFIGURATION}]",
)
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
@click.version_option(VERSION, prog_name="wiredesk", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, path: Path | None, verbose: bool) -> None:
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
    if context.invoked_subcommand == "demo":
        context.obj = interrupts
    elif not asks_for_help(context):  # which needs no configuration
        desk = context.obj = Desk(path or default_configuration(), interrupts)
        configure_logs("debug" if verbose else desk.config.logs.level, desk.config.logs.format)
    if context.invoked_subcommand is None:
        context.invoke(run.start)


for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name=NAME)
