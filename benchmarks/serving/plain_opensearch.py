"""OpenSearch as people use it by itself: one node, one index with the analysis that it brings for English.

It answers what /api/search answers: ten hits with highlights, the exact number of stories, and the counts of sources,
agencies, sections, languages and months. It keeps no answers, and the headline weighs as much as with us.
"""

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import requests

from benchmarks.serving.processes import memory_of, seconds_of
from deploy.cluster.opensearch_nodes import OpenSearchNodes
from model.fields import BODY, FACET_FIELDS, HEADLINE, PUBLISHED, PUBLISHED_AT
from model.story import StoredStory
from search.highlight.snippets import LENGTH

_INDEX = "stories"
_AT_ONCE = 2_000
_TEXTS = (HEADLINE, BODY)
_FACETS = {field.name: field.attribute for field in FACET_FIELDS}
_SHOWN = ["url", HEADLINE.attribute, "byline", "dateline", PUBLISHED_AT, *_FACETS.values()]
_MAPPING = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0, "requests.cache.enable": False},
    "mappings": {
        "dynamic": False,
        "properties": {
            **{field.attribute: {"type": "text", "analyzer": "english"} for field in _TEXTS},
            **{attribute: {"type": "keyword"} for attribute in _FACETS.values()},
            PUBLISHED_AT: {"type": "date"},
        },
    },
}


class PlainOpenSearch:
    """A node in a directory that has, or is given, an index of stories."""

    name = "opensearch"

    def __init__(self, directory: Path, heap: str) -> None:
        self._nodes = OpenSearchNodes(directory, heap=heap, lasting=True)

    @property
    def address(self) -> str:
        """Where it answers."""
        return self._nodes.addresses[0]

    def start(self, stories: Iterable[StoredStory]) -> None:
        """Start it, and index the stories unless an earlier run left them there."""
        self._nodes.start()
        if requests.head(f"{self.address}/{_INDEX}", timeout=60).ok:
            return
        requests.put(f"{self.address}/{_INDEX}", json=_MAPPING, timeout=60).raise_for_status()
        remaining = iter(stories)
        while batch := list(islice(remaining, _AT_ONCE)):
            lines = "".join(
                f'{{"index":{{"_id":{json.dumps(story.id)}}}}}\n{story.model_dump_json(exclude_defaults=True)}\n'
                for story in batch
            )
            headers = {"Content-Type": "application/x-ndjson"}
            answer = requests.post(f"{self.address}/{_INDEX}/_bulk", lines.encode(), headers=headers, timeout=600)
            if answer.json()["errors"]:
                raise SystemExit(f"opensearch refused stories: {answer.text[:1000]}")
        requests.post(f"{self.address}/{_INDEX}/_refresh", timeout=600).raise_for_status()

    def request(self, words: str) -> bytes:
        """The HTTP request that asks for these words."""
        body = json.dumps(_question(words)).encode()
        head = f"POST /{_INDEX}/_search?request_cache=false HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def total(self, answer: bytes) -> int:
        """The number of stories that an answer says."""
        return int(json.loads(answer)["hits"]["total"]["value"])

    def seconds(self) -> float:
        """Its processor seconds so far."""
        return seconds_of(self._nodes.process_id(0))

    def memory(self) -> int:
        """Its memory in bytes."""
        return memory_of(self._nodes.process_id(0))

    def stop(self) -> None:
        """Stop it; its index stays."""
        self._nodes.stop()


def _question(words: str) -> dict[str, Any]:
    fields = [f"{field.attribute}^{field.boost}" for field in _TEXTS]
    facets: dict[str, Any] = {name: {"terms": {"field": attribute}} for name, attribute in _FACETS.items()}
    facets[PUBLISHED] = {"date_histogram": {"field": PUBLISHED_AT, "calendar_interval": "month", "min_doc_count": 1}}
    return {
        "query": {"multi_match": {"query": words, "fields": fields, "type": "most_fields"}},
        "size": 10,
        "track_total_hits": True,
        "_source": _SHOWN,
        "aggs": facets,
        "highlight": {
            "pre_tags": ["<mark>"],
            "post_tags": ["</mark>"],
            "encoder": "html",
            "fields": {
                HEADLINE.attribute: {"number_of_fragments": 0},
                BODY.attribute: {"number_of_fragments": 1, "fragment_size": LENGTH, "no_match_size": LENGTH},
            },
        },
    }
