"""Subjects of questions that are asked while a desk is hurt: the stories of the wire, and those that were forgotten.

An answer that leaves a story out which was found before, that has it twice, or that has a forgotten one is wrong,
whatever is away at the moment.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.cluster.asking import Question
from tests.cluster.many_desks import Process
from tests.cluster.wire_changes import Changes
from tests.cluster.wire_of_hosts import WireProcess, headline_of

_SHOWN_EVERYWHERE_SECONDS = 60.0
"""So long after a story was first found each copy of each part of the index shows it."""
_FORGOTTEN_EVERYWHERE_SECONDS = 15.0
_PAUSE_SECONDS = 20.0

EVERYTHING = "-nothingatall"


def headline_query(number: int) -> str:
    """The query that finds one story of the wire, and no other."""
    return f'"{headline_of(number)}"'


class Subjects:
    """What is asked for, and what is known of it by the answers so far; safe to use from several threads."""

    def __init__(self, changes: Changes, seed: int) -> None:
        self._changes = changes
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._found_at: dict[int, float] = {}
        self._totals: list[tuple[float, int]] = []
        self._given_up: set[int] = set()
        self._forgotten_at: dict[int, float] = {}

    def choose(self) -> Question:
        """The next question."""
        kind = self._dice.randrange(10)
        with self._lock:
            gone = [number for number, at in self._forgotten_at.items() if _is_over(at, _FORGOTTEN_EVERYWHERE_SECONDS)]
        if kind == 0:
            return Question(EVERYTHING, self._fault_of_total(time.monotonic()))
        if kind == 1 and gone:
            number = self._dice.choice(gone)
            return Question(headline_query(number), _none(f"forgotten story {number} is found"))
        number = self._dice.choice(self._changes.numbers())
        if kind == 2:
            return Question(" OR ".join(headline_of(number).split()))
        return Question(headline_query(number), self._fault_of_story(number, time.monotonic()))

    def found(self) -> list[int]:
        """Stories that were found."""
        with self._lock:
            return sorted(self._found_at.keys() - self._given_up)

    def give_up(self, number: int) -> None:
        """A story is about to be forgotten: it may be found or not."""
        with self._lock:
            self._given_up.add(number)
        self._changes.give_up(number)

    def forgotten(self, number: int) -> None:
        """A story is forgotten by now."""
        with self._lock:
            self._forgotten_at[number] = time.monotonic()

    def given_up(self) -> list[int]:
        """Stories that are not to be found any more at the end."""
        with self._lock:
            return sorted(self._given_up)

    def _fault_of_total(self, asked_at: float) -> Callable[[dict[str, Any]], str | None]:
        def fault(answer: dict[str, Any]) -> str | None:
            total = int(answer["total"])
            with self._lock:
                before = [then for at, then in self._totals if at < asked_at - _SHOWN_EVERYWHERE_SECONDS]
                least = max(before, default=0) - len(self._given_up)
                self._totals.append((time.monotonic(), total))
            return f"{total} stories, where there were {least}" if total < least else None

        return fault

    def _fault_of_story(self, number: int, asked_at: float) -> Callable[[dict[str, Any]], str | None]:
        def fault(answer: dict[str, Any]) -> str | None:
            total = int(answer["total"])
            with self._lock:
                if number in self._given_up:
                    return None
                if total == 1:
                    self._found_at.setdefault(number, time.monotonic())
                known = self._found_at.get(number, asked_at)
            if total > 1:
                return f"story {number} is there {total} times"
            is_lost = total == 0 and known < asked_at - _SHOWN_EVERYWHERE_SECONDS
            return f"story {number} was found before, and is not now" if is_lost else None

        return fault


class ForgettingCommands(threading.Thread):
    """Commands that forget stories, one after the other; one that fails is given again, as its user would."""

    def __init__(self, desk: Process, wire: WireProcess, subjects: Subjects, seed: int) -> None:
        super().__init__(name="forgetting", daemon=True)
        self._desk, self._wire, self._subjects = desk, wire, subjects
        self._dice = random.Random(seed)
        self._stopping = threading.Event()
        self.failed = 0
        self.seconds: list[float] = []

    def run(self) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            if found := self._subjects.found():
                self.forget(self._dice.choice(found))

    def forget(self, number: int) -> None:
        """Forget a story by the command, until that ends well."""
        self._subjects.give_up(number)
        begun_at = time.monotonic()
        while self._desk.run("forget", self._wire.address_of(number), "--yes") != 0:
            self.failed += 1
            time.sleep(1)
        self.seconds.append(time.monotonic() - begun_at)
        self._subjects.forgotten(number)

    def stop(self) -> None:
        """Wait for the command that runs."""
        self._stopping.set()
        self.join()


def _is_over(at: float, seconds: float) -> bool:
    return time.monotonic() > at + seconds


def _none(what: str) -> Callable[[dict[str, Any]], str | None]:
    def fault(answer: dict[str, Any]) -> str | None:
        return what if answer["total"] else None

    return fault
