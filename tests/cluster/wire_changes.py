"""What happens on the wire while a desk is hurt, and what the store and the wire's log must say of it at the end."""

import random
import threading
import time

from model.errors import StoreError
from store.opening import Store
from tests.cluster.wire_of_hosts import WireProcess
from tests.desk.desk_process import PATIENCE

PACE_SECONDS = 0.5
_TOLERANCE_SECONDS = 0.2
"""So much later may a request be noted than it was sent, on a busy machine."""
_CHANGE_EVERY_SECONDS = 0.5


class Changes(threading.Thread):
    """Publishes stories, and corrects some that are stored in the version that is on the wire."""

    def __init__(self, wire: WireProcess, store: Store, stories: int, seed: int) -> None:
        super().__init__(name="changes", daemon=True)
        self._wire, self._store, self._dice = wire, store, random.Random(seed)
        self._versions = dict.fromkeys(range(stories), 1)
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(_CHANGE_EVERY_SECONDS):
            self.publish()
            self.correct()

    def publish(self) -> int:
        """One more story; returns its number."""
        number = self._wire.publish(self._dice.randrange(self._wire.hosts))
        with self._lock:
            self._versions[number] = 1
        return number

    def correct(self) -> None:
        """Another version of a story, where it is stored in the one before."""
        with self._lock:
            candidate = self._dice.choice(sorted(self._versions))
            version = self._versions[candidate]
        if self._stored_version(candidate) == version:
            with self._lock:
                if candidate in self._versions:
                    self._wire.correct(candidate)
                    self._versions[candidate] += 1

    def give_up(self, number: int) -> None:
        """A story is not to be stored any more, and is not corrected."""
        with self._lock:
            del self._versions[number]

    def wanted(self) -> dict[str, int]:
        """The version in which each address should be stored."""
        with self._lock:
            return {self._wire.address_of(number): version for number, version in self._versions.items()}

    def numbers(self) -> list[int]:
        """The stories that should be stored."""
        with self._lock:
            return sorted(self._versions)

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _stored_version(self, number: int) -> int | None:
        url = self._wire.address_of(number)
        try:
            story_id = self._store.stories.find(url)
            story = self._store.stories.get(story_id) if story_id else None
        except StoreError:  # the database is being restarted
            return None
        return story.version if story else None


def settled(store: Store, wanted: dict[str, int], seconds: float) -> None:
    """Wait until the store holds what was published, and say exactly what is missing where it does not."""
    ends_at = time.monotonic() + PATIENCE * (120 + seconds / 2)
    while True:
        held = [(story.url, story.version) for story in store.stories.walk()]
        if sorted(held) == sorted(wanted.items()) or time.monotonic() > ends_at:
            break
        time.sleep(5)
    assert len(held) == len({url for url, _ in held}), "a story is there twice"
    assert dict(held) == wanted


def assert_paces_kept(wire: WireProcess) -> None:
    """By the wire's own log any number of requests in a row to one host took as long as their paces, at least.

    One that is noted late is near to the next, and makes no other seem nearer: what is short does not add up.
    """
    earliest: dict[int, float] = {}
    hurried = []
    for request in wire.requests():
        due = earliest.get(request.host, 0.0)
        if request.at < due - _TOLERANCE_SECONDS:
            hurried.append((request, due - request.at))
        earliest[request.host] = max(request.at, due) + PACE_SECONDS
    assert hurried == []
