"""Engine over a cluster of OpenSearch: what indexes there are, which is live, and when one is out of date.

An index of ours is several of the cluster's (index_names.py); the alias of the desk points at those of the live one and
is moved in one step. Its fingerprint stands in the mapping of its base.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from index.base import EngineHealth, IndexReader, NamedIndex
from index.engines.opensearch.connection import Cluster
from index.engines.opensearch.health import ClusterHealth
from index.engines.opensearch.index_names import IndexNames, is_name
from index.engines.opensearch.mapping import FORMAT_VERSION, index_body
from index.engines.opensearch.reader import LiveOpenSearchReader, OpenSearchReader
from index.engines.opensearch.settings import OpenSearchSettings
from index.engines.opensearch.writing.expunging import Expunging
from index.engines.opensearch.writing.fence import AliasAction, WriteFence, change_aliases, keeping
from index.engines.opensearch.writing.late_writes import LateWrites
from index.engines.opensearch.writing.month_indexes import MonthIndexes
from index.engines.opensearch.writing.writer import OpenSearchWriter, WritingParts
from model.errors import EngineError, NoIndexError
from model.fields import FIELDS
from model.story import UNCERTAIN_BELOW
from text.analysis import analysis_rules, tokens

_TRIES = 5
_LIVE_SECONDS = 5.0
"""Searches wait for this; another node is asked then."""
_PROBE = (
    "The U.N.'s 1,400 élans aren't al-Qaeda’s; L'homme, O’Brien and \ufb01nally running dies: Die Häuser, las casas, "
    "дома стоят, 中国人民 ｆｕｌｌ @handle x_y 3.14 covid19 ÆØŁ İstanbul straße"
)


class OpenSearchEngine:
    """An engine (see Engine in index/base.py) on the cluster that the settings name.

    Nothing is asked of the cluster before the first call. `clock` gives the seconds since 1970 that the cluster's
    notes of when an index ceased to be live are in.
    """

    kind = "opensearch"
    reads_on_seconds = 2.5

    def __init__(self, settings: OpenSearchSettings, *, clock: Callable[[], float] = time.time) -> None:
        self._cluster = Cluster(settings)
        self._names = IndexNames(settings.name)
        self._shards = settings.shards
        self._fence = WriteFence(self._cluster, self._names)
        self._months = MonthIndexes(
            self._cluster, self._names, self._fence, shards=settings.shards, most_stories=settings.most_stories
        )
        late = LateWrites(self._cluster, self._names)
        self._parts = WritingParts(self._cluster, self._names, self._fence, self._months, late)
        self._expunging = Expunging(self._cluster, self._names)
        self._clock = clock
        self._health = ClusterHealth(self._cluster, self._names)

    def fingerprint(self) -> str:
        """Changes with the fields, the way texts are analysed, and the format."""
        return _fingerprint()

    def create(self, name: str) -> None:
        """Make an empty index. Raises EngineError where there is one of that name."""
        if not is_name(name):
            raise EngineError(f"{name!r} can't be the name of an index")
        body = index_body(self._shards, {"fingerprint": self.fingerprint()})
        base = self._names.base(name)
        body["aliases"] = {self._names.for_writing(base, self._fence.first(name).token): {}}

        def create(client: OpenSearch) -> None:
            try:
                client.indices.create(index=base, body=body)
            except RequestError as error:
                if error.error == "resource_already_exists_exception":
                    raise EngineError(f"there is an index {name!r} in OpenSearch already") from error
                raise

        self._cluster.ask(create)

    def names(self) -> Mapping[str, str | None]:
        """All indexes, each with the fingerprint that it was made with; None where a part alone is left of one."""
        parts = self._cluster.ask(lambda client: client.indices.get_alias(index=self._names.all_parts()))
        found = self._cluster.ask(lambda client: client.indices.get_mapping(index=self._names.all_bases()))
        known = {self._names.name_of(index): facts.get("fingerprint") for index, facts in _facts_of(found)}
        return {name: known.get(name) for name in sorted(map(self._names.name_of, parts))}

    def live(self) -> NamedIndex:
        """The live index. Raises NoIndexError."""
        name = self._live_name()
        return NamedIndex(name, self._facts(name).get("fingerprint"))

    def promote(self, name: str) -> None:
        """Make an index the live one, in one step.

        Raises NoIndexError, and LockHeldError where another process has begun to write to it.
        """
        self._facts(name)
        hold = self._fence.kept(name)
        for _ in range(_TRIES):
            self._fence.confirm(hold)
            lives = self._live_names()
            if lives == [name]:
                break
            for old in lives:
                self._note_end(old)
            actions = [*self._fence.condition(hold), *self._switch(lives, name)]
            if change_aliases(self._cluster, actions):
                break
        else:
            raise EngineError("the live index changed too often for another to take its place")
        self._months.forget(name)

    def _switch(self, lives: list[str], name: str) -> list[AliasAction]:
        """Actions that move the alias of the live index, as long as that is the one that it was found to be."""
        alias = self._names.alias
        actions: list[AliasAction] = []
        for old in lives:
            actions += keeping(self._names.base(old), alias)
            actions.append({"remove": {"index": self._names.parts(old), "alias": alias}})
        return [*actions, *({"add": {"index": index, "alias": alias}} for index in self._all_parts(name))]

    def _note_end(self, name: str) -> None:
        """Keep with a live index that it ceases to be so."""
        facts = {**self._facts(name), "live_until": self._clock()}
        base = self._names.base(name)
        self._cluster.ask(lambda client: client.indices.put_mapping(index=base, body={"_meta": facts}))

    def discard(self, name: str) -> bool:
        """Remove an index that is neither live nor was so a moment ago; returns whether it is gone."""
        if not is_name(name):
            return True
        for _ in range(_TRIES):
            lives = self._live_names()
            if name in lives[-1:] or self._is_read(name):
                return False
            # The base goes last: what is left of a removal that was cut off is removed by the next.
            parts = sorted(self._all_parts(name), key=lambda index: index == self._names.base(name))
            if not parts:
                return True
            if self._removed(parts, lives[-1:]):
                self._months.forget(name)
                return True
        return False

    def _is_read(self, name: str) -> bool:
        """Whether an index was live until now: readers notice soon, and the last search on it ends a little later."""
        try:
            live_until = self._facts(name).get("live_until", 0.0)
        except NoIndexError:
            return False
        return bool(0 <= self._clock() - live_until < self.reads_on_seconds)

    def _removed(self, parts: list[str], lives: list[str]) -> bool:
        """Remove some of the cluster's indexes in one step, as long as another index of ours is the live one."""
        if not lives:
            for index in parts:
                self._cluster.ask(_deleted(index))
            return True
        condition = keeping(self._names.base(lives[0]), self._names.alias)
        return change_aliases(self._cluster, [*condition, *({"remove_index": {"index": index}} for index in parts)])

    def writer(self, name: str, *, bulk: bool = False) -> OpenSearchWriter:
        """A writer, which takes over from any other process's. Raises NoIndexError."""
        if not is_name(name):
            raise NoIndexError(f"there is no index {name!r} in OpenSearch")
        hold = self._fence.hold(name)
        if hold.is_new:
            self._months.forget(name)
            self._parts.late.taken_over(name)
        writer = OpenSearchWriter(self._parts, hold, bulk=bulk)
        if not bulk:
            writer.take_out_late_writes()
        return writer

    def reader(self, name: str | None = None) -> IndexReader:
        """A reader of an index, or of whichever is live. Raises NoIndexError."""
        if name is not None:
            return self._open(name)
        return LiveOpenSearchReader(self._live_name, self._open)

    def expunge(self, name: str, ids: Sequence[str]) -> bool:
        """Let nothing of removed stories be left in an index's files; waits for it for two minutes and a half.

        Raises NoIndexError, and EngineTroubleError where something is left then, or can't be known.
        """
        self._facts(name)
        self._expunging.expunge(name, ids)
        return True

    def prepare(self) -> None:
        """Nothing: servers answer."""

    def settle(self, name: str) -> None:
        """Nothing: servers merge by themselves."""

    def health(self, *, thorough: bool = False) -> EngineHealth:
        """How the servers are. Raises EngineTroubleError where they can't be asked."""
        if not thorough:
            return self._health.look()
        try:
            live = self._live_name()
        except NoIndexError:
            live = None
        return self._health.look_thoroughly(live)

    def _open(self, name: str) -> OpenSearchReader:
        is_outdated = self._facts(name).get("fingerprint") != self.fingerprint()
        return OpenSearchReader(self._cluster, self._names, name, is_outdated=is_outdated)

    def _live_name(self) -> str:
        """The name of the live index. Raises NoIndexError."""
        lives = self._live_names()
        if not lives:
            raise NoIndexError(
                "there is no index in OpenSearch yet; `reindex` makes one, and so do `crawl` and `start`"
            )
        return lives[-1]

    def _live_names(self) -> list[str]:
        """The indexes whose base has the alias of the live one: the last is, where two were first at the same time."""
        found = self._cluster.ask(_aliased(self._names.alias))
        return sorted(name for index in found if self._names.base(name := self._names.name_of(index)) == index)

    def _facts(self, name: str) -> dict[str, Any]:
        """What is kept with an index of ours. Raises NoIndexError."""
        if not is_name(name):
            raise NoIndexError(f"there is no index {name!r} in OpenSearch")
        found = self._cluster.ask(lambda client: client.indices.get_mapping(index=self._names.base(name)))
        ((_, facts),) = _facts_of(found)
        return facts

    def _all_parts(self, name: str) -> list[str]:
        """The cluster's indexes that one of ours consists of."""
        return list(self._cluster.ask(lambda client: client.indices.get_alias(index=self._names.parts(name))))


