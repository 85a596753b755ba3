"""A desk that answers by `serve` with its defaults."""

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote_plus

from benchmarks import corpus
from benchmarks.clients import stories_of, take_in
from benchmarks.serving.processes import family_of, memory_of, seconds_of
from model.story import StoredStory
from tests.desk.desk_process import DeskProcess


class ServedDesk:
    """A desk that answers by `serve`, with its defaults."""

    name = "ours"

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lines = directory / "stories.jsonl"
        self._desk = DeskProcess(directory, [])

    @property
    def address(self) -> str:
        """Where it answers."""
        return self._desk.address

    def start(self, stories: Iterable[StoredStory]) -> None:
        """Import the stories unless an earlier run did, and serve them."""
        if not self._lines.exists():
            unfinished = self._lines.with_suffix(".unfinished")
            corpus.write_lines(stories, unfinished)
            take_in(self._desk, unfinished)
            unfinished.rename(self._lines)
        self._desk.start("serve")
        print(f"{stories_of(self._desk)} stories can be found", flush=True)

    def request(self, words: str) -> bytes:
        """The HTTP request that asks for these words."""
        return f"GET /api/search?q={quote_plus(words)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    def total(self, answer: bytes) -> int:
        """The number of stories that an answer says."""
        return int(json.loads(answer)["total"])

    def seconds(self) -> float:
        """Processor seconds of all its processes so far."""
        return seconds_of(self._desk.process_id)

    def memory(self) -> int:
        """Memory of all its processes in bytes."""
        return sum(map(memory_of, family_of(self._desk.process_id)))

    def stop(self) -> None:
        """Stop serving."""
        self._desk.stop()
