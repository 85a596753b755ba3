"""One transaction of ingest: what a story's arrival may ask of the store, and what it may change.

`StoryReads` looks at one consistent state; `StoryWrites` sees the same and changes it, so that what was decided on what
was read is written in the transaction that read it. Nothing here decides anything.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, select

from model.story import Status, StoredStory, Story, Withdrawal
from store.sql import aliases, held, rows
from store.sql.aliases import Alias, Holder, Kind, PublisherId
from store.sql.crawl_state import UrlState, put_urls
from store.sql.forgotten import forgotten_among, has_forgotten
from store.sql.held import HeldStory, ReadAhead
from store.sql.rows import NewStory, Sighting
from store.sql.tables import versions


class StoryReads:
    """What is known of stories, in one state of the store."""

    def __init__(self, connection: Connection) -> None:
        self._given = connection
        self._ahead = ReadAhead()

    @property
    def _connection(self) -> Connection:
        return self._given

    def read_ahead(self, keys: Iterable[str], ids: Iterable[str], borne: Iterable[tuple[str, str]]) -> None:
        """Read at once what will be asked for: aliases, stories by id, and identifiers, each with its source."""
        self._ahead.read(self._connection, keys, ids, borne)

    def aliases(self, keys: Iterable[str]) -> dict[str, Alias]:
        """What these aliases lead to, by key; merged stories are followed."""
        keys, known = [*keys], self._ahead.aliases
        if all(key in known for key in keys):
            return {key: alias for key in keys if (alias := known[key]) is not None}
        return aliases.find(self._connection, keys)

    def forgotten(self, keys: Iterable[str]) -> set[str]:
        """Which of these must not come in."""
        return forgotten_among(self._connection, keys)

    @cached_property
    def has_forgotten(self) -> bool:
        """Whether anything must not come in: most desks never forgot a story."""
        return has_forgotten(self._connection)

    def held(self, story_id: str) -> HeldStory | None:
        """A story in its current version; None where there is none of that id."""
        if story_id in self._ahead.stories:
            return self._ahead.stories[story_id]
        return held.held(self._connection, story_id)

    def version(self, story_id: str, number: int) -> HeldStory | None:
        """One version of a story, merged ones as they are; None where it is not kept."""
        return held.version(self._connection, story_id, number)

    def free_id(self, story: Story, address: str | None) -> str:
        """An id for a new story."""
        return rows.free_id(story, address, self._is_taken)

    def _is_taken(self, story_id: str) -> bool:
        if story_id in self._ahead.stories:
            return self._ahead.stories[story_id] is not None
        return rows.is_taken(self._connection, story_id)

    def page_at(self, story_id: str, urls: Iterable[str]) -> int | None:
        """The last page that was kept of a story as it was read at one of these addresses."""
        read = versions.c.story_id == story_id, versions.c.address.in_(list(urls)), versions.c.page_id.is_not(None)
        query = select(versions.c.page_id).where(*read).order_by(versions.c.version.desc()).limit(1)
        return self._connection.execute(query).scalar()

    def recent_headlines(self, source: str) -> list[tuple[str, str]]:
        """(story, headline) of all versions of a source's stories among the latest 20,000 changes, the latest first."""
        return rows.recent_headlines(self._connection, source)

    def former_owners(self, url: str) -> list[str]:
        """The stories that stood at an address before the present one, the latest first."""
        return aliases.former_owners(self._connection, url)

    def suspected_elsewhere(self, digest: str, url: str) -> bool:
        """Whether the same reading was not believed at another address either."""
        return aliases.suspected_elsewhere(self._connection, digest, url)

    def holders(self, source: str, publisher_id: str) -> list[Holder]:
        """The stories of a source that bear a publisher's identifier."""
        if (source, publisher_id) in self._ahead.holders:
            return self._ahead.holders[source, publisher_id]
        return aliases.holders(self._connection, source, publisher_id)

    def is_distrusted(self, source: str, publisher_id: str) -> bool:
        """Whether an identifier was given to different stories of the source."""
        if (source, publisher_id) in self._ahead.distrusted:
            return self._ahead.distrusted[source, publisher_id]
        return aliases.is_distrusted(self._connection, source, publisher_id)


