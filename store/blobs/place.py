"""Place outside of the database that keeps the bytes of pages: a folder, or a bucket of an object store.

A place knows bytes by their digest and nothing of pages. What it keeps is a file or an object each, under
`<first two hex digits>/<64 hex digits>`, in the packed form. Its mark, a small text beside them, says whose bytes they
are, so that a folder that is not mounted, another bucket, or one of another desk is never taken for the right one.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from store.base import Blobs
from store.blobs.packing import PackedBlob

MARK = "wiredesk-pages"
"""The name of the mark; behind all digests in the order of names."""


class PlaceSettings(NamedTuple):
    """Where pages are kept; `url` is `s3://bucket/prefix` or an absolute path.

    The other values are those of S3; what is None is read from the environment (`AWS_ACCESS_KEY_ID` and so on).
    """

    url: str
    access_key: str | None = None
    secret_key: str | None = None
    endpoint: str | None = None
    region: str | None = None

    def __repr__(self) -> str:
        """The settings without the keys."""
        return f"PlaceSettings({self.url!r}, endpoint={self.endpoint!r}, region={self.region!r})"

    @property
    def is_bucket(self) -> bool:
        """Whether it is in an object store, not a folder."""
        return self.url.startswith("s3://")


class BlobPlace(Blobs, Protocol):
    """Blobs outside of the database. Every call has a deadline, and raises BlobPlaceError where it can't be used."""

    name: str
    """What it is called in a sentence for a person."""
    is_local: bool
    """Whether a look costs nothing: no request that somebody charges for."""

    def keep(self, packed: Sequence[PackedBlob]) -> None:
        """Keep packed blobs durably; those that are kept already stay as they are."""

    def has(self, digest: bytes) -> bool:
        """Whether there are bytes of a digest, whatever they are."""

    def mark(self) -> str | None:
        """What the mark says; None where there is none."""

    def set_mark(self, text: str) -> None:
        """Write the mark; one that is there stays."""

    def probe(self) -> None:
        """Write and remove something small: whether more can be kept."""

    def close(self) -> None:
        """End what is open."""


def name_of(digest: bytes) -> str:
    """The name of a blob in its place."""
    name = digest.hex()
    return f"{name[:2]}/{name}"


def digest_of(name: str) -> bytes | None:
    """The digest that a name stands for; None where it is none of a blob."""
    folder, _, rest = name.partition("/")
    if len(rest) != 64 or not rest.startswith(folder) or rest.strip("0123456789abcdef"):
        return None
    return bytes.fromhex(rest)
