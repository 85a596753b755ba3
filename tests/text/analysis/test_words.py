"""Words of news texts: what one word is, and the forms in which it is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.analysis import fold, stem, tokens

WORDS = {
    "plain": ("Talks begin, again.", ["talks", "begin", "again"]),
    "possessive": ("Obama’s aides' plan", ["obama", "aides", "plan"]),
    "contraction": ("They don't, I'm O'Brien", ["they", "dont", "im", "obrien"]),
    "elision": ("l’homme d'État dell'arte", ["l", "homme", "d", "état", "dell", "arte"]),
    "initials": ("the U.N. and U.S.A troops", ["the", "un", "and", "usa", "troops"]),
    "end of a sentence": ("He said so. Then B. left.", ["he", "said", "so", "then", "b", "left"]),
    "thousands": ("1,400 and 12,345,678.90", ["1400", "and", "12345678.90"]),
    "decimals": ("3.5 per cent, 2,5 Prozent", ["3.5", "per", "cent", "2,5", "prozent"]),
    "number with letters": ("16h 1980er G20 covid19", ["16h", "1980er", "g20", "covid19"]),
    "number with a suffix": ("25일 코로나19로 २०२४मध्ये", ["25", "일", "코로나19", "로", "२०२४", "मध्ये"]),
    "hyphens": ("al-Qaeda co-operation", ["al", "qaeda", "co", "operation"]),
    "handles": ("@AP #Mali", ["ap", "mali"]),
    "sharp s and umlaut": ("Straße Österreich", ["strasse", "österreich"]),
    "marks": ("मुख्यमंत्री ने", ["मुख्यमंत्री", "ने"]),
    "pairs": ("日本の首相", ["日本", "本の", "の首", "首相"]),
    "one character": ("中", ["中"]),
    "pairs and words": ("Xi 習近平 said", ["xi", "習近", "近平", "said"]),
    "full width": ("ＦＵＬＬ １２", ["full", "12"]),
    "ligature": ("ﬁnally", ["finally"]),
    "a character alone is a part of its pair": ("天下雪", ["天下", "下雪"]),
    "half-width kana": ("ｺﾛﾅ", ["コロ", "ロナ"]),
    "long vowel at the end": ("サーバー、コンピューター", ["サー", "ーバ", "コン", "ンピ", "ピュ", "ュー", "ータ"]),
    "long vowel in hiragana": ("こんぴゅーたー", ["こん", "んぴ", "ぴゅ", "ゅー", "ーた"]),
    "long vowel of a short word": ("スター", ["スタ", "ター"]),
    "a repeated character": ("佐々木", ["佐佐", "佐木"]),
    "Thai numerals": ("ปี๒๕๖๖", ["ปี", "๒๕๖๖"]),
    "Khmer consonants below": ("ភ្នំ", ["ភ្នំ"]),
    "Khmer blanks that are not seen": ("រដ្ឋ\u200bមន្ត្រី", ["រដ្ឋ", "ដ្ឋម", "មន្ត្រី"]),
    "Burmese syllables": ("ကျောင်းသား", ["ကျောင်းသား"]),
    "Burmese punctuation": ("သည်။", ["သည်"]),
    "joiners inside words": ("පුටින්‌ ශ්‍රී", ["පුටින්", "ශ්රී"]),
    "punctuation alone": ("… — !?", []),
    "empty": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=WORDS.keys())
def test_words(text: str, expected: list[str]) -> None:
    assert [token.exact for token in tokens(text)] == expected


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("elections", "en", "elect"),
        ("élections", "fr", "elect"),
        ("häuser", "de", "haus"),
        ("casas", "es", "casa"),
        ("дома", "ru", "дом"),
        ("elections", None, "elections"),
        ("elections", "xx", "elections"),
        ("elections", "en-US", "elect"),
        ("g20", "en", "g20"),
    ],
)
def test_stems(word: str, language: str | None, expected: str) -> None:
    assert stem(word, language) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("élan", "elan"),
        ("smørrebrød", "smorrebrod"),
        ("łódź", "lodz"),
        ("москва", "москва"),
        ("हिन्दी", "हिंदी"),
        ("मुम्बई", "मुंबई"),
        ("जन्म", "जन्म"),
        ("चाँद", "चांद"),
        ("બેન્ક", "બેંક"),
        ("২০২৪", "2024"),
        ("അവൻ", "അവന്"),
        ("ਦਿੱਲੀ", "ਦਿਲੀ"),
        ("ヴェネツィア", "べねつぃあ"),
        ("臺灣", "台湾"),
        ("đà", "da"),
        pytest.param("\u0300", "\u0300", id="a mark alone"),
    ],
)
def test_folds(word: str, expected: str) -> None:
    assert fold(word) == expected


def test_places_lead_back_to_the_text() -> None:
    text = "Obama’s U.N. speech, 1,400 日本 words"
    assert [text[token.start : token.end] for token in tokens(text)] == [
        "Obama’s",
        "U.N.",
        "speech",
        "1,400",
        "日本",
        "words",
    ]


SCRIPTS = (
    "".join(map(chr, (*range(0x900, 0xE00), *range(0xE01, 0xEE0), *range(0x1000, 0x10A0), *range(0x1780, 0x17EA))))
    + "가이들은에서각ｺﾞｰァヴァ々ーらめん中國学の\u200b\u200c\u200d 2Gé’"
)


@given(
    st.text(max_size=300) | st.text(SCRIPTS, max_size=100),
    st.sampled_from([None, "en", "de", "ja", "tr", "ko", "zh", "my", "ta", "bn", "vi", "tl"]),
)
def test_any_text_has_words_in_order_with_no_form_empty(text: str, language: str | None) -> None:
    found = list(tokens(text, language))
    assert [token.position for token in found] == list(range(len(found)))
    assert all(token.exact and token.folded and token.stem for token in found)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
