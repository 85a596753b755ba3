"""A desk that is stopped: its processes hear it and end by themselves."""

from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from tests.desk.desk_process import DeskProcess, eventually


def test_no_process_has_to_be_killed(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, [])
    desk.start()

    def answers() -> bool:
        with suppress(OSError), urlopen(f"{desk.address}healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    eventually(answers, 10, "the web server answers")
    desk.stop()
    assert "did not stop" not in desk.output.read_text(encoding="utf-8")
