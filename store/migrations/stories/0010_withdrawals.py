"""Withdrawals with their reason, rechecks that come behind others, and the rules by which URLs were set aside.

Of a story that is withdrawn already, the crawl state still says whether its page was gone or a kill notice stood there;
the words of the notice were not kept.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"

_WITHDRAWN = text("SELECT id, status_at FROM stories WHERE status = 'withdrawn' AND merged_into IS NULL")
_LAST_VISIT = text(
    "SELECT url, outcome, detail FROM urls WHERE story_id = :id"
    " AND (outcome = 'GONE' OR detail = 'withdrawn by a kill notice') ORDER BY visited_at DESC LIMIT 1"
)
_KEEP = text("UPDATE stories SET withdrawals = :withdrawals WHERE id = :id")
_DAY_MICROSECONDS = 86_400_000_000


def upgrade() -> None:
    """Add columns and indexes, and what is known of the stories that are withdrawn."""
    op.add_column("stories", sa.Column("withdrawals", sa.Text()))
    op.add_column("urls", sa.Column("is_late", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("rules", sa.Text()))
    op.execute(f"UPDATE urls SET is_late = 1 WHERE recheck_at - visited_at >= {_DAY_MICROSECONDS}")
    op.drop_index("urls_by_recheck", "urls")
    op.create_index("urls_by_recheck", "urls", ["source", "is_late", "recheck_at"])
    op.create_index("urls_poisoned", "urls", ["source", "recheck_at"], sqlite_where=text("outcome = 'POISON'"))
    op.create_index("stories_by_withdrawal", "stories", ["status_at"], sqlite_where=text("status = 'withdrawn'"))
    connection = op.get_bind()
    for story_id, status_at in connection.execute(_WITHDRAWN).all():
        visit = connection.execute(_LAST_VISIT, {"id": story_id}).first()
        if visit is not None:
            withdrawal = _withdrawal(visit.url, visit.outcome, visit.detail)
            if status_at is not None:
                withdrawal["withdrawn_at"] = _instant(connection, status_at)
            connection.execute(_KEEP, {"id": story_id, "withdrawals": json.dumps([withdrawal])})


def _withdrawal(url: str, outcome: str, detail: str | None) -> dict[str, object]:
    if outcome == "GONE":
        return {"kind": "page_gone", "reason": detail or "the page is gone", "url": url}
    return {"kind": "kill_notice", "reason": "a kill notice, whose words were not kept", "url": url}


def _instant(connection: sa.Connection, microseconds: int) -> str:
    """As JSON has it, from microseconds since 1970."""
    seconds, rest = divmod(microseconds, 1_000_000)
    at = connection.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%S', :at, 'unixepoch')"), {"at": seconds}).scalar()
    return f"{at}.{rest:06}Z"
