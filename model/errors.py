"""Tree of errors: what can go wrong, and what is to be done about it.

WiredeskError            the root of all our errors; its text is meant for the person at the terminal
├── ConfigError          the configuration is wrong: fix the key that the message names       (config.py)
├── StoreError           the store cannot be used as it stands (a full disk, a damaged file): no fault of what was
│   │                    to be stored
│   ├── DataDirectoryError   nothing can be kept in the data directory: rights, a file in its place, a read-only disk
│   ├── StorageTroubleError  the disk is full, read-only or failing, a database is damaged, or its server can't be
│   │   │                    used: `.trouble` says which; work pauses
│   │   ├── DatabaseServerError  the server of the database is away, full or refuses the user
│   │   └── BlobPlaceError   the bucket or folder that keeps pages is away, full, refuses the key or is another's
│   ├── DamagedBlobError     kept bytes are not those that were kept
│   ├── DamagedPageError     a page as fetched is not what was kept: the story goes on without
│   ├── LeaseLostError       a lease has ended that a change needs: another worker goes on, `.name` says with what
│   ├── LostDatabaseError    a database is missing or empty beside what was made from it: put it back
│   └── NewerDataError   the data directory was written by a newer Wiredesk: upgrade
├── LockHeldError        another process holds a lock: `.holder` says which
├── EngineError          the index cannot be used as it stands: it is rebuilt from the store
│   ├── NoIndexError     there is no index yet
│   ├── EngineTroubleError   the server of the index can't be used at the moment: indexing waits
│   └── DamagedIndexError
├── QueryError           the user asked for something impossible (a bad date, page 0): HTTP 400
└── CrawlError           something went wrong with one URL, told by `.url`
    ├── RetryLaterError            fate: retry later; `.retry_after_seconds` where the host named a time
    │   ├── FetchError             no answer, or a broken one (DNS, connection, TLS, deadline, truncated body)
    │   ├── ServerError            5xx or 429: `.status`; backs the whole host off
    │   ├── BlockedError           a bot challenge: the host waits for hours
    │   ├── BackingOffError        the host is backing off and was not asked: `.retry_at`
    │   ├── RobotsUnavailableError robots.txt can't be had (5xx, unreachable): wait (RFC 9309, section 2.3.1.4)
    │   └── ReaderKilledError      the process that read the page was killed from outside: no fault of the page
    ├── SetAsideError              fate: set aside, that is tried again after days, and then ever more seldom
    │   ├── GoneError              404 or 410: `.status`
    │   ├── ClientError            another 4xx: `.status`
    │   ├── RobotsDisallowedError  robots.txt says no
    │   │   └── NoindexError       the page itself says no
    │   ├── RefusedError           an address or content type that we do not fetch
    │   │   └── ForgottenStoryError  a story that was forgotten on request: never asked for again
    │   ├── TooLargeError          over crawler.max_page_bytes
    │   └── PoisonError            the parser died or ran out of time on it, twice
    ├── NotAStoryError             the page is no story: `.reason`
    └── ParseError                 the page can't be read at all: `.reason`
"""

from datetime import datetime


class WiredeskError(Exception):
    """Any error of Wiredesk's own."""


class StoreError(WiredeskError):
    """The store can't be used as it stands."""


class DataDirectoryError(StoreError):
    """Nothing can be kept in the data directory; the text is a whole sentence with what to do."""


class StorageTroubleError(StoreError):
    """The disk, or the server of the database, lets nothing be kept, or has altered what was.

    `trouble` says in a few words what is wrong with it.
    """

    def __init__(self, message: str, *, trouble: str) -> None:
        super().__init__(message)
        self.trouble = trouble


class DatabaseServerError(StorageTroubleError):
    """The server of the database can't be used at the moment; that says nothing of what is kept there."""


class BlobPlaceError(StorageTroubleError):
    """The bucket or folder that keeps pages can't be used at the moment; the text is a whole sentence, without secrets.

    `place` is what it is called. Nothing is wrong with what was to be kept: work pauses, and goes on when it is back.
    """

    def __init__(self, place: str, trouble: str) -> None:
        sentence = f"{place}, where pages are kept, {trouble}"
        super().__init__(sentence, trouble=sentence)
        self.place = place


class DamagedBlobError(StoreError):
    """Bytes are not those that were kept under `digest`; `reason` says what is wrong with them."""

    def __init__(self, digest: bytes, reason: str) -> None:
        super().__init__(f"the bytes {digest.hex()[:12]} are damaged: {reason}")
        self.digest = digest
        self.reason = reason


class DamagedPageError(StoreError):
    """A page as fetched can't be read; `reason` says what is wrong with it."""

    def __init__(self, page_id: int, reason: str) -> None:
        super().__init__(f"page {page_id} is damaged: {reason}")
        self.page_id = page_id
        self.reason = reason


class LeaseLostError(StoreError):
    """The lease `name` is held no more: what it covers is another's to do by now."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the lease {name} is held no more: it was not renewed in time")
        self.name = name


class LostDatabaseError(StoreError):
    """A database is missing or empty beside what was made from it; the text says what to do."""


class NewerDataError(StoreError):
    """The data directory was written by a newer version of Wiredesk."""


class LockHeldError(WiredeskError):
    """Another process holds the lock; `holder` is its own description (pid and command)."""

    def __init__(self, lock: str, holder: str) -> None:
        super().__init__(f"the {lock} lock is held by {holder}")
        self.lock = lock
        self.holder = holder


class EngineError(WiredeskError):
    """The index can't be used as it stands."""


class NoIndexError(EngineError):
    """There is no index yet."""


class EngineTroubleError(EngineError):
    """The server that holds the index can't be used at the moment; the text is a whole sentence, without secrets.

    Nothing is wrong with the index: work waits, and goes on when the server is back.
    """


class DamagedIndexError(EngineError):
    """The index on disk can't be read; it is rebuilt from the store."""


class QueryError(WiredeskError):
    """A request that can't be answered as asked; `parameter` names the part to fix."""

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


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


class ReaderKilledError(RetryLaterError):
    """The process that read the page was killed from outside, or could not be started."""


class SetAsideError(CrawlError):
    """The URL is asked for again after days, and then ever more seldom."""


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


class NoindexError(RobotsDisallowedError):
    """The page asks not to be indexed, where that is obeyed."""


class RefusedError(SetAsideError):
    """An address, redirect or content type that is never fetched."""


class ForgottenStoryError(RefusedError):
    """The story was forgotten on request."""


class TooLargeError(SetAsideError):
    """More bytes than crawler.max_page_bytes."""


class PoisonError(SetAsideError):
    """The parser died of the page or ran out of time on it, twice."""


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
