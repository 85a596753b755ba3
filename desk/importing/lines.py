"""Lines of another desk, or of anybody, as stories.

`import` reads lines as `export` writes them, and foreign ones with at least a headline and a body. Stories are taken
as they are; a second import of the same lines changes nothing.
"""

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from desk.importing.origins import FOREIGN_SOURCE
from ingest.apply import Applied, Ingest
from ingest.candidate import Candidate, line_candidate
from model.errors import WiredeskError
from model.fields import BODY, HEADLINE, INSTANTS, PUBLISHED_AT, PUBLISHED_LOCAL
from model.outcomes import Outcome
from model.story import StoredStory
from net.urls import canonical_url
from store.sql.story_ids import mint
from text.dates import DateContext, WrittenDate, read_date

_BATCH = 1000
_BODY = BODY.attribute
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")


class LineImport(NamedTuple):
    """What an import did; `refused` says which lines could not be taken and why, `notes` what else is worth knowing."""

    counts: Counter[Outcome]
    refused: tuple[str, ...]
    notes: tuple[str, ...] = ()


class _Line(NamedTuple):
    where: str
    text: str


class _Read(NamedTuple):
    where: str
    candidate: Candidate


def import_files(
    paths: Iterable[Path], ingest: Ingest, *, now: datetime, progress: Callable[[int], None] | None = None
) -> LineImport:
    """Take in the stories of NDJSON files (.gz too); lines that can't be read are refused, the rest goes in.

    Of a file that breaks off everything before the break goes in.
    """
    counts: Counter[Outcome] = Counter()
    refused: list[str] = []
    notes: list[str] = []
    lines = (line for path in paths for line in _whole_lines(path, refused))
    read = _read_all(lines, now, refused, counts)
    while batch := list(islice(read, _BATCH)):
        for line, applied in zip(batch, ingest.apply_all([line.candidate for line in batch]), strict=True):
            counts[applied.outcome] += 1
            if applied.outcome is Outcome.REFUSED:
                refused.append(f"{line.where}: {applied.detail}")
            notes += _notes(line, applied)
        if progress:
            progress(counts.total())
    return LineImport(counts, tuple(refused), tuple(notes))


def _notes(line: _Read, applied: Applied) -> Iterator[str]:
    if applied.held_back:
        yield f"{line.where}: held back: {applied.detail}"
    if applied.outcome is Outcome.NEW and line.candidate.id not in (None, applied.story_id):
        taken = line.candidate.id
        yield f"{line.where}: the id {taken} is that of another story; this one is stored as {applied.story_id}"


def _whole_lines(path: Path, refused: list[str]) -> Iterator[_Line]:
    """The lines of a file up to where it can't be read any more; that is told to `refused`."""
    try:
        yield from _lines(path)
    except WiredeskError as error:
        refused.append(str(error))


def _lines(path: Path) -> Iterator[_Line]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="replace") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield _Line(f"{path}:{number}", text)
    except (OSError, EOFError, zlib.error) as error:
        raise WiredeskError(f"{path}: can't be read: {error}") from error


def _read_all(lines: Iterable[_Line], now: datetime, refused: list[str], counts: Counter[Outcome]) -> Iterator[_Read]:
    for where, text in lines:
        try:
            yield _Read(where, read_line(text, now))
        except (ValueError, RecursionError) as error:
            refused.append(f"{where}: {_reason(error)}")
            counts[Outcome.REFUSED] += 1


def read_line(text: str, now: datetime) -> Candidate:
    """One line as a candidate; null or missing is unknown, a date without a zone is UTC.

    Raises ValueError (pydantic's included) with what is wrong.
    """
    values = {name: value for name, value in _object(_parsed(text)).items() if value is not None}
    told = frozenset(values)
    if isinstance(values.get(_BODY), str):
        values[_BODY] = [part for part in values[_BODY].split("\n") if part.strip()]
    if not values.get(_BODY) and not values.get("id"):
        raise ValueError(f"{_BODY}: expected at least one paragraph")
    _read_dates(values, now)
    values.setdefault("source", FOREIGN_SOURCE)
    values.setdefault("version", 1)
    values.setdefault("first_seen_at", now)
    values.setdefault("seen_at", values["first_seen_at"])
    values["id"] = _identity(values)
    return line_candidate(StoredStory.model_validate(values), told)


def _parsed(text: str) -> Any:
    """What a line holds; where the faster parser refuses it, the other one takes it or says why not."""
    try:
        return from_json(text, cache_strings="keys")
    except ValueError:
        return json.loads(text)


def _object(parsed: Any) -> dict[str, Any]:
    if isinstance(parsed, dict):
        return parsed
    raise ValueError("expected a JSON object on each line")


def _read_dates(values: dict[str, Any], now: datetime) -> None:
    """Dates in any spelling as instants, with the date of publication as it was stated where that says more."""
    context, read = DateContext(now), dict[str, WrittenDate | None]()
    for name in INSTANTS:
        text = values.get(name)
        if not isinstance(text, str):
            continue
        if text not in read:
            read[text] = read_date(text, context)
        found = read[text]
        if found is None:
            raise ValueError(f"{name}: {values[name]!r} is no date that can be told")
        values[name] = found.at
        if name == PUBLISHED_AT and found.local and found.zone is not UTC:
            values.setdefault(PUBLISHED_LOCAL, found.local)


def _identity(values: dict[str, Any]) -> str:
    """By `id`, else by `url`, else by the content; an id that no URL could carry is minted anew."""
    given = str(values.get("id", ""))
    if _ID.fullmatch(given):
        return given
    body = values.get(_BODY, [])
    content = "\n".join((str(values["source"]), str(values.get(HEADLINE.attribute)), *map(str, body)))
    url = values.get("url")
    return mint(given or (canonical_url(url) if isinstance(url, str) else content))


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    return f"not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)
