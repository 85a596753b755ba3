"""Rehearsal of searches: one of each kind, in an index of one story.

Compiled loops are made at their first call after an installation, which takes longer than a search may.
"""

from datetime import UTC, datetime

from index.base import Engine
from model import query as q
from model.story import StoredStory

_WORD = q.Word("rehearsal")
_QUESTIONS = (
    q.Words((_WORD,) * 5),
    q.And((_WORD, _WORD)),
    q.And((_WORD, q.Not(q.Or((_WORD, _WORD))))),
    q.Phrase(f"{_WORD.text} {_WORD.text}"),
)


def rehearse(engine: Engine) -> None:
    """Search in every way that has loops of its own, in a new index of an engine that holds no other."""
    engine.create(_WORD.text)
    writer = engine.writer(_WORD.text)
    text, now = _QUESTIONS[-1].text, datetime.now(UTC)
    story = StoredStory(
        id=_WORD.text, source=_WORD.text, headline=text, body=(text,), version=1, first_seen_at=now, seen_at=now
    )
    writer.add([story])
    writer.commit(1)
    reader = engine.reader(_WORD.text)
    for question in _QUESTIONS:
        reader.search(q.SearchRequest(question))
    reader.close()
