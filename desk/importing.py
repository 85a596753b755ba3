"""How do stories of another desk come in?

`import` reads lines as `export` writes them, and foreign ones with at least a headline and a body. Stories are taken
as they are; a second import of the same lines changes nothing.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from crawler.urls import canonical_url
from index.errors import WiredeskError
from index.store.identity import mint
from index.store.stories import Stories
from index.story import StoredStory

_BATCH = 500
FOREIGN_SOURCE = "import"
"""The source of foreign lines that name none."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")


class Tally(NamedTuple):
    """What an import did; `refused` lines say where and why."""

    new: int
    changed: int
    unchanged: int
    refused: tuple[str, ...]


def import_files(
    paths: Iterable[Path], stories: Stories, *, now: datetime, progress: Callable[[int], None] | None = None
) -> Tally:
    """Take in the stories of NDJSON files (.gz too); lines that can't be read are refused, the rest goes in."""
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    refused: list[str] = []
    lines = (line for path in paths for line in _lines(path))
    read = _read_all(lines, now, refused)
    while batch := list(islice(read, _BATCH)):
        for saved in stories.adopt((stored, _urls(stored)) for stored in batch):
            if saved.change == "refused":
                refused.append(f"{saved.id}: the story was forgotten on request")
            else:
                counts[saved.change] += 1
        if progress:
            progress(sum(counts.values()))
    return Tally(counts["new"], counts["changed"], counts["unchanged"], tuple(refused))


class _Line(NamedTuple):
    where: str
    text: str


def _lines(path: Path) -> Iterator[_Line]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="replace") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield _Line(f"{path}:{number}", text)
    except (OSError, EOFError, zlib.error) as error:
        raise WiredeskError(f"{path}: can't be read: {error}") from error


def _read_all(lines: Iterable[_Line], now: datetime, refused: list[str]) -> Iterator[StoredStory]:
    for where, text in lines:
        try:
            yield read_line(text, now)
        except (ValueError, RecursionError) as error:
            refused.append(f"{where}: {_reason(error)}")


def read_line(text: str, now: datetime) -> StoredStory:
    """One line as a story; null or missing is unknown, a date without a zone is UTC.

    Raises ValueError (pydantic's included) with what is wrong.
    """
    parsed = json.loads(text)
    values = {name: value for name, value in _object(parsed).items() if value is not None}
    if isinstance(values.get("body"), str):
        values["body"] = [part for part in values["body"].split("\n") if part.strip()]
    if not values.get("body") and not values.get("id"):
        raise ValueError("body: expected at least one paragraph")
    for name in ("published_at", "modified_at", "first_seen_at", "seen_at"):
        if isinstance(values.get(name), str):
            values[name] = _instant(values[name])
    values.setdefault("source", FOREIGN_SOURCE)
    values.setdefault("version", 1)
    values.setdefault("first_seen_at", now)
    values.setdefault("seen_at", values["first_seen_at"])
    values["id"] = _identity(values)
    return StoredStory.model_validate(values)


def _object(parsed: Any) -> dict[str, Any]:
    if isinstance(parsed, dict):
        return parsed
    raise ValueError("expected a JSON object on each line")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _identity(values: dict[str, Any]) -> str:
    """By `id`, else by `url`, else by the content; an id that no URL could carry is minted anew."""
    given = str(values.get("id", ""))
    if _ID.fullmatch(given):
        return given
    body = values.get("body", [])
    content = "\n".join((str(values["source"]), str(values.get("headline")), *map(str, body)))
    url = values.get("url")
    return mint(given or (canonical_url(url) if isinstance(url, str) else content))


def _urls(stored: StoredStory) -> tuple[str, ...]:
    return (canonical_url(stored.url),) if stored.url else ()


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    return f"not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)
