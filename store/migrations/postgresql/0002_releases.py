"""Which version of Wiredesk each worker runs; processes of the version before go on beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; workers of before go without."""
    op.add_column("workers", sa.Column("release", sa.Text()))
