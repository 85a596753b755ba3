"""When the story of a version was first seen: what another database keeps its versions in partitions by."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; versions of before go without."""
    op.add_column("versions", sa.Column("first_seen_at", sa.BigInteger()))
