"""Questions to all web servers of a desk, all the time, and what became of them."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tests.cluster.many_desks import Answered, Process

ANSWERED_WITHIN_SECONDS = 20.0


def _nothing_wrong(answer: dict[str, Any]) -> str | None:
    return None


class Question(NamedTuple):
    """A query, and what is wrong with an answer to it: None where nothing is."""

    q: str
    fault: Callable[[dict[str, Any]], str | None] = _nothing_wrong


class Failure(NamedTuple):
    """A question that neither server answered, between two instants of the monotonic clock."""

    q: str
    asked_at: float
    given_up_at: float
    said: tuple[str, ...]


class Questions(threading.Thread):
    """Asks one question after the other, each server first in turn, and the others at once where one does not answer.

    `failures` are those that no server answered at once, `unanswered` those that none answered for long, `faults` what
    was wrong with answers.
    """

    def __init__(self, servers: Sequence[Process], choose: Callable[[], Question], *, every_seconds: float) -> None:
        super().__init__(name="questions", daemon=True)
        self._servers = list(servers)
        self._choose = choose
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self.asked = self.repeated = self.partial = self.unanswered = 0
        self.longest_seconds = 0.0
        self.failures: list[Failure] = []
        self.faults: list[str] = []
        self.trouble: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._stopping.wait(self._every_seconds):
                question = self._choose()
                begun_at = time.monotonic()
                answer = self._answer(question, begun_at)
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - begun_at)
                if answer is None:
                    self.unanswered += 1
                elif answer["partial"]:
                    self.partial += 1
                elif (fault := question.fault(answer)) is not None:
                    self.faults.append(fault)
                self.asked += 1
                self._servers.append(self._servers.pop(0))
        except BaseException as error:
            self.trouble = error
            raise

    def stop(self) -> None:
        """Ask no more. Raises what ended the asking."""
        self._stopping.set()
        self.join()
        if self.trouble is not None:
            raise self.trouble

    def summary(self) -> str:
        """The figures, for a person."""
        return (
            f"{self.asked} questions, {self.repeated} asked of another server, {len(self.failures)} answered by none at"
            f" once, {self.partial} in part, the longest took {self.longest_seconds:.1f} s"
        )

    def _answer(self, question: Question, begun_at: float) -> dict[str, Any] | None:
        while True:
            asked_at = time.monotonic()
            said = []
            for server in self._servers:
                answered = server.ask(question.q)
                if answered.found is not None:
                    self.repeated += bool(said)
                    return answered.found
                said.append(f"{server.name} after {time.monotonic() - asked_at:.1f} s: {_in_short(answered)}")
            self.failures.append(Failure(question.q, asked_at, time.monotonic(), tuple(said)))
            if time.monotonic() > begun_at + ANSWERED_WITHIN_SECONDS:
                return None


def _in_short(answered: Answered) -> str:
    return f"{answered.status} {answered.said[:200]}"
