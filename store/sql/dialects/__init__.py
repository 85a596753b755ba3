"""Databases that keep the store, and what they say differently."""

from store.sql.database import Database


def postgresql_at(url: str) -> Database:
    """The PostgreSQL database at an address; its driver is loaded only here. Raises StoreError."""
    from store.sql.dialects.postgresql import PostgresqlDatabase

    return PostgresqlDatabase(url)
