"""Rehearsal of searches: one of each kind, in an index of a story in each of two languages.

Compiled loops are made at their first call after an installation, which takes longer than a search may.
"""

from datetime import UTC, datetime

import numpy as np

from index.base import Engine
from index.engines.whoosh.collect.result_loops import number_counts, scored_counts
from index.engines.whoosh.segments.term_dictionary import TermDictionary
from model import query as q
from model.fields import HEADLINE, SOURCE
from model.story import StoredStory

_NAME = "rehearsal"
_IN_ONE, _IN_BOTH = "curtain call", "stage rehearsal"
"""Words that stories of one language hold have one list, others several."""
_ORDERS: tuple[q.Sort, ...] = ("relevance", "score", "newest")
"""What stories are in order of is a number of one kind in each."""
_WIDE_OFFSETS = np.frombuffer(bytes(8), np.int64)
"""Dictionaries of more than four gigabytes have such, and those of earlier versions."""
_MANY_VALUES = np.zeros((1, 1), np.uint32)
"""Facets that have more than 65,536 sets of values are counted by such."""


def _questions(text: str) -> tuple[q.Query, ...]:
    words = tuple(map(q.Word, text.split()))
    return (
        q.Words(words),
        q.Words(words * 3),
        q.And(words),
        q.And((words[0], q.Not(q.Or(words)))),
        q.And((q.Or(words), q.Phrase(text))),
        q.And((q.Prefix(words[0].text), q.Word(words[1].text, HEADLINE.name))),
    )


def rehearse(engine: Engine) -> None:
    """Search in every way that has loops of its own, in a new index of an engine that holds no other."""
    engine.create(_NAME)
    writer = engine.writer(_NAME)
    writer.add((_story("en", f"{_IN_ONE} {_IN_BOTH}"), _story("de", _IN_BOTH)))
    writer.commit(1)
    reader = engine.reader(_NAME)
    for question in (*_questions(_IN_ONE), *_questions(_IN_BOTH)):
        reader.search(q.SearchRequest(question))
    first = _questions(_IN_ONE)[0]
    reader.search(q.SearchRequest(first, q.Filters({SOURCE.name: (_NAME,)})))
    for order in _ORDERS:
        reader.search(q.SearchRequest(first, sort=order, fold=True, now=datetime.now(UTC)))
    reader.close()
    wide = TermDictionary(np.frombuffer(b"", np.uint8), _WIDE_OFFSETS)
    wide.prefixed(_NAME)
    wide.find(_NAME)
    for kind in (np.int32, np.int64):
        number_counts(_MANY_VALUES, np.zeros(1, kind), 1)
    scored_counts(_MANY_VALUES, np.ones(1, np.float32), 1)


def _story(language: str, text: str) -> StoredStory:
    now = datetime.now(UTC)
    return StoredStory(
        id=language,
        source=_NAME,
        headline=text,
        body=(text,),
        language=language,
        version=1,
        first_seen_at=now,
        seen_at=now,
    )
