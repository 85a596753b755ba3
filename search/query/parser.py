"""Parser of the query language (docs/query-syntax.md).

Nothing is ever refused: what can't be read as an operator
is read as words, and a note says so. A query is bounded in length, in depth and in the number of its words.

    sequence     one or more alternatives side by side; bare words among them are loose, all the rest is required
    alternatives conjunction OR conjunction ...
    conjunction  negation AND negation ...
    negation     NOT or - before a primary
    primary      ( sequence ) | field:primary | "phrase"~5 | word, prefix*, wild?ard, fuzzy~2
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from model.fields import ALIASES
from model.query import And, Everything, Fuzzy, Not, Or, Query, Word, Words
from search.query.lexer import CONDITIONS, OPERATORS, Lexeme, lexemes, plain
from search.query.terms import EXPECTED, ParsedPart, read_condition, read_phrase, read_word

MAX_CHARACTERS = 2000
MAX_LEAVES = 64
MAX_DEPTH = 32
MAX_FUZZY = 8
"""Words with slips: each is compared with every word of the index."""
SENTENCE_WORDS = 7
"""So many words all in capitals, with fewer operators than one to three words, are a sentence."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as understood; `notes` say, in sentences for the person who typed it, what was read otherwise."""

    query: Query
    notes: tuple[str, ...] = ()


def parse(text: str, today: date) -> ParsedQuery:
    """The query tree of what was typed; `today` (UTC) is what "yesterday" and "when:7d" are reckoned from."""
    notes: list[str] = []
    cut = text[:MAX_CHARACTERS]
    if len(cut) < len(text):
        notes.append(f"Only the first {MAX_CHARACTERS} characters of the query were read.")
    typed = plain(cut)
    if typed.count('"') % 2:
        notes.append("A quotation mark has no partner; what follows it was read as words.")
    pieces = lexemes(typed)
    if _is_shouted(typed, pieces):
        pieces = [Lexeme("term", piece.text) if piece.text in OPERATORS else piece for piece in pieces]
        notes.append("The query is a sentence in capitals: AND, OR and NOT in it were read as words.")
    query = _Parser(pieces, today, notes).parse()
    if query is None:
        if pieces:
            notes.append("There is no word to search for in this; all stories are shown.")
        query = Everything()
    return ParsedQuery(query, tuple(dict.fromkeys(notes)))


def _is_shouted(typed: str, pieces: Sequence[Lexeme]) -> bool:
    """Whether words in capitals that look like operators are words: "WHAT DID THE FED AND THE TREASURY SAY"."""
    operators = sum(piece.text in OPERATORS for piece in pieces)
    words = sum(piece.kind == "term" for piece in pieces)
    return 0 < operators * 3 < words and words >= SENTENCE_WORDS and typed == typed.upper()


