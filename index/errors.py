"""What can go wrong in the index half, and what is to be done about it?

WiredeskError            the root of all our errors; its text is meant for the person at the terminal
├── ConfigError          the configuration is wrong: fix the key that the message names       (config.py)
├── StoreError           the store cannot be used as it stands (a full disk, a damaged file): no fault of what was
│   │                    to be stored
│   ├── DataDirectoryError   nothing can be kept in the data directory: rights, a file in its place, a read-only disk
│   ├── DamagedPageError     a page as fetched is not what was kept: the story goes on without
│   ├── LostDatabaseError    a database is missing or empty beside what was made from it: put it back
│   └── NewerDataError   the data directory was written by a newer Wiredesk: upgrade
├── LockHeldError        another process holds a lock: `.holder` says which
├── EngineError          the index cannot be used as it stands: it is rebuilt from the store
│   ├── NoIndexError     there is no index yet
│   └── DamagedIndexError
├── QueryError           the user asked for something impossible (a bad date, page 0): HTTP 400
└── CrawlError           see crawler/errors.py
"""


class WiredeskError(Exception):
    """Any error of Wiredesk's own."""


class StoreError(WiredeskError):
    """The store can't be used as it stands."""


class DataDirectoryError(StoreError):
    """Nothing can be kept in the data directory; the text is a whole sentence with what to do."""


class DamagedPageError(StoreError):
    """A page as fetched can't be read; `reason` says what is wrong with it."""

    def __init__(self, page_id: int, reason: str) -> None:
        super().__init__(f"page {page_id} is damaged: {reason}")
        self.page_id = page_id
        self.reason = reason


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


class DamagedIndexError(EngineError):
    """The index on disk can't be read; it is rebuilt from the store."""


class QueryError(WiredeskError):
    """A request that can't be answered as asked; `parameter` names the part to fix."""

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter
