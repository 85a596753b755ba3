"""The language that a text tells, and how sure it is."""

from itertools import accumulate
from pathlib import Path

import pytest

from text.language_detection import ENOUGH, LIKELY, are_alike, detect, opens_in, tells_surely

PAIRS = Path(__file__).parents[1] / "search" / "languages" / "pairs"
UNKNOWN = {
    *("az", "ckb", "cnr", "fo", "gd", "ha", "hbs", "kk", "ku", "ky", "lb", "mt", "my"),
    *("oc", "ps", "sh", "so", "st", "tg", "tk", "tt", "uz", "yi", "xh", "zu"),
}
"""Languages that the detector was not trained on, or hardly."""


def sentences(path: Path) -> str:
    """About so many bytes of the sentences of a file as are enough."""
    lines = [line[1:].partition("|")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    texts = list(dict.fromkeys(line for line in lines if line))
    lengths = list(accumulate(len(text.encode()) + 1 for text in texts))
    count = next((n for n, length in enumerate(lengths, 1) if length >= ENOUGH), len(texts))
    return " ".join(texts[:count])


def test_as_much_as_thirty_words_tells_the_language_nearly_always() -> None:
    told = {path.stem: detect(sentences(path)) for path in PAIRS.glob("*.txt") if path.stem not in UNKNOWN}
    wrong = {code: found for code, found in told.items() if found is None or not are_alike(code, found.code)}
    assert len(wrong) <= 0.05 * len(told), wrong
    right = [found for code, found in told.items() if code not in wrong and found is not None]
    assert sum(found.probability >= LIKELY for found in right) >= 0.95 * len(right)


FINNISH = (
    "Hallitus kertoi perjantaina, että neuvottelut kunnan ja kaivosyhtiön välillä jatkuvat ensi viikolla. "
    "Asukkaat pelkäävät järven veden saastuvan, ja he ovat keränneet jo tuhansia nimiä vetoomukseen. "
    "Ministeri lupasi vierailla paikkakunnalla ennen kuin lopullinen päätös tehdään eduskunnassa."
)
NAMES = "Okoro N Whitfield L Fors E Nakamura T Silva J Kowalski P " * 6


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FINNISH, "fi"),
        ("Le ministre a annoncé vendredi la fermeture du port.", "fr"),
        ("政府は金曜日、村と鉱山会社の交渉が来週も続くと発表した。", "ja"),
        ("政府周五表示，村庄与矿业公司的谈判将于下周继续进行。", "zh"),
        ("รัฐบาลกล่าวเมื่อวันศุกร์ว่าการเจรจาจะดำเนินต่อไปในสัปดาห์หน้า", "th"),
        ("Wahl in Bayern", None),
        ("", None),
        ("1,400 2,5 100 7", None),
    ],
    ids=["three sentences", "one sentence", "Japanese", "Chinese", "Thai", "three words", "nothing", "numbers"],
)
def test_a_sentence_tells_its_language_and_three_words_none(text: str, code: str | None) -> None:
    told = detect(text)
    assert (told.code if told and told.probability >= LIKELY else None) == code


def test_only_prose_of_some_length_tells_surely() -> None:
    assert tells_surely(FINNISH, "fi")
    assert not tells_surely(FINNISH, "et")
    assert not tells_surely(" ".join(FINNISH.split()[:20]), "fi")
    found = detect(NAMES)
    assert found is not None
    assert not tells_surely(NAMES, found.code)


@pytest.mark.parametrize(
    ("text", "code", "agrees"),
    [
        (FINNISH, "fi", True),
        (FINNISH, "et", False),
        ("Wahl in Bayern", "de", False),
        ("Vláda v piatok oznámila, že rokovania medzi obcou a banskou spoločnosťou budú pokračovať.", "cs", True),
        (f"{NAMES[:100]} {FINNISH}", "fi", False),
        ("", "fi", False),
    ],
    ids=["its language", "another", "three words", "one much alike", "names in front of it", "nothing"],
)
def test_first_words_agree_only_where_they_are_sure(text: str, code: str, agrees: bool) -> None:
    assert opens_in(text, code) is agrees


@pytest.mark.parametrize(("one", "other", "alike"), [("nb", "no", True), ("hr", "sr", True), ("de", "nl", False)])
def test_languages_that_are_hardly_told_apart(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike
