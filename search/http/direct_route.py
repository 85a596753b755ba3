"""Route that is asked most: FastAPI describes it, and nothing of FastAPI's stands between a request and its answer.

Looking for parameters, opening blocks for them and handing the call to a thread cost a twentieth of a search together.
"""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Response]
_MOST_THREADS = 40
"""As many as other routes have."""
_NO_ERROR = RuntimeError("no answer")


class DirectRoute(APIRoute):
    """A route whose endpoint takes the request alone, and is called in a thread."""

    def __init__(self, path: str, endpoint: Endpoint, **described: Any) -> None:
        super().__init__(path, endpoint, **described)
        self.app = answering(endpoint)


def answering(endpoint: Endpoint, most: int = _MOST_THREADS) -> ASGIApp:
    """The application that an endpoint is, answered in threads of its own, at most so many."""
    threads = _AnsweringThreads(endpoint, most)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await threads.answer(Request(scope, receive))
        await response(scope, receive, send)

    return app


class _Call(NamedTuple):
    """A request that a thread answers, for a task that waits in an event loop."""

    request: Request
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Response]


class _AnsweringThreads:
    """Threads that wait for requests; one more is started where all are at work, up to `most`.

    All but the threads' own work is done in the event loop, so that nothing needs a lock.
    """

    def __init__(self, endpoint: Endpoint, most: int) -> None:
        self._endpoint = endpoint
        self._most = most
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self._threads = self._at_work = 0

    async def answer(self, request: Request) -> Response:
        """What the endpoint answers, or raises."""
        loop = asyncio.get_running_loop()
        call = _Call(request, loop, loop.create_future())
        self._at_work += 1
        if self._threads < min(self._at_work, self._most):
            self._threads += 1
            Thread(target=self._work, name="answering", daemon=True).start()
        self._calls.put(call)
        return await call.answer

    def _work(self) -> None:
        while True:
            call = self._calls.get()
            response, error = self._answered(call.request)
            try:
                call.loop.call_soon_threadsafe(self._settle, call.answer, response, error)
            except RuntimeError:  # the loop has ended, and whoever waited with it
                return

    def _answered(self, request: Request) -> tuple[Response | None, BaseException]:
        try:
            return self._endpoint(request), _NO_ERROR
        except StopIteration as error:  # a future can't raise it, and would be waited for without end
            return None, RuntimeError(f"stopped: {error}")
        except BaseException as error:  # whatever it is, somebody waits for it
            return None, error

    def _settle(self, answer: asyncio.Future[Response], response: Response | None, error: BaseException) -> None:
        self._at_work -= 1
        if answer.done():  # whoever waited was cancelled
            return
        if response is None:
            answer.set_exception(error)
        else:
            answer.set_result(response)
