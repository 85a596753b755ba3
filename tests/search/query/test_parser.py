"""Queries as the parser reads them."""

from datetime import date
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.query import (
    And,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Status,
    Wildcard,
    Word,
    Words,
)
from search.query.parser import MAX_CHARACTERS, MAX_DEPTH, MAX_LEAVES, parse

TODAY = date(2013, 1, 17)


def words(text: str, field: str | None = None) -> Words:
    return Words(tuple(Word(word, field) for word in text.split()))


CASES: list[tuple[str, Query]] = [
    ("", Everything()),
    ("   ", Everything()),
    ("mali", Word("mali")),
    ("french troops mali", words("french troops mali")),
    ("the of", words("the of")),
    ('"french troops"', Phrase("french troops")),
    ("“french troops”", Phrase("french troops")),
    ("„french troops“", Phrase("french troops")),
    ("«french troops»", Phrase("french troops")),
    ('"troops"', Phrase("troops")),
    ('"troops mali"~5', Phrase("troops mali", slop=5)),
    ('"troops mali"~999', Phrase("troops mali", slop=50)),
    ('"french troops" mali', And((Phrase("french troops"), Word("mali")))),
    ('"french troops" in mali', And((Phrase("french troops"), words("in mali")))),
    ("mali OR niger", Or((Word("mali"), Word("niger")))),
    ("mali or niger", words("mali or niger")),
    ("troops mali OR niger", And((Or((Word("mali"), Word("niger"))), Word("troops")))),
    ("a AND b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
    ("mali AND niger", And((Word("mali"), Word("niger")))),
    ("mali -niger", And((Word("mali"), Not(Word("niger"))))),
    ("mali NOT niger", And((Word("mali"), Not(Word("niger"))))),
    ("mali NOT NOT niger", words("mali niger")),
    ("-niger", And((Everything(), Not(Word("niger"))))),
    ("MALI AND NIGER", And((Word("MALI"), Word("NIGER")))),
    ("trade of the bloc (ECOWAS) fell", words("trade of the bloc ECOWAS fell")),
    ("talks (of the bloc) fell", words("talks of the bloc fell")),
    ("(headline:mali) niger", And((Word("mali", "headline"), Word("niger")))),
    ("(mali niger) OR chad", Or((words("mali niger"), Word("chad")))),
    ("chad -(mali niger)", And((Word("chad"), Not(words("mali niger"))))),
    ("headline:(mali) niger", And((Word("mali", "headline"), Word("niger")))),
    ("a OR -b", Or((Word("a"), And((Everything(), Not(Word("b"))))))),
    ("-a AND -b", And((Everything(), Not(Word("a")), Not(Word("b"))))),
    ('mali -"north mali"', And((Word("mali"), Not(Phrase("north mali"))))),
    ("mali -(niger OR chad)", And((Word("mali"), Not(Or((Word("niger"), Word("chad"))))))),
    ("(mali OR niger) troops", And((Or((Word("mali"), Word("niger"))), Word("troops")))),
    ("((mali))", Word("mali")),
    ("minist*", Prefix("minist")),
    ("minist* mali", Words((Prefix("minist"), Word("mali")))),
    ("wom?n", Wildcard("wom?n")),
    ("tr*ps", Wildcard("tr*ps")),
    ("*stan", Wildcard("*stan")),
    ("who won?", words("who won")),
    ("diabali~", Fuzzy("diabali")),
    ("diabali~2", Fuzzy("diabali", edits=2)),
    ("diabali~9", Fuzzy("diabali", edits=2)),
    ("headline:mali", Word("mali", "headline")),
    ("HEADLINE:mali", Word("mali", "headline")),
    ("headline:mali troops", And((Word("mali", "headline"), Word("troops")))),
    ('caption:"rebel fighters"~2', Phrase("rebel fighters", "caption", 2)),
    ("headline:(mali niger)", words("mali niger", "headline")),
    ("byline:minist*", Prefix("minist", "byline")),
    ("-source:voa mali", And((Word("mali"), Not(Word("voa", "source"))))),
    ("agency:Reuters", Word("Reuters", "agency")),
    ('agency:"Europa Press"', Phrase("Europa Press", "agency")),
    ("lang:-en mali", And((Word("mali"), Not(Word("en", "language"))))),
    ("mali OR OR niger", Or((Word("mali"), Word("niger")))),
    ("mali AND OR niger", Or((Word("mali"), Word("niger")))),
    ("mali~0", Word("mali")),
    ('"troops mali"~99999', Phrase("troops mali", slop=50)),
    ('"troops mali"~', Phrase("troops mali")),
    ("（mali OR niger）", Or((Word("mali"), Word("niger")))),
    ("headline：mali", Word("mali", "headline")),
    ("mal＊", Prefix("mal")),
    ("section:world-news", Word("world-news", "section")),
    ("lang:en", Word("en", "language")),
    ("headline:body:mali", Word("mali", "body")),
    ("foo:bar", words("foo bar")),
    ("headline: mali", words("headline mali")),
    ("https://voa.example/a", words("https voa example a")),
    ("14:05", words("14 05")),
    ("F-16", Phrase("F-16")),
    ("cease-fire", And((Word("cease"), Word("fire")))),
    ("l'homme", words("l homme")),
    ("U.N.", Word("U.N.")),
    ("日本語", Word("日本語")),
    ("AT&T", words("AT T")),
    ("after:2013-01-10", DateRange(after=date(2013, 1, 10))),
    ("before:2013-02", DateRange(before=date(2013, 2, 1))),
    ("after:yesterday", DateRange(after=date(2013, 1, 16))),
    ('after:"last week"', DateRange(after=date(2013, 1, 7))),
    ("on:2013-01-17", DateRange(date(2013, 1, 17), date(2013, 1, 18))),
    ("on:2013-01", DateRange(date(2013, 1, 1), date(2013, 2, 1))),
    ("when:7d", DateRange(after=date(2013, 1, 10))),
    ("mali when:7d", And((DateRange(after=date(2013, 1, 10)), Word("mali")))),
    ("has:caption", Has("caption")),
    ("has:captions", Has("caption")),
    ("has:photo", Has("caption")),
    ("is:corrected", Status("corrected")),
    ("is:withdrawn", Status("withdrawn")),
    ("is:uncertain", Status("uncertain")),
    ("is:Uncertain,", Status("uncertain")),
    ("status:uncertain", Status("uncertain")),
    ("-is:uncertain", And((Everything(), Not(Status("uncertain"))))),
    ("mali -is:uncertain", And((Word("mali"), Not(Status("uncertain"))))),
    ("is:uncertain OR mali", Or((Status("uncertain"), Word("mali")))),
    ("source:bbc is:uncertain", And((Word("bbc", "source"), Status("uncertain")))),
    ("-is:corrected", And((Everything(), Not(Status("corrected"))))),
]


@pytest.mark.parametrize(("typed", "meant"), CASES, ids=[typed or "(empty)" for typed, _ in CASES])
def test_reads(typed: str, meant: Query) -> None:
    parsed = parse(typed, TODAY)
    assert parsed.query == meant
    assert parsed.notes == ()


READ_OTHERWISE: list[tuple[str, Query, str]] = [
    ("OR", Word("OR"), "OR has nothing to join"),
    ("mali OR", words("mali OR"), "OR has nothing to join"),
    ("NOT", Word("NOT"), "NOT has nothing to join"),
    ("AND mali", words("AND mali"), "AND has nothing to join"),
    ("mali)", Word("mali"), "closing parenthesis"),
    ("(mali", Word("mali"), "opening parenthesis"),
    (")(", Everything(), "no word to search for"),
    ('5" shells', words("5 shells"), "quotation mark"),
    ("after:soon", words("after soon"), "after:soon can't be read"),
    ("when:later mali", words("when later mali"), "when: takes an age"),
    ("has:wings", words("has wings"), "has: takes a field"),
    ("is:odd", words("is odd"), "is: takes"),
    ("a*", Word("a"), "at least two letters"),
    (
        "WHY DID MALI AND NIGER CLOSE THE BORDER",
        words("WHY DID MALI AND NIGER CLOSE THE BORDER"),
        "a sentence in capitals",
    ),
    ("...", Everything(), "no word to search for"),
    ("*", Everything(), "no word to search for"),
    ('""', Everything(), "no word to search for"),
]


@pytest.mark.parametrize(("typed", "meant", "note"), READ_OTHERWISE, ids=[typed for typed, _, _ in READ_OTHERWISE])
def test_reads_what_is_no_operator_as_words_and_says_so(typed: str, meant: Query, note: str) -> None:
    parsed = parse(typed, TODAY)
    assert parsed.query == meant
    assert any(note in sentence for sentence in parsed.notes)


def depth(query: Query) -> int:
    match query:
        case And(clauses) | Or(clauses) | Words(clauses):
            return 1 + max(map(depth, clauses))
        case Not(clause):
            return 1 + depth(clause)
        case _:
            return 0


def leaves(query: Query) -> list[Query]:
    match query:
        case And(clauses) | Or(clauses) | Words(clauses):
            return list(chain.from_iterable(map(leaves, clauses)))
        case Not(clause):
            return leaves(clause)
        case _:
            return [query]


@pytest.mark.parametrize(
    "typed",
    [
        "a " * 900,
        "a-b " * 400,
        "(" * 1900 + "a",
        "-(a OR " * 300,
        "is:" * 660,
        "NOT " * 499,
        "a OR " * 399,
        '"a" ' * 499,
    ],
    ids=lambda typed: typed[:8],
)
def test_is_bounded(typed: str) -> None:
    parsed = parse(typed, TODAY)
    assert len(leaves(parsed.query)) <= 3 * MAX_LEAVES
    assert depth(parsed.query) <= 4 * MAX_DEPTH


def test_says_that_it_cut() -> None:
    assert any("first 64 words" in note for note in parse("a " * 100, TODAY).notes)
    assert any(f"first {MAX_CHARACTERS}" in note for note in parse("a" * 3000, TODAY).notes)


def test_few_words_allow_slips() -> None:
    parsed = parse("mali~ " * 12, TODAY)
    assert sum(isinstance(leaf, Fuzzy) for leaf in leaves(parsed.query)) == 8
    assert any("allow slips" in note for note in parsed.notes)


PIECES = st.sampled_from(
    [
        '"',
        "(",
        ")",
        " ",
        "-",
        "OR",
        "AND",
        "NOT",
        "headline:",
        "after:",
        "is:",
        "*",
        "?",
        "~",
        "~2",
        "mali",
        "'",
        "日本",
        "\0",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=300))
def test_anything_is_a_query(typed: str) -> None:
    parsed = parse(typed, TODAY)
    assert parsed == parse(typed, TODAY)
    assert all(not isinstance(leaf, Word | Phrase) or leaf.text.strip() for leaf in leaves(parsed.query))
