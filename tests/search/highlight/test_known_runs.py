"""Known runs: the stem of each run of characters, and the loop that finds the wanted ones."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight import known_runs
from search.highlight.known_runs import SEVERAL, KnownRuns, Run, stem_of_run
from text.analysis import stem, tokens

ROOT = Path(__file__).parents[3]
_RUNS = st.from_regex(r"""[("-]{0,2}([A-Za-z.'’-]{0,9}|[0-9.,’'s-]{1,8})[]),.;:?!"-]{0,2}""", fullmatch=True)
_PASSAGES = st.lists(st.lists(st.text(max_size=6) | _RUNS, max_size=8).map(" ".join), max_size=4)
_FEW = KnownRuns("en", most=4)
_MANY = KnownRuns("en", most=1 << 10)


@pytest.mark.parametrize("language", ["en", "de", None])
@given(run=st.text(max_size=12) | _RUNS)
def test_the_short_way_to_the_stem_of_a_run_finds_the_same(run: str, language: str | None) -> None:
    run = run.replace(" ", "")
    words = list(tokens(run, language))
    found = stem_of_run(run, language)
    assert (found == "") == (not words)
    assert found in {SEVERAL, "", *(word.stem for word in words)}
    if found != SEVERAL and words:
        assert len(words) == 1
        assert stem(words[0].folded, language, run[words[0].start].isupper()) == found


def runs_of(passages: list[str]) -> list[Run]:
    """All runs, cut in the plainest way."""
    found = []
    for number, passage in enumerate(passages):
        start = 0
        for run in passage.split(" "):
            if run:
                found.append((number, start, run))
            start += len(run) + 1
    return found


@pytest.mark.parametrize("known", [_FEW, _MANY], ids=["few are kept", "all are kept"])
@given(passages=_PASSAGES, sought=st.lists(st.sampled_from(["bridg", "", SEVERAL]) | st.text(max_size=3), max_size=3))
def test_finds_what_a_look_at_each_run_finds(known: KnownRuns, passages: list[str], sought: list[str]) -> None:
    runs = runs_of(passages)
    wanted = frozenset([*sought, *(stem_of_run(run, "en") for _, _, run in runs[::3])])
    assert known.with_stems(passages, wanted) == [run for run in runs if stem_of_run(run[2], "en") in wanted]
    assert known.all_of(passages) == runs


def test_words_of_any_length_and_script_are_found_again() -> None:
    known = KnownRuns("en", most=64)
    long, letters = "x" * 41, "é" * 40
    passage = f"Brücken {long} (bridges), {letters} \U0001f309 a\x00b \ud800 {long}y bridge's"
    for _ in range(2):
        found = known.with_stems(["", passage], frozenset([stem_of_run(long, "en"), "bridg", "e" * 40]))
        assert [run for _, _, run in found] == [long, "(bridges),", letters, "bridge's"]
        assert all(passage[start:].startswith(run) and number == 1 for number, start, run in found)


def test_what_is_full_is_filled_anew() -> None:
    known = KnownRuns("en", most=4)
    for number in range(40):
        passage = f"the bridges, word{number} bridge"
        found = known.with_stems([passage], frozenset(["bridg"]))
        assert [run for _, _, run in found] == ["bridges,", "bridge"]


def test_a_run_that_recurs_is_learnt_once(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[str] = []
    monkeypatch.setattr(known_runs, "stem_of_run", lambda run, language: learnt.append(run) or run)
    known = KnownRuns("en", most=16)
    assert len(known.with_stems(["bridge fell bridge", "bridge"], frozenset(["bridge"]))) == 3
    assert learnt == ["bridge", "fell"]


def test_searches_side_by_side_find_the_same() -> None:
    known = KnownRuns("en", most=16)
    passages = [" ".join(f"bridge{number % 7} word{number * seed}" for number in range(50)) for seed in range(1, 9)]
    wanted = frozenset(["bridge3"])
    expected = [run for run in runs_of(passages) if run[2] == "bridge3"]
    with ThreadPoolExecutor(4) as threads:
        assert all(found == expected for found in threads.map(lambda _: known.with_stems(passages, wanted), range(50)))


def test_what_is_prepared_is_compiled_for_all_searches() -> None:
    code = """
from search.highlight import known_runs, run_scan
known_runs.prepare()
loops = run_scan.keep, run_scan.wanted_runs
made = [len(loop.signatures) for loop in loops]
runs = known_runs.known_runs("en")
assert runs.with_stems(["Bridges (bridge's) fell"], frozenset(["bridg"])) and runs.all_of(["one two"])
print(made, [len(loop.signatures) for loop in loops])
"""
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split("] ") == ["[1, 1", "[1, 1]\n"]
