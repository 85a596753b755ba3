"""Keys of texts in an SQLite file, of which there are a dozen a text and each somewhere else.

In one sorted table every key would change a page of its own, which is written twice. So new keys come into a small
table, `copy_keys`, or where many come at once into a sorted run; the small table becomes a run when it has some
thousand rows. A table that an earlier version has filled does so bit by bit, the first keys first. Runs are merged into
longer ones (merging.py), and each answers for itself (lookup.py). All of it is part of the transaction that brings the
keys, which is the only one that writes at the time. A key that is dropped is taken out of the block where it stands:
nothing of it is left.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from store.sql.key_runs.lookup import Neighbours, near_in_pairs, near_in_runs, nearest_of
from store.sql.key_runs.merging import Sizes, merge_runs, write_run
from store.sql.key_runs.pairs import Pair, Pairs, Rows
from store.sql.key_runs.segments import asked_of, change_blocks, read_blocks, rows_of

_SIZES = Sizes()
_FEW_ASKED = 250
"""So few are looked up one by one in the table of new keys, more in all of its rows."""
_MOST_READ = 4 * _SIZES.buffered

_LAST_PLACE = (1 << 63) - 1

_ADD = "INSERT OR IGNORE INTO copy_keys (key, place) VALUES (?, ?)"
_DROP = "DELETE FROM copy_keys WHERE key = ? AND place = ?"
_HAS_MORE = "SELECT EXISTS (SELECT 1 FROM copy_keys LIMIT 1 OFFSET ?)"
_FIRST = "SELECT key, place FROM copy_keys ORDER BY key, place LIMIT ?"
_DROP_ALL = "DELETE FROM copy_keys"
_DROP_UPTO = "DELETE FROM copy_keys WHERE (key, place) <= (?, ?)"
# Most are under keys that no other has: these are left out before places are looked for.
_NEAR = (
    "WITH asked (number, key, place) AS MATERIALIZED (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),"
    " json_extract(value, '$[2]') FROM json_each(?)), shared AS MATERIALIZED (SELECT * FROM asked WHERE EXISTS"
    " (SELECT 1 FROM copy_keys WHERE copy_keys.key = asked.key))"
    " SELECT number, copy_keys.place FROM shared JOIN copy_keys ON copy_keys.key = shared.key"
    " AND copy_keys.place >= coalesce((SELECT place FROM copy_keys WHERE key = shared.key AND place < shared.place"
    f" ORDER BY place DESC LIMIT 1 OFFSET ? - 1), -{_LAST_PLACE})"
    " AND copy_keys.place <= coalesce((SELECT place FROM copy_keys WHERE key = shared.key AND place > shared.place"
    f" ORDER BY place LIMIT 1 OFFSET ? - 1), {_LAST_PLACE}) WHERE copy_keys.place != shared.place"
)


def add_keys(connection: Connection, rows: Rows | Sequence[Pair], sizes: Sizes = _SIZES) -> None:
    """Let texts be found: rows of key and place; those that are there stay."""
    pairs, came = Pairs.of(rows), 0
    if pairs.size >= sizes.direct:
        write_run(connection, pairs, sizes)
        came = pairs.size
    elif pairs.size:
        connection.exec_driver_sql(_ADD, pairs.rows())
    if connection.exec_driver_sql(_HAS_MORE, (sizes.buffered,)).scalar():
        came += _take_new(connection, sizes)
    if came:
        merge_runs(connection, came * sizes.work, sizes)


def _take_new(connection: Connection, sizes: Sizes) -> int:
    """Make a run of the first new keys; returns how many these were."""
    rows = rows_of(connection, _FIRST, (sizes.taken,))
    if len(rows) < sizes.taken:
        connection.exec_driver_sql(_DROP_ALL)
    else:
        connection.exec_driver_sql(_DROP_UPTO, rows[-1])
    write_run(connection, Pairs.of(rows), sizes)
    return len(rows)


def drop_keys(connection: Connection, rows: Rows | Sequence[Pair]) -> None:
    """Let texts be found no more: rows of key and place."""
    gone = Pairs.of(rows)
    if not gone.size:
        return
    connection.exec_driver_sql(_DROP, gone.rows())
    for segment, guide, which in asked_of(connection, gone.keys):
        asked = Pairs(gone.keys[which], gone.places[which])
        numbers = np.unique(guide.fences.ranks(asked, after=True) - 1).tolist()
        blocks = read_blocks(connection, [segment.block(number) for number in numbers if number >= 0])
        left = {number: pairs.without(asked) for number, pairs in blocks.items()}
        change_blocks(connection, {block: pairs for block, pairs in left.items() if pairs.size < blocks[block].size})


def near(connection: Connection, asked: Rows | Sequence[tuple[int, int, int, int]], nearest: int) -> Rows:
    """For each row of key, place, number and weight: rows of number, weight and the place of another such text.

    The `nearest` places before and after, whatever their number; in the order of what was asked for and of places.
    """
    columns = np.array(asked, np.int64).reshape(-1, 4)
    keys, places, numbers, weights = columns[np.lexsort(columns.T[::-1])].T.copy()
    wanted = Pairs(keys, places)
    found = Neighbours.joined([_near_in_new(connection, wanted, nearest), near_in_runs(connection, wanted, nearest)])
    best = nearest_of(found, wanted, nearest)
    return np.column_stack((numbers[best.asked], weights[best.asked], best.places))


def _near_in_new(connection: Connection, asked: Pairs, nearest: int) -> Neighbours:
    rows: list[tuple[Any, ...]] = []
    if asked.size > _FEW_ASKED:
        rows = rows_of(connection, _FIRST, (_MOST_READ + 1,))
    if not asked.size or (asked.size > _FEW_ASKED and len(rows) <= _MOST_READ):
        return near_in_pairs(Pairs.of(rows), asked, nearest)
    wanted = json.dumps([(number, *pair) for number, pair in enumerate(asked.rows())])
    found = rows_of(connection, _NEAR, (wanted, nearest, nearest))
    columns = np.array(found, np.int64).reshape(-1, 2)
    return Neighbours(columns[:, 0], columns[:, 1])
