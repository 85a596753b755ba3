"""What workers share: since when a lease is held, the pace of a host, robots.txt as it was read, and the workers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add columns, an index and two tables."""
    op.add_column("leases", sa.Column("taken_at", sa.BigInteger()))
    op.add_column("hosts", sa.Column("bad_responses", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hosts", sa.Column("started_at", sa.BigInteger()))
    op.add_column("hosts", sa.Column("pause", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hosts", sa.Column("turn_owner", sa.String()))
    op.add_column("hosts", sa.Column("turn_ends_at", sa.BigInteger()))
    op.add_column("hosts", sa.Column("turns", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("hosts_resting", "hosts", ["retry_at"], sqlite_where=text("retry_at IS NOT NULL"))
    op.create_table(
        "robots_files",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin"),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
