"""Streaming of long answers: their pieces are made one at a time, whoever waits for how many.

Making a piece takes the processor for some milliseconds. A hundred exports side by side would take every thread that
searches need; one after the other they take one, and are no slower, since one interpreter runs one thread at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

from starlette.concurrency import run_in_threadpool


class PieceQueue:
    """Makes the pieces of all streams in turn."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore()

    async def stream(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        """The pieces, each made in a thread when the one before was sent."""
        while True:
            async with self._turn:
                piece = await run_in_threadpool(next, pieces, None)
            if piece is None:
                return
            yield piece
