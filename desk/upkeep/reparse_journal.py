"""Journal of a reparse: how far it has come, and what it has changed so far.

A small file in the data directory, written after each batch and removed at the end. It only saves work: without it the
pages are read again from the beginning, and found unchanged.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from desk.upkeep.reparse_report import ReparseReport

BEGINNING = ("", 0)


class ReparseJournal:
    """Where a reparse goes on: `reached` is the story and version behind which, `report` what was done up to there."""

    def __init__(self, path: Path, terms: Mapping[str, Any]) -> None:
        """`terms` are what readings hang on (parser, rules, selection): a journal of other terms is put aside."""
        self._path = path
        self._terms = json.loads(json.dumps(terms))
        self.reached, self.report = self._read()

    def reach(self, story_id: str, version: int) -> None:
        """Remember that all versions up to this one are done; where that can't be written, work goes on without."""
        self.reached = (story_id, version)
        written = {"terms": self._terms, "reached": self.reached, "report": self.report.as_json()}
        draft = self._path.with_suffix(".new")
        try:
            draft.write_text(json.dumps(written), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            structlog.get_logger("desk").warning("how far the reparse has come is not kept", reason=str(error))

    def end(self) -> None:
        """Forget it: the next reparse begins at the beginning."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> tuple[tuple[str, int], ReparseReport]:
        try:
            written = json.loads(self._path.read_text(encoding="utf-8"))
            if written["terms"] == self._terms:
                story_id, version = written["reached"]
                return (str(story_id), int(version)), ReparseReport(written["report"])
        except (OSError, ValueError, TypeError, KeyError):
            pass  # none, or one that was cut off
        return BEGINNING, ReparseReport()
