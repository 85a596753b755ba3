"""Copies found by bounded work, and when the store came to a revision."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"


def upgrade() -> None:
    """Make the tables by which copies are found; the rules of copies have changed, so all groups are decided anew."""
    op.drop_table("copy_bands")
    op.create_table(
        "copy_texts",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("story_id", sa.String(), nullable=False, unique=True),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("traits", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "copy_keys",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "place"),
        sqlite_with_rowid=False,
    )
    op.drop_index("stories_by_copy_group", "stories")
    op.create_index(
        "stories_by_copy_group",
        "stories",
        ["copy_group", "status", "first_seen_at", "id"],
        sqlite_where=sa.text("copy_group IS NOT NULL"),
    )
    op.create_table(
        "ticks",
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Integer(), nullable=False),
    )
    # Here and not in a statement of ours: whatever counts a change up, its time is known, for a microsecond each.
    op.execute(
        f"""
        CREATE TRIGGER revisions_tick AFTER UPDATE OF value ON counters
        WHEN NEW.name = 'revision'
            AND {_NOW} / 10 IS NOT (SELECT at / 10 FROM ticks ORDER BY revision DESC LIMIT 1)
        BEGIN
            INSERT OR REPLACE INTO ticks (revision, at) VALUES (NEW.value, {_NOW});
            DELETE FROM ticks WHERE at < {_NOW} - 2 * 24 * 60 * 60;
        END
        """
    )
