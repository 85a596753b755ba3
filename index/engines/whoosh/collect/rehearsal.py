"""Rehearsal of searches: each kind once, before the first one in a process is timed.

Compiled loops are made at their first call after an installation, which takes longer than a search may.
"""

from threading import Event, Lock

from index.engines.whoosh.collect.collector import answer
from index.engines.whoosh.query.deadline import Deadline
from index.engines.whoosh.segments.snapshot import Snapshot
from model import query as q

_turn = Lock()
_done = Event()


def rehearse(snapshot: Snapshot) -> None:
    """Search a snapshot for one of its words in every way that has loops of its own, once a process."""
    if _done.is_set() or not snapshot.size or not len(snapshot.segments[0].exacts):
        return
    with _turn:
        if not _done.is_set():
            _rehearse(snapshot)
        _done.set()


def _rehearse(snapshot: Snapshot) -> None:
    word = q.Word(snapshot.segments[0].exacts[0])
    questions = (
        q.Words((word,) * 5),
        q.And((word, word)),
        q.And((word, q.Not(q.Or((word, word))))),
        q.Phrase(f"{word.text} {word.text}"),
    )
    for question in questions:
        answer(snapshot, q.SearchRequest(question), Deadline())
