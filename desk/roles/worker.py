"""Worker: this process as others on the same store know it, with the leases that it holds.

A thread beats for it in the store, and renews its leases and its turns: they last as long as the process lives and the
store can be reached, and end by themselves a little later. `run.py workers` and the metrics show who does what. Where a
newer version has changed the store in a way that this process can't work with, it stops.
"""

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType

import structlog

from desk.program import VERSION
from model.errors import NewerDataError, StoreError
from store.coordination import SOURCE_LEASE
from store.lease_keeper import LEASE_SECONDS, RENEWALS_A_LEASE, LeaseKeeper
from store.opening import Store

KNOWN_SECONDS = 86400.0
"""So long a worker that was not heard of any more is told of."""
_RETRY_SECONDS = 1.0
_NAMED = 5
_LAST_WORD_SECONDS = 2.0


def worker_name() -> str:
    """A name that no other process has, on any machine: host, process and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def work_in_hand(keeper: LeaseKeeper) -> str:
    """What is being done under the leases of a keeper, in a few words."""
    names = [kept.lease.name for kept in keeper.kept()]
    sources = [name.removeprefix(SOURCE_LEASE) for name in names if name.startswith(SOURCE_LEASE)]
    work = [f"feeds {name.partition(':')[0]}" for name in names if not name.startswith(SOURCE_LEASE)]
    if sources:
        more = f" and {len(sources) - _NAMED} more" if len(sources) > _NAMED else ""
        work.insert(0, f"crawls {', '.join(sources[:_NAMED])}{more}")
    return ", ".join(work) or "waits"


class Worker:
    """One process that works on a store; known to others in its block, and at its end free of all leases.

    `doing` says in a few words what it does at the moment. `renewals` are renewed together with the leases.
    """

    def __init__(
        self,
        store: Store,
        role: str,
        *,
        name: str | None = None,
        lease_seconds: float = LEASE_SECONDS,
        doing: Callable[[LeaseKeeper], str] = lambda keeper: "",
    ) -> None:
        self.role = role
        self.keeper = LeaseKeeper(store.leases, name or worker_name(), lease_seconds)
        self.renewals: list[Callable[[], None]] = []
        self._workers = store.workers
        self._layouts = store.layouts
        self._doing = doing
        self._ended = threading.Event()
        self._is_away = False
        self._log = structlog.get_logger("worker")
        self._thread = threading.Thread(target=self._live, name="worker heartbeat", daemon=True)

    @property
    def name(self) -> str:
        """The name by which it is known, and owns leases."""
        return self.keeper.owner

    def __enter__(self) -> "Worker":
        try:
            self._workers.drop_silent(KNOWN_SECONDS)
            self._beat()
        except StoreError as trouble:
            self._log.error("this worker can't make itself known; trying again", reason=str(trouble))
            self._is_away = True
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(_LAST_WORD_SECONDS)
        self.leave()

    def leave(self) -> None:
        """Free all leases, and be known to nobody any more; where the store is away others notice by themselves."""
        try:
            self._workers.leave(self.name)
        except StoreError as trouble:
            self._log.warning("a worker can't take its leave", reason=str(trouble))

    def _live(self) -> None:
        wait = self.keeper.seconds / RENEWALS_A_LEASE
        while not self._ended.wait(min(wait, _RETRY_SECONDS) if self._is_away else wait):
            try:
                self._layouts()
                self._beat()
                self._is_away = False
            except NewerDataError as error:
                self._log.error("stopping", reason=str(error))
                os.kill(os.getpid(), signal.SIGTERM)
                return
            except Exception as trouble:  # whatever it is, the next beat may succeed
                if not self._is_away:
                    self._log.error("leases can't be renewed; trying again", reason=str(trouble))
                self._is_away = True

    def _beat(self) -> None:
        self.keeper.renew()
        for renew in self.renewals:
            renew()
        self._workers.beat(self.name, self.role, self._doing(self.keeper), VERSION)
