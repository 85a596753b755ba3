"""Keys of texts in sorted runs: whatever their history, a look-up finds what one sorted list would say."""

import random
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from store.migrations.migrate import alembic_config
from store.opening import Store, open_store
from store.sql.dialects.sqlite import SqliteDatabase
from store.sql.key_runs.keys import add_keys, drop_keys, near
from store.sql.key_runs.merging import Sizes
from store.sql.key_runs.pairs import Pairs
from store.sql.key_runs.reading import count_keys, read_keys
from store.sql.key_runs.segments import Segment, all_segments

pytestmark = pytest.mark.sqlite_files("how SQLite alone keeps keys")

ROOT = Path(__file__).parents[3]
SMALL = Sizes(buffered=6, direct=10, taken=40, block=3, segment=48, merged=3, work=8)
Pair = tuple[int, int]
Asked = tuple[int, int, int, int]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "data")
    yield store
    store.close()


def change(store: Store, added: Sequence[Pair] = (), dropped: Sequence[Pair] = (), sizes: Sizes = SMALL) -> None:
    with store.databases[0].change() as connection:
        drop_keys(connection, sorted(dropped))
        add_keys(connection, sorted(added), sizes)


def all_keys(store: Store) -> list[Pair]:
    with store.databases[0].read() as connection:
        return read_keys(connection, None, None)


def segments(store: Store) -> list[Segment]:
    with store.databases[0].read() as connection:
        return all_segments(connection)


def found(store: Store, asked: Sequence[Asked], nearest: int) -> list[tuple[int, int, int]]:
    with store.databases[0].read() as connection:
        return [tuple(row) for row in near(connection, asked, nearest)]


def expected(rows: set[Pair], asked: Sequence[Asked], nearest: int) -> list[tuple[int, int, int]]:
    places = defaultdict(list)
    for key, place in sorted(rows):
        places[key].append(place)
    told = []
    for key, own, number, weight in asked:
        before = [place for place in places[key] if place < own][-nearest:]
        after = [place for place in places[key] if place > own][:nearest]
        told += [(number, weight, place) for place in before + after]
    return told


def some_pairs(chance: random.Random, keys: int, places: int, count: int) -> set[Pair]:
    """Few keys that many texts have, or many far apart."""
    spread = 1 if keys < 100 else 2**62 // keys
    return {(chance.randrange(keys) * spread, chance.randrange(places)) for _ in range(count)}


@pytest.mark.parametrize(("keys", "places"), [(3, 2**40), (40, 20), (3000, 2**62)])
@pytest.mark.parametrize("sizes", [SMALL, SMALL._replace(buffered=25, direct=40, merged=2, work=3, segment=24)])
def test_whatever_came_and_went_the_nearest_are_told(store: Store, keys: int, places: int, sizes: Sizes) -> None:
    chance = random.Random(keys)
    rows: set[Pair] = set()
    for _ in range(30):
        added = some_pairs(chance, keys, places, chance.choice((1, 20, 60)))
        added |= set(chance.sample(sorted(rows), min(3, len(rows))))
        dropped = set(chance.sample(sorted(rows), min(len(rows), chance.choice((0, 1, 20)))))
        change(store, added, {*dropped, (1, 1)}, sizes)
        rows = rows - dropped - {(1, 1)} | added
        asked: list[Asked] = [
            (key, chance.choice((place, chance.randrange(places))), number, number % 3)
            for number, (key, place) in enumerate(sorted(some_pairs(chance, keys, places, chance.choice((5, 300)))))
        ]
        asked += [(key, place, 1000 + number, 0) for number, (key, place) in enumerate(sorted(rows)[:300:7])]
        nearest = chance.choice((1, 2, 8))
        assert found(store, sorted(asked), nearest) == expected(rows, sorted(asked), nearest)
    assert all_keys(store) == sorted(rows)
    assert len({segment.level for segment in segments(store)}) >= 2
    change(store, dropped=sorted(rows))
    assert all_keys(store) == []
    assert found(store, [(key, 0, 0, 0) for key, _ in sorted(rows)], 8) == []


