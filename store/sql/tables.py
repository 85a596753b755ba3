"""Tables that hold the truth.

Of SQLite two files: `stories.db` (stories, versions, aliases, crawl state) and `pages.db` (pages as fetched); of
PostgreSQL one database. The migrations make these tables; a test holds both descriptions together.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from store.sql.database import InstantColumn

Number = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits; SQLite has but one type of whole numbers."""

metadata = MetaData()
pages_metadata = MetaData()

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Number, nullable=False),
)
""""revision" is the newest position of the change feed (store/sql/change_feed.py); "copies" the rules by which stories
are grouped, "copies_from" and "copies_to" between which positions there are still stories that other rules have
grouped; "canonicaliser" the rules by which all aliases were made; "identity" a random number that tells the store from
others and goes along in a copy."""

ticks = Table(
    "ticks",
    metadata,
    Column("revision", Number, primary_key=True),
    Column("at", Number, nullable=False),
)
"""When the feed came to a position: the first of each ten seconds, in seconds since 1970 by the clock of the database.
A trigger on `counters` writes it, and removes what is older than two days."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("consumer", String, primary_key=True),
    Column("position", Number, nullable=False),
)
"""How far the consumers of the change feed that keep their checkpoint in the store have read."""

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String),
    Column("ends_at", Number, nullable=False),
    Column("fencing", Number, nullable=False),
    Column("taken_at", Number),
)
"""Who may do what until when and since when (milliseconds since 1970 by the clock of the database); a row stays when
its lease was given back (`owner` None), so that fencing numbers only grow."""

stories = Table(
    "stories",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("first_seen_at", InstantColumn, nullable=False),
    Column("revision", Number, nullable=False),
    Column("merged_into", String, ForeignKey("stories.id")),
    Column("split_from", String),
    Column("status_at", InstantColumn),
    Column("withdrawals", Text),
    Index("stories_by_withdrawal", "status_at", sqlite_where=text("status = 'withdrawn'")),
    Index("stories_by_revision", "revision", unique=True),
    Index("stories_by_source", "source", "id"),
)
"""One row an identity; a row that was merged into another keeps answering for it. `revision` is the position of its
latest change. `split_from` is the story that held this one's text by mistake; `status_at` is when the status last
changed (None: never since the story was first seen); `withdrawals` are all its withdrawals as JSON, the earliest first
(model/withdrawal.py; None: there was none, or it was before they were kept)."""

versions = Table(
    "versions",
    metadata,
    Column("story_id", String, ForeignKey("stories.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("seen_at", InstantColumn, nullable=False),
    Column("changed", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("page_id", Number),
    Column("address", String),
    Column("first_seen_at", InstantColumn),
    PrimaryKeyConstraint("story_id", "version"),
    Index("versions_by_page", "page_id", sqlite_where=text("page_id IS NOT NULL")),
)
"""`reading` is the story as JSON, `changed` a JSON list of field names, `page_id` the page that it was read from and
`address` that page's canonical URL (None: imported). `first_seen_at` is the story's: PostgreSQL keeps versions in
partitions by its month (None: written before it was kept, by SQLite, which has no use for it)."""

copy_groups = Table(
    "copy_groups",
    metadata,
    Column("story_id", String, primary_key=True),
    Column("name", String),
    Column("first_seen_at", InstantColumn, nullable=False),
    Column("position", Number, nullable=False),
    Index("copy_groups_by_position", "position", unique=True),
    Index("copy_groups_by_name", "name", "first_seen_at", "story_id", sqlite_where=text("name IS NOT NULL")),
    sqlite_with_rowid=False,
)
"""The group of near-identical stories that a story is in (index/duplicates/grouping.py), None where it has left one;
stories that never were in one have no row. `position` is that of the group's latest change in the change feed, on one
counter with the stories'; `first_seen_at` is the story's, by which members are in order."""

copy_texts = Table(
    "copy_texts",
    metadata,
    Column("number", Number, primary_key=True),
    Column("story_id", String, nullable=False, unique=True),
    Column("digest", Number, nullable=False),
    Column("place", Number, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("traits", LargeBinary, nullable=False),
)
"""The text of each story as its group was decided by: a digest of it, the place and the keys under which it is found
(`copy_keys`), and its traits (index/duplicates/candidate_keys.py)."""

copy_keys = Table(
    "copy_keys",
    metadata,
    Column("key", Number, nullable=False),
    Column("place", Number, nullable=False),
    PrimaryKeyConstraint("key", "place"),
    sqlite_with_rowid=False,
)
"""Which texts have a key: the place is when the story was published and the number of its text, in one
(index/duplicates/text_lookup.py). In SQLite the new ones alone; the others stand in runs (store/sql/key_runs)."""

removals = Table(
    "removals",
    metadata,
    Column("story_id", String, primary_key=True),
    Column("revision", Number, nullable=False, unique=True),
)
"""Stories that are gone for good, each at the position of its removal; who follows the feed takes them out there."""

aliases = Table(
    "aliases",
    metadata,
    Column("alias", String, primary_key=True),
    Column("story_id", String, ForeignKey("stories.id"), nullable=False),
    Column("kind", String, nullable=False, server_default="seen"),
    Column("canonicaliser", Integer, nullable=False, server_default="1"),
    Column("page_id", Number),
    Column("suspect", String),
    Column("suspect_at", InstantColumn),
    Index("aliases_by_story", "story_id"),
    Index("aliases_by_page", "page_id", sqlite_where=text("page_id IS NOT NULL")),
    Index("aliases_by_suspect", "suspect", sqlite_where=text("suspect IS NOT NULL")),
)
"""What leads to a story (store/sql/aliases.py says what each `kind` proves); `canonicaliser` is the version of the
rules by which the address was made canonical (net/urls.py). Of an address at which pages are read: `page_id` is the
page that the next one is compared with, `suspect` the digest of a reading that was not believed, `suspect_at` when it
was first read."""

publisher_ids = Table(
    "publisher_ids",
    metadata,
    Column("source", String, nullable=False),
    Column("publisher_id", String, nullable=False),
    Column("feed", String, nullable=False),
    Column("story_id", String, ForeignKey("stories.id"), nullable=False),
    PrimaryKeyConstraint("source", "publisher_id", "feed", "story_id"),
    Index("publisher_ids_by_story", "story_id"),
    sqlite_with_rowid=False,
)
"""Which stories bear a publisher's own identifier, by the feed that says so ("": a page or an imported line does)."""

