"""Manual pages of the commands: what stands below each command's options in its help.

Examples, files and exit status, in the layout that click keeps (a line of its own with \b begins a paragraph that is
not wrapped).
"""

_STATUS = "Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 130 ended by Ctrl-C, 143 by SIGTERM."
_LATER = "Results go to standard output, logs and progress to standard error."

DETAILS = {
    "start": """\b
Examples:
  run.py start
  WIREDESK_SEARCH__PORT=9000 run.py start

\b
Environment:
  WIREDESK_DATA_DIR, WIREDESK_SEARCH__PORT, WIREDESK_LOGS__FORMAT and so on: any key of the configuration

\b
Files, below data_dir:
  stories.db  pages.db   stories with all versions and crawl state; pages as fetched
  index/                 what searches read; made again from the store at any time
  locks/  run/           who works here; heartbeats and the crawler's figures

\b
Stops within five seconds on SIGTERM (status 0) or Ctrl-C; a second one ends it at once. A half that dies is started
again.
Health is told at /readyz, figures for Prometheus at /metrics; see docs/operations.md.""",
    "demo": """\b
Examples:
  run.py demo
  WIREDESK_SEARCH__PORT=9000 run.py demo

\b
Nothing leaves this machine; the scratch data directory is removed at the end.""",
    "crawl": f"""\b
Examples:
  run.py crawl
  run.py crawl voa bbc

\b
Every URL of a round ends in one outcome: NEW, CHANGED, UNCHANGED, KNOWN (not due), NOT_A_STORY, GONE,
ROBOTS (disallowed), REFUSED, BLOCKED (a bot challenge), TOO_LARGE, POISON (no reader survives it), FAILED.
None of them is for good: docs/crawling.md says when each is fetched again.
Hosts that back off are not waited for. {_LATER}""",
    "schedule": """\b
Examples:
  run.py schedule
  WIREDESK_LOGS__FORMAT=json run.py schedule

\b
Due times live in the store: a restart neither skips nor bunches rounds. Pauses while less room than
min_free_bytes is left on the disk, and removes once a day what is older than `keep`.""",
    "serve": """\b
Examples:
  run.py serve
  WIREDESK_SEARCH__PORT=9000 run.py serve

\b
Notices new stories and a rebuilt index by itself, within two seconds. On other addresses than loopback it wants
API keys; see docs/operations.md.""",
    "index": """\b
Examples:
  run.py index

\b
`schedule` and `start` do the same beside crawling; several on one data directory stand by for one another.""",
    "workers": """\b
Examples:
  run.py workers
  run.py workers --json

\b
The lease source:NAME is that of a source, index:HOST:FOLDER that of the index of a data directory, duplicates that
of the groups of near-duplicates.""",
    "search": """\b
Examples:
  run.py search 'mali captions'
  run.py search '"prime minister" -football' -n 20
  run.py search mali -france
  run.py search 'caption:harbour' --json""",
    "reindex": """\b
Examples:
  run.py reindex
  run.py reindex --reparse            after an upgrade, to have every story read by today's parser
  run.py reindex --source voa --since 2026-03-01

\b
Files, below data_dir:
  reparse.json   how far a reparse has come that was stopped; it only saves work and may be removed

\b
A full rebuild is made beside the live index and switched to when it holds all that the store holds; killed or
out of room, the live index stands.""",
    "sources": """\b
Examples:
  run.py sources
  run.py sources add https://www.example.org/ --name example
  run.py sources add https://www.example.org/ --dry-run
  run.py sources import subscriptions.opml
  run.py sources export > sources.opml

\b
The columns: stories held; how many come on a usual day; when the last one came, when a round last succeeded, when
the next is due; and what is wrong, if anything is.

\b
Exit status 3 of `sources add`: the source is there already.""",
    "store": """\b
Examples:
  run.py store copy --to postgresql://desk@db.example/desk
  run.py store copy --to /srv/wiredesk          back from PostgreSQL: into a data directory
  run.py store copy --to postgresql://desk@db.example/desk --verify

\b
A password that stands in URL is seen in the list of processes; PGPASSWORD or ~/.pgpass keeps it out of there.
Killed or interrupted, it is run again. Until it is finished, no desk opens the copy.""",
    "parse": """\b
Examples:
  run.py parse page.html
  run.py parse https://www.example.org/story.html
  run.py parse --json pages/*.html.gz
  run.py parse --explain page.html    every block of text too, with its role and the reason, and what was dropped

\b
Exit status 1 if a page could not be read or is no story.""",
    "import": """\b
Examples:
  run.py import export.ndjson
  run.py import CC-NEWS-20260301.warc.gz saved-pages/

\b
Files, below data_dir:
  imports.db   which pages of archives are in; it only saves work and may be removed

\b
A damaged record of an archive costs no other: it is named with its bytes, and reading goes on behind it.""",
    "export": """\b
Examples:
  run.py export > stories.ndjson
  run.py export 'source:voa after:2026-01-01' --format csv > voa.csv

\b
A line is what /api/stories/ID answers; `import` reads it.""",
    "forget": """\b
Examples:
  run.py forget 3h8k2m9q4r7t5v1w
  run.py forget --yes https://www.example.org/story.html
  run.py forget --keep-out https://www.example.org/never-seen.html

\b
Forgotten stories do not come back with the next round. Backups of before still hold them; see docs/operations.md.""",
    "check": """\b
Examples:
  run.py check
  run.py check --deep     reads everything: versions, pages against their digests, the index story by story
  run.py check --identities     names the stories that an earlier version merged by mistake

\b
May run beside a running desk.""",
    "repair": """\b
Examples:
  run.py repair identities --dry-run
  run.py repair identities --yes

\b
The old id keeps the text of its first address; the others get ids of their own, and `split_from` names the old one.
Take a backup first.""",
    "backup": """\b
Examples:
  run.py backup /backups/2026-03-01

\b
config.yaml is not part of it. A backup without manifest.json is unfinished: run the same
command again. A copy made with cp of a
running desk is no backup.""",
    "restore": """\b
Examples:
  WIREDESK_DATA_DIR=/srv/wiredesk run.py restore /backups/2026-03-01

\b
A backup of an older version is migrated; one of a newer version is refused. One that was killed is run again.""",
}
"""Command -> what stands below its options."""


def details(command: str) -> str:
    """The end of a command's manual page."""
    return "\n\n".join(part for part in (DETAILS.get(command), _STATUS) if part)
