"""Watch over the live index for probes, metrics and the table of sources, which never wait for a server that hangs.

A question that isn't answered in time goes on in its thread; whoever asks meanwhile is told so at once, and the answer
serves those who come later.
"""

import time
from collections.abc import Callable, Mapping
from threading import Condition, Thread
from typing import Generic, NamedTuple, TypeVar

from index.base import Engine, EngineHealth, IndexReader
from model.errors import EngineError, EngineTroubleError
from model.fields import SOURCE
from model.query import Everything, SearchRequest, Status

Value = TypeVar("Value")

_WAIT_SECONDS = 1.5
_HEALTH_KEPT_SECONDS = 5.0


class IndexState(NamedTuple):
    """The live index as searches find it."""

    checkpoint: int
    segments: int
    is_outdated: bool


class PatientQuestion(Generic[Value]):
    """A question that one thread asks at a time, and nobody waits for longer than `seconds`.

    An answer is kept for `kept_seconds`, so that it isn't asked more often. `clock` gives seconds.
    """

    def __init__(
        self,
        ask: Callable[[], Value],
        *,
        seconds: float = _WAIT_SECONDS,
        kept_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._changed = Condition()
        self._is_asked = self._is_late = False
        self._number = 0
        self._answers: list[Value] = []
        self._error: Exception | None = None
        self._answered_at = float("-inf")

    def answer(self) -> Value:
        """The answer. Raises what asking raised, and EngineTroubleError where it takes too long."""
        with self._changed:
            if self._clock() - self._answered_at >= self._kept_seconds:
                self._wait_for_next()
            if self._error is not None:
                raise self._error
            return self._answers[-1]

    def _wait_for_next(self) -> None:
        waiting_for = self._number + 1
        if not self._is_asked:
            self._is_asked, self._is_late = True, False
            Thread(target=self._ask_once, name="index watch", daemon=True).start()
        if self._is_late or not self._changed.wait_for(lambda: self._number >= waiting_for, self._seconds):
            self._is_late = True
            raise EngineTroubleError("the servers of the index do not answer in time")

    def _ask_once(self) -> None:
        answers: list[Value] = []
        error: Exception | None = None
        try:
            answers.append(self._ask())
        except Exception as raised:
            error = raised
        with self._changed:
            self._answers, self._error, self._answered_at = answers, error, self._clock()
            self._is_asked, self._number = False, self._number + 1
            self._changed.notify_all()


class IndexWatch:
    """What is asked of the live index by those who watch it.

    Every method raises EngineError where the index can't be asked, in little more than a second.
    """

    def __init__(self, engine: Callable[[], Engine], live: IndexReader) -> None:
        self._live = live
        self._state = PatientQuestion(self._look)
        self._search = PatientQuestion(self._find_anything)
        self._health = PatientQuestion(lambda: engine().health(), kept_seconds=_HEALTH_KEPT_SECONDS)
        self._uncertain = PatientQuestion(self._count_uncertain)

    def state(self) -> IndexState:
        """How far the index is."""
        return self._state.answer()

    def revision(self) -> int:
        """The store revision that answers are made from."""
        return self.state().checkpoint

    def check(self) -> None:
        """Answer the smallest question."""
        self._search.answer()

    def health(self) -> EngineHealth:
        """How the servers of the index are, as they were some seconds ago."""
        return self._health.answer()

    def uncertain_by_source(self) -> Mapping[str, int] | None:
        """The number of stories that may be none, as `is:uncertain` finds them.

        None while the index can't be read, and while the live one was made before there was such a flag.
        """
        try:
            return self._uncertain.answer()
        except EngineError:
            return None

    def _look(self) -> IndexState:
        return IndexState(self._live.checkpoint(), self._live.segments(), self._live.is_outdated())

    def _find_anything(self) -> int:
        return self._live.search(SearchRequest(Everything(), limit=0, facets=False)).total

    def _count_uncertain(self) -> Mapping[str, int] | None:
        if self._live.is_outdated():
            return None
        return dict(self._live.search(SearchRequest(Status("uncertain"), limit=0)).facets.get(SOURCE.name, ()))
