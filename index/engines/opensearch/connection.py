"""Connection to the cluster: what goes wrong there, in a sentence each.

Every request has a deadline, and goes to another node where one doesn't answer. What can't be done now is an
EngineTroubleError, which indexing waits out; a missing index is a NoIndexError. Where the password or the certificates
are refused, their files are read anew: they may have been replaced meanwhile.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from math import isinf
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

from index.engines.opensearch.clients import REQUEST_SECONDS, AwakeNodes, Clients
from index.engines.opensearch.settings import OpenSearchSettings
from model.errors import DamagedIndexError, EngineError, EngineTroubleError, NoIndexError, QueryError

Answer = TypeVar("Answer")

OLDEST_VERSION = (2, 19)
_SLACK_SECONDS = 3.0
"""A node that has not answered so long after the time of a search is left alone for a while, and another is asked."""
_LONGEST_SECONDS = 60.0
"""How long an answer is waited for where a search may take any time."""
_MISSING = 404
_REFUSED = (400, 413)
_WATERMARKS = ("flood-stage watermark", "disk usage exceeded", "read-only-allow-delete", "read-only / allow delete")
_LOOKS = 6
_LOOK_SECONDS = 0.2
_BUSY = 429
_NO_MEMORY = "circuit_breaking_exception"
"""Where it is the trouble of one phase of a search it comes as an error of the server."""
_TOO_MANY = ("too_many_nested_clauses", "too_many_clauses", "Too many disjunctions")
_RIGHT = re.compile(r"no permissions for \[([^\]]*)\]")
_AWAY = (502, 503, 504)


class ClusterBusyError(EngineTroubleError):
    """The cluster has no room for a request now; it may be sent again in a moment."""


class ClusterSilentError(EngineTroubleError):
    """A node does not answer in time: the one that was asked, or one that this waits for."""


class RequestRefusedError(EngineError):
    """The cluster doesn't take a request as it is, whatever the time."""


class ForbiddenError(EngineTroubleError):
    """The desk's user lacks a right."""


