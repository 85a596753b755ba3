"""Claims: who may write or remove the bytes of a digest outside of the database, until when.

Bytes outside and the rows that name them can't be changed by one commit. So each key is claimed in the database before
it is touched, by a row with a ticket of its own and an end by the database's clock, an hour later:

    keep    claim ─▶ write the bytes ─▶ one transaction: the claim is still ours? then it goes, and rows name the bytes
    drop    one transaction: the rows go, and where no page names the bytes a claim without owner is left, ended already
    collect take over claims that have ended and that no row names ─▶ remove the bytes ─▶ remove the claims

Killed anywhere, a claim is left that is collected later, and no row names what is gone. Whoever finds a key claimed by
another keeps its bytes in the database instead: nobody waits. A process that was frozen for longer than its claim finds
its ticket gone, and does the same. A remover sends nothing in the last part of its hour (`is_fresh`), so that no late
removal meets a later writer.
"""

import secrets
import time
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from store.sql.dialects.expressions import Milliseconds, upsert
from store.sql.tables import blob_claims, bodies

_LASTS_MILLISECONDS = 3_600_000
_FRESH_SECONDS = 600.0

OUTSIDE = b""
"""The content of a body whose bytes are kept outside."""

_ENDED = blob_claims.c.ends_at <= Milliseconds()
_NAMED = exists().where(bodies.c.digest == blob_claims.c.digest, func.length(bodies.c.content) == 0)


class Ticket:
    """What one writer or remover claims under; `number` is nobody else's."""

    def __init__(self) -> None:
        self.number = secrets.token_hex(16)
        self._began = time.time()

    def is_fresh(self) -> bool:
        """Whether most of the time that claims last is left; by a clock that goes on while the machine sleeps."""
        return abs(time.time() - self._began) < _FRESH_SECONDS


def take(connection: Connection, digests: Collection[bytes], ticket: Ticket, *, named: bool = False) -> set[bytes]:
    """Claim those of these digests that no row names and nobody else has claimed; which they are.

    With `named` those that a row names, too.
    """
    known = select(bodies.c.digest).where(bodies.c.digest.in_(digests))
    free = set(digests) if named else set(digests).difference(connection.execute(known).scalars())
    if not free:
        return set()
    statement = upsert(blob_claims).values(
        digest=bindparam("claimed"), ticket=bindparam("ours"), ends_at=Milliseconds() + _LASTS_MILLISECONDS
    )
    excluded = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[blob_claims.c.digest],
        set_={"ticket": excluded.ticket, "ends_at": excluded.ends_at},
        where=_ENDED,
    )
    connection.execute(statement, [{"claimed": digest, "ours": ticket.number} for digest in sorted(free)])
    return _held(connection, ticket)


def settle(connection: Connection, digest: bytes, ticket: Ticket) -> bool:
    """End a claim, in the transaction that names its bytes; False where it is ours no more."""
    ours = blob_claims.c.digest == digest, blob_claims.c.ticket == ticket.number
    return connection.execute(delete(blob_claims).where(*ours)).rowcount == 1


def leave(connection: Connection, digests: Iterable[bytes]) -> None:
    """Leave bytes that nothing names any more to be collected."""
    rows = [{"claimed": digest, "ours": ""} for digest in sorted(digests)]
    if rows:
        statement = upsert(blob_claims).values(
            digest=bindparam("claimed"), ticket=bindparam("ours"), ends_at=Milliseconds()
        )
        connection.execute(statement.on_conflict_do_nothing(), rows)


def is_any_due(connection: Connection) -> bool:
    """Whether any claim has ended."""
    return connection.execute(select(blob_claims.c.digest).where(_ENDED).limit(1)).first() is not None


def take_over(connection: Connection, ticket: Ticket, limit: int) -> Sequence[bytes]:
    """Claim bytes that nothing names, of claims that have ended; those of bytes that a row names go."""
    ended = select(blob_claims.c.digest).where(_ENDED).order_by(blob_claims.c.ends_at).limit(limit)
    digests = connection.execute(ended).scalars().all()
    if digests:
        of_these = blob_claims.c.digest.in_(digests), _ENDED
        connection.execute(delete(blob_claims).where(*of_these, _NAMED))
        ours = {"ticket": ticket.number, "ends_at": Milliseconds() + _LASTS_MILLISECONDS}
        connection.execute(update(blob_claims).where(*of_these, ~_NAMED).values(ours))
    return sorted(_held(connection, ticket))


def release(connection: Connection, ticket: Ticket) -> None:
    """End all claims of a ticket."""
    connection.execute(delete(blob_claims).where(blob_claims.c.ticket == ticket.number))


def _held(connection: Connection, ticket: Ticket) -> set[bytes]:
    mine = select(blob_claims.c.digest).where(blob_claims.c.ticket == ticket.number)
    return set(connection.execute(mine).scalars())
