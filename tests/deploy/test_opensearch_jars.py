"""Which Java the nodes of the tests are run with."""

from pathlib import Path

import pytest

from deploy.cluster.opensearch_jars import NodesError, find_java


def java(folder: Path, told: str, status: int = 0) -> Path:
    """A Java whose compiler tells that version."""
    (folder / "bin").mkdir(parents=True)
    compiler = folder / "bin" / "javac"
    compiler.write_text(f"#!/bin/sh\necho '{told}'\nexit {status}\n")
    compiler.chmod(0o755)
    return folder


@pytest.mark.parametrize("told", ["javac 17.0.9", "javac 21", "javac 25.0.1"])
def test_a_java_that_is_named_is_taken(told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = java(tmp_path / "named", told)
    monkeypatch.setenv("JAVA_HOME", str(named))
    assert find_java(17) == named


REFUSED = {
    "too old": ("javac 17.0.9", 0, "is Java 17; Java 21 or newer is needed"),
    "of an older numbering": ("javac 1.8.0_392", 0, "is Java 8; Java 21 or newer is needed"),
    "no compiler": ("", 1, "holds no Java with a compiler"),
}


@pytest.mark.parametrize(("told", "status", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_named_java_that_does_not_do_is_told(
    told: str, status: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "named", told, status)))
    with pytest.raises(NodesError, match=sentence):
        find_java(21)


def test_of_those_that_are_there_one_is_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    on_path = java(tmp_path / "path", "javac 99")
    monkeypatch.setenv("PATH", str(on_path / "bin"))
    assert find_java(98) == on_path
    with pytest.raises(NodesError, match="Java 100 or newer is needed"):
        find_java(100)
