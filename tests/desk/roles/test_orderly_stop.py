"""A desk that is stopped: its web server hears it and ends by itself."""

from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from tests.desk.desk_process import DeskProcess, eventually


def test_the_web_server_does_not_have_to_be_killed(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, [])
    desk.start()

    def answers() -> bool:
        with suppress(OSError), urlopen(f"{desk.address}healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    eventually(answers, 10, "the web server answers")
    desk.stop()
    # The crawler may be loading yet, which it does not interrupt.
    assert "killed child=web" not in desk.output.read_text(encoding="utf-8")
