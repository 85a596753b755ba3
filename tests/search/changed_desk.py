"""A desk whose stories have further fields: a copy of the program in which model/story.py alone is changed."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.desk.desk_process import ROOT, DeskProcess

LAST_ATTRIBUTE = "    parser_version: Annotated["


def copy_program(directory: Path, attributes: str) -> Path:
    """A copy of the program whose `Story` has more attributes; returns its folder."""
    directory.mkdir()
    for source in ROOT.iterdir():
        if (source / "__init__.py").exists():
            shutil.copytree(source, directory / source.name, ignore=shutil.ignore_patterns("*.pyc.*"))
        elif source.suffix == ".py":
            shutil.copy2(source, directory)
    path = directory / "model" / "story.py"
    declared = path.read_text(encoding="utf-8")
    assert declared.count(LAST_ATTRIBUTE) == 1
    path.write_text(declared.replace(LAST_ATTRIBUTE, attributes + LAST_ATTRIBUTE), encoding="utf-8")
    return directory


class ChangedDesk(DeskProcess):
    """A desk that is run by a changed copy of the program."""

    def __init__(self, directory: Path, attributes: str, **crawler: Any) -> None:
        super().__init__(directory, [], **crawler)
        self._program = copy_program(directory / "program", attributes)

    def command(self, *arguments: str) -> Sequence[str]:
        """A command line of the changed program."""
        return [sys.executable, str(self._program / "run.py"), "--config", str(self.config), *arguments]

    def answer(self, *arguments: str) -> str:
        """What a command prints that must succeed."""
        ended = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=300, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def serve(self) -> "subprocess.Popen[bytes]":
        """Start `serve`; its address is printed to `output`."""
        with self.output.open("ab") as output:
            return subprocess.Popen(self.command("serve"), stdout=output, stderr=output, stdin=subprocess.DEVNULL)
