"""Simulation of the frontier: many sources, hosts with one pace each, and one to many workers.

    python -m benchmarks.cluster.frontier [--sources 5000] [--hosts 3000] [--stories 500000] [--workers 1,2,4,8]

Nothing is fetched: events are taken in the order of their time, and the clock jumps. What decides is the product's own:
when a source is due again (crawler/frontier/adaptive_polling.py), and the gap between two requests to a host, that is
the delay or twice the host's latency, one request at a time, whoever asks. A worker takes the source that is longest
overdue whenever it has room for one. Stories, hosts' latencies and the shares of sources are spread as they are out
there: few publish much (log-normal).

One table: pages a second; how busy the workers are; how late runs begin after they are due; how long after it was
published a story is fetched; and fairness, Jain's index over the sources of runs made to runs due (1: all alike;
R. Jain, D. Chiu, W. Hawe, "A Quantitative Measure of Fairness", DEC-TR-301, 1984).
"""

import argparse
import heapq
import itertools
import math
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from config import SourceConfig
from crawler.frontier.adaptive_polling import next_run_at, observed
from store.sql.crawl_state import SourceState

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_DELAY_SECONDS = 2.0
_LATENCY_FACTOR = 2.0
_TICK_SECONDS = 1.0
"""So long a worker with room waits before it looks for due sources again."""
_CLAIM_SECONDS = 0.01


@dataclass(slots=True)
class Host:
    """A host: when the next request may go to it, and when it has answered the present one."""

    latency_seconds: float
    next_at: float = 0.0

    def ask(self, at: float) -> float:
        """Ask it as soon as may be; returns when it has answered."""
        start = max(at, self.next_at)
        answered = start + self.latency_seconds
        self.next_at = max(answered, start + max(_DELAY_SECONDS, _LATENCY_FACTOR * self.latency_seconds))
        return answered


@dataclass(slots=True)
class Publisher:
    """A source with its host, its rate of stories, and what its runs have found so far."""

    source: SourceConfig
    host: Host
    stories_a_second: float
    state: SourceState
    due_at: float
    read_at: float = 0.0
    runs: int = 0
    runs_due: float = 0.0
    published: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Figures:
    """What is counted over one simulation, in seconds."""

    pages: int = 0
    busy_seconds: float = 0.0
    late: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)


