"""Names of sources as they are given on the command line.

An unknown one is wrong usage, and the message names those that there are: in the configuration, or with stories that
were crawled or imported before.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

import click

from config import Config, SourceConfig

_SHOWN = 20


def configured_source(config: Config, name: str) -> SourceConfig:
    """The configured source of that name. Raises UsageError."""
    source = config.source(name)
    if source is None:
        raise _unknown(name, [source.name for source in config.sources], "configured are")
    return source


def require_source(name: str, config: Config, stored: Collection[str]) -> None:
    """Raises UsageError where a source is neither configured nor has stories."""
    if config.source(name) is None and name not in stored:
        configured = [source.name for source in config.sources]
        raise _unknown(name, [*configured, *sorted(set(stored) - set(configured))], "known are")


def _unknown(name: str, known: list[str], which: str) -> click.UsageError:
    close = get_close_matches(name, known, n=1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    return click.UsageError(f"no source is called {name!r}{meant}; {which}: {_listed(known)}")


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}" if names else "none"
