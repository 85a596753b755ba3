"""Sources: what the crawler has to know of a publisher whose stories it brings.

Read-only protocols: any frozen value with these attributes is a source.
"""

from datetime import timedelta
from typing import Protocol


class SourceDefaults(Protocol):
    """What holds for the links of a source where an endpoint does not say otherwise.

    `timezone` is the IANA name of the zone of dates without one, `language` a code of ISO 639, `front_selector` the
    CSS selector of story links on front pages.
    """

    @property
    def name(self) -> str:
        """The name by which stories belong to it."""

    @property
    def timezone(self) -> str | None: ...

    @property
    def language(self) -> str | None: ...

    @property
    def front_selector(self) -> str | None: ...


class Source(SourceDefaults, Protocol):
    """A source with its endpoints (absolute http or https addresses) and its crawl interval.

    It is crawled about once in `every`, or less often, down to `every_max` where there is one.
    """

    @property
    def feeds(self) -> tuple[str, ...]: ...

    @property
    def sitemaps(self) -> tuple[str, ...]: ...

    @property
    def fronts(self) -> tuple[str, ...]: ...

    @property
    def every(self) -> timedelta: ...

    @property
    def every_max(self) -> timedelta | None: ...
