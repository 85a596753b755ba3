"""Makes the data directory of lines without a language, taken in by an older version that did not tell it.

    .venv/bin/python tests/desk/make_line_data.py tests/desk/upkeep/fixtures/lines-4.tar.gz CHECKOUT

CHECKOUT is the folder of that version. The file is kept.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.desk.make_read_data import pack

_ENGLISH = (
    "The harbour board decided on Friday that the night ferries will sail again in spring, its chairman said.",
    "Fishermen had asked for the decision to be put off until the quays on the northern side were repaired.",
)
_FINNISH = "Hallitus kertoi perjantaina, että neuvottelut kunnan ja kaivosyhtiön välillä jatkuvat ensi viikolla."
FIRST: tuple[Mapping[str, Any], ...] = (
    {"id": "english", "headline": "Night ferries to sail again", "body": _ENGLISH},
    {"id": "finnish", "headline": "Kaivos odottaa", "body": [_FINNISH]},
    {"id": "figures", "headline": "1Q", "body": ["Shr 71 v 15"]},
    {"id": "stated", "headline": "Ferries", "body": _ENGLISH, "language": "sv"},
    {"id": "withdrawn", "headline": "Ferries sold", "body": _ENGLISH[1:], "status": "withdrawn"},
)
LATER = {**FIRST[0], "body": (*_ENGLISH, "The first of them leaves on the second of April.")}
SEEN = "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"


def main(target: Path, checkout: Path) -> None:
    """Import the lines with an older version, a correction of one of them, and pack its data directory."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        config = place / "config.yaml"
        config.write_text("data_dir: data")
        for seen_at, lines in zip(SEEN, (FIRST, [LATER]), strict=True):
            path = place / "lines.ndjson"
            path.write_text("\n".join(json.dumps({**line, "seen_at": seen_at}) for line in lines), encoding="utf-8")
            command = [sys.executable, str(checkout / "run.py"), "--config", str(config), "import", str(path)]
            subprocess.run(command, check=True)
        pack(place, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
