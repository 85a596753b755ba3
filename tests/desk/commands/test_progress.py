"""Progress of sixty sources: on a terminal of 24 lines nothing is torn, without one each source has its line."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk.commands.interrupting import Preparations
from tests.desk.commands.many_works import STEPS, WORKS
from tests.desk.commands.terminal_screen import Screen, run_on_screen
from tests.desk.desk_process import ROOT, DeskProcess

COMMAND = [sys.executable, "-m", "tests.desk.commands.many_works"]
BAR = re.compile(r"(source-\d\d) [━╺╸ ]+ *\d+/12 +pages 0:0\d:\d\d|and (\d+) more")


def logged(text: str) -> list[str]:
    """What the log lines are about, each once, in whatever form."""
    return sorted(re.findall(r"https://example.org/\d+/(?:a/long/address/)*|library's own line of work \d+", text))


def expected() -> list[str]:
    urls = [f"https://example.org/{number}/" + "a/long/address/" * (number % 9) for number in range(WORKS)]
    return sorted([*urls, *(f"library's own line of work {number}" for number in range(0, WORKS, 20))])


def test_bars_fit_the_terminal_and_log_lines_stand_whole_above_them() -> None:
    screen = Screen(24, 100)
    most = 0

    def look(now: Screen, process: int) -> None:
        nonlocal most
        rows = [position for position, line in enumerate(now.lines) if BAR.fullmatch(line.strip())]
        if rows and now.row >= rows[-1]:
            # The bars are one block at the end; whatever was above it stays what it was.
            assert rows == list(range(rows[0], rows[0] + len(rows)))
            assert len(rows) < now.height
            most = max(most, len(rows))

    assert run_on_screen([*COMMAND, "json"], {}, screen, look) == 0
    assert most > 20
    assert screen.cursor_is_shown
    # Lines that are longer than the terminal is wide are wrapped by the terminal: joined, each is JSON again.
    whole = json_lines("".join(line.ljust(100) if len(line) == 100 else line + "\n" for line in screen.lines))
    assert [event["event"] for event in whole].count("half") == WORKS
    assert logged(json.dumps(whole)) == expected()
    assert not any("source-" in line for line in screen.lines)


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def test_many_sources_end_in_how_many_more_there_are() -> None:
    seen: list[list[str]] = []

    def look(now: Screen, process: int) -> None:
        shown = [found for line in now.visible if (found := BAR.fullmatch(line.strip()))]
        if shown and shown[-1][2]:
            seen.append([found[0] for found in shown])

    screen = Screen(24, 100)
    assert run_on_screen([*COMMAND, "console"], {}, screen, look) == 0
    assert logged("".join(screen.lines)) == expected()
    assert any(len(bars) == 23 and bars[-1] == f"and {WORKS - 22} more" for bars in seen)
    # Towards the end those that still go on have their bars, while others that are done have none.
    assert any(f"source-{WORKS - 1}" in bar and "11/12" in bar for bars in seen for bar in bars)


def test_an_interrupt_leaves_the_terminal_in_order(tmp_path: Path) -> None:
    desk, lines = DeskProcess(tmp_path, []), Preparations(tmp_path).lines
    screen, interrupted = Screen(24, 200), False

    def look(now: Screen, process: int) -> None:
        nonlocal interrupted
        if not interrupted and not now.cursor_is_shown and any("pages or stories" in line for line in now.visible):
            interrupted = True
            os.kill(process, signal.SIGINT)

    command = [sys.executable, str(ROOT / "run.py"), "--config", str(desk.config), "import", str(lines)]
    assert run_on_screen(command, {}, screen, look) == 130
    assert interrupted
    assert screen.cursor_is_shown
    *_, last = filter(None, screen.lines)
    # A machine that has much else to do may not bring them in in time.
    ends = r"[\d,]+ pages or stories are in.*|what was under way is given up"
    assert re.fullmatch(rf"interrupted: ({ends}); run the same command again.*", last)
    assert not any("stories.ndjson" in line for line in screen.lines)


def test_work_that_hangs_leaves_the_terminal_in_order() -> None:
    script = """
import threading, time
from desk.interrupts import Interrupts
from desk.progress import shown
interrupts = Interrupts()
interrupts.listen()
with interrupts.ending(lambda seconds: time.sleep(600)), shown("stories", interrupts) as advance:
    advance("a work", 1, 2)
    threading.Event().wait()
"""
    screen, interrupted = Screen(24, 100), False

    def look(now: Screen, process: int) -> None:
        nonlocal interrupted
        if not interrupted and any("1/2 stories" in line for line in now.visible):
            interrupted = True
            os.kill(process, signal.SIGINT)

    environment = {"PYTHONPATH": str(ROOT)}
    assert run_on_screen([sys.executable, "-c", script], environment, screen, look) == 130
    assert interrupted
    assert screen.cursor_is_shown
    assert [*filter(None, screen.lines)] == ["interrupted: what was under way is given up; run the same command again"]


@pytest.mark.parametrize("form", ["json", "console"])
def test_without_a_terminal_each_source_has_its_line(form: str) -> None:
    ended = subprocess.run([*COMMAND, form], capture_output=True, text=True, timeout=120, check=True, cwd=ROOT)
    lines = [line for line in ended.stderr.splitlines() if line.startswith("source-")]
    assert sorted(lines) == [f"source-{number:02}: {STEPS} of {STEPS} pages" for number in range(WORKS)]
    assert logged(ended.stderr) == expected()
    if form == "json":
        rest = [line for line in ended.stderr.splitlines() if not line.startswith("source-")]
        assert len(json_lines("\n".join(rest))) == len(expected()) + 1
