"""Light stemmers: endings, ends of stems and irregular forms, alone and in the languages that have them."""

import pytest

from text.analysis import exact, query_stems, stem
from text.analysis.inflections import LightStemmer
from text.analysis.spelling import fold
from text.languages import languages
from text.languages.analysis_rules import AnalysisRules

LIGHT = {language.code: language for language in languages() if language.analysis.inflections}

RULES = AnalysisRules(
    inflections={3: ("a", "ami", "á"), 4: ("owi",)},
    finals={"ek": "k", "sc": "sk", "ov": ""},
    alike={"ije": "e", "je": "e"},
)

FORMS = {
    "pl": [
        "Trump Trumpa Trumpowi Trumpem Trumpie",
        "Zełenski Zełenskiego Zełenskim zelenskiego",
        "człowiek ludzie ludzi",
    ],
    "cs": ["Praha Praze Prahy", "Zelenskyj Zelenského zelenskemu", "Merkelová Merkelové Merkel", "Havel Havla Havlovi"],
    "sk": ["Trump Trumpa Trumpovej", "dôchodok dôchodkoch dochodky", "Fico Ficova", "človek ľudia ľuďom"],
    "sl": ["Zelenski Zelenskega", "Pahor Pahorja Pahorjem", "minister ministra ministri", "otrok otroci"],
    "sr": [
        "Путин Путина Putinom Putinova",
        "Ђоковић Djokovic Đokovića",
        "cijena cena цена",
        "дете деца djeca",
        "стан станови",
    ],
    "mk": ["претседател претседателот", "сојузник сојузниците", "Заев"],
    "bg": ["министър министрите", "полицай полицаите полицаят", "човек хората"],
    "uk": ["Київ Києва Києву", "Зеленський Зеленського Зеленському", "діти дитина", "Лаврова Лаврову"],
    "ru": ["Лавров Лаврова Лавровым", "Зеленский Зеленского", "самолёт самолеты", "люди человек", "день дня дней"],
    "be": ["Лаўроў Лаўрова Лаўрову", "журналістка журналістцы", "горад гарадоў горадзе", "вада воды", "Кіеў Кіева"],
    "lt": ["Putinas Putino Putinui Putin", "žmogus žmonės", "seima šeimos"],
    "lv": ["Putins Putina Putinu Putinam", "brālis brāļu", "virietis vīrieši"],
}

STRANGERS = {
    "pl": ["poziom poza", "radio rada", "organy organizacja"],
    "cs": ["soud soused", "rada radar"],
    "sk": ["súd sused"],
    "sl": ["organ organizacija"],
    "sr": ["put Putin", "суд сусед", "влада владика"],
    "mk": ["живот жив"],
    "bg": ["град гражданин"],
    "uk": ["суд сусід"],
    "ru": ["Иван Иванов", "груз Грузия"],
    "be": ["суд сусед"],
    "lt": ["kaimas kaimynas"],
    "lv": ["vilks vilciens"],
}


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("cenami", "cen"),
        ("cena", "cen"),
        ("maa", "maa"),
        ("domowi", "domowi"),
        ("trumpowi", "trump"),
        ("pateka", "patk"),
        ("pek", "pek"),
        ("lavrovova", "lavr"),
        ("polsca", "polsk"),
        ("cijena", "cen"),
        ("vrjema", "vrem"),
    ],
)
def test_the_longest_ending_that_leaves_enough_is_taken_off_and_the_end_unified(word: str, stemmed: str) -> None:
    assert LightStemmer(RULES, fold).stem(word) == stemmed


def test_rules_that_undo_each_other_come_to_an_end() -> None:
    assert LightStemmer(AnalysisRules(finals={"a": "b", "b": "a"}), fold).stem("cena") in {"cena", "cenb"}


def _words(table: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    return [
        (code, one, other)
        for code, groups in table.items()
        for group in groups
        for one in group.casefold().split()
        for other in group.casefold().split()
        if one != other
    ]


def test_languages_with_cases_have_endings() -> None:
    assert set(FORMS) == set(STRANGERS) <= set(LIGHT)


@pytest.mark.parametrize(("code", "written", "typed"), _words(FORMS), ids="-".join)
def test_forms_of_a_word_find_each_other(code: str, written: str, typed: str) -> None:
    assert stem(written, code) in query_stems(typed, code)


@pytest.mark.parametrize(("code", "written", "typed"), _words(STRANGERS), ids="-".join)
def test_words_that_look_alike_stay_apart(code: str, written: str, typed: str) -> None:
    assert stem(written, code) not in query_stems(typed, code)


@pytest.mark.parametrize("code", FORMS)
def test_no_ending_is_written_twice_or_asks_for_two_lengths(code: str) -> None:
    groups = list(LIGHT[code].analysis.inflections.values())
    assert all(len(group) == len(set(group)) for group in groups)
    folded = [ending for group in groups for ending in {fold(ending) for ending in group}]
    assert len(folded) == len(set(folded))
    assert LIGHT[code].analysis.stemmer == ""


@pytest.mark.parametrize("code", ["hr", "bs", "cnr", "sh"])
def test_languages_close_to_serbian_share_its_stems(code: str) -> None:
    assert stem("predsjednika", code) == stem("председник", "sr")


@pytest.mark.parametrize(("typed", "code", "written"), [("lide", "cs", "lidí"), ("oceh", "sl", "oko")])
def test_irregular_forms_are_known_without_their_accents(typed: str, code: str, written: str) -> None:
    assert stem(written, code) in query_stems(typed, code)


def test_a_query_word_that_ends_like_a_case_asks_for_its_whole_self() -> None:
    assert stem("harrisui", "lt") in query_stems("harris", "lt")


@pytest.mark.parametrize("written", ["сім'я", "сім’я", "сімʼя"])
def test_the_ukrainian_apostrophe_is_no_letter(written: str) -> None:
    assert exact(written) == "сімя"
