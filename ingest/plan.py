"""Plans: what becomes of one candidate, decided on one state of the store.

Nothing is written here, fetched or extracted: where a stored page is needed for the decision and not at hand, the plan
says so, and is made again when it is. So it can be made once more inside the transaction that carries it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ingest.comparison import HeldPage
from ingest.identity.resolution import Dispute
from ingest.quarantine import Doubt
from model.outcomes import Outcome
from model.story import Status, Story, Withdrawal
from store.sql.aliases import Kind
from store.sql.held import HeldStory


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made ready for a plan: stored pages by number (None: there is none any more), and the candidate's
    own."""

    pages: Mapping[int, HeldPage | None] = field(default_factory=dict)
    page_id: int | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """What is to lead to a story from now on.

    `aliases` are added, `address` leads to it whatever it led to before (`former_address` did once), `twins` are merged
    into it. `disputed` is an address that another story claimed wrongly. `publisher_id` is borne in `feed`; where it is
    `distrusted`, it proves nothing any more.
    """

    aliases: Mapping[str, Kind] = field(default_factory=dict)
    address: str | None = None
    former_address: str | None = None
    twins: tuple[str, ...] = ()
    disputed: Dispute | None = None
    publisher_id: str | None = None
    feed: str = ""
    distrusted: bool = False


NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a candidate.

    `write` says what is done with `story`: a new story, one more version, or another reading of the version that is
    held (`witness` where the page at the story's own address replaces that of its twin). `reread` is the held version
    as today's extractor reads it. `withdrawal` says why the `status` becomes "withdrawn", or why the story does that a
    notice `kills`. `missing` are pages that have to be made ready first. A reading that `is_held_back`
    is not believed; `doubt` is remembered where it can be repeated, and forgotten when it `is_cleared`. `recheck_at` is
    when to check it again whatever the schedule says, and `unconditional` whether the page need not have changed to be
    fetched then.
    """

    outcome: Outcome
    story_id: str | None = None
    detail: str | None = None
    held: HeldStory | None = None
    write: Literal["insert", "version", "replace", "witness"] | None = None
    story: Story | None = None
    changed: tuple[str, ...] = ()
    status: Status | None = None
    withdrawal: Withdrawal | None = None
    kills: HeldStory | None = None
    reread: Story | None = None
    links: Links = NO_LINKS
    keeps_page: bool = False
    is_held_back: bool = False
    doubt: Doubt | None = None
    doubted_since: datetime | None = None
    is_cleared: bool = False
    recheck_at: datetime | None = None
    unconditional: bool = False
    missing: frozenset[int] = frozenset()

    def is_ready(self, prepared: Prepared) -> bool:
        """Whether all is at hand that it takes to carry it out."""
        return not self.missing and (not self.keeps_page or prepared.page_id is not None)

    @property
    def changes_nothing(self) -> bool:
        """Whether the store stays as it is."""
        return (
            self.write is None
            and self.status is None
            and self.kills is None
            and self.reread is None
            and self.links == NO_LINKS
            and not self.keeps_page
            and self.doubt is None
            and not self.is_cleared
        )
