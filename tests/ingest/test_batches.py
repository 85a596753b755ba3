"""A batch of candidates ends as they would have one after the other, whatever they have to do with each other."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.extraction import parse
from desk.container import ingest_into
from ingest.apply import Applied
from ingest.candidate import Candidate, line_candidate
from model.story import StoredStory
from store.opening import Store, open_store
from tests.ingest.times import NOW

TOLD = frozenset({"id", "source", "headline", "body", "url", "published_at", "seen_at"})
WORDS = ("river", "flood", "village", "dam", "rice", "boats", "council", "mayor", "budget", "school", "strike", "rain")
TABLES = {
    "stories": "id",
    "versions": "story_id, version",
    "aliases": "alias",
    "publisher_ids": "publisher_id, story_id",
    "former_addresses": "url, story_id",
}


def lines(chance: random.Random) -> Iterator[Candidate]:
    """Lines about a few stories at a few addresses: again, changed, withdrawn, under another's id or address."""
    bodies = [" ".join(chance.choice(WORDS) for _ in range(60)) for _ in range(6)]
    for number in range(120):
        which = chance.randrange(6)
        body = bodies[which] if chance.random() < 0.8 else f"{bodies[which]} {chance.choice(WORDS)}"
        address = chance.choice((which, which, which, chance.randrange(6)))
        query = chance.choice(("", "", "?utm_source=x", "?ref=home", "?page=2"))
        host = chance.choice(("www.daily.example", "daily.example", "m.daily.example"))
        told = set(TOLD)
        line: dict[str, Any] = {
            "id": f"s{chance.choice((which, which, chance.randrange(6)))}",
            "version": 1,
            "source": "daily",
            "headline": f"Story {which} of the {WORDS[which]}",
            "body": (body,),
            "published_at": NOW + timedelta(hours=which),
            "first_seen_at": NOW,
            "seen_at": NOW + timedelta(minutes=number if chance.random() < 0.9 else -number),
        }
        if chance.random() < 0.7:
            line["url"] = f"https://{host}/news/{address}.html{query}"
        if chance.random() < 0.4:
            line["publisher_id"] = f"p{chance.choice((which, which, 0))}"
            told.add("publisher_id")
        if chance.random() < 0.1:
            line["status"] = chance.choice(("withdrawn", "live"))
            told.add("status")
        if chance.random() < 0.1:
            line |= {"headline": f"KILL: {line['headline']}", "body": ("This story must not be used. " * 3,)}
        if chance.random() < 0.4:
            told.discard("id")
        yield line_candidate(StoredStory.model_validate(line), frozenset(told))


def kept(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that is kept of stories."""
    with store.databases[0].read() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))]
            for table, order in TABLES.items()
        }


@pytest.mark.parametrize("seed", range(12))
def test_a_batch_ends_as_one_by_one(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    candidates = list(lines(chance))
    stores = [open_store(tmp_path / name) for name in ("together", "alone")]
    together, alone = (ingest_into(store, parse) for store in stores)
    ends, left = list[Applied](), candidates
    while left:
        size = chance.choice((2, 5, 40))
        ends += together.apply_all(left[:size])
        left = left[size:]
    expected = [alone.apply(candidate)._replace(is_stored=True) for candidate in candidates]
    assert ends == expected
    assert len({one.outcome for one in ends}) > 2
    assert kept(stores[0]) == kept(stores[1])
    for store in stores:
        store.close()
