"""The concurrency limiter: one request after the other, and a long one holds nobody up."""

import asyncio
import time
from typing import Any

from starlette.types import Receive, Scope, Send

from search.http.middleware.concurrency_limiter import ConcurrencyLimiter


async def _send(message: Any) -> None: ...


async def _receive() -> Any: ...


class Answering:
    """An application that takes a given time over each path, and remembers when it began and ended which."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.events: list[str] = []
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.events.append(f"begin {path}")
        await asyncio.to_thread(time.sleep, self._seconds[path])
        self.events.append(f"end {path}")
        if path == "broken":
            raise ValueError(path)


async def _ask(seconds: dict[str, float]) -> tuple[list[str], list[BaseException | None]]:
    answering = Answering(seconds)
    limiter = ConcurrencyLimiter(answering)
    asked = (limiter({"type": "http", "path": path}, _receive, _send) for path in seconds)
    errors = await asyncio.gather(*asked, return_exceptions=True)
    return answering.events, errors


def test_short_requests_are_answered_one_after_the_other_as_they_came() -> None:
    events, _ = asyncio.run(_ask(dict.fromkeys("abc", 0.001)))
    assert events == [f"{step} {path}" for path in "abc" for step in ("begin", "end")]


def test_a_long_request_shares_its_turn() -> None:
    events, _ = asyncio.run(_ask({"long": 1.0, "short": 0.0, "other": 0.0}))
    assert events == ["begin long", "begin short", "end short", "begin other", "end other", "end long"]


def test_a_request_that_fails_gives_its_turn_back() -> None:
    events, errors = asyncio.run(_ask({"broken": 0.0, "next": 0.0}))
    assert events[-1] == "end next"
    assert [type(error) for error in errors] == [ValueError, type(None)]


def test_health_waits_for_nobody() -> None:
    events, _ = asyncio.run(_ask({"/api/search": 0.03, "/search": 0.0, "/healthz": 0.0}))
    assert events.index("begin /healthz") < events.index("begin /search")
