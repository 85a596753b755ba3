"""What the servers of an index hold, read past the engine: every document, in whichever of their indexes it stands."""

from collections import defaultdict
from typing import Any, NamedTuple

import requests

from index.engines.opensearch.mapping import GONE, LIVE, META, WITHDRAWN
from store.opening import Store

_MOST = 5000
_SECONDS = 60.0


class HeldDocument(NamedTuple):
    """A document as it stands in one of the servers' indexes."""

    index: str
    position: int
    state: str
    version: int | None


def contents(address: str, alias: str) -> dict[str, list[HeldDocument]]:
    """All documents under an alias, tombstones too, by the ids of their stories."""
    requests.post(f"{address}/{alias}/_refresh", timeout=_SECONDS).raise_for_status()
    body: dict[str, Any] = {
        "size": _MOST,
        "query": {"bool": {"must_not": {"term": {"state": META}}}},
        "sort": ["id", "position", "_index"],
        "_source": False,
        "docvalue_fields": ["id", "position", "state", "version"],
    }
    found: dict[str, list[HeldDocument]] = defaultdict(list)
    while True:
        answer = requests.post(f"{address}/{alias}/_search", json=body, timeout=_SECONDS)
        answer.raise_for_status()
        told = answer.json()
        assert told["_shards"]["successful"] == told["_shards"]["total"]
        hits = told["hits"]["hits"]
        for hit in hits:
            fields = {name: values[0] for name, values in hit["fields"].items()}
            document = HeldDocument(hit["_index"], fields["position"], fields["state"], fields.get("version"))
            found[fields["id"]].append(document)
        if len(hits) < _MOST:
            return found
        body["search_after"] = hits[-1]["sort"]


def differences(store: Store, held: dict[str, list[HeldDocument]]) -> list[str]:
    """Where store and servers don't agree, a line each: places, positions, versions, states, what is gone."""
    lines = [f"{story_id} stands in {places}" for story_id, places in held.items() if len(places) > 1]
    kept = {story.id: story for story in store.stories.walk()}
    for story_id, story in kept.items():
        state = WITHDRAWN if story.status == "withdrawn" else LIVE
        wanted = (story.revision, state, story.version)
        found = [(place.position, place.state, place.version) for place in held.get(story_id, ())]
        if wanted not in found:
            lines.append(f"{story_id} is {wanted} in the store, {found} on the servers")
    for story_id, places in held.items():
        if story_id not in kept and any(place.state != GONE for place in places):
            lines.append(f"{story_id} is not in the store, {places} on the servers")
    return lines
