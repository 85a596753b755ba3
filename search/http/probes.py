"""Probes of liveness and readiness, and the metrics of the web role."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from model.errors import EngineError, StoreError
from search.base import StoryReader
from search.http.middleware.metrics import TEXT, RequestCounts, gauges
from search.http.routes import json_response
from search.http.schemas import HealthAnswer, ReadyAnswer

Readiness = Callable[[], Mapping[str, Any]]
"""What is not as it should be: {"degraded": ["sentence", ...]}."""

Figures = Callable[[], str]
"""What others know of the desk, in Prometheus' text format, every line ended."""


class IndexProbe(Protocol):
    """What is asked of the index: `Searcher`, or what asks it with more caution."""

    def check(self) -> None:
        """Answer the smallest question. Raises EngineError or StoreError where searches can't be answered."""

    def revision(self) -> int:
        """The store revision that answers are made from. Raises EngineError."""


def probe_routes(
    index: IndexProbe, stories: StoryReader, readiness: Readiness, counts: RequestCounts, figures: Figures
) -> APIRouter:
    """/healthz, /readyz and /metrics."""
    router = APIRouter(tags=["Operation"])

    @router.get("/healthz", response_model=HealthAnswer)
    async def healthz() -> Response:
        """The process answers."""
        return json_response(HealthAnswer(status="ok").model_dump_json())

    @router.get("/readyz", response_model=ReadyAnswer, responses={503: {"model": ReadyAnswer}})
    def readyz() -> Response:
        """200 while searches are answered, with what is not as it should be; 503 when they can't be."""
        degraded = [str(sentence) for sentence in readiness().get("degraded", ())]
        try:
            index.check()
            reached, stored = index.revision(), stories.revision()
        except (EngineError, StoreError) as error:
            degraded = [f"searches can't be answered: {error}", *degraded]
            return json_response(ReadyAnswer(status="unavailable", degraded=degraded).model_dump_json(), status=503)
        answer = ReadyAnswer(
            status="ready",
            degraded=degraded,
            index_revision=reached,
            store_revision=stored,
        )
        return json_response(answer.model_dump_json())

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Counters and gauges in Prometheus' text format."""
        own = "".join(f"{line}\n" for line in gauges(dict(_values(index, stories))))
        return Response(own + counts.text() + figures(), media_type=TEXT)

    return router


def _values(index: IndexProbe, stories: StoryReader) -> Iterator[tuple[str, tuple[str, float]]]:
    yield "wiredesk_stories", ("Stories in the store.", stories.count())
    yield "wiredesk_store_revision", ("Story changes so far.", stories.revision())
    try:
        revision = index.revision()
    except EngineError:
        revision = -1
    yield "wiredesk_index_revision", ("Story changes that the index holds; -1 where there is none.", revision)
    health = stories.source_health()
    yield "wiredesk_sources", ("Sources known.", len(health))
    yield "wiredesk_sources_failing", ("Sources whose last round failed.", sum(1 for s in health if s.failures))
