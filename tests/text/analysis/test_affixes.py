"""Particles, endings and noun classes: forms that lead to one word, and words that only look as if."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.analysis import exact, fold, parts, query_stems, stem, tokens

SAME_WORD = {
    "Arabic article and conjunction": ("ar", "والحكومة", "حكومة"),
    "Arabic preposition and article in one": ("ar", "وللحكومة", "حكومة"),
    "Arabic broken plural": ("ar", "الوزراء", "وزير"),
    "Arabic broken plural with a pronoun": ("ar", "أسعارها", "سعر"),
    "Arabic sound plural that no dictionary has": ("ar", "للمقاتلين", "مقاتل"),
    "Arabic pronoun behind ta marbuta": ("ar", "بحكومته", "حكومة"),
    "Arabic hamza in a wrong place": ("ar", "الإنتخابات", "انتخاب"),
    "Arabic heh for ta marbuta": ("ar", "المحكمه", "محكمة"),
    "Arabic vowel points": ("ar", "المَحْكَمَةُ", "محكمة"),
    "Arabic stretching line": ("ar", "الحكـــومة", "حكومة"),
    "Arabic future particle": ("ar", "سيقول", "قال"),
    "Hebrew particles stacked": ("he", "ושהממשלה", "ממשלה"),
    "Hebrew construct plural": ("he", "שוטרי", "שוטר"),
    "Hebrew form of a verb that is also a noun with its article": ("he", "החברה", "חברה"),
    "Hebrew last letter inside": ("he", "מלכיהם", "מלך"),
    "Hebrew vowel points": ("he", "הַשָּׁלוֹם", "שלום"),
    "Hebrew irregular plural": ("he", "לנשים", "אישה"),
    "Persian plural written together": ("fa", "کتابهای", "کتاب"),
    "Persian plural in -gan": ("fa", "نمایندگان", "نماینده"),
    "Persian word in Arabic letters": ("fa", "كشورهاي", "کشور"),
    "Dari as in Persian": ("prs", "خبرنگاران", "خبرنگار"),
    "Urdu oblique plural": ("ur", "حکومتوں", "حکومت"),
    "Urdu plural of a feminine in -i": ("ur", "گاڑیاں", "گاڑیوں"),
    "Pashto oblique plural": ("ps", "ښارونو", "ښار"),
    "Sorani definite plural": ("ckb", "حکوومەتەکانی", "حکوومەت"),
    "Kurmanji ezafe": ("ku", "hikûmeta", "hikûmetê"),
    "Amharic plural": ("am", "ከተሞች", "ከተማ"),
    "Amharic preposition": ("am", "በኢትዮጵያ", "ኢትዮጵያን"),
    "Amharic letters of one sound": ("am", "መንግሥቱ", "መንግስት"),
    "Maltese plural": ("mt", "gvernijiet", "gvern"),
    "Hausa plural with an article": ("ha", "gwamnatocin", "gwamnati"),
    "Swahili people": ("sw", "walimu", "mwalimu"),
    "Swahili things": ("sw", "vitabu", "kitabu"),
    "Somali article of a plural": ("so", "magaalooyinka", "magaalo"),
    "Zulu locative": ("zu", "ezikoleni", "isikole"),
    "Zulu genitive": ("zu", "kahulumeni", "uhulumeni"),
    "Xhosa as in Zulu": ("xh", "ezikolweni", "isikolo"),
    "Sotho plural": ("st", "barutwana", "morutwana"),
    "Yiddish irregular plural": ("yi", "ביכער", "בוך"),
}
PART = {
    "Hebrew name with a particle": ("he", "ומרסל", "מרסל"),
    "Hebrew noun with its article that is also a verb": ("he", "שהעיר", "עיר"),
    "Hebrew noun with a preposition that is also an infinitive": ("he", "ולבית", "בית"),
    "Arabic name with a preposition": ("ar", "لبلير", "بلير"),
    "Amharic preposition before a short name": ("am", "ከኬንያ", "ኬንያ"),
}
OTHER_WORDS = {
    "Arabic father, and a remainder": ("ar", "والد", "لد"),
    "Arabic idea and ball": ("ar", "فكرة", "كرة"),
    "Arabic means, and asking": ("ar", "وسائل", "سائل"),
    "Arabic mosque and university": ("ar", "الجامع", "جامعة"),
    "Hebrew crisis, and broke": ("he", "המשבר", "שבר"),
    "Hebrew letter and reporter": ("he", "ומכתב", "כתב"),
    "Hebrew Sabbath and daughter": ("he", "שבת", "בת"),
    "Hebrew number and book": ("he", "במספר", "ספר"),
    "Persian rain and load": ("fa", "باران", "بار"),
    "Persian province, and is": ("fa", "استان", "است"),
    "Urdu success and work": ("ur", "کامیابی", "کام"),
    "Kurdish newspaper and day": ("ckb", "ڕۆژنامەی", "ڕۆژ"),
    "Amharic change, and tension": ("am", "ለውጥ", "ውጥረት"),
    "Swahili minerals and religion": ("sw", "madini", "dini"),
    "Zulu farmer and tongue": ("zu", "abalimi", "ulimi"),
    "Sotho year and goodness": ("st", "selemo", "molemo"),
}


def _meets(language: str, written: str, sought: str) -> bool:
    return stem(written, language) in query_stems(sought, language)


@pytest.mark.parametrize(("language", "form", "word"), SAME_WORD.values(), ids=SAME_WORD.keys())
def test_forms_of_a_word_meet_both_ways(language: str, form: str, word: str) -> None:
    assert _meets(language, form, word)
    assert _meets(language, word, form)


@pytest.mark.parametrize(("language", "form", "word"), PART.values(), ids=PART.keys())
def test_what_may_be_a_particle_and_a_word_is_found_as_a_part(language: str, form: str, word: str) -> None:
    assert stem(word, language) in parts(form, language)


@pytest.mark.parametrize(("language", "form", "word"), OTHER_WORDS.values(), ids=OTHER_WORDS.keys())
def test_words_that_begin_or_end_like_others_stay_apart(language: str, form: str, word: str) -> None:
    assert not _meets(language, form, word)
    assert stem(word, language) not in parts(form, language)


@pytest.mark.parametrize(
    ("written", "expected"), [("f'Malta", "Malta"), ("b’dgħajsa", "dgħajsa"), ("darb'oħra", "darb'oħra")]
)
def test_prepositions_before_an_apostrophe_are_no_part_of_a_maltese_word(written: str, expected: str) -> None:
    assert next(tokens(written, "mt")).stem == stem(exact(expected), "mt")


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("أحمد", "احمد"),
        ("مدرسة", "مدرسه"),
        ("على", "علي"),
        ("٢٠٢٤", "2024"),
        ("۲۰۲۴", "2024"),
        ("کتاب", "كتاب"),
        ("خانهٔ", "خانه"),
        ("שָׁלוֹם", "שלומ"),
        ("ƙasa", "kasa"),
        ("ɗaya", "daya"),
        ("ħaddiem", "haddiem"),
    ],
)
def test_spellings_that_a_script_allows_fold_into_one(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


_SCRIPTS = {
    "ar": "ابةتسكلموهيأإآىئؤءًَـ",
    "he": "אבהוכלמנשתםן\u05b7\u05b8",
    "fa": "ابپتکگمنهیژ\u200cٔ",
    "am": "ለበከተመንወየሥሕፅቈ",
    "zu": "aeioukmnzb",
}


@given(st.data())
def test_any_letters_have_stems_and_parts_that_are_not_empty(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(_SCRIPTS)))
    word = data.draw(st.text(_SCRIPTS[language], min_size=1, max_size=12))
    for token in tokens(word, language):
        assert token.stem
        assert all(token.parts)
        assert token.stem in query_stems(token.exact, language)
