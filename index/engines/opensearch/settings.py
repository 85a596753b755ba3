"""Settings of the OpenSearch engine: where the cluster is and how this desk's indexes are called there."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OpenSearchSettings:
    """A cluster as one desk uses it; `hosts` are URLs, of which any may be away.

    All indexes are called after `name`, so that several desks can share a cluster. `ca_file` holds the certificates
    that the nodes' are signed by, where those of the system don't. A month's index is followed by another when it holds
    `most_stories`; each has so many `shards`, and a replica where there is a second node.
    """

    hosts: tuple[str, ...]
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    name: str = "wiredesk"
    shards: int = 1
    most_stories: int = 20_000_000