def test_keys_are_read_in_their_order_a_part_at_a_time(store: Store) -> None:
    chance = random.Random(5)
    rows: set[Pair] = set()
    for _ in range(30):
        added = some_pairs(chance, 500, 100, 60)
        change(store, added)
        rows |= added
    read: list[Pair] = []
    with store.databases[0].read() as connection:
        while part := read_keys(connection, read[-1] if read else None, None, 101):
            read += part
        first, last = sorted(rows)[40], sorted(rows)[-20]
        assert read_keys(connection, first, last) == [row for row in sorted(rows) if first < row <= last]
        assert count_keys(connection) >= len(rows)
    assert read == sorted(rows)


def test_runs_become_fewer_and_a_pair_is_written_once_a_level(store: Store) -> None:
    chance, rows, runs = random.Random(2), set(), []
    for _ in range(150):
        added = some_pairs(chance, 2**40, 2**40, 12)
        change(store, added)
        rows |= added
        runs.append(len({segment.run for segment in segments(store)}))
    assert all_keys(store) == sorted(rows)
    assert max(runs) <= 4 * SMALL.merged
    assert max(segment.pairs for segment in segments(store)) <= 2 * SMALL.segment


def test_what_is_written_is_in_proportion_to_what_came(store: Store, tmp_path: Path) -> None:
    """A table of all keys takes a page for each of them, and no transaction has more to do than others."""
    chance, log = random.Random(3), tmp_path / "data" / "stories.db-wal"
    pairs, steps = 0, [0]
    with store.databases[0].engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
        for _ in range(60):
            added = some_pairs(chance, 2**40, 2**40, 2500)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            add_keys(connection, sorted(added))
            connection.commit()
            pairs += len(added)
            steps.append(log.stat().st_size)
    assert steps[-1] < 80 * pairs
    assert max(after - before for before, after in pairwise(steps)) < 3_000_000


