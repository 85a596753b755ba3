"""What the processes of a desk's web workers show of themselves."""

from pathlib import Path

from tests.desk.desk_process import DeskProcess


def shared_folders(desk: DeskProcess) -> list[Path]:
    """The folders that the web workers of a desk share."""
    found = set()
    for worker in desk.children("serve"):
        words = Path(f"/proc/{worker}/cmdline").read_bytes().decode().split("\0")
        found.add(Path(words[words.index("--shared") + 1]))
    return [*found]


def accepting_workers(desk: DeskProcess) -> int:
    """How many web workers accept connections: their hearts beat."""
    return sum(len([*folder.glob("*.heartbeat")]) for folder in shared_folders(desk))
