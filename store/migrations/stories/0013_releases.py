"""Which version of Wiredesk each worker runs."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; workers of before go without."""
    op.add_column("workers", sa.Column("release", sa.String()))
