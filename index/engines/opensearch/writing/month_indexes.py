"""Month indexes: which of the cluster's indexes takes a new story in, made when it is first needed.

An index that is full is followed by another of the same month. How full it is is asked now and then, and counted
between. An index is made with the alias of the process that writes, and used only if that process still does
(fence.py).
"""

from collections.abc import Mapping

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.index_names import IndexNames
from index.engines.opensearch.mapping import index_body
from index.engines.opensearch.writing.fence import WriteFence, WriteHold

_ASKED_EVERY = 100_000
"""Stories that are taken in before an index is asked again how many it holds."""


class MonthIndexes:
    """The month indexes of all our indexes."""

    def __init__(
        self, cluster: Cluster, names: IndexNames, fence: WriteFence, *, shards: int, most_stories: int
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._fence = fence
        self._shards = shards
        self._most = most_stories
        self._open: dict[tuple[str, str], str] = {}
        self._added: dict[str, int] = {}

    def index_for(self, hold: WriteHold, month: str) -> str:
        """Where new stories of a month go. Raises LockHeldError where another process has taken over."""
        key = hold.name, month
        index = self._open.get(key)
        if index is None or self._added.get(index, 0) >= min(_ASKED_EVERY, self._most):
            index = self._open[key] = self._with_room(hold, month)
            self._added[index] = 0
        return index

    def count(self, added: Mapping[str, int]) -> None:
        """Take note of how many stories were added to some indexes."""
        for index, number in added.items():
            self._added[index] = self._added.get(index, 0) + number

    def forget(self, name: str) -> None:
        """An index of ours is gone, or has got another role."""
        self._open = {key: index for key, index in self._open.items() if key[0] != name}

    def _with_room(self, hold: WriteHold, month: str) -> str:
        """The newest index of a month that is not full; it is made where there is none."""
        name = hold.name
        expression = f"{self._names.part(name, month)}*"
        known = set(self._cluster.ask(lambda client: client.indices.get_alias(index=expression)))
        number = 1
        while self._numbered(name, month, number + 1) in known:
            number += 1
        index = self._numbered(name, month, number)
        if index in known:
            if self._cluster.ask(lambda client: client.count(index=index))["count"] < self._most:
                return index
            index = self._numbered(name, month, number + 1)
        self._create(hold, index)
        return index

    def _numbered(self, name: str, month: str, number: int) -> str:
        return self._names.part(name, month if number == 1 else f"{month}.{number}")

    def _create(self, hold: WriteHold, index: str) -> None:
        """Make an index; it gets the alias of the live one only where it belongs to that, in one step with the look."""
        body = index_body(self._shards, {})
        body["aliases"] = {self._names.for_writing(index, hold.token): {}}

        def create(client: OpenSearch) -> None:
            try:
                client.indices.create(index=index, body=body)
            except RequestError as error:
                if error.error != "resource_already_exists_exception":  # another process was quicker
                    raise

        self._cluster.ask(create)
        self._fence.confirm(hold)