def main() -> None:
    """Simulate each number of workers, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=3000)
    parser.add_argument("--stories", type=int, default=500_000, help="published a day by all sources")
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--workers", default="1,2,4,8")
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--every-minutes", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{asked.sources} sources on {asked.hosts} hosts, {asked.stories} stories a day, {asked.hours:g} h simulated")
    print("workers  pages/s  busy %  late p50 / p99 s  published to fetched p50 / p99 s  fairness")
    for workers in map(int, asked.workers.split(",")):
        publishers = make_publishers(asked)
        figures = Simulation(publishers, workers * asked.concurrency).run(asked.hours * 3600)
        seconds = asked.hours * 3600
        busy = 100 * figures.busy_seconds / (workers * asked.concurrency * seconds)
        late, waited = quantiles(figures.late), quantiles(figures.waited)
        print(
            f"{workers:7}  {figures.pages / seconds:7.1f}  {busy:6.1f}  {late[0]:8.1f} / {late[1]:<8.1f}"
            f"  {waited[0]:15.0f} / {waited[1]:<14.0f}  {fairness(publishers):8.3f}"
        )


def make_publishers(asked: argparse.Namespace) -> list[Publisher]:
    """Sources on hosts: each host has one at least, the rest fall on hosts by chance."""
    chance = random.Random(asked.seed)
    hosts = [Host(min(chance.lognormvariate(-0.9, 0.7), 10.0)) for _ in range(asked.hosts)]
    shares = [chance.lognormvariate(0, 1.5) for _ in range(asked.sources)]
    whole = sum(shares)
    every = timedelta(minutes=asked.every_minutes)
    made = []
    for number, share in enumerate(shares):
        host = hosts[number] if number < len(hosts) else chance.choice(hosts)
        name = f"source-{number}"
        source = SourceConfig(name=name, feeds=("https://host.example/feed",), every=every)
        rate = asked.stories * share / whole / 86_400
        # Known for long: the rate by which it is polled is what it was seen to publish.
        state = SourceState(
            name,
            observed_since=_BEGIN - timedelta(days=365),
            last_story_at=_BEGIN,
            recent_stories=rate * 7 * 86_400,
        )
        made.append(Publisher(source, host, rate, state, chance.uniform(0, every.total_seconds())))
    return made


class Simulation:
    """Sources, and room for so many runs side by side; `run` lets the time pass."""

    def __init__(self, publishers: list[Publisher], room: int) -> None:
        self.figures = Figures()
        self._chance = random.Random(0)
        self._order = itertools.count()
        self._due = [(publisher.due_at, next(self._order), publisher) for publisher in publishers]
        self._free = [(0.0, next(self._order)) for _ in range(room)]
        self._going: list[tuple[float, int, Publisher, Iterator[float]]] = []
        heapq.heapify(self._due)

    def run(self, seconds: float) -> Figures:
        """Take events in the order of their time until that many seconds have passed."""
        while True:
            starts_at = max(self._free[0][0], self._due[0][0]) if self._free and self._due else math.inf
            if self._going and self._going[0][0] <= starts_at:
                self._go_on()
            elif starts_at > seconds:
                return self.figures
            else:
                self._start(starts_at)

    def _start(self, at: float) -> None:
        """Let the source that is longest overdue be crawled."""
        heapq.heappop(self._free)
        due_at, _, publisher = heapq.heappop(self._due)
        # A worker that had nothing to do finds it at its next tick.
        begins_at = at + (self._chance.uniform(0, _TICK_SECONDS) if at == due_at else _CLAIM_SECONDS)
        self.figures.late.append(begins_at - due_at)
        requests = self._requests(publisher, begins_at)
        heapq.heappush(self._going, (begins_at, next(self._order), publisher, requests))

    def _go_on(self) -> None:
        """The next request of a run, or its end."""
        at, _, publisher, requests = heapq.heappop(self._going)
        answered = next(requests, None)
        if answered is not None:
            self.figures.busy_seconds += answered - at
            heapq.heappush(self._going, (answered, next(self._order), publisher, requests))
            return
        heapq.heappush(self._free, (at, next(self._order)))
        heapq.heappush(self._due, (publisher.due_at, next(self._order), publisher))

    def _requests(self, publisher: Publisher, begins_at: float) -> Iterator[float]:
        """A run: its feed, and what was published since the last; yields when each request is answered."""
        answered = publisher.host.ask(begins_at)
        yield answered
        self.figures.pages += 1
        found = _published(publisher, answered, self._chance)
        publisher.read_at = answered
        for published_at in found:
            answered = publisher.host.ask(answered)
            yield answered
            self.figures.pages += 1
            self.figures.waited.append(answered - published_at)
        now = _BEGIN + timedelta(seconds=begins_at)
        publisher.state = observed(publisher.state, now, len(found))
        following = next_run_at(publisher.source, publisher.state, now, self._chance.random())
        before = publisher.due_at
        publisher.due_at = max((following - _BEGIN).total_seconds(), answered)
        publisher.runs += 1
        publisher.runs_due += max(1.0, (publisher.due_at - before) / (following - now).total_seconds())


def _published(publisher: Publisher, until: float, chance: random.Random) -> list[float]:
    """When stories were published since the feed was read last."""
    found, at = [], publisher.read_at
    while (at := at + chance.expovariate(publisher.stories_a_second)) < until:
        found.append(at)
    return found


def quantiles(values: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    return statistics.median(values), statistics.quantiles(values, n=100)[98]


def fairness(publishers: list[Publisher]) -> float:
    """Jain's index of the runs that each source had, to those that were due."""
    shares = [publisher.runs / publisher.runs_due for publisher in publishers if publisher.runs_due]
    return sum(shares) ** 2 / (len(shares) * sum(share * share for share in shares)) if shares else 0.0


if __name__ == "__main__":
    main()
