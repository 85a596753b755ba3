"""Harms that come to the processes of a desk one after the other, and how each is mended."""

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple

import requests

from deploy.cluster.opensearch_nodes import OpenSearchNodes
from store.lease_keeper import LEASE_SECONDS
from tests.cluster.many_desks import Process
from tests.cluster.postgresql_server import PostgresqlServer

EVERY_SECONDS = 20.0
AWAY_SECONDS = 5.0
HUNG_SECONDS = 60.0
_TURN_SECONDS = 0.2
_HEALTH_SECONDS = 3.0


class Mending(NamedTuple):
    """What ends a harm, and after how long."""

    after_seconds: float
    do: Callable[[], object]


NOTHING_TO_MEND = Mending(0.0, lambda: None)

Harm = Callable[[], Mending | None]
"""Does it, and says how it is mended; None where it would be too much now, as something is away already."""


def hurt(harms: Mapping[str, Harm], seconds: float, told: Callable[[str], object] = print) -> Counter[str]:
    """Every twenty seconds the harm that came longest ago and can be borne, and how many there were of each."""
    waiting, done = deque(harms), Counter[str]()
    mendings: list[tuple[float, str, Mending]] = []
    start = time.monotonic()
    next_at = start + EVERY_SECONDS
    while (now := time.monotonic()) < start + seconds or mendings:
        for due in [one for one in mendings if one[0] <= now]:
            mendings.remove(due)
            due[2].do()
            told(f"{now - start:.0f} s: mended {due[1]}")
        if next_at <= now < start + seconds:
            next_at += EVERY_SECONDS
            for name in list(waiting):
                if (mending := harms[name]()) is not None:
                    told(f"{now - start:.0f} s: {name}")
                    waiting.remove(name)
                    waiting.append(name)
                    done[name] += 1
                    mendings.append((time.monotonic() + mending.after_seconds, name, mending))
                    break
        time.sleep(_TURN_SECONDS)
    return done


class ProcessHarms:
    """Harms to workers and web servers; of each kind one is away at most."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._away: set[str] = set()

    def kill_one(self, processes: Sequence[Process]) -> Mending | None:
        """kill -9 of one of several."""
        return self._hurt(self._dice.choice(processes), self._kill)

    def freeze_one(self, processes: Sequence[Process]) -> Mending | None:
        """Stop one of several until its leases have ended."""
        return self._hurt(self._dice.choice(processes), self._freeze)

    def kill(self, process: Process | None) -> Mending | None:
        """kill -9 of a process."""
        return self._hurt(process, self._kill)

    def freeze(self, process: Process | None) -> Mending | None:
        """Stop a process until its leases have ended."""
        return self._hurt(process, self._freeze)

    def _hurt(self, process: Process | None, how: Callable[[Process], Mending]) -> Mending | None:
        if process is None or process.command in self._away:
            return None
        self._away.add(process.command)
        after_seconds, mend = how(process)

        def do() -> None:
            mend()
            self._away.discard(process.command)

        return Mending(after_seconds, do)

    def _kill(self, process: Process) -> Mending:
        process.kill()
        return Mending(AWAY_SECONDS, process.start)

    def _freeze(self, process: Process) -> Mending:
        process.signal(signal.SIGSTOP)
        return Mending(LEASE_SECONDS + AWAY_SECONDS, lambda: process.signal(signal.SIGCONT))


class DatabaseHarms:
    """Restarts of the database, and when they were."""

    def __init__(self, server: PostgresqlServer, dice: Random) -> None:
        self._server, self._dice = server, dice
        self.restarts: list[tuple[float, float]] = []

    def restart(self) -> Mending:
        """Restart it, every other time as with a power cut."""
        begun_at = time.monotonic()
        self._server.restart(abruptly=self._dice.random() < 0.5)
        self.restarts.append((begun_at, time.monotonic()))
        return NOTHING_TO_MEND


class NodeHarms:
    """Harms to the nodes of a cluster of three, which bears one that is away: none comes where it is not whole."""

    def __init__(self, nodes: OpenSearchNodes, dice: Random) -> None:
        self._nodes, self._dice = nodes, dice
        self._is_hurt = False

    def kill_manager(self) -> Mending | None:
        """kill -9 of the cluster's manager."""
        return self._kill(lambda number: number == self._manager())

    def kill_data_node(self) -> Mending | None:
        """kill -9 of another node."""
        return self._kill(lambda number: number != self._manager())

    def freeze(self) -> Mending | None:
        """Stop a node for a minute."""
        if not self._is_whole():
            return None
        number = self._dice.randrange(self._nodes.count)
        self._is_hurt = True
        self._nodes.send(number, signal.SIGSTOP)

        def mend() -> None:
            self._nodes.send(number, signal.SIGCONT)
            self._is_hurt = False

        return Mending(HUNG_SECONDS, mend)

    def is_green(self) -> bool:
        """Whether all nodes are there, and each part of an index as often as it should be."""
        found = self._told("_cluster/health")
        return found is not None and found["status"] == "green" and found["number_of_nodes"] == self._nodes.count

    def _kill(self, is_meant: Callable[[int], bool]) -> Mending | None:
        if not self._is_whole():
            return None
        number = self._dice.choice([number for number in range(self._nodes.count) if is_meant(number)])
        self._is_hurt = True
        self._nodes.send(number, signal.SIGKILL)

        def mend() -> None:
            self._nodes.launch(number)
            self._is_hurt = False

        return Mending(AWAY_SECONDS, mend)

    def _is_whole(self) -> bool:
        return not self._is_hurt and self.is_green()

    def _manager(self) -> int:
        found = self._told("_cat/cluster_manager?format=json")
        assert found is not None
        return int(found[0]["node"].rpartition("-")[2])

    def _told(self, path: str) -> Any:
        for address in self._nodes.addresses:
            with suppress(requests.RequestException, ValueError):
                answer = requests.get(f"{address}/{path}", timeout=_HEALTH_SECONDS)
                if answer.ok:
                    return answer.json()
        return None
