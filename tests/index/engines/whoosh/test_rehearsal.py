"""The first searches after an installation are as whole as all others, though their loops have to be compiled."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from index.engines.whoosh import WhooshEngine
from model.story import StoredStory

ROOT = Path(__file__).parents[4]
SEEN_AT = datetime(2024, 1, 1, tzinfo=UTC)
LOOPS = (
    "query.score_loops",
    "collect.result_loops",
    "postings.text_loops",
    "postings.field_loops",
    "postings.phrase_loops",
    "postings.search_loops",
    "scoring.proximity_loops",
)
NOT_COMPILED = """
import sys
from importlib import import_module
from pathlib import Path
from index.engines.whoosh import WhooshEngine
WhooshEngine(Path(sys.argv[1])).prepare()
for name in sys.argv[2:]:
    loops = vars(import_module("index.engines.whoosh." + name))
    print(*(loop for loop, made in loops.items() if hasattr(made, "signatures") and not made.signatures))
"""
CALLED_BY_OTHERS = {
    "first_from",
    "whole",
    "get_half",
    "put_half",
    "check_blocks",
    "block_of",
    "block_with",
    "find_rows",
    "go_on",
    "open_block",
    "read_block",
    "read_all",
    "blocks_size",
    "entries_size",
    "put_blocks",
    "gap_size",
    "get_gap",
    "put_gap",
    "get_row",
    "pass_rows",
    "places_between",
    "nearness",
    "position_size",
    "put_position",
    "open_list",
    "samples_size",
    "place_of_row",
    "weights_of",
    "mask_of",
}
FOR_MERGES = {"unpack_text", "unpack_field"}
COMPILED_LATER = """
import sys
from importlib import import_module
from pathlib import Path
from index.engines.whoosh import WhooshEngine
from model.query import And, Filters, Or, Phrase, Prefix, SearchRequest, Word, Words
engine = WhooshEngine(Path(sys.argv[1]))
engine.prepare()
modules = [vars(import_module("index.engines.whoosh." + name)) for name in sys.argv[2:]]
loops = {name: loop for module in modules for name, loop in module.items() if hasattr(loop, "signatures")}
made = {name: len(loop.signatures) for name, loop in loops.items()}
reader = engine.reader("one")
for words in ((Word("old"), Word("ferry")), (Word("calm"), Word("water")), (Word("old"), Word("water"))):
    for query in (Words(words), Words(words * 3), And(words), Or(words), Phrase("old ferry"), Prefix("cal")):
        for filters in (Filters(), Filters({"source": ("wire",)})):
            for sort in ("relevance", "newest"):
                reader.search(SearchRequest(query, filters, sort=sort))
print(*(name for name, loop in loops.items() if len(loop.signatures) > made[name]))
"""
WIDE_OFFSETS = """
import sys
from pathlib import Path
import numpy as np
from index.engines.whoosh import WhooshEngine
from index.engines.whoosh.postings import search_loops
from index.engines.whoosh.segments.term_dictionary import TermDictionary
WhooshEngine(Path(sys.argv[1])).prepare()
loops = (search_loops.first_string_from, search_loops.string_at)
made = [len(loop.signatures) for loop in loops]
offsets = np.frombuffer(np.array([0, 3, 7], np.int64).tobytes(), np.int64)
found = TermDictionary(np.frombuffer(b"oldsail", np.uint8), offsets)
print(found.find("sail"), found.prefixed("sa"), made == [len(loop.signatures) for loop in loops])
"""
SEARCH = """
import sys
from pathlib import Path
from index.engines.whoosh import WhooshEngine
from model.query import Phrase, SearchRequest
engine = WhooshEngine(Path(sys.argv[1]))
engine.prepare()
result = engine.reader("one").search(SearchRequest(Phrase("old ferry"), timeout_seconds=0.7))
print(result.total, result.timed_out)
"""


def test_rare_and_frequent_words_have_the_same_loops(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.create("one")
    writer = engine.writer("one")
    writer.add(_story(number, "the old ferry sank" if number < 3 else "the calm water rose") for number in range(600))
    writer.commit(1)
    found = subprocess.run(
        [sys.executable, "-c", COMPILED_LATER, str(tmp_path), *LOOPS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == []


def test_dictionaries_of_earlier_versions_have_loops(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", WIDE_OFFSETS, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "1 range(1, 2) True"


def _story(number: int, text: str) -> StoredStory:
    return StoredStory(
        id=f"s{number}",
        source="wire",
        headline=text,
        body=(text,),
        version=1,
        first_seen_at=SEEN_AT,
        seen_at=SEEN_AT,
    )


def test_compiling_takes_no_time_of_a_search(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.create("one")
    writer = engine.writer("one")
    writer.add(_story(number, "the old ferry sank") for number in range(3))
    writer.commit(1)
    found = subprocess.run(
        [sys.executable, "-c", SEARCH, str(tmp_path / "index")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path / "loops")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["3", "False"]


def test_every_loop_of_a_search_is_compiled(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", NOT_COMPILED, str(tmp_path / "index"), *LOOPS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name for name in found.stdout.split() if not name.startswith("_")} <= CALLED_BY_OTHERS | FOR_MERGES
