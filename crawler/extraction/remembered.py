"""Remembered answers to questions about texts that pages have in common: names of classes, properties and the like.

A dictionary that asks where it has no answer, and forgets all of them when it has many. To look one up touches few
places of the memory; `lru_cache` notes each time which was asked last, and touches as many again.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

_Asked = TypeVar("_Asked", bound=Hashable)
_Answer = TypeVar("_Answer")
_MOST = 1 << 14


class _Answers(dict[_Asked, _Answer]):
    """The answers to one question."""

    def __init__(self, question: Callable[[_Asked], _Answer]) -> None:
        super().__init__()
        self._question = question

    def __missing__(self, asked: _Asked) -> _Answer:
        if len(self) >= _MOST:
            self.clear()
        answer = self[asked] = self._question(asked)
        return answer


def remembered(question: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """A function of one argument that remembers its answers."""
    return _Answers(question).__getitem__
