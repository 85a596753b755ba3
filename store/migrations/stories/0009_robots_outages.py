"""Since when the robots.txt of a host can't be had: what waits for it must not wait for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "robots_outages",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("origin"),
    )
