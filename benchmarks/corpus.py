"""Corpora of stories for the benchmarks.

    python -m benchmarks.corpus CORPUS SIZE FILE

CORPUS is a file of JSON lines (gzipped or not), a story a line with at least `headline` and `body`, as `run.py export`
writes it. Larger sizes repeat the stories under new ids and later dates, or mix their sentences into stories that are
no copies; such a mixture goes into FILE, in lines that `run.py import` takes. Each run mixes alike (MIXING_SEED).
"""

import gzip
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.apply import Ingest
from ingest.candidate import line_candidate
from model.story import StoredStory
from store.opening import Store

_ALL = frozenset(StoredStory.model_fields)
SOURCES = 12
AGENCIES = ("Reuters", "AP", "AFP")
ROUND_DAYS = 365
FIRST_DAY = datetime(1987, 1, 1, tzinfo=UTC)
MIXING_SEED = 23
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All stories of the file, as they stand there."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]


def make_stories(lines: list[dict[str, Any]], size: int, *, mixed: bool = False) -> Iterator[StoredStory]:
    """So many stories; source, section and agencies are dealt out where the file has none.

    What goes beyond the file is the same stories again, or with `mixed` other ones made of their sentences.
    """
    given_lines = mixed_lines(lines, size) if mixed else (lines[number % len(lines)] for number in range(size))
    for number, line in enumerate(given_lines):
        turn = number // len(lines)
        given = line.get("published_at")
        at = (datetime.fromisoformat(given) if given else FIRST_DAY) + timedelta(days=ROUND_DAYS * turn)
        # Values are known to be clean: validating them again would be most of the time measured.
        yield StoredStory.model_construct(
            id=f"{turn}-{line.get('id', number % len(lines))}",
            source=line.get("source") or f"source{number * 7919 % SOURCES}",
            headline=line["headline"],
            deck=line.get("deck"),
            body=tuple(line["body"]),
            captions=(),
            byline=tuple(line.get("byline") or ()),
            dateline=line.get("dateline"),
            agencies=tuple(line.get("agencies") or AGENCIES[: 1 + number % len(AGENCIES)]),
            section=line.get("section") or next(iter(line.get("tags") or ()), None),
            tags=tuple(line.get("tags") or ()),
            language=line.get("language") or "en",
            published_at=at,
            first_seen_at=at,
            seen_at=at,
            version=1,
            status="live",
        )


def mixed_lines(lines: list[dict[str, Any]], size: int) -> Iterator[dict[str, Any]]:
    """So many stories: those of the file, then others as long, each sentence of which is from anywhere.

    The mixing is the same in each run (MIXING_SEED).
    """
    chance = random.Random(MIXING_SEED)
    sentences = [one for line in lines for paragraph in line["body"] for one in _SENTENCE_END.split(paragraph) if one]
    for number in range(size):
        line = lines[number % len(lines)]
        if number < len(lines):
            yield line
            continue
        headline = chance.choice(lines)["headline"].split()
        other = chance.choice(lines)["headline"].split()
        body = [
            " ".join(chance.choice(sentences) for _ in _SENTENCE_END.split(paragraph)) for paragraph in line["body"]
        ]
        words = headline[: len(headline) // 2 + 1] + other[len(other) // 2 :]
        yield {**line, "id": f"{line.get('id', '')}-{number}", "headline": " ".join(words), "body": body}


def write_lines(stories: Iterable[StoredStory], path: Path) -> None:
    """Put stories into a file, as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{story.model_dump_json(exclude_defaults=True)}\n" for story in stories)


def headline_queries(lines: list[dict[str, Any]], count: int) -> list[list[str]]:
    """Queries of one to four words from the beginning of headlines, no two alike."""
    chance = random.Random(7)
    found: dict[tuple[str, ...], None] = {}
    while len(found) < count:
        words = [word for word in re.findall("[A-Za-z]+", chance.choice(lines)["headline"]) if len(word) > 2]
        if len(words) >= 2:
            found[tuple(word.lower() for word in words[: chance.randint(1, 4)])] = None
    return [list(words) for words in found]


def body_phrases(lines: list[dict[str, Any]], count: int) -> list[str]:
    """Phrases of two or three neighbouring words from bodies, no two alike."""
    chance = random.Random(11)
    found: dict[str, None] = {}
    while len(found) < count:
        words = re.findall(r"[A-Za-z]+|[^A-Za-z\s]+", " ".join(chance.choice(lines)["body"]))
        start, length = chance.randrange(max(1, len(words) - 3)), chance.choice((2, 2, 3))
        phrase = words[start : start + length]
        if len(phrase) == length and all(re.fullmatch("[A-Za-z]{3,}", word) for word in phrase):
            found[" ".join(phrase).lower()] = None
    return list(found)


def adopt(store: Store, stories: Iterable[StoredStory]) -> None:
    """Put stories into a store as another desk had them, by the one way in."""
    Ingest(store, lambda page: None, 0).apply_all([line_candidate(story, _ALL) for story in stories])


if __name__ == "__main__":
    given, wanted, made = sys.argv[1:]
    write_lines(make_stories(read_lines(Path(given)), int(wanted), mixed=True), Path(made))
