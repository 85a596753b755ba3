"""OpenSearch nodes on this machine, for trying a desk out on one or three of them, and for the tests.

    python -m deploy.cluster.opensearch_nodes DIRECTORY [--nodes 3] [--port 9200] [--heap 512m] [--series 3]

runs them until it is interrupted; what they hold stays in the directory. The server is made of its own jars, which
Maven fetches once (about 50 MB, with the network that it needs for that); Maven and Java have to be installed, Java 17
for the series 2 and 21 for 3 (opensearch_jars.py). The nodes listen on loopback alone, without passwords: for anything
but trying out take the distribution or the image (deploy/compose.cluster.yaml).
"""

import argparse
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from deploy.cluster.opensearch_jars import RELEASES, SECURED, NodesError, fetch

_START_SECONDS = 180.0
_STOP_SECONDS = 30.0
_QUICK_START = "-XX:TieredStopAtLevel=1"
"""The server's code is compiled once and quickly: good for minutes, and half as fast as code that is compiled again."""
_OPTIONS = (
    "-XX:+ExitOnOutOfMemoryError",
    "-Dio.netty.noUnsafe=true",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Djava.awt.headless=true",
)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@dataclass
class OpenSearchNodes:
    """Nodes of one cluster; each may be stopped, killed, paused and started again by its number.

    `settings` are further lines of opensearch.yml. `lasting` nodes start more slowly and are faster then.
    """

    directory: Path
    count: int = 1
    heap: str = "512m"
    ports: Sequence[int] = ()
    settings: Sequence[str] = ()
    series: str = "2"
    lasting: bool = False
    _inner_ports: Sequence[int] = ()
    _processes: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        free = free_ports(2 * self.count)
        self.ports = list(self.ports) or free[: self.count]
        self._inner_ports = free[self.count :]

    @property
    def addresses(self) -> list[str]:
        """The addresses of all nodes."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def process_id(self, number: int) -> int:
        """Of a node that was launched."""
        return self._processes[number].pid

    def start(self) -> None:
        """Start all nodes and wait until they are a cluster. Raises NodesError."""
        for number in range(self.count):
            self.launch(number)
        self.wait()

    def launch(self, number: int) -> None:
        """Start one node, and don't wait for it. Raises NodesError."""
        made, home = fetch(self.series), self.directory / f"node-{number}"
        for part in ("config", "tmp"):
            (home / part).mkdir(parents=True, exist_ok=True)
        (home / "config" / "opensearch.yml").write_text("\n".join(self._lines(number, home)) + "\n", encoding="utf-8")
        command = [
            str(made.java),
            f"-Xms{self.heap}",
            f"-Xmx{self.heap}",
            *(() if self.lasting else (_QUICK_START,)),
            *_OPTIONS,
            f"-Djava.io.tmpdir={home / 'tmp'}",
        ]
        command += [f"-Dlog4j2.configurationFile={made.folder / 'log4j2.properties'}"]
        command += ["-cp", f"{made.folder}:{made.folder / 'jars'}/*"]
        with (home / "log").open("ab") as log:
            self._processes[number] = subprocess.Popen(
                [*command, "WiredeskNode", str(home)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until all nodes that run are one cluster and each index can be searched. Raises NodesError."""
        end = time.monotonic() + _START_SECONDS
        running = [number for number, process in self._processes.items() if process.poll() is None]
        while time.monotonic() < end:
            for number in running:
                if self._processes[number].poll() is not None:
                    log = (self.directory / f"node-{number}" / "log").read_text(encoding="utf-8", errors="replace")
                    raise NodesError(f"node {number} ended: {log[-2000:]}")
            with suppress(OSError, ValueError, KeyError):
                health = requests.get(f"{self.addresses[running[0]]}/_cluster/health", timeout=5).json()
                if health["number_of_nodes"] >= len(running) and health["status"] != "red":
                    return
            time.sleep(0.2)
        raise NodesError(f"the nodes are no cluster after {_START_SECONDS:.0f} s; see {self.directory}/node-*/log")

    def send(self, number: int, sign: signal.Signals) -> None:
        """Send one node a signal: SIGKILL, SIGSTOP, SIGCONT."""
        self._processes[number].send_signal(sign)
        if sign == signal.SIGKILL:
            self._processes[number].wait()

    def stop(self) -> None:
        """Stop all nodes; what they hold stays."""
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def _lines(self, number: int, home: Path) -> list[str]:
        names = [f"node-{other}" for other in range(self.count)]
        lines = [
            "cluster.name: wiredesk",
            f"node.name: {names[number]}",
            f"path.data: {json.dumps(str(home / 'data'))}",
            f"path.logs: {json.dumps(str(home / 'logs'))}",
            "network.host: 127.0.0.1",
            f"http.port: {self.ports[number]}",
            f"transport.port: {self._inner_ports[number]}",
            "cluster.routing.allocation.disk.threshold_enabled: false",
            # 2.19 counts wrongly where a range is counted beside a histogram of dates.
            "search.max_aggregation_rewrite_filters: 0",
            # Words joined by hyphens are phrases in any form and field: many of them are thousands of clauses.
            "indices.query.bool.max_clause_count: 16384",
        ]
        if self.series != SECURED:  # its plugin has types of its own
            lines += ["http.type: netty4", "transport.type: netty4"]
        # A node that hangs is put out after about ten seconds, not half a minute: until then searches and writes wait.
        lines += [f"cluster.fault_detection.{who}_check.timeout: 3s" for who in ("follower", "leader")]
        lines += [f"cluster.fault_detection.{who}_check.retry_count: 2" for who in ("follower", "leader")]
        lines += ["cluster.publish.timeout: 5s", "cluster.follower_lag.timeout: 10s"]
        if self.count == 1:
            return [*lines, "discovery.type: single-node", *self.settings]
        seeds = [f"127.0.0.1:{port}" for port in self._inner_ports]
        lines += [f"discovery.seed_hosts: {json.dumps(seeds)}"]
        return [*lines, f"cluster.initial_cluster_manager_nodes: {json.dumps(names)}", *self.settings]


@contextmanager
def running(nodes: OpenSearchNodes) -> Iterator[OpenSearchNodes]:
    """Nodes that run as long as the block does."""
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.stop()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="OpenSearch nodes on this machine, until they are interrupted.")
    parser.add_argument("directory", type=Path, nargs="?", help="where the nodes keep what they hold")
    parser.add_argument("--fetch", action="store_true", help="only fetch the server's jars")
    parser.add_argument("--nodes", type=int, default=1, choices=(1, 3))
    parser.add_argument("--port", type=int, default=9200, help="of the first node; the others have the next ones")
    parser.add_argument("--series", choices=RELEASES, default="2", help="of the server's versions")
    parser.add_argument("--heap", default="512m", help="memory of each node's Java heap")
    given = parser.parse_args()
    if given.directory is None and not given.fetch:
        parser.error("expected a directory, or --fetch")
    try:
        fetch(given.series)
    except NodesError as error:
        sys.exit(f"opensearch_nodes: {error}")
    if given.fetch:
        return
    ports = range(given.port, given.port + given.nodes)
    nodes = OpenSearchNodes(
        given.directory.absolute(), given.nodes, given.heap, ports, series=given.series, lasting=True
    )
    try:
        with running(nodes):
            print("\n".join(nodes.addresses), flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass
    except NodesError as error:
        sys.exit(f"opensearch_nodes: {error}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
