"""Bulk requests: lines as the cluster takes them, sent until each is taken in, late, or refused for good.

What the cluster has no room for is sent again, ever later. A document that it does not take whatever the time is handed
back, so that one of them never stops the others; a request that is refused as a whole is halved until it is clear
which it was.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from index.engines.opensearch.connection import Cluster, ClusterBusyError, RequestRefusedError, is_about_disk
from index.engines.opensearch.documents import document_id
from index.engines.opensearch.index_names import IndexNames
from index.engines.opensearch.writing.fence import WriteFence, WriteHold

_BULK_CHARACTERS = 4_000_000
_BULK_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 0.5
_TRIES = 6
_BUSY = 429
_LATE = 409
_MISSING = 404
_FAILED = 300
_REFUSED = 400


class BulkLine(NamedTuple):
    """What is written to one of the cluster's indexes at a position.

    A document, or the id of one that is deleted.
    """

    place: str
    position: int
    document: Any


class RefusedLine(NamedTuple):
    """A line that the cluster does not take, and why."""

    line: BulkLine
    reason: str


class _Written(NamedTuple):
    """A line, and how it is sent."""

    line: BulkLine
    text: str


class _SentPart(NamedTuple):
    refused: list[RefusedLine]
    again: list[_Written]
    is_fenced_off: bool


class BulkRequests:
    """Sends lines to the indexes of one hold, as long as that lasts. `pause` waits for so many seconds."""

    def __init__(
        self,
        cluster: Cluster,
        names: IndexNames,
        fence: WriteFence,
        hold: WriteHold,
        *,
        pause: Callable[[float], None],
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._fence = fence
        self._hold = hold
        self._pause = pause

    def send(self, lines: Iterable[BulkLine]) -> list[RefusedLine]:
        """Write lines; late ones are left out. Returns those that are refused whatever the time.

        Raises EngineTroubleError where the cluster takes them in at no time, LockHeldError where another process has
        taken over.
        """
        return [refused for part in self._parts(lines) for refused in self._send_part(part)]

    def _send_part(self, lines: list[_Written]) -> list[RefusedLine]:
        refused: list[RefusedLine] = []
        for attempt in range(_TRIES):
            try:
                outcome = self._sent(lines, is_last=attempt + 1 == _TRIES)
            except RequestRefusedError as error:
                return refused + self._halved(lines, str(error))
            refused += outcome.refused
            lines = outcome.again
            if outcome.is_fenced_off:
                self._fence.confirm(self._hold)  # it was an index that another process has made
            if not lines:
                break
            self._pause(_FIRST_PAUSE_SECONDS * 2**attempt)
        return refused

    def _halved(self, lines: list[_Written], reason: str) -> list[RefusedLine]:
        if len(lines) == 1:
            return [RefusedLine(lines[0].line, reason)]
        middle = len(lines) // 2
        return self._send_part(lines[:middle]) + self._send_part(lines[middle:])

    def _sent(self, lines: list[_Written], *, is_last: bool) -> _SentPart:
        """Send some lines once."""
        body = "".join(line.text for line in lines)
        try:
            answer = self._cluster.ask(
                lambda client: client.bulk(body=body, require_alias=True, request_timeout=_BULK_SECONDS)
            )
        except ClusterBusyError:
            if is_last:
                raise
            return _SentPart([], lines, False)
        refused, again, is_fenced_off = [], [], False
        for line, outcome in zip(lines, answer["items"], strict=True):
            (item,) = outcome.values()
            status = item["status"]
            if status < _FAILED or status == _LATE or (status == _MISSING and "error" not in item):
                continue
            if status == _REFUSED:
                refused.append(RefusedLine(line.line, _reason(item["error"])))
            elif (status in (_BUSY, _MISSING)) and not is_last and not is_about_disk(str(item["error"])):
                is_fenced_off = is_fenced_off or status == _MISSING
                again.append(line)
            else:
                raise self._cluster.failure_of(item)
        return _SentPart(refused, again, is_fenced_off)

    def _parts(self, lines: Iterable[BulkLine]) -> Iterator[list[_Written]]:
        """The lines of requests of a bearable size."""
        part: list[_Written] = []
        size = 0
        for line in lines:
            part.append(_Written(line, self._text_of(line)))
            size += len(part[-1].text)
            if size >= _BULK_CHARACTERS:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _text_of(self, line: BulkLine) -> str:
        gone = isinstance(line.document, str)
        of = line.document if gone else document_id(line.document["id"])
        index = self._names.for_writing(line.place, self._hold.token)
        action = {"_index": index, "_id": of, "version": line.position + 1, "version_type": "external_gte"}
        text = json.dumps({"delete" if gone else "index": action}) + "\n"
        return text if gone else f"{text}{json.dumps(line.document, ensure_ascii=False)}\n"


def _reason(error: Mapping[str, Any]) -> str:
    """Why a document is refused, in the cluster's words."""
    causes: Sequence[Any] = [error.get("reason"), (error.get("caused_by") or {}).get("reason")]
    return ": ".join(" ".join(str(cause)[:300].split()) for cause in causes if cause)
