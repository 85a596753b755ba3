"""Terms of a query: single words, phrases and conditions as parts of the query tree.

Words become leaves of the query tree, cut where the index cuts them (text/analysis): "F-16" is a phrase,
"cease-fire" is two words that belong together, "l'homme" is two words.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import regex

from model.fields import ALIASES, BY_NAME, SITE, SYNONYMS
from model.query import And, DateRange, Fuzzy, Has, Leaf, Phrase, Prefix, Query, Status, Wildcard, Word
from search.query.date_expressions import read_age, read_span
from search.query.lexer import Lexeme
from text.analysis import tokens

MAX_SLOP = 50
MAX_EDITS = 2

EXPECTED = {
    "after": "after: takes a day such as 2013-01-17 or yesterday",
    "before": "before: takes a day such as 2013-01-17 or yesterday",
    "on": "on: takes a day, month or year such as 2013-01-17 or January 2013",
    "when": "when: takes an age such as 7d, 24h, 2w, or a day such as yesterday",
    "has": "has: takes a field such as caption, byline or dateline",
    "is": "is: takes corrected, withdrawn, live or uncertain",
    "status": "status: takes withdrawn or live",
}
"""What a condition expects, for the note where its value can't be read."""

_FUZZY = regex.compile(r"(.+)~(\d?)")
_WILD = regex.compile(r"[*?]")
_HYPHENS = frozenset("-\u2010\u2011\u00ad")


@dataclass(frozen=True, slots=True)
class ParsedPart:
    """What a part of the query means; `loose` are its words where they stand among others without an operator."""

    query: Query
    loose: tuple[Query, ...] = ()


def read_phrase(piece: Lexeme, field: str | None) -> ParsedPart | None:
    """A quoted phrase, or None where there is no word in it."""
    if field is not None and BY_NAME[field].kind == "keyword":
        value = _value(piece.text, field)
        return ParsedPart(Phrase(value, field)) if value else None
    if next(tokens(piece.text), None) is None:
        return None
    return ParsedPart(Phrase(piece.text, field, min(piece.slop, MAX_SLOP)))


def read_word(text: str, field: str | None, notes: list[str]) -> ParsedPart | None:
    """A bare term: word, prefix*, wild?ard or fuzzy~; None where there is no word in it.

    Appends to `notes` what was read otherwise than typed.
    """
    pattern = None if field == SITE.name else _pattern(text, field, notes)
    if pattern is not None:
        return ParsedPart(pattern, (pattern,))
    if field is not None and BY_NAME[field].kind == "keyword":
        value = _value(text, field)
        return ParsedPart(Word(value, field)) if next(tokens(value), None) else None
    runs = tuple(_runs(text, field))
    if not runs:
        return None
    return ParsedPart(runs[0] if len(runs) == 1 else And(runs), runs)


def _value(text: str, field: str) -> str:
    """The value of a keyword field; for a site the host, also of a whole address as it is pasted."""
    value = text.strip(" ,;")
    if field != SITE.name:
        return value
    host = value.rpartition("//")[2].partition("/")[0].partition("?")[0].strip(".*")
    name, _, port = host.rpartition(":")
    host = name if port.isdigit() and ":" not in name else host
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return host


def _pattern(text: str, field: str | None, notes: list[str]) -> Leaf | None:
    """Prefix, wildcard or fuzzy word; None for a plain word and for patterns that say too little."""
    if (match := _FUZZY.fullmatch(text)) and _single(match[1]):
        edits = min(int(match[2] or 1), MAX_EDITS)
        return Fuzzy(match[1], field, edits) if edits else Word(match[1], field)
    core = text.strip("""'`,.;:!¡¿[]{}<>/\\|+=#&""")
    # A question mark at the end of a word ends a question: "who won?" asks for "won".
    core = core.rstrip("?") if core.count("*") == 0 else core.lstrip("?")
    if not _WILD.search(core):
        return None
    letters = _WILD.sub("", core)
    if len(letters) < 2 or not _single(letters):
        if letters and "/" not in core:  # a question mark in an address is no pattern
            notes.append(f"{text} was read as words: a pattern takes one word with at least two letters.")
        return None
    if core.endswith("*") and not _WILD.search(core[:-1]):
        return Prefix(core[:-1], field)
    return Wildcard(core, field)


def _single(text: str) -> bool:
    """Whether the text is exactly one word, from its first character to its last."""
    found = list(tokens(text))
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(text)


def _runs(text: str, field: str | None) -> list[Query]:
    """The words of a term; those joined by a hyphen, or by having no blank in their script, belong together."""
    found = list(tokens(text))
    runs = [[token] for token in found[:1]]
    for before, token in pairwise(found):
        if token.start < before.end or text[before.end : token.start] in _HYPHENS:
            runs[-1].append(token)
        else:
            runs.append([token])
    queries: list[Query] = []
    for run in runs:
        words = text[run[0].start : run[-1].end].rstrip("'’")
        if len(run) == 1:
            queries.append(Word(words, field))
        elif run[1].start < run[0].end:
            # Pairs of characters: words in order, each in any of its spellings.
            queries.append(Word(words, field))
        elif any(len(token.exact) < 3 or not token.exact.isalpha() for token in run):
            queries.append(Phrase(words, field))
        else:
            queries.append(And(tuple(Word(text[token.start : token.end], field) for token in run)))
    return queries


def read_condition(name: str, value: str, today: date) -> Query | None:
    """A condition (after:, has:, is: …) with a value; None where the value can't be read (see EXPECTED)."""
    value = value.strip(" ,;.")
    if name == "when" and (days := read_age(value.lstrip("-"))) is not None:
        return _since(today, days)
    if name in ("is", "status"):
        return _status(value.casefold())
    if name == "has":
        field = value.casefold()
        field = SYNONYMS.get(field, ALIASES.get(field, field))
        field = field if field in BY_NAME else field.removesuffix("s")
        return Has(field) if field in BY_NAME else None
    span = read_span(value, today)
    if span is None:
        return None
    if name in ("on", "when"):
        return DateRange(after=span[0], before=span[1])
    return DateRange(after=span[0]) if name == "after" else DateRange(before=span[0])


def _since(today: date, days: int) -> DateRange | None:
    try:
        return DateRange(after=today - timedelta(days=days))
    except OverflowError:
        return None


def _status(value: str) -> Status | None:
    if value in ("corrected", "updated"):
        return Status("corrected")
    if value in ("withdrawn", "killed"):
        return Status("withdrawn")
    if value == "uncertain":
        return Status("uncertain")
    return Status("live") if value == "live" else None