distrusted_ids = Table(
    "distrusted_ids",
    metadata,
    Column("source", String, nullable=False),
    Column("publisher_id", String, nullable=False),
    Column("distrusted_at", InstantColumn, nullable=False),
    PrimaryKeyConstraint("source", "publisher_id"),
)
"""Identifiers that a publisher gave to different stories: they prove nothing any more."""

former_addresses = Table(
    "former_addresses",
    metadata,
    Column("url", String, nullable=False),
    Column("left_at", InstantColumn, nullable=False),
    Column("story_id", String, ForeignKey("stories.id"), nullable=False),
    PrimaryKeyConstraint("url", "left_at", "story_id"),
    Index("former_addresses_by_story", "story_id"),
    sqlite_with_rowid=False,
)
"""Which stories stood at an address before another story was published there."""

urls = Table(
    "urls",
    metadata,
    Column("url", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("story_id", String),
    Column("outcome", String, nullable=False),
    Column("detail", Text),
    Column("visited_at", InstantColumn, nullable=False),
    Column("recheck_at", InstantColumn),
    Column("etag", String),
    Column("last_modified", String),
    Column("evidence", String),
    Column("link", Text),
    Column("visits", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("gone_visits", Integer, nullable=False, server_default="0"),
    Column("gone_since", InstantColumn),
    Column("is_late", Boolean, nullable=False, server_default="0"),
    Index("urls_by_recheck", "source", "is_late", "recheck_at"),
    Index("urls_by_story", "story_id"),
    Index("urls_poisoned", "source", "recheck_at", sqlite_where=text("outcome = 'POISON'")),
)
"""What became of each URL; `evidence` is a digest of what the feed said, `visits` counts visits since a change;
`gone_visits` counts the visits in a row that found the page gone; rechecks that are `is_late` come behind the others of
their run."""

endpoints = Table(
    "endpoints",
    metadata,
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("etag", String),
    Column("last_modified", String),
    Column("fetched_at", InstantColumn, nullable=False),
    Column("error", Text),
    PrimaryKeyConstraint("source", "url"),
)
"""Feeds, sitemaps and front pages, with their validators for conditional requests."""

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("next_due_at", InstantColumn),
    Column("last_round_at", InstantColumn),
    Column("last_success_at", InstantColumn),
    Column("last_story_at", InstantColumn),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text),
    Column("failing_since", InstantColumn),
    Column("alarm", Text),
    Column("observed_since", InstantColumn),
    Column("recent_stories", Float, nullable=False, server_default="0"),
    Column("longest_gap_seconds", Float),
    Column("rules", Text),
)
"""The health and the next due time of each source; `rules` are those by which its URLs were set aside, as JSON."""

