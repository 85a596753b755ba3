"""Joint ingest of pages: visits that end at about the same time keep what they found in one transaction.

What a transaction costs beside its rows (its statements, and a disk that has to say that all of it is there) is shared
by those that wait for it. A visit ends when its page is kept, as it would by itself. It waits only while others are on
their way, and gives its place among the requests to the next: the readers never wait for the disk.
"""

import threading
from concurrent.futures import Future

import structlog

from crawler.http.concurrency_limit import ConcurrencyLimit
from ingest.apply import Applied, Ingest, Remember
from ingest.candidate import Candidate

MOST_TOGETHER = 8
"""So many pages are kept in one transaction, which others wait for meanwhile."""
_MOST_IN_MEMORY = 2 * MOST_TOGETHER
_WAIT_SECONDS = 0.1


class _Brought:
    """A candidate that waits for others."""

    def __init__(self, candidate: Candidate, remember: Remember) -> None:
        self.asked = candidate, remember
        self.result: Future[Applied] = Future()


class JointIngest:
    """What `Ingest.apply` does, for several threads at once; safe to share between them.

    `limit` says how many others are on their way.
    """

    def __init__(self, ingest: Ingest, limit: ConcurrencyLimit) -> None:
        self._ingest = ingest
        self._limit = limit
        self._room = threading.BoundedSemaphore(_MOST_IN_MEMORY)
        self._arrival = threading.Condition()
        self._waiting: list[_Brought] = []

    def apply(self, candidate: Candidate, remember: Remember) -> Applied:
        """Keep a candidate together with those that come soon. Raises StoreError."""
        brought = _Brought(candidate, remember)
        with self._room:
            if self._is_first(brought):
                self._keep(self._gathered())
            return brought.result.result()

    def _is_first(self, brought: _Brought) -> bool:
        """Whether the thread that brings this is to keep it, and all that come while it waits for them."""
        with self._arrival:
            self._waiting.append(brought)
            self._limit.release()
            self._arrival.notify()
            return self._waiting[0] is brought

    def _gathered(self) -> list[_Brought]:
        with self._arrival:
            self._arrival.wait_for(self._is_complete, _WAIT_SECONDS)
            gathered, self._waiting = self._waiting, []
            return gathered

    def _is_complete(self) -> bool:
        """Whether as many wait as are on their way: while these are kept, the others go on."""
        return len(self._waiting) >= min(MOST_TOGETHER, self._limit.wanted)

    def _keep(self, gathered: list[_Brought]) -> None:
        try:
            applied = self._ingest.apply_beside([one.asked for one in gathered])
        except Exception as error:  # one bad page never stops the others
            if len(gathered) == 1:
                gathered[0].result.set_exception(error)
                return
            structlog.get_logger("crawler").warning("pages are kept one by one", reason=str(error) or repr(error))
            for one in gathered:
                self._keep([one])
        else:
            for one, result in zip(gathered, applied, strict=True):
                one.result.set_result(result)
