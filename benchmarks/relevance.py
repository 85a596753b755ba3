"""Benchmark of ranking: quality on judged collections, beside SQLite FTS5 and tantivy.

    python -m benchmarks.relevance DIRECTORY ...            judged collections
    python -m benchmarks.relevance --documents CORPUS benchmarks/reuters_topics
    python -m benchmarks.relevance --known-items CORPUS     known items of a corpus (JSON lines, see corpus.py)

A judged collection is a directory of three files:

    documents.jsonl   a document a line: stories as `run.py export` writes them, or {"id", "headline", "body"}; the body
                      is a text or a list of paragraphs, and the headline may be missing
    queries.jsonl     {"id", "text"} a line
    qrels             TREC's format: query, iteration, document, grade; documents that aren't named are irrelevant

With `--documents` the documents are those of a file elsewhere. `reuters_topics` holds 58 subjects of 1987, put into
words before any story was looked at, and which of the twelve best stories of seven rankings treat of them, judged by
headline and first sentence; the documents are named by their numbers in Reuters-21578.

Known items are stories that one remembers something of: three to five words of the body, none of the headline; or a
rare detail, two words that hardly any other story holds, and one more. They are drawn by `--seed`, `--queries` of each
kind.

One table a collection: nDCG@10 as trec_eval reckons it (the grade is the gain), and the mean reciprocal rank of the
first relevant story among 100. The peers come with the extra `bench`.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log2
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.corpus import FIRST_DAY
from benchmarks.peers.rankers import DeskRanker, Fts5, Ranker, Tantivy
from model.story import StoredStory

CUT = 10
_WORD = re.compile("[A-Za-z]{4,}")


class Topic(NamedTuple):
    """A query and the grades of the stories that answer it."""

    text: str
    grades: Mapping[str, int]


class Collection(NamedTuple):
    """Stories, and queries of which it is known what answers them."""

    name: str
    stories: Sequence[StoredStory]
    topics: Sequence[Topic]


def main() -> None:
    """Print a table for each collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", type=Path, nargs="*")
    parser.add_argument("--documents", type=Path, metavar="CORPUS")
    parser.add_argument("--known-items", type=Path, metavar="CORPUS")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for directory in arguments.directories:
        report(read_collection(directory, arguments.documents or directory / "documents.jsonl"))
    if arguments.known_items:
        stories = read_stories(arguments.known_items)
        for kind, make in (("words of the body", body_words), ("rare detail", rare_detail)):
            topics = known_items(stories, make, arguments.queries, arguments.seed)
            report(Collection(f"known items, {kind}", stories, topics))


def read_collection(directory: Path, documents: Path) -> Collection:
    """The collection of a directory, with the documents of a file.

    Raises OSError, ValueError where a file can't be read.
    """
    grades: dict[str, dict[str, int]] = {}
    for line in (directory / "qrels").read_text(encoding="utf-8").splitlines():
        if line.strip():
            query, _, document, grade = line.split()
            grades.setdefault(query, {})[document] = int(grade)
    lines = _lines(directory / "queries.jsonl")
    topics = [Topic(line["text"], grades[str(line["id"])]) for line in lines if str(line["id"]) in grades]
    return Collection(directory.name, read_stories(documents), topics)


def read_stories(path: Path) -> list[StoredStory]:
    """The documents of a file as stories."""
    return [_story(line) for line in _lines(path)]


def _lines(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _story(line: Mapping[str, Any]) -> StoredStory:
    given, body = line.get("published_at"), line.get("body") or ()
    # Values are taken as they are: validating them is the importer's work.
    return StoredStory.model_construct(
        id=str(line["id"]),
        source=line.get("source") or "collection",
        headline=line.get("headline") or "",
        body=(body,) if isinstance(body, str) else tuple(body),
        language=line.get("language") or "en",
        published_at=datetime.fromisoformat(given) if given else None,
        first_seen_at=FIRST_DAY,
        seen_at=FIRST_DAY,
        version=1,
        status="live",
    )


def known_items(stories: Sequence[StoredStory], make: Any, count: int, seed: int) -> list[Topic]:
    """Queries for single stories, drawn at random."""
    chance = random.Random(seed)
    frequencies = Counter(word for story in stories for word in set(_words(" ".join(story.body))))
    topics: list[Topic] = []
    for story in chance.sample(stories, len(stories)):
        if len(topics) == count:
            break
        shown = set(_words(story.headline))
        words = [word for word in dict.fromkeys(_words(" ".join(story.body))) if word not in shown]
        if len(words) >= 10 and (text := make(words, frequencies, chance)):
            topics.append(Topic(text, {story.id: 1}))
    return topics


def body_words(words: Sequence[str], frequencies: Mapping[str, int], chance: random.Random) -> str:
    """Three to five words, each as likely as another."""
    return " ".join(chance.sample(words, chance.choice((3, 4, 5))))


def rare_detail(words: Sequence[str], frequencies: Mapping[str, int], chance: random.Random) -> str:
    """Two words that at most ten stories hold, and one more."""
    rare = [word for word in words if 1 < frequencies[word] <= 10]
    return " ".join((*chance.sample(rare, 2), chance.choice(words))) if len(rare) > 1 else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def report(collection: Collection) -> None:
    """Print how each engine ranks one collection."""
    print(f"\n{collection.name}: {len(collection.stories)} stories, {len(collection.topics)} queries")
    now = max((story.published_at for story in collection.stories if story.published_at), default=FIRST_DAY)
    with TemporaryDirectory() as scratch:
        directory = Path(scratch) / "index"
        DeskRanker.build(directory, collection.stories)
        rankers: list[Ranker] = [
            DeskRanker(directory, "score", now),
            DeskRanker(directory, "relevance", now),
            Fts5(collection.stories),
            Tantivy(collection.stories),
        ]
        for ranker in rankers:
            answers = [(ranker.rank(topic.text), topic.grades) for topic in collection.topics]
            gain = mean(ndcg(*answer) for answer in answers)
            rank = mean(reciprocal_rank(*answer) for answer in answers)
            print(f"  {ranker.name:16} nDCG@{CUT} {gain:.3f}   MRR {rank:.3f}", flush=True)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Discounted gain of the first CUT stories, divided by the best that there is (Järvelin and Kekäläinen, 2002)."""
    best = discounted(sorted(grades.values(), reverse=True))
    return discounted([grades.get(story_id, 0) for story_id in ranked]) / best if best else 0.0


def discounted(gains: Sequence[int]) -> float:
    """The gains of the first CUT stories, each divided by log2(rank + 1)."""
    return sum(max(0, gain) / log2(place + 2) for place, gain in enumerate(gains[:CUT]))


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """One divided by the rank of the first relevant story; 0 where there is none."""
    return next((1 / place for place, story_id in enumerate(ranked, 1) if grades.get(story_id, 0) > 0), 0.0)


if __name__ == "__main__":
    main()
