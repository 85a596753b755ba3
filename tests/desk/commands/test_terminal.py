"""What does a person see who searches in the terminal?"""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.desk.desk_process import ROOT, DeskProcess

STORIES = (
    {"id": "1", "headline": "Ferry runs aground", "body": ["The ferry hit a sandbank off the harbour."]},
    {"id": "2", "headline": "Harbour closed", "body": ["The harbour of the capital was closed by a storm."]},
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DeskProcess:
    directory = tmp_path_factory.mktemp("desk")
    lines = directory / "stories.ndjson"
    lines.write_text("\n".join(map(json.dumps, STORIES)), encoding="utf-8")
    made = DeskProcess(directory, [])
    assert made.run("import", str(lines)).returncode == 0
    return made


def shown(desk: DeskProcess, environment: Mapping[str, str], *words: str) -> str:
    """What `search` prints on a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "search", *words]
    variables = {**os.environ, "TERM": "xterm-256color", **environment}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables):
        os.close(theirs)
        output = b""
        while part := _read(ours):
            output += part
    os.close(ours)
    return output.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # what a terminal gives whose other end is closed
        return b""


def test_a_terminal_gets_the_readers_pager(desk: DeskProcess) -> None:
    output = shown(desk, {"PAGER": "sed s/^/paged:/"}, "harbour")
    assert "paged:2 stories" in output
    assert "paged:Harbour closed" in output


def test_a_pager_that_shows_colours_gets_them(desk: DeskProcess, tmp_path: Path) -> None:
    pager = tmp_path / "less"
    pager.write_text("#!/bin/sh\necho LESS=$LESS; cat\n")
    pager.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    output = shown(desk, {"PAGER": "less", "LESS": "", "PATH": path}, "sandbank")
    assert "LESS=-" in output
    assert "\x1b[1mFerry runs aground" in output
    assert "<mark>" not in output


def test_what_goes_into_a_pipe_is_plain(desk: DeskProcess) -> None:
    output = desk.run("search", "harbour").stdout
    assert "Ferry runs aground" in output
    assert "\x1b" not in output


def test_words_need_no_quotes(desk: DeskProcess) -> None:
    found = json.loads(desk.run("search", "harbour", "-ferry", "--json").stdout)
    assert [hit["headline"] for hit in found["hits"]] == ["Harbour closed"]
    assert found["query"] == "harbour -ferry"


def test_without_words_the_newest_are_shown(desk: DeskProcess) -> None:
    assert "2 stories" in desk.run("search").stdout