crawl_runs = Table(
    "crawl_runs",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source", String, nullable=False),
    Column("endpoint", String),
    Column("started_at", InstantColumn, nullable=False),
    Column("ended_at", InstantColumn),
    Column("links", Integer, nullable=False, server_default="0"),
    Column("counts", Text, nullable=False, server_default="{}"),
    Column("reason", Text),
    Index("crawl_runs_by_source", "source", "started_at"),
    Index("crawl_runs_by_start", "started_at"),
    sqlite_autoincrement=True,
)
"""One row a crawl run and endpoint (None: visits of what no endpoint names); `links` is how many links it announced,
`counts` maps outcomes to numbers of URLs as JSON, `reason` says why nothing or not all was read. A run without
`ended_at` was cut short by the end of its process."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("forgotten_at", InstantColumn, nullable=False),
)
"""SHA-256 of every alias and id that must never come in again: the addresses themselves are forgotten too."""

hosts = Table(
    "hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("retry_at", InstantColumn),
    Column("failures", Integer, nullable=False),
    Column("bad_responses", Integer, nullable=False, server_default="0"),
    Column("started_at", BigInteger),
    Column("pause", Integer, nullable=False, server_default="0"),
    Column("turn_owner", String),
    Column("turn_ends_at", BigInteger),
    Column("turns", Number, nullable=False, server_default="0"),
    Index("hosts_resting", "retry_at", sqlite_where=text("retry_at IS NOT NULL")),
)
"""Hosts that are backing off, and the pace of those that several workers share (milliseconds by the clock of the
database): when the last request started, how long a pause its response time asks for, and whose turn is under way until
when, the how many-th it is."""

robots_outages = Table(
    "robots_outages",
    metadata,
    Column("origin", String, primary_key=True),
    Column("failing_since", InstantColumn, nullable=False),
)
"""Origins (scheme, host and port) whose robots.txt can't be had, and since when."""

robots_files = Table(
    "robots_files",
    metadata,
    Column("origin", String, primary_key=True),
    Column("fetched_at", InstantColumn, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""robots.txt of each origin as it was last read, up to the size that counts; empty where the status means no rules."""

workers = Table(
    "workers",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("beat_at", BigInteger, nullable=False),
    Column("doing", Text, nullable=False),
    Column("release", String),
)
"""Processes that work on the store, when they were last heard of (milliseconds by the clock of the database) and what
they do; what they hold stands in `leases`. `release` is the version of Wiredesk that they run (None:
they don't say)."""

bodies = Table(
    "bodies",
    pages_metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
)
"""Bytes of pages, zstd-compressed, by the SHA-256 of what was fetched; `size` in bytes before compression.

Empty content, which no bytes have when compressed, says that they are kept outside of the database.
"""

page_place = Table(
    "page_place",
    pages_metadata,
    Column("number", Integer, primary_key=True),
    Column("mark", String, nullable=False),
    Column("url", String, nullable=False),
    Column("marked_at", InstantColumn),
)
"""The place outside of the database that keeps bytes of pages, one row of number 1 at most.

`mark` is what its mark says, `url` where it was last found, `marked_at` when the mark was written.
"""

blob_claims = Table(
    "blob_claims",
    pages_metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("ticket", String, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Index("blob_claims_by_end", "ends_at"),
)
"""Bytes outside that are being written or removed, or are to be removed; store/blobs/claims.py says how."""

pages = Table(
    "pages",
    pages_metadata,
    Column("id", Number, primary_key=True),
    Column("url", String, nullable=False),
    Column("final_url", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("fetched_at", InstantColumn, nullable=False),
    Column("digest", LargeBinary, ForeignKey("bodies.digest"), nullable=False),
    Index("pages_by_url", "url"),
    Index("pages_by_digest", "digest"),
    Index("pages_by_fetched_at", "fetched_at"),
    sqlite_autoincrement=True,
)
"""One row a fetch that was kept, with its evidence."""
