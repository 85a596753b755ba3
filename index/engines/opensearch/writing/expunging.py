"""Expunging: what the nodes' files still hold of stories that were removed is merged away, in the indexes that hold it.

A document that was replaced stays in its segment until that is merged, and a merge keeps it as long as a copy of the
shard may ask for it: the retention leases let go of it half a minute later. So the leases are waited for, then the
segments with such documents are merged, and no others. Whether anything is left is read off the term dictionaries of
every copy: the number of documents with a story's id in them counts the replaced ones, too, until they are merged away.
So nothing has to stand still meanwhile. At last the commits of before are let go of, with their files: a node keeps the
last one that holds nothing but what all copies are known to have.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from index.engines.opensearch.connection import Cluster, ForbiddenError
from index.engines.opensearch.documents import document_id
from index.engines.opensearch.index_names import IndexNames
from index.engines.opensearch.mapping import MOST_HITS
from model.errors import EngineTroubleError

EXPUNGE_SECONDS = 150.0
"""The leases are renewed every half minute; the rest is for merging."""
_LOOK_SECONDS = 1.0
_MOST_NAMED = 30
_MOST_TOLD = 5
_MERGE_ALL = {"index.merge.policy.expunge_deletes_allowed": 0}
"""Percent of replaced documents that a segment may keep; the server's own default is 10."""

_Held = Mapping[str, Collection[str]]
"""Ids of stories by the cluster's index whose files still hold them."""


class _Copies(NamedTuple):
    """The copies of one of the cluster's indexes.

    They are on `nodes`. Of each shard: the number of the last write, and the number from which on all copies agree that
    writes are kept for copies. Documents that are replaced, and merges that are under way. Whether what the last commit
    holds is known to be in all copies.
    """

    nodes: frozenset[str]
    newest: tuple[int, ...]
    kept_from: tuple[int, ...]
    replaced: int
    merging: int
    are_agreed: bool

    def can_merge(self, upto: tuple[int, ...]) -> bool:
        """Whether a merge would let go of what was replaced by writes up to these numbers, and none is under way."""
        return not self.merging and all(kept > last for kept, last in zip(self.kept_from, upto, strict=True))


