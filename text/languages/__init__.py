"""Languages as data: a file for each language, loaded once; `format.py` documents the keys.

Modules build their patterns from the phrases of all languages when they are imported, so that a text is read whatever
language its page states: statements of languages are often wrong, and agencies' copy is quoted across languages.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from text.languages.format import Language

__all__ = ["Language", "LanguageError", "alternatives", "languages", "load_languages", "months", "phrases", "words"]

_FOLDER = Path(__file__).parent


class LanguageError(ValueError):
    """A language's data file can't be used; the message names the file and the key."""


@cache
def languages() -> tuple[Language, ...]:
    """The bundled languages in the order of their codes."""
    return load_languages(_FOLDER)


def load_languages(folder: Path) -> tuple[Language, ...]:
    """The languages of a folder of data files in the order of their codes.

    Raises LanguageError where a file is no TOML or not of the format.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def _read(path: Path) -> Language:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if "code" in table:
            raise LanguageError(f"{path}: code: unknown key: the code is the name of the file")
        return Language(code=path.stem, **table)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LanguageError(f"{path}: no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise LanguageError(f"{path}: {key}: {problem}") from None


def phrases(select: Callable[[Language], Iterable[str]], among: Iterable[Language] | None = None) -> tuple[str, ...]:
    """The phrases that `select` takes of each language (all where `among` is None), each once, in order."""
    chosen = languages() if among is None else among
    return tuple(dict.fromkeys(phrase for language in chosen for phrase in select(language)))


def alternatives(select: Callable[[Language], Iterable[str]], among: Iterable[Language] | None = None) -> str:
    """The same as the alternatives of a regular expression, without a group around them.

    Where no language has any, the expression matches nothing.
    """
    return "|".join(phrases(select, among)) or r"(?!)"


def words(plain: Iterable[str]) -> str:
    """Plain words as the alternatives of a regular expression, longer ones first, grouped by their first letters.

    Grouped, hundreds of names cost about as much as the letters that they begin with, which matters where case is
    ignored: there Python's `re` goes into every alternative.
    """
    initials: dict[str, list[str]] = {}
    for word in sorted(set(plain), key=lambda word: (-len(word), word)):
        initials.setdefault(word[:1], []).append(word[1:])
    return "|".join(f"{re.escape(initial)}(?:{_grouped(rest)})" for initial, rest in initials.items()) or r"(?!)"


def _grouped(endings: list[str]) -> str:
    """Endings grouped once more by their next two letters: "januar", "januari" and "january" share most of them."""
    seconds: dict[str, list[str]] = {}
    for ending in endings:
        seconds.setdefault(ending[:2], []).append(re.escape(ending[2:]))
    return "|".join(
        f"{re.escape(second)}(?:{'|'.join(rest)})" if len(rest) > 1 else re.escape(second) + rest[0]
        for second, rest in seconds.items()
    )


def months(among: Iterable[Language] | None = None) -> dict[str, int]:
    """Names and abbreviations of months -> 1 to 12; of a name in two languages the first one counts."""
    table: dict[str, int] = {}
    for language in languages() if among is None else among:
        for number, names in enumerate(language.dates.months, 1):
            for name in names:
                table.setdefault(name, number)
    return table
