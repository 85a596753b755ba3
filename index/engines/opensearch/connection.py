"""Connection to the cluster: what goes wrong there, in a sentence each.

Every request has a deadline, and goes to another node where one doesn't answer. What can't be done now is an
EngineTroubleError, which indexing waits out; a missing index is a NoIndexError.
"""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionError,
    ConnectionTimeout,
    NotFoundError,
    SerializationError,
    SSLError,
    TransportError,
)

from index.engines.opensearch.settings import OpenSearchSettings
from model.errors import DamagedIndexError, EngineError, EngineTroubleError, NoIndexError, QueryError

Answer = TypeVar("Answer")

OLDEST_VERSION = (2, 19)
_REQUEST_SECONDS = 10.0
_SLACK_SECONDS = 3.0
"""A node that has not answered so long after the time of a search is left alone for a while, and another is asked."""
_MISSING = 404
_WATERMARKS = ("flood-stage watermark", "disk usage exceeded", "read-only-allow-delete", "read-only / allow delete")
_LOOKS = 6
_LOOK_SECONDS = 0.2
_BUSY = 429
_AWAY = (502, 503, 504)


class ClusterBusyError(EngineTroubleError):
    """The cluster has no room for a request now; it may be sent again in a moment."""


class ClusterSlowError(EngineTroubleError):
    """The cluster has not answered a request in the time that it had."""


