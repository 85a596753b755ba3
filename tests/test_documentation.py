"""Every configuration key, command and route is described in docs/."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from config import Config, SourceConfig, load_config
from run import main

ROOT = Path(__file__).parent.parent
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "config.yaml").read_text(encoding="utf-8")


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from keys(field.annotation)
        else:
            yield name


def commands(group: click.Group) -> Iterator[str]:
    for name, command in group.commands.items():
        yield name
        if isinstance(command, click.Group):
            yield from (f"{name} {inner}" for inner in commands(command))


@pytest.mark.parametrize("key", sorted({*keys(Config), *keys(SourceConfig)}))
def test_every_key_is_described_and_in_the_example(key: str) -> None:
    assert f"`{key}`" in CONFIGURATION
    assert f"{key}:" in EXAMPLE or f"#   {key} " in EXAMPLE


@pytest.mark.parametrize("command", list(commands(main)))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}" in CONFIGURATION


def test_the_example_states_the_defaults() -> None:
    example, defaults = load_config(ROOT / "config.yaml", {}), Config()
    assert example.crawler == defaults.crawler
    assert (example.index, example.search) == (defaults.index, defaults.search)
