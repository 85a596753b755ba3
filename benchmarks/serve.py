"""Benchmark of answers over HTTP: `serve` beside OpenSearch, on the same stories and questions.

    python -m benchmarks.serve CORPUS [--size 19043] [--questions 2000] [--heap 2g] [--work DIR]

CORPUS is a file of JSON lines (see corpus.py), whose sentences are mixed into as many stories as are wanted. Both
answer one to four words of a headline with ten hits, snippets, the exact number of stories and the counts of all
facets. Neither keeps answers, and nothing is asked twice. One client asks, then eight side by side, each as soon as it
has its answer: first of one, then of the other, and once more the other way round. Times are by the clock, in
milliseconds; beside them the processor time an answer, of the servers alone, and their memory at the end. The clients
take their share of the same cores. OpenSearch is a node of its own with Java's full compiler (Java and Maven have to be
installed). With `--work` the desk and the node's index are kept, and taken as they are in the next run.
"""

import argparse
import os
import re
import socket
import statistics
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from benchmarks import corpus
from benchmarks.serving.plain_opensearch import PlainOpenSearch
from benchmarks.serving.served_desk import ServedDesk
from model.story import StoredStory

CLIENTS = (1, 8)
WARMING = 500
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_TIMEOUT_SECONDS = 60


class Server(Protocol):
    """What answers questions over HTTP."""

    name: str

    @property
    def address(self) -> str:
        """Where it answers."""

    def start(self, stories: Iterable[StoredStory]) -> None:
        """Start it with these stories, or with those that an earlier run left."""

    def request(self, words: str) -> bytes:
        """The HTTP request that asks for these words."""

    def total(self, answer: bytes) -> int:
        """The number of stories that an answer says."""

    def seconds(self) -> float:
        """Its processor seconds so far."""

    def memory(self) -> int:
        """Its memory in bytes."""

    def stop(self) -> None:
        """Stop it."""


class Measured(NamedTuple):
    """Seconds of each answer and of all of them, processor seconds of the server, and the stories found."""

    times: list[float]
    passed: float
    processor: float
    found: int


def main() -> None:
    """Start both, and ask each in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--size", type=int, default=19_043)
    parser.add_argument("--questions", type=int, default=2_000, help="that each answers in each of its four turns")
    parser.add_argument("--heap", default="2g", help="of OpenSearch")
    parser.add_argument("--work", type=Path, help="where the stories are kept for another run")
    given = parser.parse_args()
    lines = corpus.read_lines(given.corpus)
    rounds = 2 * len(CLIENTS)
    words = (" ".join(query) for query in corpus.headline_queries(lines, WARMING + rounds * given.questions))
    with ExitStack() as stack:
        work = (given.work or Path(stack.enter_context(TemporaryDirectory()))).absolute() / str(given.size)
        servers: list[Server] = [ServedDesk(work / "desk"), PlainOpenSearch(work / "node", given.heap)]
        for server in servers:
            stack.callback(server.stop)
            server.start(corpus.make_stories(lines, given.size, mixed=True))
        warming = list(islice(words, WARMING))
        for server in servers:
            ask(server, warming, max(CLIENTS))
        for order in (servers, servers[::-1]):
            for clients in CLIENTS:
                questions = list(islice(words, given.questions))
                for server in order:
                    report(server, clients, ask(server, questions, clients))
        for server in servers:
            print(f"{server.name:10} {server.memory() / 1e6:6.0f} MB of memory", flush=True)


def ask(server: Server, questions: Sequence[str], clients: int) -> Measured:
    """Ask all questions once, with so many clients side by side."""
    requests = iter([server.request(words) for words in questions])
    answers: list[tuple[float, bytes]] = []
    threads = [threading.Thread(target=_ask, args=(server.address, requests, answers)) for _ in range(clients)]
    clock, processor = time.perf_counter(), server.seconds()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed, used = time.perf_counter() - clock, server.seconds() - processor
    if len(answers) < len(questions):
        raise SystemExit(f"{server.name}: {len(questions) - len(answers)} questions have no answer")
    found = sum(server.total(body) for _, body in answers)
    return Measured([seconds for seconds, _ in answers], passed, used, found)


def _ask(address: str, requests: Iterator[bytes], answers: list[tuple[float, bytes]]) -> None:
    """One client, on one connection."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), _TIMEOUT_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            began = time.perf_counter()
            connection.sendall(request)
            body = _answer(connection)
            answers.append((time.perf_counter() - began, body))


def _answer(connection: socket.socket) -> bytes:
    """The body of an answer, which says how long it is. By hand: http.client takes as long as some answers."""
    received = connection.recv(1 << 17)
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length is None or not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"an answer is none: {head[:200]!r}")
    while len(body) < int(length[1]):
        body += _more(connection)
    return body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 17)
    if not received:
        raise SystemExit("a server has closed a connection")
    return received


def report(server: Server, clients: int, measured: Measured) -> None:
    """One line."""
    times = sorted(measured.times)
    count = len(times)
    print(
        f"{server.name:10} {clients} clients  p50 {statistics.median(times) * 1000:6.2f}  "
        f"p99 {times[int(count * 0.99)] * 1000:7.2f}  {count / measured.passed:6.0f} answers/s  "
        f"processor {measured.processor / count * 1000:5.2f} ms an answer  {measured.found} stories found  "
        f"load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