class _Parser:
    """Reads one list of lexemes from left to right, once."""

    def __init__(self, pieces: Sequence[Lexeme], today: date, notes: list[str]) -> None:
        self._pieces = _joined_once(pieces)
        self._today = today
        self._notes = notes
        self._at = 0
        self._depth = 0
        self._leaves = 0
        self._fuzzy = 0

    def parse(self) -> Query | None:
        parts: list[Query] = []
        while self._at < len(self._pieces):
            part = self._sequence(None)
            if part is not None:
                parts.append(part)
            if self._at < len(self._pieces):  # the sequence ended at a parenthesis that was never opened
                self._notes.append("A closing parenthesis has no partner and was left out.")
                self._at += 1
        return _all(parts, ())

    def _next(self) -> str:
        return self._pieces[self._at].kind if self._at < len(self._pieces) else "end"

    def _sequence(self, field: str | None) -> Query | None:
        loose: list[Query] = []
        required: list[Query] = []
        excluded: list[Query] = []
        while self._next() not in ("close", "end"):
            part = self._joined("or", field)
            if part is None:
                continue
            if part.loose:
                loose.extend(part.loose)
            elif isinstance(part.query, Not):
                excluded.append(part.query)
            else:
                required.append(part.query)
        if loose:
            required.append(loose[0] if len(loose) == 1 else Words(tuple(loose)))
        return _all(required, excluded)

    def _joined(self, operator: str, field: str | None) -> ParsedPart | None:
        """Operands with `operator` ("or", "and") between them."""
        parts = [self._operand(operator, field)]
        while self._next() == operator and self._operand_follows():
            self._at += 1
            parts.append(self._operand(operator, field))
        present = [part for part in parts if part is not None]
        if len(present) < 2:
            return present[0] if present else None
        if operator == "or":
            # An excluded alternative stands for all stories but those.
            return ParsedPart(Or(tuple(_standing(part.query) for part in present)))
        queries = [part.query for part in present]
        if all(isinstance(query, Not) for query in queries):
            queries.insert(0, Everything())
        return ParsedPart(And(tuple(queries)))

    def _operand(self, operator: str, field: str | None) -> ParsedPart | None:
        return self._joined("and", field) if operator == "or" else self._negation(field)

    def _operand_follows(self) -> bool:
        after = self._pieces[self._at + 1].kind if self._at + 1 < len(self._pieces) else "end"
        return after not in ("or", "and", "close", "end")

    def _negation(self, field: str | None) -> ParsedPart | None:
        negative = False
        while self._next() == "not" and self._operand_follows():
            self._at += 1
            negative = not negative
        part = self._primary(field)
        return ParsedPart(Not(part.query)) if part and negative else part

    def _primary(self, field: str | None) -> ParsedPart | None:
        piece = self._pieces[self._at]
        self._at += 1
        if piece.kind == "open":
            return self._group(field)
        if piece.kind == "field":
            return self._in_field(piece.text)
        if piece.kind in ("or", "and", "not") and piece.text != "-":
            self._notes.append(f"{piece.text} has nothing to join here and was read as a word.")
        return self._leaf(piece, field)

    def _leaf(self, piece: Lexeme, field: str | None) -> ParsedPart | None:
        if self._leaves >= MAX_LEAVES:
            self._notes.append(f"Only the first {MAX_LEAVES} words and phrases of the query were read.")
            return None
        part = read_phrase(piece, field) if piece.kind == "quoted" else read_word(piece.text, field, self._notes)
        self._leaves += len(part.loose) or 1 if part else 0
        if part and isinstance(part.query, Fuzzy):
            self._fuzzy += 1
            if self._fuzzy > MAX_FUZZY:
                self._notes.append(
                    f"Only the first {MAX_FUZZY} words with ~ allow slips; the others were read as typed."
                )
                plain = Word(part.query.text, field)
                return ParsedPart(plain, (plain,))
        return part

    def _group(self, field: str | None) -> ParsedPart | None:
        if self._depth >= MAX_DEPTH:
            self._notes.append(f"Parentheses more than {MAX_DEPTH} deep were left out.")
            return None
        self._depth += 1
        query = self._sequence(field)
        self._depth -= 1
        if self._next() == "close":
            self._at += 1
        else:
            self._notes.append("An opening parenthesis has no partner; the group was closed at the end.")
        return ParsedPart(query, _remark(query)) if query else None

    def _in_field(self, name: str) -> ParsedPart | None:
        """What stands after `name:`; of several names in a row ("headline:body:x") the last one counts."""
        while self._next() == "field":
            name = self._pieces[self._at].text
            self._at += 1
        if self._next() in ("end", "close", "not"):
            return self._leaf(Lexeme("term", name), None)
        if name not in CONDITIONS and self._next() == "open":
            self._at += 1
            group = self._group(ALIASES.get(name, name))
            return ParsedPart(group.query) if group else None
        if self._next() == "open":
            return self._leaf(Lexeme("term", name), None)
        piece = self._pieces[self._at]
        self._at += 1
        if name not in CONDITIONS:
            excluded = piece.kind == "term" and piece.text.startswith("-")  # lang:-en
            part = self._leaf(replace(piece, text=piece.text[1:]) if excluded else piece, ALIASES.get(name, name))
            return ParsedPart(Not(part.query) if excluded else part.query) if part else None
        condition = read_condition(name, piece.text, self._today)
        if condition is None:
            self._notes.append(f"{name}:{piece.text} can't be read and was taken as words; {EXPECTED[name]}.")
            return self._leaf(Lexeme("term", f"{name} {piece.text}"), None)
        self._leaves += 1
        return ParsedPart(condition)


def _joined_once(pieces: Sequence[Lexeme]) -> list[Lexeme]:
    """The pieces with the last of several operators in a row: "mali OR OR niger"."""
    joins = [piece.kind in ("or", "and") for piece in pieces]
    return [piece for n, piece in enumerate(pieces) if not (joins[n] and any(joins[n + 1 : n + 2]))]


def _remark(group: Query) -> tuple[Query, ...]:
    """The words of a group that is only words: the parentheses of "the Common Market (EEC)" group nothing."""
    if isinstance(group, Words):
        return group.clauses
    return (group,) if isinstance(group, Word) and group.field is None else ()


def _standing(query: Query) -> Query:
    """A query that can stand alone: an exclusion is all stories but those."""
    return And((Everything(), query)) if isinstance(query, Not) else query


def _all(required: Sequence[Query], excluded: Sequence[Query]) -> Query | None:
    """All of the required without any of the excluded (Not) queries; None where there is nothing at all."""
    if excluded and not required:
        required = (Everything(),)
    clauses = (*required, *excluded)
    return None if not clauses else clauses[0] if len(clauses) == 1 else And(clauses)
