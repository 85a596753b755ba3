"""A worker that is frozen in the middle of indexing a story, and wakes when others have gone on without the story."""

import signal
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk.upkeep.forgetting import find_named, forget_named
from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from model.errors import EngineError
from store.opening import Store
from tests.cluster.held_requests import Gateway, Moment
from tests.cluster.many_desks import Process, desk_values
from tests.cluster.wire_of_hosts import WireProcess
from tests.desk.desk_process import eventually

MOMENTS: dict[str, Moment] = {"it has looked up where the story stands": "after", "its write is on its way": "before"}
_WRITES_WITHIN_SECONDS = 20.0
_LEASE = "4s"


class LateWorker:
    """A worker that reaches its index by a gateway; it is frozen there at a moment, and woken."""

    def __init__(self, folder: Path, url: str, wire: WireProcess, store: Store, index: Mapping[str, Any]) -> None:
        self._wire, self._store = wire, store
        self._gateway = Gateway(index["hosts"][0])
        values = desk_values(
            wire.sources("2s"), {**index, "hosts": [self._gateway.address]}, per_host_delay="50ms", lease=_LEASE
        )
        self.process = Process(folder, "schedule", values, url)
        self._is_frozen, self._may_go_on = threading.Event(), threading.Event()
        self._story = ""

    def freeze_while_indexing(self, moment: Moment) -> int:
        """Publish a story and freeze the worker in the middle of writing it to the index; the story's number."""
        number = self._wire.publish(0)
        address = self._wire.address_of(number)

        def is_meant(path: str, body: bytes) -> bool:
            story_id = self._store.stories.find(address)
            names = story_id is not None and story_id.encode() in body
            return names and path.startswith("/_bulk") == (moment == "before")

        def freeze() -> None:
            self.process.signal(signal.SIGSTOP)
            self._is_frozen.set()
            if moment == "before":
                self._may_go_on.wait()

        self._gateway.catch(moment, is_meant, freeze)
        eventually(self._is_frozen.is_set, 60, "the worker to be frozen in the middle of indexing")
        return number

    def wake(self) -> None:
        """Let it go on, and wait until it has written what it was about to write, or has had the time to."""
        written = threading.Event()
        self._gateway.catch("after", lambda path, body: path.startswith("/_bulk"), written.set)
        self._may_go_on.set()
        self.process.signal(signal.SIGCONT)
        written.wait(_WRITES_WITHIN_SECONDS)

    def close(self) -> None:
        """End it."""
        self._may_go_on.set()
        self.process.kill()
        self._gateway.close()


def forget_while_frozen(
    late: LateWorker,
    others: Sequence[Process],
    wire: WireProcess,
    store: Store,
    index: Mapping[str, Any],
    *,
    moment: Moment,
    asleep_seconds: float,
) -> tuple[int, str]:
    """The late worker writes a story when it is forgotten, and others have fed that to the index: (its number, its id).

    The story is removed from the store alone, as by a command that is killed before it makes the index anew.
    """
    engine = OpenSearchEngine(OpenSearchSettings(tuple(index["hosts"]), name=index["name"]))
    late.process.start()
    eventually(lambda: _has_reached(engine, store), 120, "the late worker to feed the index")
    number = late.freeze_while_indexing(moment)
    story_id = store.stories.find(wire.address_of(number))
    assert story_id is not None
    forget_named(find_named([wire.address_of(number)], store).named, store, datetime.now(UTC))
    for other in others:
        other.start()
    eventually(lambda: _has_reached(engine, store), 120, "the others to feed the index")
    time.sleep(asleep_seconds)
    late.wake()
    wire.publish(1)  # whatever was written is shown with the next commit
    position = store.feed.position()
    eventually(lambda: store.feed.position() > position, 60, "another story")
    eventually(lambda: _has_reached(engine, store), 120, "the index to have it")
    return number, story_id


def _has_reached(engine: OpenSearchEngine, store: Store) -> bool:
    reader = engine.reader()
    try:
        return store.feed.position() == reader.checkpoint() > 0
    except EngineError:
        return False
    finally:
        reader.close()
