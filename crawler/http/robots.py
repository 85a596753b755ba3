"""Rules of robots.txt: which URLs may be fetched, and the crawl-delay between two requests.

RFC 9309: rules belong to one scheme, host and port and live for a day. 2xx is read, other 4xx allow everything,
5xx and no answer mean wait; rules that were read before stay in force while the file can't be had. 429 is not "no
rules": it waits like 5xx. Only the first 500 KiB count (section 2.5).
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from model.errors import BackingOffError, RetryLaterError, RobotsUnavailableError
from net.urls import host_of

MAX_ROBOTS_BYTES = 500 * 1024
MAX_ROBOTS_REDIRECTS = 5
_LIFETIME = timedelta(hours=24)
_FORGOTTEN_AFTER = timedelta(days=30)
_FIRST_RETRY_SECONDS = 60.0
_LAST_RETRY_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class RobotsResponse:
    """The response for /robots.txt after redirects; a 3xx status means that they never ended."""

    status: int
    content: bytes = b""
    retry_after_seconds: float | None = None


class RobotsRules:
    """The rules of one scheme, host and port for one user agent."""

    def __init__(self, rules: Protego, product: str, max_crawl_delay_seconds: float) -> None:
        self._rules = rules
        self._product = product
        self._max_crawl_delay_seconds = max_crawl_delay_seconds

    @property
    def crawl_delay_seconds(self) -> float | None:
        """Seconds between two requests that the host asks for (Crawl-delay or Request-rate), capped."""
        wished = [self._rules.crawl_delay(self._product)]
        rate = self._rules.request_rate(self._product)
        if rate is not None:
            wished.append(rate.seconds / rate.requests)
        delays = [seconds for seconds in wished if seconds is not None]
        return min(max(delays), self._max_crawl_delay_seconds) if delays else None

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The file's Sitemap lines, in order, each once."""
        return tuple(dict.fromkeys(self._rules.sitemaps))

    def allows(self, url: str) -> bool:
        """Whether the URL may be fetched."""
        return bool(self._rules.can_fetch(url, self._product))


@dataclass(slots=True)
class _HostRobots:
    """What is known of one host; its lock keeps two threads from fetching at once."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: RobotsRules | None = None
    read_at: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    reason: str = ""


class Robots:
    """Keeps the rules of every host; safe to share between threads."""

    def __init__(
        self,
        user_agent: str,
        *,
        clock: Callable[[], datetime],
        obey: bool = True,
        max_crawl_delay_seconds: float = 60.0,
    ) -> None:
        self._product = product_token(user_agent)
        self._clock = clock
        self._obey = obey
        self._max_crawl_delay_seconds = max_crawl_delay_seconds
        self._entries: dict[str, _HostRobots] = {}
        self._lock = threading.Lock()

    def rules(self, url: str, fetch: Callable[[str], RobotsResponse]) -> RobotsRules:
        """The rules in force for `url`; `fetch` gets a robots.txt where none is known or the known one is a day old.

        Raises RobotsUnavailableError while the file can't be had, and whatever `fetch` raises of errors that are
        no RetryLaterError.
        """
        if not self._obey:
            return self._read(b"")
        scheme = urlsplit(url).scheme.lower()
        host = host_of(url)
        entry = self._entry(f"{scheme}://{host}")
        with entry.lock:
            now = self._clock()
            if entry.rules is None or entry.read_at is None or now - entry.read_at >= _LIFETIME:
                self._refresh(entry, f"{scheme}://{host}/robots.txt", fetch)
            if entry.rules is None:
                wait = (entry.retry_at - now).total_seconds() if entry.retry_at else None
                raise RobotsUnavailableError(
                    f"robots.txt of {host} can't be had: {entry.reason}", url=url, retry_after_seconds=wait
                )
            return entry.rules

    def _entry(self, key: str) -> _HostRobots:
        with self._lock:
            if key not in self._entries:
                cutoff = self._clock() - _FORGOTTEN_AFTER
                for old in [k for k, entry in self._entries.items() if entry.read_at and entry.read_at < cutoff]:
                    del self._entries[old]
            return self._entries.setdefault(key, _HostRobots())

    def _refresh(self, entry: _HostRobots, robots_url: str, fetch: Callable[[str], RobotsResponse]) -> None:
        """Fetch the file, unless that just failed; a failure leaves earlier rules in force."""
        if entry.retry_at is not None and self._clock() < entry.retry_at:
            return
        try:
            response = fetch(robots_url)
        except BackingOffError:
            # Nothing was sent, so nothing was learnt; only with rules from before can the URL be judged now.
            if entry.rules is None:
                raise
            return
        except RetryLaterError as error:
            self._failed(entry, str(error), error.retry_after_seconds)
            return
        if response.status == 429 or response.status >= 500:
            self._failed(entry, f"status {response.status}", response.retry_after_seconds)
            return
        entry.rules = self._read(response.content if 200 <= response.status < 300 else b"")
        entry.read_at = self._clock()
        entry.failures, entry.retry_at, entry.reason = 0, None, ""

    def _failed(self, entry: _HostRobots, reason: str, retry_after_seconds: float | None) -> None:
        entry.failures += 1
        wait = min(_FIRST_RETRY_SECONDS * 2 ** min(entry.failures - 1, 16), _LAST_RETRY_SECONDS)
        entry.retry_at = self._clock() + timedelta(seconds=max(wait, retry_after_seconds or 0.0))
        entry.reason = reason

    def _read(self, content: bytes) -> RobotsRules:
        text = content[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
        return RobotsRules(Protego.parse(text), self._product, self._max_crawl_delay_seconds)


def product_token(user_agent: str) -> str:
    """The name that robots.txt groups address (RFC 9309, section 2.2.1): "Wiredesk" of "Wiredesk/0.1 (…)".

    A browser-like "Mozilla/5.0 (compatible; Wiredesk/0.1; …)" is named by what it says it is compatible as.
    """
    compatible = re.match(r"Mozilla/\S+ \(compatible; *([^/;)\s]+)", user_agent, re.IGNORECASE)
    if compatible:
        return compatible.group(1)
    name = re.match(r"[A-Za-z0-9_.-]+", user_agent.strip())
    return name.group(0) if name else user_agent.strip()
