"""HEAD is answered wherever GET is: with its status and headers, and without a body."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from search.app import create_app
from search.http.middleware.auth import AccessPolicy
from search.web.rendering import STATIC

# The date, and what depends on the moment: how long the search took is part of the body and so of its length.
CHANGING = {"date", "content-length"}
PARAMETERS = {"story_id": "bridge"}


def paths_of(app: FastAPI) -> Iterator[tuple[str, set[str]]]:
    """Every path of an application that GET is for, the style sheet among them, and its methods."""
    for route in iter_route_contexts(app.routes):
        if route.path and route.path != "/static":
            yield route.path, set(route.methods or ())
    yield from ((f"/static/{file.name}", {"GET"}) for file in STATIC.iterdir() if file.is_file())


@pytest.fixture(scope="module")
def paths(desk: Any) -> list[str]:
    """The paths of the application, with a story's id in the place of parameters."""
    found = [path for path, methods in paths_of(desk.app()) if "GET" in methods]
    return [path.format(**{name: desk.ids[key] for name, key in PARAMETERS.items()}) for path in found]


def test_all_routes_are_found(paths: list[str], desk: Any) -> None:
    documented = set(desk.app().openapi()["paths"])
    story = desk.ids["bridge"]
    assert {path.format(story_id=story) for path in documented} <= set(paths)
    assert {"/", "/search", f"/story/{story}", "/docs", "/openapi.json", "/opensearch.xml", "/metrics"} <= set(paths)
    assert any(path.endswith(".css") for path in paths)


def test_head_is_answered_as_get_is(paths: list[str], client: httpx.Client) -> None:
    for path in paths:
        get, head = client.get(path), client.head(path)
        assert head.status_code == get.status_code == 200, path
        assert head.content == b"", path
        assert {name: value for name, value in head.headers.items() if name not in CHANGING} == {
            name: value for name, value in get.headers.items() if name not in CHANGING
        }, path
        assert ("content-length" in head.headers) == ("content-length" in get.headers), path


def test_other_methods_are_told_which_there_are(paths: list[str], client: httpx.Client) -> None:
    for path in paths:
        for method in ("OPTIONS", "POST", "DELETE"):
            answer = client.request(method, path)
            assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD"), (method, path)


def test_the_length_is_that_of_the_answer_to_get(client: httpx.Client, desk: Any) -> None:
    for path in (f"/api/stories/{desk.ids['bridge']}", "/healthz", "/help", "/opensearch.xml"):
        assert client.head(path).headers["Content-Length"] == str(len(client.get(path).content)), path


@pytest.mark.parametrize("path", ["/api/search?q=rivet", "/search?q=rivet", "/feed.atom?q=rivet"])
def test_a_tag_counts_for_both(client: httpx.Client, path: str) -> None:
    tag = client.head(path).headers["ETag"]
    held = client.head(path, headers={"If-None-Match": tag})
    assert (held.status_code, held.headers["ETag"], held.content) == (304, tag, b"")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/search?size=1000", 400),
        ("/api/export?format=xml", 400),
        ("/api/stories/none", 404),
        ("/nowhere", 404),
        ("/api/search?q=" + "a" * 41_000, 414),
    ],
    ids=["parameter", "format", "story", "path", "address"],
)
def test_mistakes_have_their_status(client: httpx.Client, path: str, status: int) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, get.status_code, head.content) == (status, status, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_an_export_reads_no_story(desk: Any, serve: Any) -> None:
    reader = desk.reader
    read: list[str] = []

    def walk() -> Iterator[Any]:
        read.append("story")
        yield from desk.store.stories.walk()

    reader.walk = walk
    with serve(create_app(desk.searcher, reader, readiness=dict)) as address:
        head = httpx.head(f"{address}/api/export")
        assert (head.status_code, read) == (200, [])
        assert head.headers["Content-Disposition"].startswith("attachment")
        assert len(httpx.get(f"{address}/api/export", timeout=60).text.splitlines()) == len(desk.ids)
        assert read == ["story"]


def test_a_key_is_needed_for_both(desk: Any, serve: Any) -> None:
    access = AccessPolicy(keys=("correct-horse-battery",))
    with serve(create_app(desk.searcher, desk.reader, readiness=dict, access=access)) as address:
        assert httpx.head(f"{address}/api/search").status_code == 401
        assert httpx.head(f"{address}/api/search", auth=("", "correct-horse-battery")).status_code == 200


def test_nothing_comes_behind_the_headers(address: str) -> None:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    with socket.create_connection((host, port), timeout=20) as connection:
        for path in ("/api/export", "/api/search?q=rivet", "/healthz"):
            connection.sendall(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            answer = connection.recv(65_536)
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), path
            assert answer.endswith(b"\r\n\r\n"), path


def test_the_description_names_get_alone(client: httpx.Client) -> None:
    methods = {method for path in client.get("/openapi.json").json()["paths"].values() for method in path}
    assert methods == {"get"}
