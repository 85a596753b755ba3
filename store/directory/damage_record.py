"""Record of the damage that was met in the store: `run/faults.json`.

Whoever reads a page as it was fetched (the crawler, `import`, `reindex --reparse`, the daily reading) enters what can't
be read, and the web server, which reads no pages, tells of it at /readyz. The record may be removed at any time: the
next reading of the pages makes it again.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from model.errors import LockHeldError, StoreError
from store.directory.locks import Lock

_MOST = 100
"""Pages kept by number; more are damage to a file, not to pages."""
_SHOWN = 5
_PATIENCE_SECONDS = 10.0


class VerificationProgress(NamedTuple):
    """How far the reading of all pages has come: when the last one began, and the number that it has reached.

    0 is reached between two readings.
    """

    reached: int = 0
    began_at: datetime | None = None


class _Record(NamedTuple):
    damaged: Mapping[int, str]
    reading: VerificationProgress
    place: str | None = None


class Faults:
    """The record of one data directory; safe to use from several threads and processes.

    `name` is what the database is called that keeps the pages. Nothing that keeps the record from being written is an
    error: a reading must not end for that.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name

    def damaged(self) -> Mapping[int, str]:
        """The numbers of the pages that can't be read, each with the reason."""
        return self._read().damaged

    def reading(self) -> VerificationProgress:
        """How far the reading of all pages has come."""
        return self._read().reading

    def told(self) -> list[str]:
        """The record in words for a person: one sentence, or none."""
        damaged, _, place = self._read()
        troubles = [] if place is None else [place]
        if not damaged:
            return troubles
        shown = ", ".join(map(str, sorted(damaged)[:_SHOWN])) + (", …" if len(damaged) > _SHOWN else "")
        count = f"{len(damaged)} or more pages" if len(damaged) >= _MOST else f"{len(damaged)} page(s)"
        reason = damaged[min(damaged)]
        told = f"{self._name}: {count} as fetched can't be read (numbers {shown}: {reason}); restore a backup"
        return [*troubles, told]

    def place_trouble(self) -> str | None:
        """Why pages can't be kept outside of the database; None where they can, or need not."""
        return self._read().place

    def tell_place_trouble(self, trouble: str | None) -> None:
        """Pages can't be kept outside of the database, or can again."""
        with suppress(OSError, StoreError, LockHeldError), self._lock():
            self._write(self._read()._replace(place=trouble))

    def add(self, page_id: int, reason: str) -> None:
        """A page can't be read."""
        if self.damaged().get(page_id) == reason:
            return
        with suppress(OSError, StoreError, LockHeldError), self._lock():
            record = self._read()
            if len(record.damaged) < _MOST:
                self._write(record._replace(damaged={**record.damaged, page_id: reason}))

    def go_on(self, reading: VerificationProgress, *, after: int, upto: float, found: Mapping[int, str]) -> None:
        """The pages after one number up to another have been read, and those `found` are the damaged ones of them."""
        with suppress(OSError, StoreError, LockHeldError), self._lock():
            record = self._read()
            others = {number: reason for number, reason in record.damaged.items() if not after < number <= upto}
            damaged = dict(list({**others, **found}.items())[:_MOST])
            self._write(record._replace(damaged=damaged, reading=reading))

    def _lock(self) -> Lock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return Lock(self._path.with_suffix(".lock"), timeout_seconds=_PATIENCE_SECONDS)

    def _read(self) -> _Record:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            damaged = {int(number): str(why) for number, why in values["damaged"].items()}
            place = values.get("place")
            return _Record(damaged, _reading(values), None if place is None else str(place))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return _Record({}, VerificationProgress())

    def _write(self, record: _Record) -> None:
        began_at = record.reading.began_at
        values = {
            "damaged": {str(number): reason for number, reason in record.damaged.items()},
            "reading": {
                "reached": record.reading.reached,
                "began_at": began_at.isoformat() if began_at else None,
            },
            "place": record.place,
        }
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
        draft.replace(self._path)


def _reading(values: Any) -> VerificationProgress:
    found = values["reading"]
    began_at = found["began_at"]
    return VerificationProgress(int(found["reached"]), datetime.fromisoformat(began_at) if began_at else None)
