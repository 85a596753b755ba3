"""Spelling of words: the exact and the folded form, whatever the language.

The exact form is what quoted words match. The folded form takes off what readers leave out or write in two ways:
accents, vowel points, the stretching line of Arabic, letters that keyboards exchange (Arabic and Persian yeh and kaf),
nasals and bare consonants of Indic scripts, traditional forms of Chinese characters, katakana, and numerals of other
scripts. The ranges are those of the Unicode Standard's code charts.
"""

import unicodedata
from functools import cache, lru_cache

import opencc
import regex

_POSSESSIVE = regex.compile(r"['’]s$")
_NO_LETTERS = str.maketrans("", "", ".'\"\u2018\u02bb\u02bc\u05f3\u05f4\u00ad\u200b\u200c\u200d\u2060")
_THOUSANDS = regex.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_WITHOUT_MARKS = {ord("ı"): "i", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("æ"): "ae", ord("œ"): "oe"}
_WITHOUT_MARKS |= {ord("ɓ"): "b", ord("ɗ"): "d", ord("ƙ"): "k", ord("ƴ"): "y"}
_POINTS = regex.compile(
    # Arabic signs of the Koran, vowel points, hamza and madda above and below, and the stretching line.
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    # Hebrew points and accents; the nukta of Indic scripts, and Gurmukhi's addak.
    "\u0591-\u05c7\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc\u0a71]+"
)
_SEMITIC_POINTS = regex.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0591-\u05bd\u05bf-\u05c7]+")
_LETTERS = str.maketrans(
    {
        # Arabic, Persian and Urdu: kinds of alef, yeh, kaf and heh.
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ے": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ۃ": "ه",
        "ۂ": "ه",
        "ە": "ه",
        # Hebrew letters as they stand at the end of words.
        "ך": "כ",
        "ם": "מ",
        "ן": "נ",
        "ף": "פ",
        "ץ": "צ",
        # Devanagari, Bengali, Gujarati and Gurmukhi: nasal signs.
        "ँ": "ं",
        "ঁ": "ং",
        "ઁ": "ં",
        # Devanagari: the open o of English words, and the breath in "दुःख".
        "ॉ": "ा",
        "ऑ": "आ",
        "ः": "",
        "ੰ": "ਂ",
        # Bengali's and Malayalam's consonants without a vowel.
        "ৎ": "ত্",
        "ൺ": "ണ്",
        "ൻ": "ന്",
        "ർ": "ര്",
        "ൽ": "ല്",
        "ൾ": "ള്",
        "ൿ": "ക്",
        # Cyrillic and Latin letters that keyboards lack.
        "ґ": "г",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ə": "e",
        "ŋ": "n",
    }
)
_HAMZA_ALEF = str.maketrans("أإآٱ", "اااا")
_FINAL_HEBREW = {"כ": "ך", "מ": "ם", "נ": "ן", "פ": "ף", "צ": "ץ"}
_ETHIOPIC = regex.compile(r"[\u1200-\u1357]")
_ETHIOPIC_VOWELS = ("e", "u", "i", "a", "y", "", "o", "w")
"""The vowels of the eight signs that a consonant has; the sixth stands for the consonant alone."""
_ANUSVARA = regex.compile(
    # The nasal of each row of Indic consonants before another consonant of its row, and n in loanwords before all rows
    # but the labials: Devanagari, Bengali, Gujarati, Telugu and Kannada, whose blocks are laid out alike.
    "|".join(
        f"{chr(block + nasal)}{chr(block + 0x4D)}(?=[{''.join(chr(block + code) for code in before)}])"
        for block in (0x900, 0x980, 0xA80, 0xC00, 0xC80)
        for nasal, before in (
            (0x19, range(0x15, 0x19)),
            (0x1E, range(0x1A, 0x1E)),
            (0x23, range(0x1F, 0x23)),
            (0x28, (*range(0x15, 0x19), *range(0x1A, 0x1E), *range(0x1F, 0x23), *range(0x24, 0x28))),
            (0x2E, range(0x2A, 0x2E)),
        )
    )
)
_INDIC = regex.compile(r"[\u0900-\u0cff]")
_VU = "\u3094"
_B_SYLLABLES = {"ぁ": "ば", "ぃ": "び", "ぇ": "べ", "ぉ": "ぼ", "": "ぶ"}
_V_BEFORE_VOWEL = regex.compile(f"{_VU}[ぁぃぇぉ]?")
"""The foreign v, which is also written as a b."""
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_OTHER_SCRIPTS = regex.compile(r"[^\u0000-\u024f\u1e00-\u1eff\u0400-\u045f\u0370-\u03ff\uac00-\ud7af]|[ðþħəŋґ]")
"""What letters of Latin, Greek, Cyrillic and Hangul need no further folding."""


