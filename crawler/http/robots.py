"""Rules of robots.txt: which URLs may be fetched, and the crawl-delay between two requests.

RFC 9309: rules belong to one scheme, host and port and live for a day. 2xx is read; 4xx and redirects that lead nowhere
mean that there are no rules (sections 2.3.1.2 and 2.3.1.3); 5xx and no answer mean wait (section 2.3.1.4). Rules that
were read before stay in force while the file can't be had; where there are none, a host that has not given it for 30
days has none. 429 is not "no rules": a host that asks for fewer requests waits like 5xx.

What was read is kept for all workers and over restarts, so that each file is fetched once a day.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from crawler.http.robots_file import RobotsFile, read_robots, token_of
from crawler.http.robots_patterns import path_of
from model.errors import BackingOffError, RetryLaterError, RobotsUnavailableError
from net.urls import host_of
from store.coordination import RobotsFiles, RobotsFileState

MAX_ROBOTS_REDIRECTS = 5
_LIFETIME = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(days=30)
_UNAVAILABLE_AFTER = timedelta(days=30)
_ITSELF = "/robots.txt"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_FIRST_RETRY_SECONDS = 60.0
_LAST_RETRY_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class RobotsResponse:
    """The response for /robots.txt after redirects; a 3xx status means that they never ended."""

    status: int
    content: bytes = b""
    retry_after_seconds: float | None = None


class ReadMeanwhileError(Exception):
    """Another process has read the file while this one waited to be allowed to."""


class RobotsRules:
    """The rules of one scheme, host and port for one user agent."""

    def __init__(self, file: RobotsFile, robots_url: str, max_crawl_delay_seconds: float) -> None:
        self._file = file
        self._robots_url = robots_url
        # The most specific rule first; of two that say as much the one that allows (RFC 9309, section 2.2.2).
        self._rules = sorted(file.group.rules, key=lambda rule: (rule.octets, rule.allows), reverse=True)
        self._max_crawl_delay_seconds = max_crawl_delay_seconds

    @property
    def crawl_delay_seconds(self) -> float | None:
        """Seconds between two requests that the host asks for (Crawl-delay or Request-rate), capped."""
        wished = (self._file.group.delay_seconds, self._file.group.rate_seconds)
        delays = [seconds for seconds in wished if seconds is not None]
        return min(max(delays), self._max_crawl_delay_seconds) if delays else None

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of the file's Sitemap lines, relative ones resolved, in order, each once; any host's."""
        return tuple(dict.fromkeys(filter(None, (_resolved(self._robots_url, line) for line in self._file.sitemaps))))

    def allows(self, url: str) -> bool:
        """Whether the URL may be fetched; the file itself always may."""
        path = path_of(url)
        first = next((rule for rule in self._rules if rule.matches(path)), None)
        return first is None or first.allows or path == _ITSELF


@dataclass(slots=True)
class _HostRobots:
    """What is known of one origin; its lock keeps two threads from fetching at once."""

    origin: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: RobotsRules | None = None
    read_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    reason: str = ""


