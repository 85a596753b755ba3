"""Open files: connections get most of them, and never all."""

import subprocess
import sys
from pathlib import Path

import pytest

from search.http.server.open_files import Capacity, capacity

ROOT = Path(__file__).parent.parent.parent.parent.parent


@pytest.mark.parametrize(
    ("files", "wanted", "connections"),
    [
        (256, None, 192),
        (1024, None, 768),
        (4096, None, 3840),
        (65_536, None, 4096),
        (65_536, 20_000, 20_000),
        (1024, 100, 100),
        (16, None, 16),
    ],
)
def test_a_part_of_the_files_is_kept(files: int, wanted: int | None, connections: int) -> None:
    assert capacity(files, wanted) == Capacity(files, connections)


def test_more_than_there_is_room_for_is_told() -> None:
    assert capacity(1024, 5000) == Capacity(1024, 768, wanted=5000)


@pytest.mark.parametrize(("soft", "hard", "raised"), [(256, 512, 512), (512, 512, 512)])
def test_the_soft_limit_is_raised_to_the_hard_one(soft: int, hard: int, raised: int) -> None:
    program = (
        "import resource; from search.http.server.open_files import raise_open_files;"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}));"
        "print(raise_open_files(), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(raised), str(raised), str(hard)]
