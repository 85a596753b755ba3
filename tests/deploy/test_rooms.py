"""Rooms that are deployed: the container image and the wheel hold all that the layers of the imports name."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
ROOMS = set(PROJECT["importlinter"]["root_packages"])


def test_the_wheel_holds_every_room() -> None:
    included = PROJECT["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert set(included) == ROOMS | {"config.py", "run.py"}


def test_the_image_holds_every_room() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"^COPY (\w+) \1$", lines, re.MULTILINE)) == ROOMS
