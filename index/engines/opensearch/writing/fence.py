"""Fence before the writing: which process writes to an index, as the cluster itself knows it.

Each of the cluster's indexes is written to by an alias alone, whose name ends in a token of the one who writes. Who
takes over puts aliases of its own in their place, on all of them in one step: a bulk request of a process that was
frozen meanwhile, and woke up, names an alias that is no more, and nothing of it is written. A lease can't see to that:
it may end between the last look at it and the write.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.index_names import IndexNames
from model.errors import LockHeldError, NoIndexError

_TOKEN_BYTES = 6
_TRIES = 10
_PAUSE_SECONDS = 0.1

AliasAction = Mapping[str, Mapping[str, Any]]
"""One action of a change of aliases, as the cluster takes it."""


class WriteHold(NamedTuple):
    """The right to write to the index `name`, until another process takes over; `is_new`: it was another's before."""

    name: str
    token: str
    is_new: bool


class WriteFence:
    """Takes indexes over for writing, for one process. `pause` waits for so many seconds."""

    def __init__(self, cluster: Cluster, names: IndexNames, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._cluster = cluster
        self._names = names
        self._pause = pause
        self._tokens: dict[str, str] = {}

    def first(self, name: str) -> WriteHold:
        """The hold on an index that is about to be made."""
        self._tokens[name] = secrets.token_hex(_TOKEN_BYTES)
        return WriteHold(name, self._tokens[name], is_new=False)

    def hold(self, name: str) -> WriteHold:
        """Write to an index from now on, in place of whoever did. Raises NoIndexError, LockHeldError."""
        base, token = self._names.base(name), self._tokens.get(name)
        writing = self._writing(self._aliases(name, base_only=True))
        if token is not None and writing[base] == {self._names.for_writing(base, token)}:
            return WriteHold(name, token, is_new=False)
        hold = WriteHold(name, secrets.token_hex(_TOKEN_BYTES), is_new=True)
        self._take_over(hold)
        self._tokens[name] = hold.token
        return hold

    def kept(self, name: str) -> WriteHold:
        """The hold on an index that this process has taken, or takes now where it never did."""
        token = self._tokens.get(name)
        return self.hold(name) if token is None else WriteHold(name, token, is_new=False)

    def condition(self, hold: WriteHold) -> list[AliasAction]:
        """What lets a change of aliases fail as a whole once another process has taken over."""
        base = self._names.base(hold.name)
        return keeping(base, self._names.for_writing(base, hold.token))

    def confirm(self, hold: WriteHold) -> None:
        """Put this process's alias on whatever belongs to the index and lacks it, and that of the live index likewise.

        Raises LockHeldError where another process has taken over, NoIndexError.
        """
        base, alias = self._names.base(hold.name), self._names.alias
        for _ in range(_TRIES):
            found = self._aliases(hold.name)
            writing = self._writing(found)
            if writing[base] != {self._names.for_writing(base, hold.token)}:
                raise _taken(hold.name)
            is_live = alias in found[base]
            actions = [action for index in found if index != base for action in self._own(hold, index, writing[index])]
            actions += [
                {"add" if is_live else "remove": {"index": index, "alias": alias}}
                for index, aliases in found.items()
                if (alias in aliases) != is_live
            ]
            if not actions:
                return
            actions = [*self.condition(hold), *(keeping(base, alias) if is_live else []), *actions]
            if change_aliases(self._cluster, actions):
                return
            self._pause(_PAUSE_SECONDS)
        raise _taken(hold.name)

    def _take_over(self, hold: WriteHold) -> None:
        base = self._names.base(hold.name)
        for _ in range(_TRIES):
            writing = self._writing(self._aliases(hold.name))
            actions = [action for index in writing for action in self._own(hold, index, writing[index])]
            if actions and not change_aliases(self._cluster, actions):
                continue
            # Of two that took over where nobody had been, both have put theirs.
            if self._writing(self._aliases(hold.name))[base] == {self._names.for_writing(base, hold.token)}:
                return
            self._pause(_PAUSE_SECONDS)
        raise _taken(hold.name)

    def _own(self, hold: WriteHold, index: str, writing: set[str]) -> list[AliasAction]:
        """What puts the alias of a hold in the place of others; fails where one of the base's is gone meanwhile."""
        own, must = self._names.for_writing(index, hold.token), index == self._names.base(hold.name)
        others: list[AliasAction] = [
            {"remove": {"index": index, "alias": alias, "must_exist": must}} for alias in sorted(writing - {own})
        ]
        return others if own in writing else [*others, {"add": {"index": index, "alias": own}}]

    def _aliases(self, name: str, *, base_only: bool = False) -> dict[str, set[str]]:
        """The aliases of each of the cluster's indexes that one of ours consists of. Raises NoIndexError."""
        base = self._names.base(name)
        asked = base if base_only else self._names.parts(name)
        found = self._cluster.ask(lambda client: client.indices.get_alias(index=asked))
        if base not in found:
            raise NoIndexError(f"there is no index {name!r} in OpenSearch")
        return {index: set(told["aliases"]) for index, told in sorted(found.items())}

    def _writing(self, found: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """The aliases by which each index can be written to."""
        return {
            index: {alias for alias in aliases if self._names.is_for_writing(alias, index)}
            for index, aliases in found.items()
        }


def keeping(index: str, alias: str) -> list[AliasAction]:
    """Actions that change nothing, and let all others of their change fail where an index doesn't have an alias."""
    of = {"index": index, "alias": alias}
    return [{"remove": {**of, "must_exist": True}}, {"add": of}]


def change_aliases(cluster: Cluster, actions: Sequence[AliasAction]) -> bool:
    """Change aliases in one step, all or none; False where one that must be there is not, or an index is gone."""

    def ask(client: OpenSearch) -> bool:
        try:
            client.indices.update_aliases(body={"actions": list(actions)})
        except NotFoundError:
            return False
        except RequestError as error:
            if "required alias" in str(error.info):
                return False
            raise
        return True

    return cluster.ask(ask)


def _taken(name: str) -> LockHeldError:
    return LockHeldError("index write", f"another process, which has taken {name} over")
