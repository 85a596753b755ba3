"""First letters that change, syllables set into words, strings of endings, and words that keep their letters."""

import pytest

from text.analysis import query_stems, stem, tokens
from text.analysis.mutations import Mutations, without_syllables
from text.languages.analysis_rules import AnalysisRules

WELSH = Mutations({"c": ("g", "ngh", "ch"), "ll": ("l",), "m": ("f",)})


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("caerdydd", {"gaerdydd", "nghaerdydd", "chaerdydd"}, id="to each form"),
        pytest.param("nghaerdydd", {"caerdydd", "gaerdydd", "chaerdydd"}, id="from a form to the word and its others"),
        pytest.param("llundain", {"lundain"}, id="two letters"),
        pytest.param("abertawe", set(), id="a vowel"),
        pytest.param("ci", set(), id="too short"),
    ],
)
def test_forms_by_first_letters(word: str, expected: set[str]) -> None:
    assert set(WELSH.forms(word)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("bumoto", ("boto",)),
        ("binaha", ("baha",)),
        ("tatakbo", ("takbo",)),
        ("sumasabog", ("sasabog", "sabog")),
        ("umuwi", ()),
        pytest.param("tumo", (), id="too little is left"),
    ],
)
def test_syllables_that_are_no_part_of_the_word(word: str, expected: tuple[str, ...]) -> None:
    rules = AnalysisRules(infixes=("um", "in"), reduplicated=True, shortest=4)
    assert without_syllables(word, rules) == expected


@pytest.mark.parametrize(
    ("language", "query", "written"),
    [
        pytest.param("kk", "мектеп", "мектептеріміздегі", id="a string of endings"),
        pytest.param("kk", "кітап", "кітабы", id="a softened last letter"),
        pytest.param("tt", "казан", "казанда", id="an ending that may begin in the word"),
        pytest.param("uz", "toshkent", "тошкентда", id="two scripts"),
        pytest.param("uz", "maktab", "maktablarimizdan", id="a plural with possessive and case"),
        pytest.param("az", "hökumət", "hökumətinin", id="a possessive with case"),
        pytest.param("eu", "mendi", "mendietan", id="a plural with case"),
        pytest.param("cy", "caerdydd", "gaerdydd", id="a mutation"),
        pytest.param("br", "brest", "vrest", id="a name with a mutation"),
        pytest.param("el", "εκλογη", "εκλογές".casefold(), id="without its accent"),
        pytest.param("pt", "eleicao", "eleições", id="a plural, without its accents"),
        pytest.param("es", "ir", "fueron", id="an irregular form"),
        pytest.param("fr", "directeur", "directrices", id="the feminine of an office"),
    ],
)
def test_a_query_asks_for_the_stem_of_a_form(language: str, query: str, written: str) -> None:
    assert stem(written, language) in query_stems(query, language)


@pytest.mark.parametrize(
    ("language", "query", "written"),
    [
        ("en", "author", "authority"),
        ("en", "accord", "according"),
        ("es", "casa", "casos"),
        ("it", "posto", "poste"),
        ("fr", "mère", "mer"),
        ("kk", "бала", "балық"),
    ],
)
def test_words_that_look_alike_stay_apart(language: str, query: str, written: str) -> None:
    assert stem(written, language) not in query_stems(query, language)


@pytest.mark.parametrize(
    ("language", "written", "expected"),
    [
        pytest.param("tr", "İSTANBUL'DA", "istanbul", id="a dotted capital"),
        pytest.param("tr", "YIL", "yil", id="a capital without a dot"),
        pytest.param("cy", "banciau'r", "banc", id="an article behind an apostrophe"),
    ],
)
def test_stems_of_words_as_written(language: str, written: str, expected: str) -> None:
    assert [token.stem for token in tokens(written, language)] == [expected]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("o‘zbek Oʻzbek o'zbek o’zbek", ["ozbek"] * 4, id="signs of Uzbek"),
        pytest.param("ar c'huzul", ["ar", "chuzul"], id="a letter of Breton"),
        pytest.param("c'est l'hôtel", ["c", "est", "l", "hôtel"], id="elisions of French"),
        pytest.param("he said ‘yes’ twice", ["he", "said", "yes", "twice"], id="quotation marks"),
    ],
)
def test_apostrophes(written: str, expected: list[str]) -> None:
    assert [token.exact for token in tokens(written)] == expected
