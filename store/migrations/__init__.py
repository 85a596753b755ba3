"""Migrations: what makes a data directory of an older version one of today's.

Alembic scripts, one folder a database file, applied when the store is opened.
"""