class StoryWrites(StoryReads):
    """The same, and changes that are committed together.

    New stories and states of URLs wait and are written with those that follow them, before anything else is asked or
    changed.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._new_stories: list[NewStory] = []
        self._new_aliases: list[Alias] = []
        self._new_publisher_ids: list[PublisherId] = []
        self._new_states: list[UrlState] = []

    @property
    def _connection(self) -> Connection:
        self.write_waiting()
        return self._given

    def write_waiting(self) -> None:
        """Write what waits."""
        new_stories, self._new_stories = self._new_stories, []
        new_aliases, self._new_aliases = self._new_aliases, []
        new_publisher_ids, self._new_publisher_ids = self._new_publisher_ids, []
        new_states, self._new_states = self._new_states, []
        rows.insert_stories(self._given, new_stories)
        aliases.add_all(self._given, new_aliases)
        aliases.add_publisher_ids(self._given, new_publisher_ids)
        put_urls(self._given, new_states)

    # Stories -------------------------------------------------------------------------------------------------

    def insert(self, story: Story, sighting: Sighting, *, story_id: str, like: StoredStory | None = None) -> None:
        """A new story with its first version; `like` lends version, status and times of another store."""
        self._ahead.drop_story(story_id)
        self._new_stories.append(rows.new_story(story, sighting, story_id=story_id, like=like))

    def add_version(self, before: StoredStory, story: Story, sighting: Sighting, changed: tuple[str, ...]) -> int:
        """One more version; returns its number."""
        self._ahead.drop_story(before.id)
        return rows.add_version(self._connection, before, story, sighting, changed)

    def replace_reading(self, held: StoredStory, story: Story, sighting: Sighting | None = None) -> None:
        """Put a reading in the place of the current version's; `sighting` where it was read from another page."""
        columns = {"page_id": sighting.page_id, "address": sighting.address} if sighting else {}
        self._ahead.drop_story(held.id)
        rows.write_reading(self._connection, held.id, held.version, story, **columns)

    def replace_version(self, story_id: str, number: int, story: Story) -> None:
        """Put another reading of the same page in the place of one version's."""
        self._ahead.drop_story(story_id)
        rows.write_reading(self._connection, story_id, number, story)

    def set_status(self, story_id: str, status: Status, at: datetime, withdrawal: Withdrawal | None = None) -> None:
        """Withdraw a story, with the reason where there is one, or restore it."""
        self._ahead.drop_story(story_id)
        rows.set_status(self._connection, story_id, status, at, withdrawal)

    def merge(self, twin: str, kept: str) -> None:
        """Make one story answer for another that it proved to be."""
        self._ahead.drop_all()
        rows.merge(self._connection, twin, kept)

    # What leads to them --------------------------------------------------------------------------------------

    def add_aliases(self, kinds: Mapping[str, Kind], story_id: str) -> None:
        """Let more aliases lead to a story; one that leads elsewhere stays as it is."""
        added = aliases.new_aliases(kinds, story_id)
        self._ahead.note_aliases(added)
        self._new_aliases += added

    def take_address(self, url: str, story_id: str, at: datetime) -> None:
        """Let an address lead to the story that is published there now."""
        aliases.take_address(self._of_address(url), url, story_id, at)

    def note_former_address(self, url: str, story_id: str, at: datetime) -> None:
        """Remember that a story stood at an address where another one is now."""
        aliases.add_former_owner(self._connection, url, story_id, at)

    def dispute(self, url: str) -> None:
        """Let an address that pages of different stories claim prove nothing."""
        aliases.change(self._of_address(url), aliases.url_alias(url), kind="disputed")

    def note_page(self, url: str, page_id: int) -> None:
        """Compare the next page at an address with this one."""
        key = aliases.url_alias(url)
        if any(new.key == key for new in self._new_aliases):
            self._ahead.drop_alias(key)
            self._new_aliases = [new._replace(page_id=page_id) if new.key == key else new for new in self._new_aliases]
        else:
            aliases.change(self._of_address(url), key, page_id=page_id)

    def note_suspect(self, url: str, digest: str | None, at: datetime | None) -> None:
        """Remember a reading that was not believed, and when it was first read; None: what is read is believed."""
        aliases.change(self._of_address(url), aliases.url_alias(url), suspect=digest, suspect_at=at)

    def _of_address(self, url: str) -> Connection:
        """The connection, to change what an address leads to."""
        self._ahead.drop_alias(aliases.url_alias(url))
        return self._connection

    def add_publisher_id(self, source: str, publisher_id: str, feed: str, story_id: str) -> None:
        """Remember that a story bears an identifier."""
        borne = PublisherId(source, publisher_id, feed, story_id)
        self._ahead.note_borne(borne)
        self._new_publisher_ids.append(borne)

    def distrust(self, source: str, publisher_id: str, at: datetime) -> None:
        """Let an identifier prove nothing any more."""
        self._ahead.drop_borne(source, publisher_id)
        aliases.distrust(self._connection, source, publisher_id, at)

    def save_url(self, state: UrlState) -> None:
        """Put the state of a URL in place of the earlier one."""
        self._new_states.append(state)
