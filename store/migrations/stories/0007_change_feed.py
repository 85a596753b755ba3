"""Groups of near-identical stories in a table of their own, checkpoints of the feed's consumers, and leases."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# A group's change was one of its story until now: it keeps that position, and no index has to be fed with it again.
_GROUPS = """
INSERT INTO copy_groups (story_id, name, first_seen_at, position)
SELECT id, copy_group, first_seen_at, revision FROM stories WHERE copy_group IS NOT NULL
"""
_CHECKPOINT = """
INSERT INTO checkpoints (consumer, position)
SELECT 'duplicates', coalesce(
    (SELECT min(revision) - 1 FROM stories WHERE grouped IS NOT revision),
    (SELECT value FROM counters WHERE name = 'revision')
)
"""
# No text has this digest: the group of a story that has lost a member is decided anew though its text is the same.
_TO_DECIDE = "UPDATE copy_texts SET digest = -1 WHERE story_id IN (SELECT id FROM stories WHERE grouped IS NULL)"


def upgrade() -> None:
    """Move the groups out of the stories' rows; what waited to be grouped goes on waiting."""
    op.create_table(
        "copy_groups",
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("name", sa.String()),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("story_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("consumer"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("ends_at", sa.Integer(), nullable=False),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    for statement in (_GROUPS, _CHECKPOINT, _TO_DECIDE):
        op.execute(statement)
    op.create_index("copy_groups_by_position", "copy_groups", ["position"], unique=True)
    op.create_index(
        "copy_groups_by_name",
        "copy_groups",
        ["name", "first_seen_at", "story_id"],
        sqlite_where=sa.text("name IS NOT NULL"),
    )
    op.drop_index("stories_to_group", "stories")
    op.drop_index("stories_by_copy_group", "stories")
    for column in ("copy_group", "grouped"):
        op.execute(f"ALTER TABLE stories DROP COLUMN {column}")
