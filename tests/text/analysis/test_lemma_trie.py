"""Tries of lemma dictionaries: whole or not there, made by one process of several."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest
from simplemma.strategies.dictionaries import TrieDictionaryFactory

from text.analysis import lemma_trie

LANGUAGE = "id"
"""The smallest."""


def lemma(folder: Path, word: str) -> str | None:
    return TrieDictionaryFactory(disk_cache_dir=str(folder)).get_dictionary(LANGUAGE).get(word)


def test_a_trie_is_made_once(tmp_path: Path) -> None:
    lemma_trie.make(LANGUAGE, tmp_path)
    made = (tmp_path / f"{LANGUAGE}.dic").stat()
    assert lemma(tmp_path, "bukunya") == "buku"
    lemma_trie.make(LANGUAGE, tmp_path)
    lemma_trie.main(LANGUAGE, tmp_path)
    again = (tmp_path / f"{LANGUAGE}.dic").stat()
    assert (again.st_ino, again.st_mtime_ns) == (made.st_ino, made.st_mtime_ns)


def test_several_processes_want_the_same(tmp_path: Path) -> None:
    program = [sys.executable, str(lemma_trie.__file__), LANGUAGE, str(tmp_path)]
    assert [process.wait(60) for process in [subprocess.Popen(program) for _ in range(4)]] == [0] * 4
    assert {path.name for path in tmp_path.iterdir()} == {f"{LANGUAGE}.dic", "LOCK"}


def test_what_a_killed_process_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / "pl.dic").write_bytes(b"half of it")
    (tmp_path / "unfinished" / f"{LANGUAGE}.dic").write_bytes(b"half of it")
    lemma_trie.make(LANGUAGE, tmp_path)
    assert lemma(tmp_path, "bukunya") == "buku"
    assert {path.name for path in tmp_path.iterdir()} == {f"{LANGUAGE}.dic", "LOCK"}


def test_without_processes_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    lemma_trie.make(LANGUAGE, tmp_path)
    assert not [*tmp_path.iterdir()]


def test_one_that_stands_still_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemma_trie, "_LONGEST_SECONDS", 2.0)
    with (tmp_path / "LOCK").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        lemma_trie.make(LANGUAGE, tmp_path)
    assert not (tmp_path / f"{LANGUAGE}.dic").exists()
    assert lemma(tmp_path, "bukunya") == "buku"
