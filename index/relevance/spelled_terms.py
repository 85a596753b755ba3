"""Spelled terms: keywords, prefixes, patterns and misspellings of a query, spelt as an index spells its terms."""

import unicodedata

from text.analysis import tokens

MOST_EDITS = 2
"""Beyond two edits nearly every short word is like every other."""


def keyword_term(value: str) -> str:
    """A keyword as it is compared: case-folded, white space folded."""
    return " ".join(value.casefold().split())


def analysed(text: str) -> str:
    """A prefix or misspelt word as the index spells words; "" where nothing of it is a word."""
    return "".join(token.exact for token in tokens(text))


def analysed_pattern(text: str, *, keyword: bool) -> str:
    """A pattern as the index spells words, its `*` and `?` kept; "" where it holds no character of a word."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if keyword:
        return keyword_term(folded)
    pattern = "".join(character for character in folded if character.isalnum() or character in "*?_")
    return pattern if pattern.strip("*?") else ""
