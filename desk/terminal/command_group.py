"""Command group of the command line, which turns errors into one line and an exit status."""

import os
import signal
import sys
from itertools import takewhile
from typing import Any

import click

from config import ConfigError
from desk.program import as_called
from desk.terminal.error_lines import error_line
from desk.terminal.manual import details
from model.errors import WiredeskError

HELP_OPTIONS = frozenset({"-h", "--help"})
_HELP = f"{__name__}.help"


class CommandGroup(click.Group):
    """The commands, each with its manual page."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name, with the details of its manual page below its options."""
        found = super().get_command(context, name)
        if found is not None:
            found.epilog = as_called(details(name))
        return found

    def get_help(self, context: click.Context) -> str:
        """The help of the program as a whole, under the name that it is called by."""
        return as_called(super().get_help(context))

    def invoke(self, context: click.Context) -> Any:
        """Run a command; errors that a person can mend end the process with status 1, those of configuration with 2."""
        context.meta[_HELP] = not HELP_OPTIONS.isdisjoint(takewhile(lambda word: word != "--", context.args))
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


def asks_for_help(context: click.Context) -> bool:
    """Whether the command's arguments ask how it is used, so that nothing else is done; behind `--` all is words."""
    return bool(context.meta[_HELP])
