"""What came of reading one feed: its links, and the entries that became none, counted by reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from model.page import Link

NO_ADDRESS = "without a web address"
REPEATED = "announced twice"
OLDER = "older than the newest that a feed yields"
NOT_READABLE = "not readable"


@dataclass(frozen=True, slots=True)
class FeedReading:
    """The links of a feed; `entries` counts the entries that it has, `left_out` those that gave no link, by reason."""

    links: tuple[Link, ...] = ()
    entries: int = 0
    left_out: Mapping[str, int] = field(default_factory=Counter)

    @property
    def failure(self) -> str | None:
        """Why a feed that has entries yields nothing, with what to do; None where it yields links or has no entries."""
        if self.links or not self.entries:
            return None
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.left_out.items())
        return (
            f"none of its {self.entries} entries leads to a story ({reasons}): see what the feed gives as <link> and"
            " <guid>, and configure another feed or the site's sitemap"
        )

    @property
    def loss(self) -> str | None:
        """How many entries of a feed that yields links gave none, and why; None where nothing was lost."""
        lost = {reason: count for reason, count in self.left_out.items() if reason != REPEATED and count}
        if not self.links or not lost:
            return None
        reasons = ", ".join(f"{count} {reason}" for reason, count in lost.items())
        return f"{sum(lost.values())} of {self.entries} entries were left out: {reasons}"
