"""Commands of the command line, a module a group; run.py brings them together."""

import click

from desk.container import Desk
from desk.interrupts import Interrupts

pass_desk = click.make_pass_decorator(Desk)
pass_interrupts = click.make_pass_decorator(Interrupts)
