"""What is said of languages is what is done for them."""

from pathlib import Path

import Stemmer
from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

from text.analysis import coverage
from text.languages import languages

DOCS = Path(__file__).parents[3] / "docs" / "query-syntax.md"
HEAD = ("| Language | `lang:` | Forms by | Parts | Spellings that meet |", "| --- | --- | --- | --- | --- |")
LEFT_OUT = {
    *("arabic", "basque", "czech", "dutch", "lithuanian", "persian", "polish", "porter", "russian"),
    *("serbian", "sesotho", "tamil"),
}
"""Algorithms for languages that are found better without: docs/choices.md says what was measured."""


def test_every_algorithm_of_the_library_is_used_but_those_that_find_less() -> None:
    used = {language.analysis.stemmer for language in languages()} - {""}
    assert used == set(Stemmer.algorithms()) - LEFT_OUT


def test_rules_name_dictionaries_and_languages_that_exist() -> None:
    codes = {language.code for language in languages()}
    for language in languages():
        rules = language.analysis
        assert not rules.lemmas or rules.lemmas in SUPPORTED_LANGUAGES
        assert not rules.as_in or rules.as_in in codes
        assert rules.lemmas or not rules.compounds


def test_the_table_of_the_documentation_is_what_is_done() -> None:
    rows = [f"| {row.name} | {row.code} | {row.forms} | {row.parts} | {row.spellings} |" for row in coverage()]
    text = DOCS.read_text(encoding="utf-8")
    table = text.partition("<!-- languages -->\n")[2].partition("<!-- end of languages -->")[0]
    assert table.splitlines() == [*HEAD, *rows]
