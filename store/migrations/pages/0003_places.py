"""Places outside of the database that keep the bytes of pages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of the place and of claims; a body that is kept outside is a row with empty content."""
    op.create_table(
        "page_place",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("marked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "blob_claims",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("blob_claims_by_end", "blob_claims", ["ends_at"])
