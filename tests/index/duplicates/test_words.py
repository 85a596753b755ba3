"""The compiled scan tells what the expressions tell, whatever a text holds."""

import random
from zlib import crc32

import pytest

from index.duplicates.candidate_keys import keys
from index.duplicates.comparison import ComparedText
from index.duplicates.words import BEGINNING, WORD, figures, scanned

LETTERS = "aAbBéÉßſKİŉΐςΣдД0123456789²½٣๑กข漢字あ𝐀𝟘😀"
LEAD = "BAMAKO said on Monday that 1,400 of 2,345 Tons of Rice from Mopti and 7 Boats came to Timbuktu by 5 May 1987, "
SIGNS = " .,,..  --_'’“”\t\n\0\ud800"
TEXTS = (
    "",
    "1",
    "a b",
    "Straße GROSSE ẞ 1,400 2.5 1.2.3, 4., 5th x1",
    " ".join(str(number * number) for number in range(249)),
    " ".join(str(number * number) for number in range(252)),
    "w" * 50 + " " + "x" * 5000,
    ("q" * 45 + " ") * 120,
    "word " * 99 + "1,000.5,",
    "word " * 240 + "1,000.5.",
)


def noise(seed: int) -> str:
    """Letters and signs of many scripts, in words of all lengths."""
    chance = random.Random(seed)
    few = LETTERS[: chance.choice((4, 6, 16, 26, len(LETTERS)))]
    words = ("".join(chance.choice(few) for _ in range(chance.randrange(12))) for _ in range(chance.randrange(300)))
    return "".join(word + chance.choice(SIGNS[: chance.choice((1, 5, len(SIGNS) - 1))]) for word in words)


@pytest.mark.parametrize("text", [*TEXTS, *map(noise, range(300))])
def test_the_scan_tells_what_the_expressions_tell(text: str) -> None:
    words = WORD.findall(text)[:BEGINNING]
    forms = [word.casefold() for word in words]
    told = scanned(text)
    marks = [form for word, form in zip(words, forms, strict=True) if word != form or form[0].isdigit()]
    begins = told.beginning
    assert begins.line == " ".join(forms)
    assert [begins.line[start:end] for start, end in zip(begins.starts, begins.ends, strict=True)] == forms
    assert [forms[number] for number in begins.words[2].nonzero()[0]] == marks
    assert begins.shingles() == [" ".join(run) for run in zip(forms, forms[1:], forms[2:], strict=False)]
    found = figures(text)
    assert told.figures == (None if len(found) > 250 else {crc32(one.encode()) & 0xFFFF for one in found})


def chosen(marks: list[str], size: int, most: int) -> list[str]:
    """Runs of marks, those with most figures first, then by their hash."""
    runs = {tuple(marks[at : at + size]) for at in range(len(marks) - size + 1)}
    ranked = sorted((-sum(mark[0].isdigit() for mark in run), crc32(" ".join(run).encode()), run) for run in runs)
    return [" ".join(run) for _, _, run in ranked[:most]]


@pytest.mark.parametrize("seed", range(100))
def test_runs_are_chosen_by_figures_and_hash(seed: int) -> None:
    begins = scanned(noise(seed)).beginning
    marks = begins.words[2].nonzero()[0]
    told = [begins.line[begins.starts[mark] : begins.ends[mark]] for mark in marks]
    assert begins.runs(marks, 4, 3, commas=True) == chosen(told, 4, 3)
    assert begins.runs(marks, 3, 2, commas=False) == chosen([mark.replace(",", "") for mark in told], 3, 2)


def test_keys_stay_what_they_were() -> None:
    """Stored keys are found again by those of later texts."""
    assert keys(ComparedText("daily", None, LEAD + "as planned. " * 20)) == [
        5838988045734,
        6660260964757,
        5581177739680,
        674688579008,
        9330585441616,
        11083238322158,
        6411073901161,
        6520890325890,
        15406094260502,
        14155740593035,
        7882408791197,
        11647255578518,
        11790184604916,
        15399498649893,
        15983084911050,
    ]
