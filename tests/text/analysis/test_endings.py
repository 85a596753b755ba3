"""Endings of words, layer by layer, in languages without an algorithm."""

import pytest

from text.analysis import exact, parts, query_stems, stem
from text.languages import languages
from text.languages.ending_rules import EndingRules

MEET = {
    "a Korean particle": ("ko", "시민들에서는", "시민"),
    "a Korean noun that ends in a particle's syllable": ("ko", "고양이는", "고양이"),
    "behind an open syllable": ("ko", "정부가", "정부"),
    "a Korean noun with a verb's ending": ("ko", "발표했다고", "발표"),
    "a Bengali case with an emphasis": ("bn", "আদালতেই", "আদালত"),
    "a Bengali plural": ("bn", "শিক্ষার্থীদের", "শিক্ষার্থীরা"),
    "a Marathi oblique plural": ("mr", "मंत्र्यांच्या", "मंत्री"),
    "a Gujarati plural": ("gu", "રસ્તાઓ", "રસ્તો"),
    "a Tamil oblique that takes another ending's place": ("ta", "நீதிமன்றத்தில்", "நீதிமன்றம்"),
    "a Telugu plural": ("te", "దేశాలలో", "దేశం"),
    "a Kannada case": ("kn", "ಶಾಲೆಗಳಲ್ಲಿ", "ಶಾಲೆ"),
    "a Malayalam case in chillus of either kind": ("ml", "വീട്ടില്‍", "വീട്ടിൽ"),
    "a Sinhala plural": ("si", "ගොවීන්ට", "ගොවියා"),
    "a Mongolian plural": ("mn", "оюутнуудын", "оюутан"),
}
APART = {
    "behind a closed syllable": ("ko", "전문가", "전문"),
    "a Korean noun of the list": ("ko", "고양이", "고양"),
    "Gujarati's ending between joined letters": ("gu", "વિદ્યાર્થી", "વિદ્યાર"),
    "Tamil nouns in m": ("ta", "பாலம்", "பால்"),
    "Malayalam nouns in m": ("ml", "പാലം", "പാൽ"),
    "Vietnamese tones": ("vi", "bán", "bạn"),
}


@pytest.mark.parametrize(("language", "one", "other"), MEET.values(), ids=MEET.keys())
def test_forms_of_a_word_meet(language: str, one: str, other: str) -> None:
    assert stem(exact(one), language) in query_stems(exact(other), language)


@pytest.mark.parametrize(("language", "one", "other"), APART.values(), ids=APART.keys())
def test_other_words_stay_apart(language: str, one: str, other: str) -> None:
    assert stem(exact(one), language) not in query_stems(exact(other), language)


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("대통령실", "ko", {"대통", "대통령", "통령실", "령실"}),
        ("고양이", "ko", set()),
        ("lg전자", "ko", {"lg", "전자"}),
        ("tumaas", "tl", {"taas"}),
        ("maglalakbay", "tl", {"lakbay"}),
        ("chính", "vi", {"chinh"}),
        ("chinh", "vi", set()),
    ],
)
def test_parts(word: str, language: str, expected: set[str]) -> None:
    assert expected <= set(parts(word, language))
    assert expected or not parts(word, language)


def test_endings_are_written_as_words_are() -> None:
    for language in languages():
        rules = language.analysis.layered_endings or EndingRules()
        layers = (rules.outer, rules.after_vowel, rules.after_consonant, *rules.inner, *rules.replaced.values())
        endings = [ending for layer in layers for ending in layer]
        assert [ending for ending in endings if exact("x" + ending)[1:] != ending] == []
        assert [ending for ending in endings if len(ending) > 20] == []