def _facts_of(found: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(index, dict(told["mappings"].get("_meta", {}))) for index, told in sorted(found.items())]


def _deleted(index: str) -> Callable[[OpenSearch], object]:
    def ask(client: OpenSearch) -> object:
        return client.indices.delete(index=index, ignore_unavailable=True)

    return ask


def _aliased(alias: str) -> Callable[[OpenSearch], list[str]]:
    def ask(client: OpenSearch) -> list[str]:
        try:  # of ours alone: whoever asks for those of all indexes has to have a right on all
            return list(client.indices.get_alias(index=f"{alias}.*", name=alias, request_timeout=_LIVE_SECONDS))
        except NotFoundError:
            return []

    return ask


@lru_cache(maxsize=1)
def _fingerprint() -> str:
    parts = {
        "fields": [(field.name, field.kind, field.default, field.boost, bool(field.facet)) for field in FIELDS],
        "analysis": [list(tokens(_PROBE, language)) for language in ("", "de", "en", "fr", "ja", "ko", "ru", "tr")],
        "rules": analysis_rules(),
        "mapping": index_body(1, {}),
        "format": FORMAT_VERSION,
        "uncertain": UNCERTAIN_BELOW,
    }
    digest = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
    return f"opensearch-{FORMAT_VERSION}-{digest}"
