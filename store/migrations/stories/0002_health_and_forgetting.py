"""The health of sources, pages that are gone, and stories that were forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what the crawler knows of sources and of gone pages, and the table of forgotten addresses."""
    op.add_column("urls", sa.Column("gone_looks", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("urls", sa.Column("gone_since", sa.BigInteger()))
    op.add_column("urls", sa.Column("page_id", sa.Integer()))
    op.add_column("sources", sa.Column("failing_since", sa.BigInteger()))
    op.add_column("sources", sa.Column("alarm", sa.Text()))
    op.add_column("sources", sa.Column("observed_since", sa.BigInteger()))
    op.add_column("sources", sa.Column("recent_stories", sa.Float(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("longest_gap_seconds", sa.Float()))
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("forgotten_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
