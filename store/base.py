"""Contracts of the store: what the rooms above may ask of the truth, whatever database keeps it.

Each is kept by classes under store/sql and store/blobs, and held by one suite under tests/store/contract that runs over
every backend. All are safe to use from several threads and processes, and all raise StoreError where the database
can't be used at the moment (StorageTroubleError where the disk is why). Every instant is an aware one in UTC.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from model.story import Copy, Status, StoredStory, Story, Withdrawal

if TYPE_CHECKING:  # records that stand beside their tables
    from store.sql.crawl_state import EndpointState, HostState, Poisoned, SourceState, UrlState
    from store.sql.transactions import StoryReads, StoryWrites


class Changes(NamedTuple):
    """Changes in order: `stories` in their newest state, ids that were `removed`, and the position read up to."""

    stories: tuple[StoredStory, ...]
    removed: tuple[str, ...]
    position: int


class Extent(NamedTuple):
    """How far the store has come: the feed's position and the number of stories, withdrawn ones included."""

    position: int
    stories: int


class Lease(NamedTuple):
    """A lease as it was given: `fencing` is higher than that of every earlier lease of the name.

    It is held since `taken_at` (None: an earlier version of Wiredesk took it).
    """

    name: str
    owner: str
    fencing: int
    ends_at: datetime
    taken_at: datetime | None = None


class Stories(Protocol):
    """Stories by id with all their versions, for those who read: the truth that searches answer from.

    Each method reads one consistent state. An id that was ever given out goes on answering: of a merged story it leads
    to the one that was kept. A story that was forgotten is unknown.
    """

    def get(self, story_id: str) -> StoredStory | None:
        """The current version; None where the story is unknown."""

    def get_many(self, ids: Iterable[str]) -> Mapping[str, StoredStory]:
        """Current versions by id, of any number of ids; unknown and merged ones are left out."""

    def versions(self, story_id: str) -> Sequence[StoredStory]:
        """All versions, oldest first; empty where the story is unknown."""

    def live_copies(self, groups: Iterable[str]) -> Mapping[str, tuple[Copy, ...]]:
        """The live stories of each group of near-identical ones, those seen first in front; a hundred at most."""

    def find(self, url: str, likely: str | None = None) -> str | None:
        """The id of the story that a canonical URL leads to; else one whose address has `likely` in common with it."""

    def newest(self, source: str, limit: int) -> Sequence[StoredStory]:
        """The stories of a source that were seen first last, at most so many; the newest first."""

    def withdrawn_ids(self) -> Sequence[str]:
        """The withdrawn stories, the last withdrawn first; those of which the time isn't known are left out."""

    def count(self) -> int:
        """Number of stories, withdrawn ones included."""

    def counts_by_source(self) -> Mapping[str, int]:
        """Number of stories of each source."""

    def walk(self, source: str | None = None, *, since: datetime | None = None) -> Iterator[StoredStory]:
        """All stories in the order of their ids, in short reads; one that changes meanwhile comes once.

        `since` keeps those first seen or published then or later.
        """


class StoryChanges(Protocol):
    """Stories for those who change them: ingest, and the crawler's word that a story is withdrawn.

    Every change is one transaction: all of it is kept, with its position in the change feed, or none.
    """

    def reading(self) -> "AbstractContextManager[StoryReads]":
        """One consistent state, for what is decided before anything is written."""

    def writing(self) -> "AbstractContextManager[StoryWrites]":
        """One transaction: kept at the end of the block, gone on an exception. Writers wait for one another.

        What is read inside it is what the changes are made on: nobody else writes in between.
        """

    def replace_reading(self, story_id: str, version: int, story: Story) -> None:
        """Put another reading of the same page in place: no new version, but a change. Idempotent but for that."""

    def set_status(self, story_id: str, status: Status, at: datetime, withdrawal: Withdrawal | None = None) -> bool:
        """Withdraw or restore a story; False, and no change, where it had that status already or is unknown.

        `withdrawal` says why and with what words; its times are `at`. A withdrawal stays on record when it ends.
        """


class StoryUpkeep(Protocol):
    """Stories for those who look after the store and the index."""

    def extent(self) -> Extent:
        """The feed's position and the number of stories, of one state."""

    def page_of(self, story_id: str, version: int) -> int | None:
        """The number of the page that a version was read from; None where none is kept."""

    def walk_pages(
        self, source: str | None = None, *, since: datetime | None = None, after: tuple[str, int] = ("", 0)
    ) -> Iterator[tuple[StoredStory, int | None]]:
        """Every version, with the number of the page that it was read from (None: it is not kept); in short reads.

        They come in the order of story and version, those behind `after`.
        """

    def distrusted_ids(self) -> Mapping[str, int]:
        """How many publishers' identifiers are distrusted, by source."""


class StoryStore(Stories, StoryChanges, StoryUpkeep, Protocol):
    """Stories for everybody: what an open store has."""


class ChangeFeed(Protocol):
    """The changes of stories in order, each at a position: a whole number above 0 that no other change has.

    A consumer that has read up to position P has seen every change at or below P: no position below a returned one can
    still appear, however many write at the same time. A story comes once, at the position of its latest change and in
    its newest state, so one that changes while it is read comes again later. Changes of what is derived from stories
    and shown with them (groups of near-identical ones) have positions on the same counter and bring their story; what
    writes them reads changes of stories only. Reading is at least once: a consumer applies what it has read, and then
    advances.
    """

    def position(self) -> int:
        """The position of the newest change; 0 where there never was one. It never goes back."""

    def changes(self, after: int, limit: int) -> Changes:
        """The next changes after a position: at most `limit` stories and at most as many removals.

        The position that comes with them is `after` where there is nothing more, and else a higher one up to which all
        has been read. Merged and forgotten stories are among the removed, the forgotten ones for ever.
        """

    def seconds_behind(self, reached: int) -> int:
        """How long ago the first change after a position was made, give or take ten seconds; 0 where there is none.

        By the clock of the database. Of changes older than two days it is only known that they are.
        """

    def checkpoint(self, consumer: str) -> int:
        """The position up to which a consumer has read; 0 for one that never advanced."""

    def advance(self, consumer: str, position: int) -> None:
        """Keep that a consumer has read up to a position. Idempotent; a lower position than the kept one is ignored.

        Raises ValueError for a position that the feed has not reached.
        """


