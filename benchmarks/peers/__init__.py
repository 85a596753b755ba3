"""Search engines that are measured beside ours, and the queries that they are asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from model.story import StoredStory


@dataclass(frozen=True)
class PeerQuestion:
    """One query: `mode` is or, and, phrase, prefix, wildcard or fuzzy."""

    mode: str
    words: list[str]
    facets: bool = False
    dates: bool = False
    source: str | None = None
    newest: bool = False


class PeerAnswer(NamedTuple):
    """The exact number of stories, and the first ten headlines."""

    total: int
    headlines: list[str]


class Peer(Protocol):
    """A search engine with its index in a directory."""

    name: str

    def build(self, directory: Path, stories: Iterable[StoredStory]) -> None:
        """Index stories in an empty directory."""

    def open(self, directory: Path) -> None:
        """Get ready to be asked."""

    def understands(self, question: PeerQuestion) -> bool:
        """Whether it can be asked questions of this kind."""

    def ask(self, question: PeerQuestion) -> PeerAnswer:
        """Answer."""


def _tantivy() -> Peer:
    from benchmarks.peers.tantivy_peer import TantivyPeer

    return TantivyPeer()


def _fts5() -> Peer:
    from benchmarks.peers.fts5_peer import Fts5Peer

    return Fts5Peer()


def _stock() -> Peer:
    from benchmarks.peers.stock_peer import StockWhooshPeer

    return StockWhooshPeer()


PEERS: dict[str, Callable[[], Peer]] = {"tantivy": _tantivy, "fts5": _fts5, "stock": _stock}
"""Loaded when asked for: they are extras."""
