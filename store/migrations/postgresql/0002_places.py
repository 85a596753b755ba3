"""Places outside of the database that keep the bytes of pages; see pages/0003_places.py."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of the place and of claims."""
    op.create_table(
        "page_place",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "blob_claims",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("blob_claims_by_end", "blob_claims", ["ends_at"])
