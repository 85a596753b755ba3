"""Tables of runs, which SQLite alone has, beside those of store/sql/tables.py."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table

sqlite_metadata = MetaData()

copy_segments = Table(
    "copy_segments",
    sqlite_metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("target", Integer),
    Column("key", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("last_key", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
)
"""Parts of sorted runs of keys (store/sql/key_runs/segments.py), and the run that theirs is being merged into. An `id`
is random and never comes again."""

copy_blocks = Table(
    "copy_blocks",
    sqlite_metadata,
    Column("id", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The keys and places of segments, a page each, and a guide to each segment; the number of the segment and that of the
block within it are one."""