class Cluster:
    """The cluster as the engine asks it; safe to share between threads. Connects when it is first asked."""

    def __init__(
        self,
        settings: OpenSearchSettings,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`pause` waits for so many seconds, `clock` counts them."""
        self._hosts = ", ".join(settings.hosts)
        self._clients = Clients(settings)
        self._awake = AwakeNodes(self._clients, clock)
        self._is_checked = False
        self._pause = pause

    def ask(self, work: Callable[[OpenSearch], Answer], *, retries_silence: bool = True) -> Answer:
        """What a request answers; whether another node is asked where one is silent.

        Raises EngineTroubleError, NoIndexError, EngineError, DamagedIndexError.
        """
        try:
            client = self._clients.client(retries_silence=retries_silence)
            try:
                return self._sent(client, work)
            except (AuthenticationException, SSLError):
                if not self._clients.renew(client):
                    raise
            return self._sent(self._clients.client(retries_silence=retries_silence), work)
        except NotFoundError as error:
            raise NoIndexError(f"there is no index of that name in OpenSearch ({_reason(error)})") from error
        except (AuthenticationException, AuthorizationException) as error:
            raise self._refusal(error) from error
        except SSLError as error:
            raise EngineTroubleError(_about_certificate(self._hosts, str(error.info))) from error
        except ConnectionTimeout as error:
            raise ClusterSilentError(f"OpenSearch at {self._hosts} does not answer in time") from error
        except ConnectionError as error:
            raise EngineTroubleError(_about_reach(self._hosts, str(error.info))) from error
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
        """Ask several searches at once; `seconds` is the time that the slowest may take, perhaps infinite.

        Without it they are questions that are quickly answered.
        """
        if not bodies:
            return []
        header = {"index": index.split(","), "allow_no_indices": False, "ignore_unavailable": False}
        waits = _waits(seconds)
        for _ in range(_LOOKS):
            answers = self._searched(header, bodies, waits)["responses"]
            for one in answers:
                self.check_whole(one)
            if all(one["_shards"]["successful"] >= one["_shards"]["total"] for one in answers):
                return list(answers)
            self._pause(_LOOK_SECONDS)  # an index of a new month has no place yet for a moment
        raise self._told("", _AWAY[-1])

    def _searched(self, header: dict[str, Any], bodies: Sequence[Mapping[str, Any]], seconds: float) -> dict[str, Any]:
        """One request of several searches; where a node is silent, it is asked of the copies that others have."""

        def request(preferred: str | None) -> Callable[[OpenSearch], Any]:
            known = header if preferred is None else {**header, "preference": preferred}
            lines = [line for body in bodies for line in (known, body)]
            return lambda client: client.msearch(body=lines, request_timeout=seconds)

        preferred = self._awake.preference()
        try:
            if preferred is None:
                return dict(self.ask(request(None), retries_silence=False))
        except ClusterSilentError:
            preferred = self._awake.find()
        return dict(self.ask(request(preferred)))

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

    def _sent(self, client: OpenSearch, work: Callable[[OpenSearch], Answer]) -> Answer:
        if not self._is_checked:
            self._check_version(client)
        return work(client)

    def _check_version(self, client: OpenSearch) -> None:
        version = client.info(request_timeout=REQUEST_SECONDS)["version"]
        if version.get("distribution") != "opensearch":
            raise EngineTroubleError(f"what answers at {self._hosts} is no OpenSearch")
        number = str(version["number"])
        if tuple(int(part) for part in number.split(".")[:2]) < OLDEST_VERSION:
            raise EngineTroubleError(f"OpenSearch at {self._hosts} is of version {number}; 2.19 or newer is needed")
        self._is_checked = True

    def told_of(self, what: str) -> str:
        """A sentence about these servers."""
        return f"OpenSearch at {self._hosts} {what}"

    def lacks_nodes(self, found: int) -> str | None:
        """What is wrong where so many nodes are fewer than the desk knows; None where they are not."""
        known = len(self._clients.hosts)
        return f"has {found} of the {known} nodes that index.hosts names" if found < known else None

    def _refusal(self, error: TransportError) -> EngineTroubleError:
        if is_about_disk(str(error.info)):
            return EngineTroubleError(self._full())
        if isinstance(error, AuthenticationException):
            return EngineTroubleError(self.told_of("refuses index.username and index.password"))
        return ForbiddenError(self.told_of(f"forbids the user of index.username to do this: {_lacking(error)}"))

    def _full(self) -> str:
        return f"a disk of OpenSearch at {self._hosts} is full: it takes nothing in until there is room"

    def _failure(self, error: TransportError) -> EngineError | QueryError:
        return self._told(f"{_reason(error)} {error.info}", error.status_code)

    def _told(self, text: str, status: Any) -> EngineError | QueryError:
        """What a refused request means."""
        if any(mark in text for mark in _TOO_MANY):
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
        if status == _BUSY or _NO_MEMORY in text:
            return ClusterBusyError(f"OpenSearch at {self._hosts} has too much to do")
        if status in _AWAY:
            return EngineTroubleError(
                f"a part of the index can't be had from OpenSearch at {self._hosts}: "
                "a node is away, or the index is red"
            )
        kind = RequestRefusedError if status in _REFUSED else EngineError
        return kind(f"OpenSearch at {self._hosts} refuses a request ({status}): {text[:300]}")

    def failure_of(self, item: Mapping[str, Any]) -> EngineError | QueryError:
        """What a refused line of a bulk request means."""
        return self._told(str(item.get("error", "")), item.get("status"))

    def close(self) -> None:
        """Let connections go."""
        self._clients.close()


def _waits(seconds: float | None) -> float:
    if seconds is None:
        return REQUEST_SECONDS
    return _LONGEST_SECONDS if isinf(seconds) else seconds + _SLACK_SECONDS


def is_about_disk(text: str) -> bool:
    """Whether a refusal says that a disk is full."""
    return any(mark in text for mark in _WATERMARKS)


def _reason(error: TransportError) -> str:
    return str(error.error)


def _lacking(error: TransportError) -> str:
    """The right that the server asks for; the rest of what it says names the user."""
    right = _RIGHT.search(str(error.info))
    return right[1] if right else _reason(error)


def _about_certificate(hosts: str, reason: str) -> str:
    """Why no TLS connection is made, and what to do."""
    if "WRONG_VERSION_NUMBER" in reason or "record layer" in reason:
        return f"OpenSearch at {hosts} answers without TLS; index.hosts has to name it http://"
    if "mismatch" in reason or "not valid for" in reason:
        return f"the certificate of OpenSearch at {hosts} is of another name; index.hosts has to call it by that"
    if "expired" in reason:
        return f"the certificate of OpenSearch at {hosts} has expired"
    return f"the certificate of OpenSearch at {hosts} is not trusted; index.ca_file names those that are"


def _about_reach(hosts: str, reason: str) -> str:
    if "RemoteDisconnected" in reason or "ConnectionResetError" in reason or "BadStatusLine" in reason:
        return f"OpenSearch at {hosts} can't be reached: it ends connections unanswered (is it https://?)"
    return f"OpenSearch at {hosts} can't be reached"
