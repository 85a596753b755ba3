"""Blobs in a bucket of an object store that speaks S3: an object each. See store.blobs.place.BlobPlace.

An object is put on the condition that there is none of its name (`If-None-Match: *`, RFC 9110, section 13.1.2), so that
nothing is overwritten. What a server says of its troubles may quote keys and signatures, so its own words are never
repeated: its error code is, and a sentence of ours.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from model.errors import BlobPlaceError
from store.blobs.packing import PackedBlob, pack, unpack
from store.blobs.place import MARK, BlobPlace, PlaceSettings, digest_of, name_of
from store.blobs.s3_troubles import error_code, trouble_of

if TYPE_CHECKING:
    from obstore.store import S3Config

Value = TypeVar("Value")

_CONNECT = timedelta(seconds=5)
_DEADLINE = timedelta(seconds=20)
"""Of one request, from dialling to its last byte; no retry begins after as long again."""
_RETRIES = 2
_SIDE_BY_SIDE = 16
_PROBE = b"probe" * 1000
_MISSING = frozenset({"NoSuchKey", "NotFound"})
"""What S3 says of an object that is not there; a bucket or a user that is not there is 404, too."""
_NO_CONDITIONS = frozenset({"NotImplemented", "501"})


class S3Blobs(BlobPlace):
    """Blobs by digest below one prefix of a bucket; safe to use from several threads, processes and machines."""

    is_local = False

    def __init__(self, settings: PlaceSettings, *, deadline: timedelta = _DEADLINE) -> None:
        """`deadline` is that of one request; a call takes twice as long at most."""
        parts = urlsplit(settings.url)
        self.name = settings.url + (f" at {settings.endpoint}" if settings.endpoint else "")
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=_given(settings),
            client_options={"allow_http": True, "timeout": deadline, "connect_timeout": min(_CONNECT, deadline)},
            retry_config={
                "max_retries": _RETRIES,
                "retry_timeout": deadline,
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=2),
                    "base": 2,
                },
            },
        )
        self._threads = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="s3")

    def put_all(self, contents: Sequence[bytes]) -> Sequence[bytes]:
        """Keep contents durably, several side by side; returns their digests."""
        packed = [pack(content) for content in contents]
        self.keep(packed)
        return [blob.digest for blob in packed]

    def keep(self, packed: Sequence[PackedBlob]) -> None:
        """Keep packed blobs durably; those that are kept already stay as they are."""
        with self._troubles_told():
            self._each([(name_of(blob.digest), blob.content) for blob in packed], lambda one: self._put(*one))

    def get(self, digest: bytes) -> bytes | None:
        """The bytes of a digest, or None. Raises DamagedBlobError."""
        with self._troubles_told():
            kept = self._read(name_of(digest))
        return None if kept is None else unpack(digest, kept)

    def has(self, digest: bytes) -> bool:
        """Whether there is an object of a digest; reads a byte, as HEAD does not tell a missing bucket from that."""
        with self._troubles_told():
            return self._found(lambda: obstore.get_range(self._store, name_of(digest), start=0, end=1)) is not None

    def drop(self, digests: Iterable[bytes]) -> None:
        """Remove contents."""
        names = [name_of(digest) for digest in digests]
        with self._troubles_told():
            if names:
                self._found(lambda: obstore.delete(self._store, names))

    def digests(self, after: bytes, limit: int) -> Sequence[bytes]:
        """The next digests after one, in order: a request for each thousand."""
        found: list[bytes] = []
        with self._troubles_told():
            for chunk in obstore.list(self._store, offset=name_of(after) if after else None, chunk_size=limit):
                here = (digest_of(meta["path"]) for meta in chunk)
                found += (digest for digest in here if digest is not None and digest > after)
                if len(found) >= limit:
                    break
        return found[:limit]

    def mark(self) -> str | None:
        """What the mark says; None where there is none."""
        with self._troubles_told():
            kept = self._read(MARK)
        return None if kept is None else kept.decode("utf-8", "replace").strip()

    def set_mark(self, text: str) -> None:
        """Write the mark; one that is there stays."""
        with self._troubles_told():
            self._put(MARK, f"{text}\n".encode())

    def probe(self) -> None:
        """Write and remove an object."""
        name = f"probe.{secrets.token_hex(8)}"
        with self._troubles_told():
            obstore.put(self._store, name, _PROBE, use_multipart=False)
            obstore.delete(self._store, name)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _put(self, name: str, content: bytes) -> None:
        try:
            obstore.put(self._store, name, content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        except BaseError as error:
            # Some servers know no conditions: what stands there then are the same bytes.
            if error_code(error) not in _NO_CONDITIONS:
                raise
            obstore.put(self._store, name, content, mode="overwrite", use_multipart=False)

    def _read(self, name: str) -> bytes | None:
        return self._found(lambda: bytes(obstore.get(self._store, name).bytes()))

    def _found(self, ask: Callable[[], Value]) -> Value | None:
        try:
            return ask()
        except FileNotFoundError as error:
            if error_code(error) not in _MISSING:
                raise
            return None

    def _each(self, items: Sequence[tuple[str, bytes]], do: Callable[[tuple[str, bytes]], None]) -> None:
        if len(items) == 1:
            do(items[0])
            return
        for _ in self._threads.map(do, items):
            pass

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            raise BlobPlaceError(self.name, trouble_of(error)) from None


def _given(settings: PlaceSettings) -> "S3Config":
    """What the configuration says; all else is read from the environment."""
    given: S3Config = {}
    if settings.access_key is not None and settings.secret_key is not None:
        given["access_key_id"], given["secret_access_key"] = settings.access_key, settings.secret_key
    if settings.endpoint is not None:
        given["endpoint"] = settings.endpoint
    if settings.region is not None:
        given["region"] = settings.region
    return given
