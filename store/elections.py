"""Elections: work that one process on a store does at a time, whichever comes first.

The winner holds a lease for as long as it lives; when it is gone, another wins a little later.
"""

from collections.abc import Callable
from typing import Protocol

from store.base import Leases
from store.lease_keeper import UNSHARED, Claim, KeptLease, LeaseKeeper


class WorkElection(Protocol):
    """Who does a piece of work."""

    def claim(self) -> Claim | None:
        """The right to do the work now; None where it is another process's. Raises StoreError."""


class Uncontested:
    """An election with one candidate: nobody else could do the work, or everybody may."""

    def claim(self) -> Claim:
        """The right to do the work."""
        return UNSHARED


UNCONTESTED: WorkElection = Uncontested()


class LeaseElection:
    """An election by a lease. `keeper` gives what keeps this process's leases.

    A command that runs for a while keeps none: it does the work where nobody is elected.
    """

    def __init__(self, name: str, leases: Leases, keeper: Callable[[], LeaseKeeper | None]) -> None:
        self._name = name
        self._leases = leases
        self._keeper = keeper
        self._kept: KeptLease | None = None

    def claim(self) -> Claim | None:
        """The right to do the work now, taken where nobody has it."""
        if self._kept is not None and self._kept.is_held:
            return self._kept
        keeper = self._keeper()
        if self._leases.current(self._name) is not None:
            return None
        if keeper is None:
            return UNSHARED
        self._kept = keeper.acquire(self._name)
        return self._kept
