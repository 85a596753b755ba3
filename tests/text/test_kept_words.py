"""Words that digests are made of: as they were when the first digests were, in every script."""

import pytest

from text.kept_words import kept_words

WORDS = {
    "accents": ("Élan vital in Łódź", "elan vital in lodz"),
    "possessive, initials, thousands": ("Obama’s U.N. aid of 1,400", "obama un aid of 1400"),
    "elision": ("l’homme d'État", "l homme d etat"),
    "Arabic": ("أزمة الطاقة في أوروبا", "أزمة الطاقة في أوروبا"),
    "Chinese": ("習近平訪問臺灣", "習近 近平 平訪 訪問 問臺 臺灣"),
    "Japanese": ("コンピューター会議 2024年", "コン ンピ ピュ ー タ ー 会議 2024 年"),
    "Hindi": ("मुख्यमंत्री २०२४ में चाँद", "मुख्यमंत्री २०२४ में चाँद"),
    "Korean": ("시민들은 2024년에", "시민들은 2024년에"),
    "Hebrew": ("ממשלה צה״ל", "ממשלה צה ל"),
    "Uzbek": ("Oʻzbekiston prezidenti", "oʻzbekiston prezidenti"),
    "one character": ("中", "中"),
    "nothing": ("… —", ""),
}


@pytest.mark.parametrize(("headline", "kept"), WORDS.values(), ids=WORDS.keys())
def test_kept_words_never_change(headline: str, kept: str) -> None:
    assert " ".join(kept_words(headline)) == kept
