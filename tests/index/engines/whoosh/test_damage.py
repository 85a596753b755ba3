"""Damage of an index is found, wherever it is, and said plainly."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.engines.whoosh import WhooshEngine
from model.errors import DamagedIndexError, NoIndexError
from model.query import SearchRequest, Word
from model.story import StoredStory

SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    engine = WhooshEngine(tmp_path)
    engine.create("one")
    writer = engine.writer("one")
    writer.add(
        StoredStory(
            id=f"s{number}",
            source="voa",
            headline=f"zebra {number}",
            body=(f"crossing {number % 7} words",) * 3,
            version=1,
            first_seen_at=SEEN_AT,
            seen_at=SEEN_AT,
        )
        for number in range(200)
    )
    writer.commit(1)
    return tmp_path / "one"


def segment_file(directory: Path) -> Path:
    (path,) = directory.glob("*.arrays")
    return path


def test_damage_of_all_files_is_said_plainly(directory: Path) -> None:
    for path in directory.iterdir():
        if path.is_file() and path.stat().st_size:
            path.write_bytes(b"\x00damaged" + path.read_bytes()[:40])
    with pytest.raises(DamagedIndexError):
        WhooshEngine(directory.parent).reader(directory.name)


def test_missing_files_are_damage(directory: Path) -> None:
    segment_file(directory).unlink()
    with pytest.raises(DamagedIndexError):
        WhooshEngine(directory.parent).reader(directory.name)


def test_a_folder_without_an_index_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoIndexError):
        WhooshEngine(tmp_path).reader("empty")
    with pytest.raises(NoIndexError):
        WhooshEngine(tmp_path).writer("empty")


def test_a_whole_index_verifies(directory: Path) -> None:
    assert WhooshEngine(directory.parent).reader(directory.name).verify() == 200


@pytest.mark.parametrize("place", [0.0, 0.3, 0.5, 0.7, 0.99])
def test_one_changed_byte_is_found(directory: Path, place: float) -> None:
    path = segment_file(directory)
    content = bytearray(path.read_bytes())
    # Between two arrays there may be unused bytes: any of a few neighbours is used.
    start = int(len(content) * place)
    for offset in range(start, min(start + 64, len(content))):
        content[offset] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(DamagedIndexError):
        WhooshEngine(directory.parent).reader(directory.name).verify()


@pytest.mark.parametrize("kept", [0, 7, 100, 0.5, 0.999])
def test_a_short_file_is_found_when_it_is_opened(directory: Path, kept: float) -> None:
    path = segment_file(directory)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    with pytest.raises(DamagedIndexError):
        WhooshEngine(directory.parent).reader(directory.name)


def test_searching_damaged_arrays_raises_nothing_else(directory: Path) -> None:
    chance = random.Random(5)
    path = segment_file(directory)
    whole = path.read_bytes()
    for _ in range(40):
        content = bytearray(whole)
        start = chance.randrange(2000, len(content))
        content[start : start + 40] = chance.randbytes(min(40, len(content) - start))
        path.unlink()
        path.write_bytes(content)
        try:
            reader = WhooshEngine(directory.parent).reader(directory.name)
            for word in ("zebra", "crossing", "7", "voa"):
                reader.search(SearchRequest(Word(word)))
            reader.close()
        except DamagedIndexError:
            pass
