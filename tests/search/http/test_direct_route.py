"""The route that is asked most: its threads, and what comes of requests that fail or are given up."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from starlette.types import ASGIApp

from search.http.direct_route import DirectRoute, answering


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example")


def ask(app: ASGIApp, work: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with client_of(app) as client:
            await work(client)

    asyncio.run(run())


def test_it_is_described_and_answered_as_other_routes_are() -> None:
    router = APIRouter(prefix="/api", tags=["Stories"])

    def hello(request: Request) -> Response:
        """Says whom it greets."""
        if "name" not in request.query_params:
            raise HTTPException(400, "whom?")
        return Response(f"hello {request.query_params['name']}")

    router.add_api_route("/hello", hello, route_class_override=DirectRoute)
    app = FastAPI()
    app.router.routes.extend(router.routes)

    async def work(client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/hello", params={"name": "you"})).text == "hello you"
        refused = await client.get("/api/hello")
        assert (refused.status_code, refused.json()) == (400, {"detail": "whom?"})
        assert (await client.post("/api/hello")).status_code == 405

    ask(app, work)
    assert app.openapi()["paths"]["/api/hello"]["get"]["description"] == "Says whom it greets."


@pytest.mark.parametrize("error", [ValueError("oh"), StopIteration("oh")])
def test_whatever_it_raises_reaches_whoever_asked_and_the_next_is_answered(error: Exception) -> None:
    errors = [error]

    def fail_once(request: Request) -> Response:
        if errors:
            raise errors.pop()
        return Response("well")

    async def work(client: httpx.AsyncClient) -> None:
        with pytest.raises(RuntimeError if isinstance(error, StopIteration) else type(error), match="oh"):
            await asyncio.wait_for(client.get("/"), 10)
        assert (await client.get("/")).text == "well"

    ask(answering(fail_once), work)


def test_slow_requests_have_threads_of_their_own_and_no_more_than_so_many() -> None:
    names: set[str] = set()
    running: list[int] = []
    lock = threading.Lock()
    now = 0

    def slowly(request: Request) -> Response:
        nonlocal now
        with lock:
            now += 1
            running.append(now)
            names.add(f"{threading.get_ident()}")
        time.sleep(0.1)
        with lock:
            now -= 1
        return Response("done")

    async def work(client: httpx.AsyncClient) -> None:
        for _ in range(3):
            assert (await client.get("/")).text == "done"
        assert len(names) == 1
        answers = await asyncio.gather(*(client.get("/") for _ in range(9)))
        assert {answer.text for answer in answers} == {"done"}

    ask(answering(slowly, most=3), work)
    assert max(running) == 3
    assert len(names) == 3


def test_what_is_given_up_keeps_no_other_waiting() -> None:
    free = threading.Event()

    def wait(request: Request) -> Response:
        if request.url.path == "/slow":
            free.wait(20)
        return Response("done")

    async def work(client: httpx.AsyncClient) -> None:
        slow = asyncio.create_task(client.get("/slow"))
        await asyncio.sleep(0.1)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert (await client.get("/")).text == "done"
        free.set()
        await asyncio.sleep(0.2)
        assert (await client.get("/")).text == "done"

    ask(answering(wait), work)


def test_a_loop_that_has_ended_leaves_nothing_behind() -> None:
    free = threading.Event()
    before = threading.active_count()

    def wait(request: Request) -> Response:
        free.wait(20)
        return Response("done")

    async def work(client: httpx.AsyncClient) -> None:
        slow = asyncio.create_task(client.get("/"))
        await asyncio.sleep(0.1)
        slow.cancel()

    ask(answering(wait), work)
    free.set()
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