def test_a_table_of_an_earlier_version_is_taken_over_bit_by_bit(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database, config = SqliteDatabase(tmp_path / "data" / "stories.db"), alembic_config("stories")
    rows = some_pairs(random.Random(4), 2000, 100, 1000)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        connection.exec_driver_sql("INSERT INTO copy_keys (key, place) VALUES (?, ?)", sorted(rows))
    database.close()
    store = open_store(tmp_path / "data")
    left = [len(rows)]
    while left[-1] > SMALL.buffered:
        asked = [(key, place, number, 1) for number, (key, place) in enumerate(sorted(rows)[:: 3 if left[1:] else 40])]
        assert found(store, asked, 2) == expected(rows, asked, 2)
        change(store, [(7, len(left))])
        rows.add((7, len(left)))
        with store.databases[0].read() as connection:
            left.append(connection.execute(text("SELECT count(*) FROM copy_keys")).scalar_one())
        assert left[-1] >= left[-2] - SMALL.taken
    assert all_keys(store) == sorted(rows)
    store.close()


def test_another_state_of_the_file_is_answered_from_as_it_is(store: Store, tmp_path: Path) -> None:
    """A backup that is put back, and a file that is packed: what this process remembers of segments is of no harm."""
    chance = random.Random(6)
    before = some_pairs(chance, 300, 50, 400)
    change(store, before)
    store.close()
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    rows = set(before)
    for _ in range(10):
        later = open_store(tmp_path / "data")
        change(later, some_pairs(chance, 300, 50, 60), some_pairs(chance, 300, 50, 60))
        rows = set(all_keys(later))
        with later.databases[0].engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")
        asked = [(key, place, 0, 0) for key, place in sorted(rows | before)]
        assert found(later, asked, 8) == expected(rows, asked, 8)
        later.close()
    shutil.rmtree(tmp_path / "data")
    shutil.copytree(tmp_path / "backup", tmp_path / "data")
    back = open_store(tmp_path / "data")
    assert found(back, asked, 8) == expected(before, asked, 8)
    back.close()


def test_a_transaction_that_is_given_up_leaves_nothing(store: Store) -> None:
    rows = some_pairs(random.Random(8), 300, 50, 400)
    change(store, rows)
    with pytest.raises(ZeroDivisionError), store.databases[0].change() as connection:
        add_keys(connection, sorted(some_pairs(random.Random(9), 300, 50, 400)), SMALL)
        drop_keys(connection, sorted(rows))
        raise ZeroDivisionError
    assert all_keys(store) == sorted(rows)
    asked = [(key, place, 0, 0) for key, place in sorted(rows)]
    assert found(store, asked, 8) == expected(rows, asked, 8)


def test_nothing_is_left_of_a_key_that_is_dropped(store: Store, tmp_path: Path) -> None:
    rows = sorted(some_pairs(random.Random(10), 2**61, 2**62, 6000))
    gone = rows[::40]
    for part in (rows[::2], rows[1::2]):
        change(store, part, sizes=Sizes())
    change(store, dropped=gone)
    store.checkpoint()
    content = (tmp_path / "data" / "stories.db").read_bytes()
    assert [key for key, _ in gone if key.to_bytes(8, "little") in content or key.to_bytes(8, "big") in content] == []
    assert all(key.to_bytes(8, "little") in content for key, _ in rows[1::40])


WRITER = """
import os, random, signal, sys
from pathlib import Path
from store.opening import open_store
from store.sql.key_runs import keys, merging
from store.sql.tables import counters
from tests.store.sql.test_key_runs import SMALL, own_pairs

directory, name, ends_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store, written = open_store(directory), 0
write_segment = merging.write_segment

def killed(*arguments):
    global written
    written += 1
    write_segment(*arguments)
    if written == ends_at:
        os.kill(os.getpid(), signal.SIGKILL)

merging.write_segment = killed
for number in range(40):
    with store.databases[0].change() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO counters VALUES (?, ?)", (name, number))
        keys.drop_keys(connection, own_pairs(name, number - 3)[:5])
        keys.add_keys(connection, own_pairs(name, number), SMALL)
store.close()
"""


def own_pairs(name: str, number: int) -> list[Pair]:
    """What a process that is called so adds in one of its steps; five are dropped three steps later."""
    return sorted(some_pairs(random.Random(f"{name} {number}"), 1000, 2**40, 20)) if number >= 0 else []


def test_processes_write_at_once_and_one_is_killed_in_a_merge(store: Store, tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    ends = {"one": 0, "two": 45}
    command = [sys.executable, str(script), str(tmp_path / "data")]
    writers = {
        name: subprocess.Popen([*command, name, str(end)], cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
        for name, end in ends.items()
    }
    own = own_pairs("this", 0)
    change(store, own)
    codes = {name: writer.wait(60) for name, writer in writers.items()}
    assert codes == {"one": 0, "two": -signal.SIGKILL}
    with store.databases[0].read() as connection:
        reached = dict(tuple(row) for row in connection.execute(text("SELECT name, value FROM counters")))
    assert reached["one"] == 39
    rows = set(own)
    for name in ends:
        for number in range(reached[name] + 1):
            rows |= set(own_pairs(name, number))
        for number in range(reached[name] - 2):
            rows -= set(own_pairs(name, number)[:5])
    assert all_keys(store) == sorted(rows)
    asked = [(key, place, 0, 0) for key, place in sorted(rows)]
    assert found(store, asked, 8) == expected(rows, asked, 8)
    assert any(segment.target for segment in segments(store)) or len(segments(store)) > 1


def test_pairs_are_packed_as_two_columns() -> None:
    pairs = Pairs.of([(5, 2), (-1, 7), (5, 1), (5, 2)])
    assert pairs.rows() == [(-1, 7), (5, 1), (5, 2)]
    assert Pairs.unpacked(pairs.packed()).rows() == pairs.rows()
