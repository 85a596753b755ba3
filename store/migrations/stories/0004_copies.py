"""Groups of near-identical stories."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the group of a story, and the bands by which stories find others to be compared with."""
    op.add_column("stories", sa.Column("copy_group", sa.String()))
    op.add_column("stories", sa.Column("grouped", sa.Integer()))
    op.create_index("stories_by_copy_group", "stories", ["copy_group"], sqlite_where=sa.text("copy_group IS NOT NULL"))
    op.create_index("stories_to_group", "stories", ["revision"], sqlite_where=sa.text("grouped IS NOT revision"))
    op.create_table(
        "copy_bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("band", "story_id"),
        sqlite_with_rowid=False,
    )
