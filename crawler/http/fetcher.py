"""Polite fetcher: a link becomes a page, with robots.txt, host pacing, redirects and limits.

At every redirect hop robots.txt is obeyed and the host's turn awaited; the address is checked when it is connected to,
the response is read within one deadline and one size limit, and every failure is one of the errors of model/errors.py.
Time spent waiting for a turn does not count against the deadline; time on the network does, over all hops.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from config import CrawlerConfig
from crawler.http.client import Exchange
from crawler.http.concurrency_limit import ConcurrencyLimit
from crawler.http.host_pacing import HostPacing
from crawler.http.responses import Accept, Answer, NotModified, raise_for_status, retry_after_seconds
from crawler.http.robots import MAX_ROBOTS_REDIRECTS, Robots, RobotsResponse, RobotsRules
from model.errors import (
    BackingOffError,
    BlockedError,
    CrawlError,
    FetchError,
    RefusedError,
    RobotsDisallowedError,
    ServerError,
    TooLargeError,
)
from model.page import Link, Page
from net.urls import host_of

__all__ = ["MAX_REDIRECTS", "Accept", "Fetcher", "NotModified"]

MAX_REDIRECTS = 8
_LARGE_BYTES = 1_000_000
_CHALLENGED_SECONDS = 4 * 3600.0
_ACCEPT: Mapping[str, str] = {
    "page": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "feed": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.1",
    "sitemap": "application/xml,text/xml,*/*;q=0.1",
    "robots": "text/plain,*/*;q=0.1",
}


class Fetcher:
    """Fetches links, at most `concurrency` at once; safe to share between threads.

    In a block of `concurrency_limit.held()` a page counts until the block ends. `clock` gives aware instants,
    `monotonic` seconds. `tls` replaces the context with the bundled certificates.
    """

    def __init__(
        self,
        config: CrawlerConfig,
        robots: Robots,
        pacing: HostPacing,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout_seconds = config.timeout.total_seconds()
        self._robots = robots
        self._pacing = pacing
        self._clock = clock
        self.concurrency_limit = ConcurrencyLimit(config.concurrency)
        self._exchange = Exchange(config, clock=clock, monotonic=monotonic, tls=tls)

    def get(
        self, link: Link, *, etag: str | None = None, last_modified: str | None = None, accept: Accept = "page"
    ) -> Page | NotModified:
        """Fetch a link; with `etag` or `last_modified` of an earlier answer, only if it changed since.

        Raises the errors of model/errors.py that are no matter of parsing. A ServerError or a BlockedError has
        backed the whole host off.
        """
        headers = {"Accept": _ACCEPT[accept]}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        with self.concurrency_limit.held():
            answer = self._follow(link.url, headers, accept)
            return self._page(link, answer, conditional=bool(etag or last_modified))

    def _page(self, link: Link, answer: Answer, *, conditional: bool) -> Page | NotModified:
        """What the answer is worth; one that is large is in hand alone."""
        self._judge(answer)
        if answer.status == 304:
            if not conditional:
                raise FetchError("304 to an unconditional request", url=answer.url)
            return NotModified(link.url, answer.fetched_at, answer.headers)
        if not answer.content:
            raise FetchError("the body is empty", url=answer.url)
        if len(answer.content) > _LARGE_BYTES:
            self.concurrency_limit.acquire_exclusive()
        return Page(
            link=link,
            url=link.url,
            final_url=answer.url,
            status=answer.status,
            headers=answer.headers,
            fetched_at=answer.fetched_at,
            content=answer.content,
        )

    def robots_rules(self, url: str) -> RobotsRules:
        """The robots.txt rules in force for a URL, asked for where they are not known.

        Raises RobotsUnavailableError, RefusedError.
        """
        try:
            with self.concurrency_limit.held():
                return self._robots.rules(url, self._fetch_robots)
        except RefusedError as error:
            raise RefusedError(str(error), url=url) from error

    def close(self) -> None:
        """Close idle connections."""
        self._exchange.close()

    def _follow(self, url: str, headers: Mapping[str, str], accept: Accept) -> Answer:
        """Ask, and ask again wherever a redirect leads, on one budget of network time."""
        budget = self._timeout_seconds
        limit = MAX_ROBOTS_REDIRECTS if accept == "robots" else MAX_REDIRECTS
        asked: list[str] = []
        while True:
            url = _checked(url)
            asked.append(url)
            self._refuse_while_backing_off(url)
            crawl_delay_seconds = self._permission(url) if accept != "robots" else None
            answer = self._ask(url, headers, accept, budget, crawl_delay_seconds)
            if answer.location is None:
                return answer
            budget -= answer.seconds
            target = _joined(url, answer.location)
            if target in asked:
                raise FetchError(f"redirects in a circle, back to {target}", url=asked[0])
            if len(asked) > limit:
                if accept == "robots":
                    return answer
                raise FetchError(f"more than {limit} redirects", url=asked[0])
            url = target

    def _permission(self, url: str) -> float | None:
        """The crawl-delay of a host that allows the URL; raises RobotsDisallowedError where it does not."""
        self.concurrency_limit.release()  # another thread may be asking for the rules, and need it for that
        rules = self.robots_rules(url)
        if not rules.allows(url):
            raise RobotsDisallowedError("robots.txt disallows it", url=url)
        return rules.crawl_delay_seconds

    def _fetch_robots(self, url: str) -> RobotsResponse:
        try:
            answer = self._follow(url, {"Accept": _ACCEPT["robots"]}, "robots")
        except TooLargeError:
            return RobotsResponse(200)
        wait = retry_after_seconds(answer.headers, self._clock())
        if answer.status in (429, 503):
            self._pacing.back_off(host_of(answer.url), wait)
        return RobotsResponse(answer.status, answer.content, wait)

    def _ask(
        self, url: str, headers: Mapping[str, str], accept: Accept, budget: float, crawl_delay_seconds: float | None
    ) -> Answer:
        """One request in the host's turn, its answer read to the end."""
        host = host_of(url)
        self.concurrency_limit.release()
        with self._pacing.turn(host, crawl_delay_seconds) as turn:
            # While this thread waited its turn, the one before it may have been sent away.
            self._refuse_while_backing_off(url)
            self.concurrency_limit.acquire()
            try:
                return self._exchange.ask(url, headers, accept, budget, turn)
            except FetchError:
                self._pacing.note_bad_response(host)
                raise

    def _judge(self, answer: Answer) -> None:
        """Raise what the status means, and let the host's pace follow from it."""
        host = host_of(answer.url)
        try:
            raise_for_status(answer, self._clock())
        except BlockedError as error:
            self._pacing.back_off(host, max(error.retry_after_seconds or 0.0, _CHALLENGED_SECONDS))
            raise
        except ServerError as error:
            if error.status in (429, 503) or error.retry_after_seconds:
                self._pacing.back_off(host, error.retry_after_seconds)
            else:
                self._pacing.note_bad_response(host)
            raise
        except CrawlError:
            self._pacing.note_good_response(host)
            raise
        self._pacing.note_good_response(host)

    def _refuse_while_backing_off(self, url: str) -> None:
        host = host_of(url)
        until = self._pacing.retry_at(host)
        if until is not None:
            raise BackingOffError(
                f"{host} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC",
                url=url,
                retry_at=until,
                retry_after_seconds=(until - self._clock()).total_seconds(),
            )


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; raises RefusedError where that is no address."""
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise RefusedError(f"redirects to no address: {error}", url=url) from error


def _checked(url: str) -> str:
    """The URL, without fragment, where it is one that may be fetched at all; raises RefusedError."""
    try:
        parts = urlsplit(url)
        host_of(url)
    except ValueError as error:
        raise RefusedError(str(error), url=url) from error
    if parts.username is not None or parts.password is not None:
        raise RefusedError("the address carries credentials", url=url)
    return parts._replace(fragment="").geturl()
