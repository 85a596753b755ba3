"""How does a data directory of an older version become one of today's?

Alembic scripts, one folder a database file, applied when the store is opened.
"""
