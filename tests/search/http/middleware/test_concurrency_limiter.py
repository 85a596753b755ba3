"""The concurrency limiter: one request after the other, and a long one holds nobody up."""

import asyncio
import time
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from search.http.middleware.concurrency_limiter import EXPORT_PATH, ConcurrencyLimiter


async def _send(message: Any) -> None: ...


async def _receive() -> Any: ...


def _respond(request: Any, status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"code": code}, status)


class Answering:
    """An application that takes a given time over each path, and remembers when it began and ended which."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.events: list[str] = []
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.events.append(f"begin {path}")
        await asyncio.to_thread(time.sleep, self._seconds[path])
        if path == EXPORT_PATH:
            await send({"type": "http.response.start"})
            self.events.append(f"begun {path}")
            await asyncio.to_thread(time.sleep, 2 * self._seconds[path])
        self.events.append(f"end {path}")
        if path == "broken":
            raise ValueError(path)


async def _ask(seconds: dict[str, float]) -> tuple[list[str], list[BaseException | None]]:
    answering = Answering(seconds)
    limiter = ConcurrencyLimiter(answering, _respond)
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


def test_exports_keep_no_search_waiting() -> None:
    events, _ = asyncio.run(_ask({EXPORT_PATH: 0.2, "search": 0.0}))
    assert events.index("end search") < events.index(f"begun {EXPORT_PATH}")


def test_of_exports_two_look_for_their_stories_at_once() -> None:
    answering = Answering({EXPORT_PATH: 0.05})
    limiter = ConcurrencyLimiter(answering, _respond)

    async def ask() -> None:
        exports = (limiter({"type": "http", "path": EXPORT_PATH}, _receive, _send) for _ in range(4))
        await asyncio.gather(*exports)

    asyncio.run(ask())
    looking = 0
    for event in answering.events:
        looking += {"begin": 1, "begun": -1, "end": 0}[event.split()[0]]
        assert looking <= 2
    assert answering.events.count(f"end {EXPORT_PATH}") == 4


def test_more_requests_than_may_wait_are_turned_away() -> None:
    answering = Answering({"/search": 0.02})
    limiter = ConcurrencyLimiter(answering, _respond, most_waiting=3)
    statuses: list[int] = []
    waits: list[bytes] = []

    async def note(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
            waits.extend(value for name, value in message["headers"] if name == b"retry-after")

    async def ask() -> None:
        scope = {"type": "http", "path": "/search", "method": "GET", "headers": []}
        await asyncio.gather(*(limiter(scope, _receive, note) for _ in range(10)))

    asyncio.run(ask())
    assert (len(answering.events), statuses, waits) == (8, [503] * 6, [b"1"] * 6)