class Expunging:
    """Sees to what is left of removed stories. `pause` waits for so many seconds, `clock` counts them."""

    def __init__(
        self,
        cluster: Cluster,
        names: IndexNames,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._pause = pause
        self._clock = clock

    def expunge(self, name: str, ids: Sequence[str], *, seconds: float = EXPUNGE_SECONDS) -> None:
        """Let nothing of removed stories be left in the files of an index.

        Raises EngineTroubleError where something is left after so many seconds, or can't be known.
        """
        end = self._clock() + seconds
        parts = self._names.parts(name)
        self._flush(parts, force=False)  # the log holds texts until then, too
        copies = {index: one for index, one in self._copies(parts).items() if one.replaced}
        last_writes = {index: one.newest for index, one in copies.items()}
        held = self._held({index: set(ids) for index in copies}, copies)
        while held:
            ready = [index for index in held if copies[index].can_merge(last_writes[index])]
            if ready:
                self._merge(self._expression(name, ready))
            if self._clock() >= end:
                raise EngineTroubleError(self._left(held))
            self._pause(_LOOK_SECONDS)
            self._refresh(self._expression(name, held))
            copies = self._copies(self._expression(name, held))
            held = self._held(held, copies)
        self._let_go(parts, end)
        self._check_nodes(name)

    def _expression(self, name: str, indexes: Collection[str]) -> str:
        """Some of the cluster's indexes as they stand in an address, which has an end: all instead of many."""
        return self._names.parts(name) if len(indexes) > _MOST_NAMED else ",".join(sorted(indexes))

    def _held(self, asked: _Held, copies: Mapping[str, _Copies]) -> _Held:
        """Which of these stories have documents that are replaced, but not merged away in every copy, by index."""
        held: dict[str, set[str]] = {}
        for index, ids in asked.items():
            shown = self._shown(index, ids)
            for story_id in ids:
                if any(self._count(index, story_id, node) > (story_id in shown) for node in copies[index].nodes):
                    held.setdefault(index, set()).add(story_id)
        return held

    def _flush(self, expression: str, *, force: bool = True) -> None:
        """Write down and show what there is, and let go of the files and the log of before."""
        params = {"force": str(force).lower(), "wait_if_ongoing": "true"}
        self._cluster.check_whole(
            self._cluster.ask(lambda client: client.indices.flush(index=expression, params=params))
        )
        self._refresh(expression)

    def _let_go(self, expression: str, end: float) -> None:
        """Let go of the commits before the last, and of their files."""
        self._flush(expression)
        while not all(copies.are_agreed for copies in self._copies(expression).values()):
            if self._clock() >= end:
                raise EngineTroubleError(self._cluster.told_of("keeps earlier files for copies that are behind"))
            self._pause(_LOOK_SECONDS)
        self._flush(expression)

    def _refresh(self, expression: str) -> None:
        self._cluster.check_whole(self._cluster.ask(lambda client: client.indices.refresh(index=expression)))

    def _copies(self, expression: str) -> dict[str, _Copies]:
        """The copies of each index. Raises EngineTroubleError where one is on no node."""
        answer = self._cluster.ask(
            lambda client: client.indices.stats(index=expression, metric="docs,merge", params={"level": "shards"})
        )
        self._cluster.check_whole(answer)
        if answer["_shards"]["successful"] < answer["_shards"]["total"]:
            raise EngineTroubleError(
                self._cluster.told_of(
                    "has a part of the index on no node: a node that is away may hold removed stories"
                )
            )
        return {
            index: _copies_of([told["shards"][number] for number in sorted(told["shards"], key=int)])
            for index, told in answer["indices"].items()
        }

    def _shown(self, index: str, ids: Collection[str]) -> set[str]:
        """Which of these ids have a document that counts, that is a tombstone."""
        shown: set[str] = set()
        names = sorted(map(document_id, ids))
        for start in range(0, len(names), MOST_HITS):
            body: dict[str, Any] = {"query": {"ids": {"values": names[start : start + MOST_HITS]}}, "size": MOST_HITS}
            body |= {"_source": False, "docvalue_fields": ["id"]}
            shown.update(hit["fields"]["id"][0] for hit in self._cluster.search(index, body)["hits"]["hits"])
        return shown

    def _count(self, index: str, story_id: str, node: str) -> int:
        """How many documents have an id, replaced ones included, in the copy that a node has, else in another."""
        asked = {"doc": {"id": story_id}, "fields": ["id"], "term_statistics": True, "field_statistics": False}
        params = {"routing": document_id(story_id), "preference": f"_prefer_nodes:{node}"}
        told = self._cluster.ask(lambda client: client.termvectors(index=index, body=asked, params=params))
        ((_, term),) = told["term_vectors"]["id"]["terms"].items()
        return int(term.get("doc_freq", 0))

    def _merge(self, expression: str) -> None:
        """Let the cluster merge the segments that hold replaced documents, in its time."""
        merging = {"only_expunge_deletes": "true", "wait_for_completion": "false"}
        self._flush(expression)  # the last commit says what is kept for copies
        self._cluster.ask(lambda client: client.indices.put_settings(index=expression, body=_MERGE_ALL))
        self._cluster.ask(lambda client: client.indices.forcemerge(index=expression, params=merging))

    def _left(self, held: _Held) -> str:
        ids = sorted(set[str]().union(*held.values()))
        more = f" and {len(ids) - _MOST_TOLD} more" if len(ids) > _MOST_TOLD else ""
        return self._cluster.told_of(
            f"has not merged {', '.join(ids[:_MOST_TOLD])}{more} out of the files of {', '.join(sorted(held))} yet"
        )

    def _check_nodes(self, name: str) -> None:
        """Raises EngineTroubleError where nodes are away: their files are not known."""
        try:
            told = self._cluster.ask(lambda client: client.cluster.health(index=self._names.parts(name)))
        except ForbiddenError:  # nobody has to grant that
            return
        if (lacking := self._cluster.lacks_nodes(told["number_of_nodes"])) is not None:
            raise EngineTroubleError(self._cluster.told_of(f"{lacking}: those that are away may hold removed stories"))


def _copies_of(shards: Sequence[Sequence[Mapping[str, Any]]]) -> _Copies:
    copies = [copy for shard in shards for copy in shard]
    return _Copies(
        nodes=frozenset(copy["routing"]["node"] for copy in copies),
        newest=tuple(max(copy["seq_no"]["max_seq_no"] for copy in shard) for shard in shards),
        kept_from=tuple(min(map(_kept_from, shard)) for shard in shards),
        replaced=sum(copy["docs"]["deleted"] for copy in copies),
        merging=sum(copy["merges"]["current"] for copy in copies),
        are_agreed=all(map(_is_agreed, copies)),
    )


def _is_agreed(copy: Mapping[str, Any]) -> bool:
    return int(copy["seq_no"]["global_checkpoint"]) >= int(copy["commit"]["user_data"]["max_seq_no"])


def _kept_from(copy: Mapping[str, Any]) -> int:
    """The number of the first write that a copy keeps for others."""
    leases = [int(lease["retaining_seq_no"]) for lease in copy["retention_leases"]["leases"]]
    return min(leases, default=int(copy["seq_no"]["global_checkpoint"]) + 1)