class Cluster:
    """The cluster as the engine asks it; safe to share between threads. Connects when it is first asked."""

    def __init__(self, settings: OpenSearchSettings, *, pause: Callable[[float], None] = time.sleep) -> None:
        """`pause` waits for so many seconds."""
        self._hosts = ", ".join(settings.hosts)
        self._client = _client(settings)
        self._is_checked = False
        self._pause = pause

    def ask(self, work: Callable[[OpenSearch], Answer]) -> Answer:
        """What a request answers. Raises EngineTroubleError, NoIndexError, EngineError, DamagedIndexError."""
        try:
            if not self._is_checked:
                self._check_version()
            return work(self._client)
        except NotFoundError as error:
            raise NoIndexError(f"there is no index of that name in OpenSearch ({_reason(error)})") from error
        except (AuthenticationException, AuthorizationException) as error:
            raise EngineTroubleError(self._refusal(error)) from error
        except SSLError as error:
            raise EngineTroubleError(
                f"the certificate of OpenSearch at {self._hosts} is not trusted; index.ca_file names those that are"
            ) from error
        except ConnectionTimeout as error:
            raise ClusterSlowError(f"OpenSearch at {self._hosts} does not answer in time") from error
        except ConnectionError as error:
            raise EngineTroubleError(f"OpenSearch at {self._hosts} can't be reached") from error
        except TransportError as error:
            raise self._failure(error) from error
        except (SerializationError, ValueError, KeyError) as error:
            raise EngineTroubleError(f"what answers at {self._hosts} is no OpenSearch: {error}") from error

    def search(self, index: str, body: Mapping[str, Any], *, seconds: float | None = None) -> dict[str, Any]:
        """Ask one search, all of whose shards must answer."""
        (answer,) = self.searches(index, [body], seconds=seconds)
        return answer

    def searches(
        self, index: str, bodies: Sequence[Mapping[str, Any]], *, seconds: float | None = None
    ) -> list[dict[str, Any]]:
        """Ask several searches at once; `seconds` is the time that the slowest may take."""
        if not bodies:
            return []
        options = {"allow_no_indices": False, "ignore_unavailable": False}
        lines = [line for body in bodies for line in ({"index": index.split(","), **options}, body)]
        waits = _REQUEST_SECONDS if seconds is None else seconds + _SLACK_SECONDS
        for _ in range(_LOOKS):
            answers = self.ask(lambda client: client.msearch(body=lines, request_timeout=waits))["responses"]
            for one in answers:
                self.check_whole(one)
            if all(one["_shards"]["successful"] >= one["_shards"]["total"] for one in answers):
                return list(answers)
            self._pause(_LOOK_SECONDS)  # an index of a new month has no place yet for a moment
        raise self._told("", _AWAY[-1])

    def check_whole(self, answer: Mapping[str, Any]) -> None:
        """Refuse an answer that a part of the cluster has no share in. Raises EngineTroubleError, NoIndexError."""
        if "error" in answer:
            error = answer["error"]
            if error.get("type") == "index_not_found_exception":
                raise NoIndexError("the index is gone from OpenSearch")
            raise self._told(str(error), answer.get("status"))
        shards = answer["_shards"]
        if shards["failed"]:
            raise self._told(str(shards.get("failures", "")), _AWAY[-1])

    def _check_version(self) -> None:
        version = self._client.info(request_timeout=_REQUEST_SECONDS)["version"]
        if version.get("distribution") != "opensearch":
            raise EngineTroubleError(f"what answers at {self._hosts} is no OpenSearch")
        number = str(version["number"])
        if tuple(int(part) for part in number.split(".")[:2]) < OLDEST_VERSION:
            raise EngineTroubleError(f"OpenSearch at {self._hosts} is of version {number}; 2.19 or newer is needed")
        self._is_checked = True

    def _refusal(self, error: TransportError) -> str:
        if is_about_disk(str(error.info)):
            return self._full()
        if isinstance(error, AuthenticationException):
            return f"OpenSearch at {self._hosts} refuses index.username and index.password"
        return f"OpenSearch at {self._hosts} forbids the user of index.username to do this: {_reason(error)}"

    def _full(self) -> str:
        return f"a disk of OpenSearch at {self._hosts} is full: it takes nothing in until there is room"

    def _failure(self, error: TransportError) -> EngineError | QueryError:
        return self._told(f"{_reason(error)} {error.info}", error.status_code)

    def _told(self, text: str, status: Any) -> EngineError | QueryError:
        """What a refused request means."""
        if "too_many_nested_clauses" in text or "too_many_clauses" in text:
            return QueryError(
                "the query has too many words side by side for the servers of the index; shorten it", parameter="q"
            )
        if "Determinizing automaton" in text or "too_complex_to_determinize" in text:
            return QueryError(
                "the query has a pattern with too many ? behind a * for the servers of the index; shorten it",
                parameter="q",
            )
        if is_about_disk(text):
            return EngineTroubleError(self._full())
        if status == _MISSING:
            return NoIndexError("the index is gone from OpenSearch")
        if "Corrupt" in text or "corrupt_index" in text:
            return DamagedIndexError(f"OpenSearch at {self._hosts} holds a damaged index: {text[:300]}")
        if status == _BUSY:
            return ClusterBusyError(f"OpenSearch at {self._hosts} has too much to do")
        if status in _AWAY:
            return EngineTroubleError(
                f"a part of the index can't be had from OpenSearch at {self._hosts}: "
                "a node is away, or the index is red"
            )
        return EngineError(f"OpenSearch at {self._hosts} refuses a request ({status}): {text[:300]}")

    def failure_of(self, item: Mapping[str, Any]) -> EngineError | QueryError:
        """What a refused line of a bulk request means."""
        return self._told(str(item.get("error", "")), item.get("status"))

    def close(self) -> None:
        """Let connections go."""
        self._client.close()


def is_about_disk(text: str) -> bool:
    """Whether a refusal says that a disk is full."""
    return any(mark in text for mark in _WATERMARKS)


def _reason(error: TransportError) -> str:
    return str(error.error)


def _client(settings: OpenSearchSettings) -> OpenSearch:
    """Raises EngineError where the certificates can't be read."""
    options: dict[str, Any] = {}
    if settings.username is not None:
        options["http_auth"] = (settings.username, settings.password or "")
    if settings.ca_file is not None:
        try:
            options["ssl_context"] = ssl.create_default_context(cafile=str(settings.ca_file))
        except (OSError, ssl.SSLError) as error:
            raise EngineError(f"index.ca_file: {settings.ca_file} holds no certificates: {error}") from error
    return OpenSearch(
        hosts=list(settings.hosts),
        timeout=_REQUEST_SECONDS,
        max_retries=len(settings.hosts) - 1,
        retry_on_timeout=True,  # whatever is asked may be asked again, and writes carry their versions
        retry_on_status=(502,),
        **options,
    )
