"""Settings of the OpenSearch engine: where the cluster is and how this desk's indexes are called there."""

from dataclasses import dataclass, field
from pathlib import Path

from model.errors import EngineError


@dataclass(frozen=True, slots=True)
class OpenSearchSettings:
    """A cluster as one desk uses it; `hosts` are URLs, of which any may be away.

    All indexes are called after `name`, so that several desks can share a cluster. The password is `password`, or what
    stands in `password_file`. `ca_file` holds the certificates that the nodes' are signed by, where those of the system
    don't. Both files may change while the engine is in use. A month's index is followed by another when it holds
    `most_stories`; each has so many `shards`, and a replica where there is a second node.
    """

    hosts: tuple[str, ...]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    name: str = "wiredesk"
    shards: int = 1
    password_file: Path | None = None
    most_stories: int = 20_000_000

    def secrets(self) -> "Secrets":
        """What the files hold now. Raises EngineError where one can't be read."""
        password = self.password
        if self.password_file is not None:
            try:
                password = self.password_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise EngineError(f"index.password_file: {self.password_file} can't be read: {error}") from None
        if self.ca_file is None:
            return Secrets(password, None)
        try:
            return Secrets(password, self.ca_file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError(f"index.ca_file: {self.ca_file} holds no certificates: {error}") from None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a connection is made with; `certificates` are texts in PEM, None for those of the system."""

    password: str | None = field(repr=False)
    certificates: str | None = field(repr=False)