@lru_cache(maxsize=1 << 16)
def exact(word: str) -> str:
    """A word as it is compared: compatibility characters resolved, case-folded, possessive and points taken off.

    "Obama’s" is "obama", "U.N." is "un", "1,400" is "1400".
    """
    if word.isascii() and word.isalnum():
        return word.lower()
    plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if "'" in plain:
        plain = _POSSESSIVE.sub("", plain)
    if "," in plain and _THOUSANDS.match(plain):
        return plain.replace(",", "")
    if plain[0].isdigit():
        return plain
    return plain.translate(_NO_LETTERS)


@lru_cache(maxsize=1 << 16)
def without_accents(word: str) -> str:
    """A case-folded word without accents: "élan" is "elan"; scripts that need marks keep them, as does a mark alone."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    kept = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept).translate(_WITHOUT_MARKS) or word


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A case-folded word without accents and with one spelling where its script has several."""
    if word.isascii():
        return word
    plain = without_accents(word)
    if _OTHER_SCRIPTS.search(plain) is None:
        return plain
    # Letters with hamza come apart, those of other scripts are whole again at the end.
    pointed = unicodedata.normalize("NFD", plain)
    letters = _POINTS.sub("", pointed).translate(_LETTERS).translate(_KATAKANA)
    if _INDIC.search(letters):
        letters = _ANUSVARA.sub(lambda nasal: chr((ord(nasal[0][0]) & ~0x7F) + 2), letters)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in letters)
    whole = unicodedata.normalize("NFC", digits)
    if _VU in whole:
        whole = _V_BEFORE_VOWEL.sub(lambda syllable: _B_SYLLABLES[syllable[0][1:]], whole)
    return whole.translate(_simplified()) or plain


def without_points(word: str) -> str:
    """A word without the vowel points of Arabic and Hebrew, which dictionaries and lists of endings leave out."""
    return word if word.isascii() else _SEMITIC_POINTS.sub("", word)


def dictionary_spellings(word: str) -> tuple[str, ...]:
    """What is left of a word, and that as dictionaries have it: a last letter of Hebrew, an alef without its hamza."""
    others = (word[:-1] + _FINAL_HEBREW.get(word[-1:], word[-1:]), word.translate(_HAMZA_ALEF))
    return tuple(dict.fromkeys((word, *others)))


def syllables_apart(word: str) -> str:
    """A word in which Ethiopic syllables are consonants, each with a Latin letter for its vowel: "ቤቶች" is "ብyትoች"."""
    return _ETHIOPIC.sub(_consonant_and_vowel, word)


def _consonant_and_vowel(syllable: "regex.Match[str]") -> str:
    row, order = divmod(ord(syllable[0]), 8)
    return chr(8 * row + 5) + _ETHIOPIC_VOWELS[order]


@cache
def _simplified() -> dict[int, str]:
    """Traditional Chinese character -> simplified one, by OpenCC's table; characters of both stay."""
    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))]
    written = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        ord(before): after
        for before, after in zip(characters, written, strict=True)
        if before != after and len(after) == 1
    }
