"""Small worlds whose truth is known: what a publisher shows, how it is visited, and which stories there really are.

A world is data: the steps to replay, and the true stories with the addresses that lead to each and the texts that each
may say. What is split without a fault is listed here with its reason.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from config import SourceConfig
from tests.crawler.fault_server import Route
from tests.crawler.recheck_pages import Told

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

TOLERATED = {
    "nothing-names-the-other": "one page at two paths, and neither page nor feed names the other path: the equal texts "
    "fold as copies in answers, and two paths with equal texts may be two editions",
    "second-page": "the second page of a story has a text of its own, and one headline alone joins nothing: "
    "else every 'Morning briefing' would be one story",
    "ids-end-with-the-source": "a publisher's id counts within its source; one story at two addresses that two sources "
    "announce folds as copies in answers",
}
"""The splits that are no fault, with the reason of each."""
FOLDING = frozenset({"nothing-names-the-other", "ids-end-with-the-source"})
"""Those of them whose parts must fold as copies."""


@dataclass(frozen=True)
class Setting:
    """How a recipe is varied; `at_once` are all stories published at one instant."""

    number: int = 0
    short: bool = False
    backwards: bool = False
    several_feeds: bool = False
    canonical: bool = False
    slowly: bool = False
    alike: bool = False
    figures: bool = False
    at_once: bool = False

    def __str__(self) -> str:
        flags = [name for name, value in asdict(self).items() if value is True]
        return "-".join([str(self.number), *flags])


@dataclass(frozen=True)
class TrueStory:
    """One story as it really is.

    `tellings` are all that its versions may say, `ends` those that its current one may say; `at` the addresses where it
    stands in the end, all of which lead to it; `urls` those that it may bear. `versions` are the least and the most.
    `split` names the reason of TOLERATED for which it may have up to `parts` ids.
    """

    tellings: tuple[Told, ...]
    at: tuple[str, ...]
    ends: tuple[Told, ...]
    urls: tuple[str, ...]
    versions: tuple[int, int] = (1, 1)
    split: str | None = None
    parts: int = 1


@dataclass(frozen=True)
class Crawl:
    """After some hours: what every address answers, and the sources that are crawled, one after the other."""

    after: timedelta
    site: Mapping[str, Route]
    sources: tuple[SourceConfig, ...]


@dataclass(frozen=True)
class Capture:
    """After some hours: pages that an archive holds come in, as (address, content)."""

    after: timedelta
    pages: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class World:
    """One trap; `about` says what the publisher does."""

    family: str
    recipe: str
    about: str
    setting: Setting
    steps: tuple[Crawl | Capture, ...]
    stories: tuple[TrueStory, ...]

    @property
    def name(self) -> str:
        return f"{self.family}/{self.recipe}/{self.setting}"