class Leases(Protocol):
    """Leases by name: who may do what until when, by the database's clock. For work that one at a time may do.

    A lease ends by itself, so nobody has to notice that its owner has died. Whoever was slow to notice that its lease
    has ended is kept out by the fencing number: what is written under a lease carries it, and a lower one is refused.
    """

    def acquire(self, name: str, owner: str, seconds: float) -> Lease | None:
        """Take a lease for so many seconds; None where it is held, by this owner or another. Atomic.

        Raises ValueError for a time that is not above 0.
        """

    def renew(self, lease: Lease, seconds: float) -> Lease | None:
        """Hold a lease for so many seconds from now, with the same fencing number; None where it has ended.

        Raises ValueError for a time that is not above 0.
        """

    def renew_all(self, held: Iterable[Lease], seconds: float) -> Sequence[Lease]:
        """Hold leases for so many seconds from now, in one transaction; those that have ended are left out."""

    def release(self, lease: Lease) -> None:
        """Give a lease back. Idempotent; does nothing where it has ended or is another's by now."""

    def current(self, name: str) -> Lease | None:
        """The lease of that name that is held now."""

    def held(self) -> Sequence[Lease]:
        """All leases that are held now, by name."""


class UrlStates(Protocol):
    """Crawl state of URLs: what became of each, and when it is fetched again."""

    def url(self, url: str) -> "UrlState | None":
        """What is known of a canonical URL."""

    def urls(self, wanted: Iterable[str]) -> "Mapping[str, UrlState]":
        """What is known of several URLs, by URL."""

    def due(self, source: str, now: datetime, limit: int) -> "Sequence[UrlState]":
        """URLs of a source that are to be fetched again, late ones last, each the longest overdue first."""

    def bring_forward(self, source: str, outcomes: Collection[str], now: datetime, within: timedelta) -> int:
        """Spread the rechecks of all URLs that ended so, and have none or a later one, over a time; returns how many.

        They are late then, whatever they were.
        """

    def of_source(self, source: str) -> "Sequence[UrlState]":
        """All URLs of a source, in order."""

    def live_addresses(self, story_id: str, apart_from: str) -> "Sequence[UrlState]":
        """Other URLs of a story that were read well the last time."""

    def save_urls(self, states: "Iterable[UrlState]", *, under: Lease | None = None) -> None:
        """Put states in place of the earlier ones, all or none; of a story that is gone they name none. Idempotent.

        Raises LeaseLostError where the lease that covers the change is held no more, here as with the other changes.
        """

    def outcomes(self) -> Sequence[tuple[str, str, int]]:
        """(source, outcome, number of URLs) over everything ever fetched."""

    def poisoned(self) -> "Mapping[str, Poisoned]":
        """The URLs that ended in POISON, by source."""

    def waiting(self, now: datetime) -> Mapping[str, int]:
        """Number of URLs that are to be fetched again, by source."""


class EndpointStates(Protocol):
    """Crawl state of sources, of their feeds, sitemaps and front pages, and of hosts that back off."""

    def endpoint(self, source: str, url: str) -> "EndpointState | None":
        """What is known of a feed, sitemap or front page."""

    def endpoints(self) -> "Sequence[EndpointState]":
        """All feeds, sitemaps and front pages ever fetched."""

    def save_endpoint(self, state: "EndpointState", *, under: Lease | None = None) -> None:
        """Put a state in place of the earlier one. Idempotent."""

    def source(self, name: str) -> "SourceState":
        """The health of a source; empty where it was never crawled."""

    def sources(self) -> "Mapping[str, SourceState]":
        """The health of every source that was ever crawled, by name."""

    def change_source(
        self, name: str, change: "Callable[[SourceState], SourceState]", *, under: Lease | None = None
    ) -> "SourceState":
        """Change the health of a source by what it is, in one transaction; returns what it is then."""

    def hosts(self) -> "Mapping[str, HostState]":
        """Hosts that back off, by host and port."""

    def save_host(self, host: str, *, retry_at: datetime | None, failures: int) -> None:
        """Put the back-off of a host in place of the earlier one. Idempotent."""


class CrawlState(UrlStates, EndpointStates, Protocol):
    """All crawl state: due times and back-offs outlive a restart."""


class Blobs(Protocol):
    """Bytes by their SHA-256: pages as fetched. Whoever keeps a digest has kept the bytes before.

    Nothing is ever overwritten, so a database, a folder or an object store can keep them, and copies agree.
    """

    def put_all(self, contents: Sequence[bytes]) -> Sequence[bytes]:
        """Keep contents durably; returns their digests in order. Idempotent: equal bytes are kept once."""

    def get(self, digest: bytes) -> bytes | None:
        """The bytes of a digest; None where there are none. Raises DamagedBlobError where they are not those kept."""

    def drop(self, digests: Iterable[bytes]) -> None:
        """Remove contents for good. Idempotent."""

    def digests(self, after: bytes, limit: int) -> Sequence[bytes]:
        """The next digests after one (b"" before the first), in order: for going through all of them."""
