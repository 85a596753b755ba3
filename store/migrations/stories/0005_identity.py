"""What an alias proves, publishers' identifiers in a table of their own, splits and status changes, crawl runs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# An address that no page was read at was only claimed by a canonical link; lines of imports have no page (address
# NULL).
_CLAIMED = """
UPDATE aliases SET kind = 'claimed'
WHERE alias LIKE 'url:%'
  AND NOT EXISTS (SELECT 1 FROM urls WHERE urls.url = substr(aliases.alias, 5))
  AND EXISTS (SELECT 1 FROM versions WHERE versions.story_id = aliases.story_id AND versions.address IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM versions
    WHERE versions.story_id = aliases.story_id
      AND (versions.address IS NULL OR versions.address = substr(aliases.alias, 5))
  )
"""
# "pub:SOURCE:ID", with the source that the story has; what was kept under another source's name proves nothing.
_PUBLISHER_IDS = """
INSERT OR IGNORE INTO publisher_ids (source, publisher_id, feed, story_id)
SELECT stories.source, substr(aliases.alias, length('pub:' || stories.source || ':') + 1), '', aliases.story_id
FROM aliases JOIN stories ON stories.id = aliases.story_id
WHERE substr(aliases.alias, 1, length('pub:' || stories.source || ':')) = 'pub:' || stories.source || ':'
"""
_STATE_OF_ADDRESSES = """
UPDATE aliases SET
  page_id = (SELECT urls.page_id FROM urls WHERE urls.url = substr(aliases.alias, 5)),
  suspect = (SELECT urls.suspect FROM urls WHERE urls.url = substr(aliases.alias, 5)),
  suspect_at = (SELECT urls.suspect_at FROM urls WHERE urls.url = substr(aliases.alias, 5))
WHERE alias LIKE 'url:%'
"""


def upgrade() -> None:
    """Say of each alias what it proves; keep what the next look at an address needs beside the address."""
    _add_columns()
    _make_tables()
    _move_what_is_known()
    _make_indexes()


def _add_columns() -> None:
    op.add_column("aliases", sa.Column("kind", sa.String(), nullable=False, server_default="seen"))
    op.add_column("aliases", sa.Column("canonicaliser", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("aliases", sa.Column("page_id", sa.Integer()))
    op.add_column("aliases", sa.Column("suspect", sa.String()))
    op.add_column("aliases", sa.Column("suspect_at", sa.BigInteger()))
    op.add_column("stories", sa.Column("split_from", sa.String()))
    op.add_column("stories", sa.Column("status_at", sa.BigInteger()))


def _make_tables() -> None:
    op.create_table(
        "publisher_ids",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("publisher_id", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), sa.ForeignKey("stories.id"), nullable=False),
        sa.PrimaryKeyConstraint("source", "publisher_id", "feed", "story_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "distrusted_ids",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("publisher_id", sa.String(), nullable=False),
        sa.Column("distrusted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "publisher_id"),
    )
    op.create_table(
        "former_addresses",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.String(), sa.ForeignKey("stories.id"), nullable=False),
        sa.PrimaryKeyConstraint("url", "left_at", "story_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crawl_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String()),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("links", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("counts", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )


def _make_indexes() -> None:
    op.create_index("crawl_runs_by_source", "crawl_runs", ["source", "started_at"])
    op.create_index("crawl_runs_by_start", "crawl_runs", ["started_at"])
    op.create_index("publisher_ids_by_story", "publisher_ids", ["story_id"])
    op.create_index("former_addresses_by_story", "former_addresses", ["story_id"])
    op.create_index("aliases_by_page", "aliases", ["page_id"], sqlite_where=sa.text("page_id IS NOT NULL"))
    op.create_index("aliases_by_suspect", "aliases", ["suspect"], sqlite_where=sa.text("suspect IS NOT NULL"))


def _move_what_is_known() -> None:
    op.execute("UPDATE aliases SET kind = 'like' WHERE alias LIKE 'like:%'")
    op.execute(_CLAIMED)
    op.execute(_PUBLISHER_IDS)
    op.execute("DELETE FROM aliases WHERE alias LIKE 'pub:%'")
    op.execute(_STATE_OF_ADDRESSES)
    op.drop_index("urls_by_page", "urls")
    for column in ("page_id", "suspect", "suspect_at"):
        op.execute(f"ALTER TABLE urls DROP COLUMN {column}")
