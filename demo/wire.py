"""Demo wire as a whole: its servers, its clock and what it has published."""

import errno
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ipaddress import ip_address
from types import TracebackType
from typing import Any

from demo.composing import Composer
from demo.drafts import read_drafts
from demo.houses import HOUSES, House
from demo.newsroom import Newsroom
from demo.server import HouseServer, Request
from demo.site import HouseSite
from demo.story import Draft, KillManner, WireStory

_LOG_LENGTH = 200_000
_TRIES = 20
_COMPOSED_AT_START = 12


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DemoWire:
    """Five sources on five loopback hosts that publish over time; a context manager.

    `clock` answers aware UTC instants. `port` is the same on every host, 0 takes a free one. A step of the
    programme falls due every `pace_seconds` (0: nothing happens by itself); the slow host takes `slow_seconds` an
    answer. Hosts count up from `first_address`; where the system has only 127.0.0.1 they become ports instead.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = _utc_now,
        port: int = 0,
        pace_seconds: float = 15.0,
        slow_seconds: float = 1.5,
        first_address: str = "127.0.0.2",
    ) -> None:
        self._clock = clock
        self._wanted_port = port
        self._pace_seconds = pace_seconds
        self._slow_seconds = slow_seconds
        self._first_address = first_address
        self._servers: list[HouseServer] = []
        self._threads: list[threading.Thread] = []
        self._requests: deque[Request] = deque(maxlen=_LOG_LENGTH)
        self._newsroom: Newsroom | None = None

    def start(self) -> None:
        """Bind all hosts, publish the past days' stories and serve. Raises OSError where nothing can be bound."""
        self._servers = self._bind()
        bases = {server.house.name: f"http://{server.place}" for server in self._servers}
        newsroom = Newsroom(
            drafts=read_drafts(),
            compose=Composer().compose,
            bases=bases,
            started_at=self._clock(),
            pace_seconds=self._pace_seconds,
            composed_at_start=_COMPOSED_AT_START,
        )
        self._newsroom = newsroom
        for server in self._servers:
            server.site = HouseSite(server.house, bases[server.house.name], newsroom)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=server.house.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop serving and close every connection; a second call does nothing."""
        # Side by side, because each loop looks only now and then whether it shall end.
        with ThreadPoolExecutor(max_workers=len(HOUSES)) as pool:
            list(pool.map(HouseServer.stop, self._servers))
        for thread in self._threads:
            thread.join()
        self._servers, self._threads = [], []

    def __enter__(self) -> "DemoWire":
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def _bind(self) -> list[HouseServer]:
        """One server a house, all on one port; a free port may be taken on a later host, so try again."""
        for attempt in range(_TRIES):
            servers: list[HouseServer] = []
            try:
                for number, house in enumerate(HOUSES):
                    port = servers[0].server_address[1] if servers else self._wanted_port
                    servers.append(self._server((str(ip_address(self._first_address) + number), port), house))
            except OSError as error:
                for server in servers:
                    server.server_close()
                if error.errno == errno.EADDRNOTAVAIL:
                    return self._bind_ports()
                if self._wanted_port or attempt == _TRIES - 1:
                    raise
            else:
                return servers
        raise OSError(errno.EADDRINUSE, "no port is free on all hosts")

    def _bind_ports(self) -> list[HouseServer]:
        """One port a house on 127.0.0.1, for systems that have no other loopback address (macOS)."""
        first = self._wanted_port
        return [self._server(("127.0.0.1", first + n if first else 0), house) for n, house in enumerate(HOUSES)]

    def _server(self, address: tuple[str, int], house: House) -> HouseServer:
        return HouseServer(
            address,
            house,
            clock=self._clock,
            advance=self._advance,
            record=self._requests.append,
            slow_seconds=self._slow_seconds,
        )

    def _advance(self, now: datetime) -> None:
        self._running().advance(now)

    def _running(self) -> Newsroom:
        if self._newsroom is None:
            raise RuntimeError("the wire has not been started")
        return self._newsroom

    @property
    def port(self) -> int:
        """The port of the first host, and of all where the system has several loopback addresses."""
        return int(self._servers[0].server_address[1])

    def sources(self, every: str = "10s") -> list[dict[str, Any]]:
        """The five sources in the shape of config.yaml's `sources`; `every` is a duration such as 10s."""
        kinds = {"front": "fronts", "sitemap": "sitemaps"}
        return [
            {
                "name": server.house.name,
                "title": server.house.title,
                kinds.get(server.house.announcement, "feeds"): [f"http://{server.place}{server.house.announced_at}"],
                "every": every,
                "timezone": server.house.timezone,
                "language": server.house.language,
            }
            for server in self._servers
        ]

    def requests(self) -> list[Request]:
        """Every request so far, oldest first; of very many the last 200,000."""
        return list(self._requests)

    def published(self) -> list[WireStory]:
        """The truth now: the newest version of every story that is or was out, in order of publication."""
        newsroom = self._running()
        newsroom.advance(self._clock())
        return newsroom.published()

    def history(self, url: str) -> list[WireStory]:
        """All versions of a story, oldest first. Raises KeyError for an unknown address."""
        return self._running().history(url)

    def disallowed(self) -> list[str]:
        """Addresses that feeds and front pages link to and robots.txt forbids."""
        return self._running().disallowed()

    def publish(self, draft: Draft | None = None) -> list[WireStory]:
        """Publish a draft now at each of its carriers; without one the next story of the programme."""
        return self._running().publish(draft, self._clock())

    def correct(self, url: str) -> WireStory:
        """Correct a live story now. Raises KeyError for an unknown address, ValueError for a withdrawn story."""
        return self._running().correct(url, self._clock())

    def kill(self, url: str, manner: KillManner | None = None) -> WireStory:
        """Withdraw a story now, by "notice" or by 410 ("gone"); None is the source's habit.

        Raises KeyError for an unknown address.
        """
        return self._running().kill(url, self._clock(), manner)
