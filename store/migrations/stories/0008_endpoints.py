"""Names of the crawl state: endpoints and visits, as the field calls them. Nothing but names changes."""

from alembic import op

revision = "0008"
down_revision = "0007"

_COLUMNS = (
    ("endpoints", "looked_at", "fetched_at"),
    ("urls", "looked_at", "visited_at"),
    ("urls", "next_look_at", "recheck_at"),
    ("urls", "looks", "visits"),
    ("urls", "gone_looks", "gone_visits"),
)


def upgrade() -> None:
    """Rename a table, columns and an index; only the index is made anew."""
    op.rename_table("places", "endpoints")
    op.drop_index("urls_by_next_look", "urls")
    for table, before, after in _COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")
    op.create_index("urls_by_recheck", "urls", ["source", "recheck_at"])
