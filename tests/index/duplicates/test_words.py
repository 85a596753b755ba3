"""The compiled scan tells what the expressions tell, whatever a text holds."""

import random
from zlib import crc32

import numpy as np
import pytest
from rensa import RMinHash

from index.duplicates.candidate_keys import keys
from index.duplicates.token_hash import token_hash
from index.duplicates.words import BEGINNING, WORD, ScannedText, figures, scanned

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


def marks_of(words: list[str]) -> list[str]:
    """Figures, and what is written with capitals, without them."""
    forms = [word.casefold() for word in words]
    return [form for word, form in zip(words, forms, strict=True) if word != form or form[0].isdigit()]


def assert_told(told: ScannedText, text: str) -> None:
    """A scan says what the expressions say."""
    words = WORD.findall(text)[:BEGINNING]
    forms = [word.casefold() for word in words]
    assert told.words == len(words)
    shingles = [" ".join(run) for run in zip(forms, forms[1:], forms[2:], strict=False)]
    assert told.shingles.tolist() == RMinHash.hash_token_sets([shingles])[0]
    marks = marks_of(words)
    figured = [mark for mark in marks if mark[0].isdigit()]
    is_in_capitals = (len(marks) - len(figured)) * 2 >= len(words)
    plain = [mark.replace(",", "") for mark in figured]
    own = chosen(plain, 3, 2) + (chosen(plain, 4, 3) if is_in_capitals else chosen(marks, 4, 3))
    assert [run.decode() for run in told.runs] == (own if words else [])
    found = figures(text)
    assert told.figures == (None if len(found) > 250 else {crc32(one.encode()) & 0xFFFF for one in found})


@pytest.mark.parametrize("text", [*TEXTS, *map(noise, range(300))])
def test_the_scan_tells_what_the_expressions_tell(text: str) -> None:
    (told,) = scanned([text])
    assert_told(told, text)


def test_texts_are_told_apart() -> None:
    texts = [*TEXTS, *map(noise, range(200)), *TEXTS]
    for text, told in zip(texts, scanned(texts), strict=True):
        assert_told(told, text)
    assert scanned([]) == []


@pytest.mark.parametrize("seed", range(40))
def test_tokens_have_the_hashes_that_the_library_gives_them(seed: int) -> None:
    chance = random.Random(seed)
    tokens = ["".join(chance.choice(LETTERS) for _ in range(length)) for length in range(1, 70)]
    told = [int(token_hash(np.frombuffer(token.encode(), np.uint8))) for token in tokens]
    assert told == RMinHash.hash_token_sets([tokens])[0]


def test_bands_are_those_of_the_library() -> None:
    texts = [LEAD + noise(seed) for seed in range(50)]
    for text, scan, told in zip(texts, scanned(texts), keys(scanned(texts)), strict=True):
        words = [word.casefold() for word in WORD.findall(text)[:BEGINNING]]
        minhash = RMinHash(num_perm=30, seed=1)
        minhash.update([" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)])
        assert minhash.digest() == digest_of(scan)
        assert told[:10] == keys([scan])[0][:10]


def digest_of(scan: ScannedText) -> list[int]:
    """The MinHash of a beginning by its hashes."""
    ends = np.array([0, len(scan.shingles)], np.uint64)
    (digest,) = RMinHash.digest_matrix_from_flat_token_hashes(scan.shingles, ends, 30, 1).to_rows()
    return list(digest)


def chosen(marks: list[str], size: int, most: int) -> list[str]:
    """Runs of marks, those with most figures first, then by their hash."""
    runs = {tuple(marks[at : at + size]) for at in range(len(marks) - size + 1)}
    ranked = sorted((-sum(mark[0].isdigit() for mark in run), crc32(" ".join(run).encode()), run) for run in runs)
    return [" ".join(run) for _, _, run in ranked[:most]]


def test_keys_stay_what_they_were() -> None:
    """Stored keys are found again by those of later texts."""
    assert keys(scanned([LEAD + "as planned. " * 20]))[0] == [
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
