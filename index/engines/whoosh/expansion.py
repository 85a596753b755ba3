"""Which words of the index does a prefix, a pattern or a misspelling stand for?

Whoosh's term dictionary finds the candidates; the words found are scored as one word.
"""

import re
import unicodedata

from index.analysis import tokens
from index.engines.whoosh.forms import EXACT_FACTOR, Form
from index.engines.whoosh.schema import keyword_term
from index.engines.whoosh.snapshot import Snapshot

MOST_EDITS = 2
"""Whoosh builds an automaton for the word; beyond two edits it grows out of bounds, and so do the answers."""


def with_prefix(snapshot: Snapshot, field: str, prefix: str) -> Form:
    """All words that begin with an analysed prefix."""
    return Form(snapshot.expand(lambda segment: segment.with_prefix(field, prefix)), EXACT_FACTOR)


def matching(snapshot: Snapshot, field: str, pattern: str) -> Form:
    """All words that match a pattern of `*` and `?`."""
    literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
    parts = [{"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern]
    compiled = re.compile("".join(parts), re.DOTALL)
    found = snapshot.expand(
        lambda segment: filter(compiled.fullmatch, segment.with_prefix(field, literal)),
    )
    return Form(found, EXACT_FACTOR)


def within(snapshot: Snapshot, field: str, word: str, edits: int) -> Form:
    """All words within that many insertions, deletions, substitutions or swaps of neighbours (at most MOST_EDITS)."""
    edits = min(edits, MOST_EDITS)
    if edits < 1 or not word:
        return Form((word,), EXACT_FACTOR)
    # Whoosh's automaton knows no swaps; a swap is one edit, after which the others may follow.
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    found = set(snapshot.expand(lambda segment: segment.within(field, word, edits)))
    for variant in swapped:
        if edits == 1:
            found.update(term for term in (variant,) if snapshot.document_frequency(field, term))
        else:
            found.update(_near(snapshot, field, variant, edits - 1))
    return Form(tuple(sorted(found)), EXACT_FACTOR)


def _near(snapshot: Snapshot, field: str, word: str, edits: int) -> tuple[str, ...]:
    return snapshot.expand(lambda segment: segment.within(field, word, edits))


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
