"""Writer: changes of stories as bulk requests, with the position of each as its version.

The cluster keeps the newest write of an id by itself (`external_gte`): a late one is refused, the same one may come
again. A story stays in the index of the cluster that it came to first, whatever month it is said to be of later, so
that no id stands in two. Nothing is shown before the refresh of a commit; the checkpoint is written behind the stories,
and shown with them.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from index.base import Removal
from index.engines.opensearch.connection import Cluster, ClusterBusyError, is_about_disk
from index.engines.opensearch.documents import document_id, document_of, tombstone_of
from index.engines.opensearch.index_names import IndexNames, month_of
from index.engines.opensearch.mapping import GONE, META, MOST_HITS
from index.engines.opensearch.writing.month_indexes import MonthIndexes
from model.story import StoredStory

CHECKPOINT = "checkpoint of the index"
"""The id of the document that holds the checkpoint."""
_HANDED_ON = 1_000
_BULK_BYTES = 4_000_000
_LOCATED_AT_ONCE = 1_000
_FIRST_PAUSE_SECONDS = 0.5
_TRIES = 6
_BUSY = 429
_LATE = 409
_MISSING = 404
_FAILED = 300
_BULK_SECONDS = 60.0
_CHECKPOINT_SECONDS = 1.0
_NO_MONTH = None


_Line = tuple[str, int, Mapping[str, Any] | str]
"""An index of the cluster, or its alias, a position, and the document, or the id of one that is deleted."""


class _Change(NamedTuple):
    """A document to be written, at its position; `month` is that of first sight, None where a story is gone."""

    position: int
    document: Mapping[str, Any]
    month: str | None


class OpenSearchWriter:
    """An IndexWriter (see index/base.py) of the index `name`.

    With `bulk` changes are handed on before the commit, which shows them; `cancel` then forgets only what is not
    handed on yet: such an index is thrown away. `pause` waits for so many seconds.
    """

    def __init__(
        self,
        cluster: Cluster,
        names: IndexNames,
        months: MonthIndexes,
        name: str,
        *,
        bulk: bool = False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._months = months
        self._name = name
        self._bulk = bulk
        self._pause = pause
        self._pending: dict[str, _Change] = {}
        self._dropped_before = 0

    def checkpoint(self) -> int:
        """The position of the newest commit."""
        return read_checkpoint(self._cluster, self._names.base(self._name))

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of its id."""
        for story in stories:
            self._put(story.id, _Change(story.revision, document_of(story), month_of(story.first_seen_at)))

    def remove(self, removals: Iterable[Removal]) -> None:
        """Take stories out, and keep them out."""
        for story_id, position in removals:
            self._put(story_id, _Change(position, tombstone_of(story_id, position), _NO_MONTH))

    def drop_tombstones(self, before: int) -> None:
        """Forget removals at positions below `before`, with the next commit."""
        self._dropped_before = max(self._dropped_before, before)

    def commit(self, checkpoint: int) -> None:
        """Make all changes durable and visible. Raises EngineTroubleError; the changes may be made again then."""
        self._hand_on()
        if self._dropped_before > 0:
            self._drop_tombstones()
        line = {"id": CHECKPOINT, "position": checkpoint, "state": META}
        self._write([(self._names.base(self._name), checkpoint, line)])
        self._refresh()
        self._dropped_before = 0

    def cancel(self) -> None:
        """Forget the changes that are not handed on."""
        self._pending.clear()
        self._dropped_before = 0

    def _put(self, story_id: str, change: _Change) -> None:
        known = self._pending.get(story_id)
        if known is None or change.position >= known.position:
            self._pending[story_id] = change
        if self._bulk and len(self._pending) >= _HANDED_ON:
            self._hand_on()

    def _hand_on(self) -> None:
        """Write what is pending, each document to where its id stands already."""
        if not self._pending:
            return
        self._refresh()  # what a writer left that was killed is found, too
        places = self._places([document_id(story_id) for story_id in self._pending])
        counts: dict[str, int] = {}
        lines: list[_Line] = []
        for story_id, change in self._pending.items():
            known = places.get(document_id(story_id))
            index = known or self._place_of(change)
            counts[index] = counts.get(index, 0) + (known is None)
            lines.append((index, change.position, change.document))
        self._write(lines)
        self._months.count(counts)
        self._pending.clear()

    def _place_of(self, change: _Change) -> str:
        return (
            self._names.base(self._name) if change.month is None else self._months.index_for(self._name, change.month)
        )

    def _places(self, ids: list[str]) -> dict[str, str]:
        """Which of the cluster's indexes holds each of the ids that are there."""
        found: dict[str, str] = {}
        for start in range(0, len(ids), _LOCATED_AT_ONCE):
            part = ids[start : start + _LOCATED_AT_ONCE]
            body = {"query": {"ids": {"values": part}}, "_source": False, "size": MOST_HITS, "sort": "_doc"}
            answer = self._cluster.search(self._names.parts(self._name), body)
            found |= {hit["_id"]: hit["_index"] for hit in answer["hits"]["hits"]}
        return found

    def _drop_tombstones(self) -> None:
        old = {"bool": {"filter": [{"term": {"state": GONE}}, {"range": {"position": {"lt": self._dropped_before}}}]}}
        body = {"query": old, "size": MOST_HITS, "_source": False, "sort": "_doc", "docvalue_fields": ["position"]}
        self._refresh()  # those of this commit may be among them
        hits = self._cluster.search(self._names.parts(self._name), body)["hits"]["hits"]
        self._write([(hit["_index"], hit["fields"]["position"][0], hit["_id"]) for hit in hits])

    def _write(self, lines: list[_Line]) -> None:
        """Write documents, or delete those given by their ids; late ones are left out.

        Raises EngineTroubleError where the cluster takes them in at no time.
        """
        for part in _parts([(self._names.for_writing(index), position, what) for index, position, what in lines]):
            self._write_part(part)

    def _write_part(self, lines: list[list[str]]) -> None:
        """Write the lines of one request; what the cluster has no time for is sent again, ever later."""
        for attempt in range(_TRIES):
            lines = self._refused(lines, is_last=attempt + 1 == _TRIES)
            if not lines:
                return
            self._pause(_FIRST_PAUSE_SECONDS * 2**attempt)

    def _refused(self, lines: list[list[str]], *, is_last: bool) -> list[list[str]]:
        """Send some lines; returns those that may be sent again."""
        body = "".join(f"{item}\n" for line in lines for item in line)
        try:
            answer = self._cluster.ask(
                lambda client: client.bulk(body=body, require_alias=True, request_timeout=_BULK_SECONDS)
            )
        except ClusterBusyError:
            if is_last:
                raise
            return lines
        refused = []
        for line, outcome in zip(lines, answer["items"], strict=True):
            (item,) = outcome.values()
            status = item["status"]
            if status < _FAILED or status == _LATE or (status == _MISSING and "error" not in item):
                continue
            if status != _BUSY or is_last or is_about_disk(str(item["error"])):
                raise self._cluster.failure_of(item)
            refused.append(line)
        return refused

    def _refresh(self) -> None:
        """Show what is written. Raises EngineTroubleError where a part of the cluster doesn't."""
        parts = self._names.parts(self._name)
        answer = self._cluster.ask(lambda client: client.indices.refresh(index=parts, allow_no_indices=False))
        self._cluster.check_whole(answer)


def read_checkpoint(cluster: Cluster, base: str) -> int:
    """The position that an index has reached, as it is searchable. Raises NoIndexError."""
    body = {"query": {"ids": {"values": [CHECKPOINT]}}, "_source": False, "docvalue_fields": ["position"]}
    hits = cluster.search(base, body, seconds=_CHECKPOINT_SECONDS)["hits"]["hits"]
    return int(hits[0]["fields"]["position"][0]) if hits else 0


def _parts(lines: list[_Line]) -> Iterator[list[list[str]]]:
    """The lines of bulk requests of a bearable size."""
    part: list[list[str]] = []
    size = 0
    for index, position, document in lines:
        gone = isinstance(document, str)
        of = document if isinstance(document, str) else document_id(document["id"])
        action = {"_index": index, "_id": of, "version": position + 1, "version_type": "external_gte"}
        line = [json.dumps({"delete" if gone else "index": action})]
        if not gone:
            line.append(json.dumps(document, ensure_ascii=False))
        part.append(line)
        size += sum(map(len, line))
        if size >= _BULK_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