class Robots:
    """Keeps the rules of every host; safe to share between threads.

    `files` has what other processes have read, and since when a file can't be had; without it all of that begins anew
    with each life of a process. With `fresh` a file is fetched once though another process has read it within a day.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        clock: Callable[[], datetime],
        obey: bool = True,
        max_crawl_delay_seconds: float = 60.0,
        files: RobotsFiles | None = None,
        fresh: bool = False,
    ) -> None:
        self._product = product_token(user_agent)
        self._clock = clock
        self._obey = obey
        self._max_crawl_delay_seconds = max_crawl_delay_seconds
        self._files = files
        self._fresh = fresh
        self._entries: dict[str, _HostRobots] = {}
        self._lock = threading.Lock()

    def rules(self, url: str, fetch: Callable[[str], RobotsResponse]) -> RobotsRules:
        """The rules in force for `url`; `fetch` gets a robots.txt where none is known or the known one is a day old.

        Raises RobotsUnavailableError while the file can't be had, and whatever `fetch` raises of errors that are
        no RetryLaterError.
        """
        if not self._obey:
            return self._read(b"", url)
        scheme = urlsplit(url).scheme.lower()
        host = host_of(url)
        entry = self._entry(f"{scheme}://{host}")
        with entry.lock:
            now = self._clock()
            if self._is_stale(entry) and not self._read_by_others(entry):
                origin = f"{scheme}://{host.removesuffix(_DEFAULT_PORTS[scheme])}"
                self._refresh(entry, f"{origin}{_ITSELF}", fetch)
            if entry.rules is None:
                wait = (entry.retry_at - now).total_seconds() if entry.retry_at else None
                raise RobotsUnavailableError(
                    f"robots.txt of {host} can't be had: {entry.reason}", url=url, retry_after_seconds=wait
                )
            return entry.rules

    def check_unread(self, url: str) -> None:
        """Raises ReadMeanwhileError where another process has read the rules for `url` since they were asked for."""
        entry = self._entry(f"{urlsplit(url).scheme.lower()}://{host_of(url)}")
        known = self._files.find(entry.origin) if self._files is not None else None
        if known is not None and (entry.read_at is None or known.fetched_at > entry.read_at):
            raise ReadMeanwhileError

    def _entry(self, key: str) -> _HostRobots:
        with self._lock:
            if key not in self._entries:
                cutoff = self._clock() - FORGOTTEN_AFTER
                for old in [k for k, entry in self._entries.items() if _was_read_before(entry, cutoff)]:
                    del self._entries[old]
                self._entries[key] = _HostRobots(key)
            return self._entries[key]

    def _is_stale(self, entry: _HostRobots) -> bool:
        return entry.rules is None or entry.read_at is None or self._clock() - entry.read_at >= _LIFETIME

    def _read_by_others(self, entry: _HostRobots) -> bool:
        """Take over what another process has read, or this one in an earlier life; whether no more has to be fetched.

        Old rules are taken over, too: they are in force while the file can't be had.
        """
        if self._files is None:
            return False
        is_first = entry.rules is None
        known = self._files.find(entry.origin)
        if known is not None and (entry.read_at is None or known.fetched_at > entry.read_at):
            entry.rules = self._read(known.content, f"{entry.origin}{_ITSELF}")
            entry.read_at = known.fetched_at
            entry.failures, entry.retry_at, entry.reason, entry.failing_since = 0, None, "", None
        if is_first:
            entry.failing_since = entry.failing_since or self._files.failing_since(entry.origin)
        return not self._is_stale(entry) and not (is_first and self._fresh)

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
        except ReadMeanwhileError:
            self._read_by_others(entry)
            return
        except RetryLaterError as error:
            self._failed(entry, robots_url, str(error), error.retry_after_seconds)
            return
        if response.status == 429 or response.status >= 500:
            self._failed(entry, robots_url, f"status {response.status}", response.retry_after_seconds)
            return
        content = response.content if 200 <= response.status < 300 else b""
        entry.rules, entry.read_at = self._read(content, robots_url), self._clock()
        entry.failures, entry.retry_at, entry.reason, entry.failing_since = 0, None, "", None
        if self._files is not None:
            self._files.save(RobotsFileState(entry.origin, entry.read_at, response.status, content))

    def _failed(self, entry: _HostRobots, robots_url: str, reason: str, retry_after_seconds: float | None) -> None:
        now = self._clock()
        entry.failures += 1
        since = entry.failing_since or now
        if entry.failing_since is None and self._files is not None:
            self._files.save_outage(entry.origin, since)
        entry.failing_since = since
        if entry.rules is None and now - since >= _UNAVAILABLE_AFTER:
            entry.rules, entry.read_at = self._read(b"", robots_url), now
        wait = min(_FIRST_RETRY_SECONDS * 2 ** min(entry.failures - 1, 16), _LAST_RETRY_SECONDS)
        entry.retry_at = now + timedelta(seconds=max(wait, retry_after_seconds or 0.0))
        entry.reason = reason

    def _read(self, content: bytes, robots_url: str) -> RobotsRules:
        return RobotsRules(read_robots(content, self._product), robots_url, self._max_crawl_delay_seconds)


def _was_read_before(entry: _HostRobots, cutoff: datetime) -> bool:
    """Rules of a host that gives its file no more are kept: there would be none in their place."""
    return entry.read_at is not None and entry.read_at < cutoff and entry.failing_since is None


def _resolved(robots_url: str, line: str) -> str | None:
    """The web address of a Sitemap line; None where it is none."""
    try:
        address = urljoin(robots_url, line)
        host_of(address)
    except ValueError:
        return None
    return address if line else None


def product_token(user_agent: str) -> str:
    """The name that robots.txt groups address (RFC 9309, section 2.2.1): "Wiredesk" of "Wiredesk/0.1 (…)".

    A browser-like "Mozilla/5.0 (compatible; Wiredesk/0.1; …)" is named by what it says it is compatible as.
    """
    compatible = re.match(r"Mozilla/\S+ \(compatible; *([^/;)\s]+)", user_agent, re.IGNORECASE)
    name = compatible[1] if compatible else user_agent.strip()
    return token_of(name) or re.split(r"[\s/]", name, maxsplit=1)[0]
