"""Claims of sources: what this worker may crawl, and no other at the same time.

A claim is a lease that is kept while the source is crawled. Whatever is written of the source carries it, so that a
worker that was frozen and woken after its lease had ended is refused.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from model.source import Source
from store.coordination import SOURCE_LEASE, SourceLeases
from store.lease_keeper import KeptLease, LeaseKeeper

_LONGEST_WAIT = timedelta(days=1)


class SourceClaim(NamedTuple):
    """A source, and the lease under which it is crawled."""

    source: Source
    kept: KeptLease


class SourceClaims:
    """Claims the sources of a configuration for one worker; safe to share between threads.

    Where it is `alone`, whatever is leased was left behind by a process that has ended.
    """

    def __init__(
        self, sources: Iterable[Source], leases: SourceLeases, keeper: LeaseKeeper, *, alone: bool = False
    ) -> None:
        self._alone = alone
        self._sources = {source.name: source for source in sources}
        self._every = {name: source.every for name, source in self._sources.items()}
        self._leases = leases
        self._keeper = keeper

    @property
    def count(self) -> int:
        """Number of sources that may be claimed."""
        return len(self._sources)

    def begin(self) -> None:
        """Take over what was left behind, and let no source be due later than its configuration allows for.

        A due time far ahead comes from a configuration that has changed since, or from a clock that was wrong. Raises
        StoreError.
        """
        longest = {n: max(source.every_max or source.every, _LONGEST_WAIT) for n, source in self._sources.items()}
        if self._alone:
            self._leases.free_all()
        self._leases.bring_due(longest)

    def claim_due(self, limit: int) -> Sequence[SourceClaim]:
        """Claim at most so many sources that are due, the longest overdue first. Raises StoreError."""
        asked_at = self._keeper.now()
        claimed = self._leases.claim_due(self._every, self._keeper.owner, self._keeper.seconds, limit)
        return [
            SourceClaim(self._sources[lease.name.removeprefix(SOURCE_LEASE)], self._keeper.keep(lease, asked_at))
            for lease in claimed
        ]

    def claim(self, source: Source) -> SourceClaim | None:
        """Claim a source, due or not; None where somebody crawls it. Raises StoreError."""
        kept = self._keeper.acquire(SOURCE_LEASE + source.name)
        return None if kept is None else SourceClaim(source, kept)

    def release(self, claim: SourceClaim) -> None:
        """Give a claim back. Raises StoreError."""
        self._keeper.release(claim.kept)
