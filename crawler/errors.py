"""What can go wrong on the way from a link to a story, and what becomes of the URL?

CrawlError                     `.url`
├── RetryLaterError            fate: retry later; `.retry_after_seconds` where the host named a time
│   ├── FetchError             no answer, or a broken one (DNS, connection, TLS, deadline, truncated body)
│   ├── ServerError            5xx or 429: `.status`; backs the whole host off
│   ├── BlockedError           a bot challenge: the host waits for hours
│   ├── BackingOffError        the host is backing off and was not asked: `.retry_at`
│   └── RobotsUnavailableError robots.txt can't be had (5xx, unreachable): wait (RFC 9309, section 2.3.1.4)
├── SetAsideError              fate: set aside
│   ├── GoneError              404 or 410: `.status`
│   ├── ClientError            another 4xx: `.status`
│   ├── RobotsDisallowedError  robots.txt says no
│   ├── RefusedError           an address or content type that we do not fetch
│   ├── TooLargeError          over crawler.max_page_bytes
│   └── PoisonError            the parser died or ran out of time on it, twice
├── NotAStoryError             the page is no story: `.reason`
└── ParseError                 the page can't be read at all: `.reason`
"""

from datetime import datetime

from index.errors import WiredeskError


class CrawlError(WiredeskError):
    """Something went wrong with one URL."""

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url


class RetryLaterError(CrawlError):
    """The URL is worth another try later; `retry_after_seconds` is the host's own wish, else None."""

    def __init__(self, message: str, *, url: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message, url=url)
        self.retry_after_seconds = retry_after_seconds


class FetchError(RetryLaterError):
    """No answer, or a broken one."""


class ServerError(RetryLaterError):
    """The server answered 5xx or 429; the whole host backs off."""

    def __init__(self, message: str, *, url: str, status: int, retry_after_seconds: float | None = None) -> None:
        super().__init__(message, url=url, retry_after_seconds=retry_after_seconds)
        self.status = status


class BlockedError(RetryLaterError):
    """A bot challenge; the host is left alone for hours."""


class BackingOffError(RetryLaterError):
    """The host is left alone until `retry_at`; nothing was sent."""

    def __init__(self, message: str, *, url: str, retry_at: datetime, retry_after_seconds: float) -> None:
        super().__init__(message, url=url, retry_after_seconds=retry_after_seconds)
        self.retry_at = retry_at


class RobotsUnavailableError(RetryLaterError):
    """The host's robots.txt can't be had now."""


class SetAsideError(CrawlError):
    """The URL is not asked for again unless it changes."""


class GoneError(SetAsideError):
    """404 or 410."""

    def __init__(self, message: str, *, url: str, status: int) -> None:
        super().__init__(message, url=url)
        self.status = status


class ClientError(SetAsideError):
    """Another 4xx answer."""

    def __init__(self, message: str, *, url: str, status: int) -> None:
        super().__init__(message, url=url)
        self.status = status


class RobotsDisallowedError(SetAsideError):
    """robots.txt disallows the URL."""


class RefusedError(SetAsideError):
    """An address, redirect or content type that is never fetched."""


class TooLargeError(SetAsideError):
    """More bytes than crawler.max_page_bytes."""


class PoisonError(SetAsideError):
    """The parser died or ran out of time on the page, twice."""


class NotAStoryError(CrawlError):
    """The page was read and is no story; `reason` says why."""

    def __init__(self, reason: str, *, url: str) -> None:
        super().__init__(f"not a story: {reason}", url=url)
        self.reason = reason


class ParseError(CrawlError):
    """The page can't be read at all; `reason` says why."""

    def __init__(self, reason: str, *, url: str) -> None:
        super().__init__(f"can't be read: {reason}", url=url)
        self.reason = reason
