"""Arguments of a command that takes a query: its options, and the words to search for or to leave out.

A dash before a word leaves stories with it out (docs/query-syntax.md), and on a command line a dash begins an option.
Two dashes are an option always, one dash only before an option that there is; what looks like a mistyped option is
reported as one. Behind `--` everything is a word.
"""

import re
from collections.abc import Iterator, Sequence

import click

_ONE_LETTER = re.compile(r"-[A-Za-z]")
_WITH_NUMBER = re.compile(r"(-[A-Za-z])=?(\d+)")


class QueryCommand(click.Command):
    """A command whose argument is a query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the options before the words, and let click read them."""
        valued = {name for option in self._options() if not option.is_flag for name in option.opts}
        known = {name for parameter in self.get_params(ctx) for name in (*parameter.opts, *parameter.secondary_opts)}
        options: list[str] = []
        words: list[str] = []
        waiting = iter(args)
        for argument in waiting:
            if argument == "--":
                words += waiting
            elif _is_option(argument, known):
                options.append(argument)
                if argument in valued:
                    options.append(_value(argument, waiting))
            else:
                words.append(argument)
        return super().parse_args(ctx, [*options, "--", *map(readable, words)])

    def _options(self) -> Sequence[click.Option]:
        return [parameter for parameter in self.params if isinstance(parameter, click.Option)]


def readable(text: str) -> str:
    """An argument as text: bytes outside the terminal's encoding come as lone surrogates, which nothing takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_option(argument: str, known: set[str]) -> bool:
    if argument.startswith("--") or argument in known:
        return True
    with_number = _WITH_NUMBER.fullmatch(argument)
    if with_number:
        return with_number[1] in known
    if _ONE_LETTER.fullmatch(argument):
        raise click.NoSuchOption(
            argument, message=f"No such option: {argument}; for stories without this word write NOT {argument[1:]}"
        )
    return False


def _value(option: str, arguments: Iterator[str]) -> str:
    value = next(arguments, None)
    if value is None:
        raise click.BadOptionUsage(option, f"Option {option!r} requires an argument.")
    return value
