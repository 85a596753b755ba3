"""Polite fetcher: a link becomes a page, with robots.txt, host pacing, redirects and limits.

At every redirect hop robots.txt is obeyed and the host's turn awaited; the address is checked when it is connected to,
the response is read within one deadline and one size limit, and every failure is one of the errors of model/errors.py.
Time spent waiting for a turn does not count against the deadline; time on the network does, over all hops.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import urljoin, urlsplit

from crawler.http.accepted_content import ACCEPT_HEADERS, Accept, body_limit, check_content_type
from crawler.http.concurrency_limit import ConcurrencyLimit
from crawler.http.host_pacing import HostPacing
from crawler.http.responses import NotModified, raise_for_status, retry_after_seconds
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
from net.client import HttpClient, HttpResponse
from net.urls import host_of

__all__ = ["MAX_REDIRECTS", "Accept", "Fetcher", "NotModified"]

MAX_REDIRECTS = 8
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_LARGE_BYTES = 1_000_000
_CHALLENGED_SECONDS = 4 * 3600.0


class Fetcher:
    """Fetches links, at most `concurrency` at once; safe to share between threads.

    In a block of `concurrency_limit.held()` a page counts until the block ends. `timeout_seconds` is for all hops of
    one link together. `clock` gives aware instants.
    """

    def __init__(
        self,
        client: HttpClient,
        robots: Robots,
        pacing: HostPacing,
        *,
        timeout_seconds: float,
        max_page_bytes: int,
        concurrency: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._timeout_seconds = timeout_seconds
        self._max_page_bytes = max_page_bytes
        self._robots = robots
        self._pacing = pacing
        self._clock = clock
        self.concurrency_limit = ConcurrencyLimit(concurrency)

    def get(
        self,
        link: Link,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: Accept = "page",
        check: Callable[[], None] = lambda: None,
    ) -> Page | NotModified:
        """Fetch a link; with `etag` or `last_modified` of an earlier response, only if it changed since.

        `check` is called before each request goes out, and passes on what it raises. Raises the errors of
        model/errors.py that are no matter of parsing. A ServerError or a BlockedError has backed the whole host off.
        """
        headers = {"Accept": ACCEPT_HEADERS[accept]}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        with self.concurrency_limit.held():
            response = self._follow(link.url, headers, accept, check)
            return self._page(link, response, conditional=bool(etag or last_modified))

    def _page(self, link: Link, response: HttpResponse, *, conditional: bool) -> Page | NotModified:
        """The response as a page; large ones are held by one thread at a time."""
        self._check_status(response)
        if response.status == 304:
            if not conditional:
                raise FetchError("304 to an unconditional request", url=response.url)
            return NotModified(link.url, response.fetched_at, response.headers)
        if not response.content:
            raise FetchError("the body is empty", url=response.url)
        if len(response.content) > _LARGE_BYTES:
            self.concurrency_limit.acquire_exclusive()
        return Page(
            link=link,
            url=link.url,
            final_url=response.url,
            status=response.status,
            headers=response.headers,
            fetched_at=response.fetched_at,
            content=response.content,
        )

    def robots_rules(self, url: str) -> RobotsRules:
        """The robots.txt rules in force for a URL, fetched where they are not known.

        Raises RobotsUnavailableError, RefusedError.
        """
        try:
            with self.concurrency_limit.held():
                return self._robots.rules(url, self._fetch_robots)
        except RefusedError as error:
            raise RefusedError(str(error), url=url) from error

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def _follow(self, url: str, headers: Mapping[str, str], accept: Accept, check: Callable[[], None]) -> HttpResponse:
        """Request the URL, and then wherever redirects lead, on one budget of network time."""
        budget = self._timeout_seconds
        requested: list[str] = []
        while True:
            url = _checked(url)
            requested.append(url)
            self._refuse_while_backing_off(url)
            response = self._request(url, headers, accept, budget, self._crawl_delay(url), check)
            if response.location is None:
                return response
            budget -= response.seconds
            target = _joined(url, response.location)
            if target in requested:
                raise FetchError(f"redirects in a circle, back to {target}", url=requested[0])
            if len(requested) > MAX_REDIRECTS:
                raise FetchError(f"more than {MAX_REDIRECTS} redirects", url=requested[0])
            url = target

    def _follow_robots(self, url: str) -> HttpResponse:
        """The response for a robots.txt; the last redirect where they lead nowhere (RFC 9309, section 2.3.1.2)."""
        budget = self._timeout_seconds
        requested = [_checked(url)]
        response = self._request_robots(url, budget, partial(self._robots.check_unread, url))
        while response.location is not None and len(requested) <= MAX_ROBOTS_REDIRECTS:
            try:
                url = _checked(_joined(url, response.location))
                if url in requested:
                    break
                requested.append(url)
                budget -= response.seconds
                response = self._request_robots(url, budget)
            except RefusedError:
                break
        return response

    def _request_robots(self, url: str, budget: float, check: Callable[[], None] = lambda: None) -> HttpResponse:
        self._refuse_while_backing_off(url)
        return self._request(url, {"Accept": ACCEPT_HEADERS["robots"]}, "robots", budget, check=check)

    def _crawl_delay(self, url: str) -> float | None:
        """The crawl-delay of a host that allows the URL; raises RobotsDisallowedError where it does not."""
        self.concurrency_limit.release()  # another thread may be fetching the rules, and need it for that
        rules = self.robots_rules(url)
        if not rules.allows(url):
            raise RobotsDisallowedError("robots.txt disallows it", url=url)
        return rules.crawl_delay_seconds

    def _fetch_robots(self, url: str) -> RobotsResponse:
        try:
            response = self._follow_robots(url)
        except TooLargeError as error:
            raise FetchError(f"can't be read: {error}", url=url) from error
        wait = retry_after_seconds(response.headers, self._clock())
        if response.status in (429, 503):
            self._pacing.back_off(host_of(response.url), wait)
        return RobotsResponse(response.status, response.content, wait)

    def _request(
        self,
        url: str,
        headers: Mapping[str, str],
        accept: Accept,
        budget: float,
        crawl_delay_seconds: float | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> HttpResponse:
        """One request in the host's turn, its response read to the end."""
        host = host_of(url)
        self.concurrency_limit.release()
        with self._pacing.turn(host, crawl_delay_seconds) as turn:

            def may_be_sent() -> None:
                check()
                turn.check()

            # While this thread waited its turn, the one before it may have been sent away.
            self._refuse_while_backing_off(url)
            self.concurrency_limit.acquire()
            try:
                return self._client.get(
                    url,
                    headers,
                    timeout_seconds=budget,
                    limit=body_limit(accept, self._max_page_bytes),
                    check_headers=lambda headers: check_content_type(accept, headers, url),
                    times=turn,
                    before_send=may_be_sent,
                )
            except FetchError:
                self._pacing.note_bad_response(host)
                raise

    def _check_status(self, response: HttpResponse) -> None:
        """Raise what the status means, and note it in the host's pacing."""
        host = host_of(response.url)
        try:
            raise_for_status(response, self._clock())
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
    """The URL, without fragment, its host in ASCII, where it is one that may be fetched at all; raises RefusedError."""
    try:
        parts = urlsplit(url)
        host = host_of(url)
    except ValueError as error:
        raise RefusedError(str(error), url=url) from error
    if parts.username is not None or parts.password is not None:
        raise RefusedError("the address carries credentials", url=url)
    if not parts.netloc.isascii():
        parts = parts._replace(netloc=host.removesuffix(_DEFAULT_PORTS[parts.scheme]))
    return parts._replace(fragment="").geturl()
