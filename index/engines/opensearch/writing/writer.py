"""Writer: changes of stories as bulk requests, with the position of each as its version.

The cluster keeps the newest write of an id by itself (`external_gte`): a late one is refused, the same one may come
again. A story stays in the index of the cluster that it came to first, whatever month it is said to be of later, so
that no id stands in two. Nothing is shown before the refresh of a commit; the checkpoint is written once all shards
show the stories: they refresh one after the other, and who sees the checkpoint relies on all that is before it.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from threading import Thread
from typing import Any, NamedTuple

import structlog

from index.base import Removal
from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.documents import document_id, document_of, tombstone_of
from index.engines.opensearch.index_names import IndexNames, month_of
from index.engines.opensearch.mapping import GONE, META, MOST_HITS
from index.engines.opensearch.writing.bulk import BulkLine, BulkRequests, RefusedLine
from index.engines.opensearch.writing.fence import WriteFence, WriteHold
from index.engines.opensearch.writing.fitting import bare, fitting
from index.engines.opensearch.writing.late_writes import LateWrites
from index.engines.opensearch.writing.month_indexes import MonthIndexes
from model.errors import EngineError, EngineTroubleError
from model.story import StoredStory

CHECKPOINT = "checkpoint of the index"
"""The id of the document that holds the checkpoint."""
_HANDED_ON = 2_500
_LOCATED_AT_ONCE = 1_000
_CHECKPOINT_SECONDS = 1.0
_CANCEL_SECONDS = 3.0
_NO_MONTH = None
_TOLD_CHARACTERS = 200
_FEW = 10
"""Where more than so many documents are refused, and no other is taken, the trouble is not theirs."""


class _Change(NamedTuple):
    """A document to be written, at its position; `month` is that of first sight, None where a story is gone."""

    position: int
    document: Mapping[str, Any]
    month: str | None


class WritingParts(NamedTuple):
    """What the writers of one process have in common."""

    cluster: Cluster
    names: IndexNames
    fence: WriteFence
    months: MonthIndexes
    late: LateWrites


class OpenSearchWriter:
    """An IndexWriter (see index/base.py) of one index, as long as its hold on it lasts.

    With `bulk` changes are handed on before the commit, which shows them, and written while the next are read; `cancel`
    then forgets only what is not handed on yet: such an index is thrown away. `pause` waits for so many seconds.
    """

    def __init__(
        self, parts: WritingParts, hold: WriteHold, *, bulk: bool = False, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._parts = parts
        self._cluster = parts.cluster
        self._hold = hold
        self._name = hold.name
        self._base = parts.names.base(hold.name)
        self._all = parts.names.parts(hold.name)
        self._requests = BulkRequests(parts.cluster, parts.names, parts.fence, hold, pause=pause)
        self._bulk = bulk
        self._on_their_way: Future[None] | None = None
        self._pending: dict[str, _Change] = {}
        self._dropped_before = 0
        self._log = structlog.get_logger("indexer")

    def checkpoint(self) -> int:
        """The position of the newest commit."""
        return read_checkpoint(self._cluster, self._base)

    def add(self, stories: Iterable[StoredStory]) -> None:
        """Put stories in, each in place of an earlier one of its id."""
        for story in stories:
            document, cut = fitting(document_of(story))
            if cut:
                self._log.warning(
                    "a story is too long for the index; its first words are found", story=story.id, of=cut
                )
            self._put(story.id, _Change(story.revision, document, month_of(story.first_seen_at)))

    def remove(self, removals: Iterable[Removal]) -> None:
        """Take stories out, and keep them out."""
        for story_id, position in removals:
            self._put(story_id, _Change(position, tombstone_of(story_id, position), _NO_MONTH))

    def drop_tombstones(self, before: int) -> None:
        """Forget removals at positions below `before`, with the next commit."""
        self._dropped_before = max(self._dropped_before, before)

    def commit(self, checkpoint: int) -> None:
        """Make all changes durable and visible; the changes may be made again after an error.

        Raises EngineTroubleError, and LockHeldError where another process has taken over.
        """
        self._hand_on()
        self._land()
        if self._dropped_before > 0:
            self._drop_tombstones()
        self._refresh()
        line = {"id": CHECKPOINT, "position": checkpoint, "state": META}
        self._write([BulkLine(self._base, checkpoint, line)])
        self._refresh(self._base)
        self._dropped_before = 0

    def cancel(self) -> None:
        """Forget the changes that are not handed on."""
        if self._on_their_way is not None:  # what is left of it is refused once the index is gone
            wait([self._on_their_way], _CANCEL_SECONDS)
        self._pending.clear()
        self._dropped_before = 0

    def take_out_late_writes(self) -> None:
        """Take out what a server has sent on late; cheap where nothing can be on its way."""
        late = self._parts.late.found(self._name)
        if late:
            self._write(late)
            self._refresh()

    def _put(self, story_id: str, change: _Change) -> None:
        known = self._pending.get(story_id)
        if known is None or change.position >= known.position:
            self._pending[story_id] = change
        if self._bulk and len(self._pending) >= _HANDED_ON:
            self._hand_on()

    def _hand_on(self) -> None:
        """Write what is pending; of a bulk writer, in the background, one lot after the other."""
        if not self._pending:
            return
        changes = self._pending
        if self._bulk:
            self._land()
            self._on_their_way = _in_background(lambda: self._write_changes(changes))
        else:
            self._write_changes(changes)
        self._pending = {}

    def _land(self) -> None:
        """Wait for what is written in the background; raises what went wrong there."""
        if self._on_their_way is not None:
            self._on_their_way.result()

    def _write_changes(self, changes: Mapping[str, _Change]) -> None:
        """Write changes, each document to where its id stands already."""
        self._refresh()  # what a writer left that was killed is found, too
        late = [] if self._bulk else self._parts.late.found(self._name)
        places, doubles = self._places([document_id(story_id) for story_id in changes])
        counts: dict[str, int] = {}
        lines: list[BulkLine] = []
        for story_id, change in changes.items():
            known = places.get(document_id(story_id))
            index = known or self._place_of(change)
            counts[index] = counts.get(index, 0) + (known is None)
            lines.append(BulkLine(index, change.position, change.document))
        self._write([*late, *doubles, *lines])
        self._parts.months.count(counts)
        if not self._bulk:
            self._parts.late.placed(self._name, lines, lambda of: of not in places)

    def _place_of(self, change: _Change) -> str:
        return self._base if change.month is None else self._parts.months.index_for(self._hold, change.month)

    def _places(self, ids: list[str]) -> tuple[dict[str, str], list[BulkLine]]:
        """Which of the cluster's indexes holds each of the ids that are there, and what takes out the older of two."""
        found: dict[str, tuple[int, bool, bool, str]] = {}
        doubles: list[BulkLine] = []
        for start in range(0, len(ids), _LOCATED_AT_ONCE):
            body = {"query": {"ids": {"values": ids[start : start + _LOCATED_AT_ONCE]}}, "_source": False}
            body |= {"size": MOST_HITS, "sort": "_doc", "docvalue_fields": ["id", "position", "state"]}
            for hit in self._cluster.search(self._all, body)["hits"]["hits"]:
                position, is_live = hit["fields"]["position"][0], hit["fields"]["state"][0] != GONE
                here = position, is_live, hit["_index"] != self._base, hit["_index"]
                other = found.get(hit["_id"])
                found[hit["_id"]] = max(here, other or here)
                if other is not None and min(here, other)[1]:
                    doubles.append(self._double(hit["fields"]["id"][0], min(here, other)[-1], max(here, other)[0]))
        return {of: place[-1] for of, place in found.items()}, doubles

    def _double(self, story_id: str, index: str, position: int) -> BulkLine:
        """What takes a story out of one of the cluster's indexes, as it stands newer in another."""
        self._log.warning("a story stood in two indexes; the older is taken out", story=story_id, index=index)
        return BulkLine(index, position, tombstone_of(story_id, position))

    def _drop_tombstones(self) -> None:
        old = {"bool": {"filter": [{"term": {"state": GONE}}, {"range": {"position": {"lt": self._dropped_before}}}]}}
        body = {"query": old, "size": MOST_HITS, "_source": False, "sort": "_doc", "docvalue_fields": ["position"]}
        self._refresh()  # those of this commit may be among them
        hits = self._cluster.search(self._all, body)["hits"]["hits"]
        self._write([BulkLine(hit["_index"], hit["fields"]["position"][0], hit["_id"]) for hit in hits])

    def _write(self, lines: list[BulkLine]) -> None:
        """Write lines; of a document that is refused the numbers alone."""
        try:
            refused = self._requests.send(lines)
            if refused:
                self._write_bare(refused, many=len(lines) > _FEW and len(refused) == len(lines))
        except EngineTroubleError:
            self._parts.late.suspect(self._name)
            raise

    def _write_bare(self, refused: list[RefusedLine], *, many: bool) -> None:
        stories = [one for one in refused if isinstance(one.line.document, Mapping) and "version" in one.line.document]
        if many or len(stories) < len(refused):
            raise EngineError(f"OpenSearch refuses what every document has: {refused[0].reason}")
        for one in stories:
            self._alarm("OpenSearch refuses a story, which is found by its dates alone", one)
        for one in self._requests.send(one.line._replace(document=bare(one.line.document)) for one in stories):
            self._alarm("OpenSearch refuses a story altogether", one)

    def _alarm(self, sentence: str, refused: RefusedLine) -> None:
        story_id = refused.line.document["id"]
        self._log.error("alarm", reason=f"{sentence}: {refused.reason}", story=story_id[:_TOLD_CHARACTERS])

    def _refresh(self, index: str | None = None) -> None:
        """Show what is written, in one index or all. Raises EngineTroubleError where a part of the cluster doesn't."""
        asked = index or self._all
        answer = self._cluster.ask(lambda client: client.indices.refresh(index=asked, allow_no_indices=False))
        self._cluster.check_whole(answer)


def _in_background(work: Callable[[], None]) -> Future[None]:
    """Work in a thread that no process waits for at its end, as servers may hang."""
    done: Future[None] = Future()

    def run() -> None:
        try:
            work()
            done.set_result(None)
        except BaseException as error:
            done.set_exception(error)

    Thread(target=run, name="bulk", daemon=True).start()
    return done


def read_checkpoint(cluster: Cluster, base: str) -> int:
    """The position that an index has reached, as it is searchable. Raises NoIndexError."""
    body = {"query": {"ids": {"values": [CHECKPOINT]}}, "_source": False, "docvalue_fields": ["position"]}
    hits = cluster.search(base, body, seconds=_CHECKPOINT_SECONDS)["hits"]["hits"]
    return int(hits[0]["fields"]["position"][0]) if hits else 0
