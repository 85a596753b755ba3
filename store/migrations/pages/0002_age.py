"""Pages by age, for keeping them only so long."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index the time of fetching."""
    op.create_index("pages_by_fetched_at", "pages", ["fetched_at"])
