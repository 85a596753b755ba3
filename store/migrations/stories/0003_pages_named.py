"""Which versions and URLs name a page, found without reading all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Index the numbers of pages."""
    named = sa.text("page_id IS NOT NULL")
    op.create_index("versions_by_page", "versions", ["page_id"], sqlite_where=named)
    op.create_index("urls_by_page", "urls", ["page_id"], sqlite_where=named)
