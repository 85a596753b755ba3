"""Compiled loops follow their source, that of the loops that they call included."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from text import compiled

INNER = """
from text.compiled import compiled


@compiled
def inner(number: int) -> int:
    return number + {added}
"""
OUTER = """
from index.inner import inner
from text.compiled import compiled


@compiled
def outer(number: int) -> int:
    return inner(number)
"""


def found(project: Path) -> tuple[int, int]:
    """What the outer loop makes of 1, and how many of its forms came from what was kept."""
    done = subprocess.run(
        [sys.executable, "-c", "from index.outer import outer; print(outer(1), sum(outer.stats.cache_hits.values()))"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=True,
    )
    number, kept = map(int, done.stdout.split())
    return number, kept


def test_a_loop_is_compiled_anew_when_one_that_it_calls_has_changed(tmp_path: Path) -> None:
    for folder in ("index", "search", "text"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    shutil.copy(Path(compiled.__file__), tmp_path / "text")
    (tmp_path / "index" / "outer.py").write_text(OUTER)
    (tmp_path / "index" / "inner.py").write_text(INNER.format(added=1))
    assert found(tmp_path) == (2, 0)
    assert found(tmp_path) == (2, 1)
    (tmp_path / "index" / "inner.py").write_text(INNER.format(added=20))
    assert found(tmp_path) == (21, 0)
