"""Stemmers: Snowball's algorithms, as its C library runs them."""

from functools import cache

import Stemmer


@cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # What it remembers is remembered by the callers.
    return Stemmer.Stemmer(algorithm, 0)


def snowball(word: str, algorithm: str) -> str:
    """The stem of a case-folded word by one of the library's algorithms."""
    return str(_stemmer(algorithm).stemWord(word))


def version() -> str:
    """The library's version: other versions may give other stems."""
    return str(Stemmer.version())
