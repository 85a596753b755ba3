"""Every command has a manual page whose examples can be run."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from desk.terminal.manual import DETAILS, details
from run import main


def examples() -> Iterator[str]:
    for text in DETAILS.values():
        for line in text.splitlines():
            if line.startswith("  ") and "run.py " in line:
                yield re.split(r"\s{2,}|>", line.strip())[0].strip()


def test_every_command_has_its_page() -> None:
    assert set(DETAILS) == set(main.commands)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_page_shows_examples_and_status(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    assert "Exit status" in shown.output
    assert all(len(line) <= 120 for line in shown.output.splitlines())
    assert details(name).splitlines()[-1].startswith("Exit status")


@pytest.mark.parametrize("line", sorted(examples()))
def test_examples_are_understood(line: str) -> None:
    words = shlex.split(line)
    words = words[words.index("run.py") + 1 :]
    command = main.commands[words[0]]
    arguments = words[1:]
    if isinstance(command, click.Group) and arguments:
        command, arguments = command.commands[arguments[0]], arguments[1:]
    try:
        command.make_context(command.name, arguments)
    except click.BadParameter as error:
        assert "does not exist" in str(error)  # the files of examples
