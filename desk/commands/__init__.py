"""Commands of the command line, a module a group; run.py brings them together."""

import click

from desk.container import Desk

pass_desk = click.make_pass_decorator(Desk)
