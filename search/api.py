"""Which questions do programs ask over HTTP, and what JSON do they get?"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from index.errors import EngineError, StoreError
from index.story import StoredStory
from search.asking import asked
from search.caching import caching, entity_tag, unchanged
from search.parameters import Asked, read_question
from search.schemas import (
    ErrorAnswer,
    HealthAnswer,
    ReadyAnswer,
    SearchAnswer,
    SourceAnswer,
    SourcesAnswer,
    VersionsAnswer,
    search_answer,
)
from search.searcher import Searcher, StoryReader

Readiness = Callable[[], Mapping[str, Any]]
"""What is not as it should be: {"degraded": ["sentence", ...]}."""

Responses = dict[int | str, dict[str, Any]]
MISTAKE: Responses = {400: {"model": ErrorAnswer, "description": "A parameter can't be used; the message says why."}}
UNAVAILABLE: Responses = {503: {"model": ErrorAnswer, "description": "Searches can't be answered just now."}}
UNKNOWN: Responses = {404: {"model": ErrorAnswer, "description": "There is no such story."}}

AskedParameters = Annotated[Asked, Depends(asked)]
StoryId = Annotated[str, Path(description="The id of a story; ids of merged stories go on answering.")]


def json_response(answer: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A model as JSON, without a second validation."""
    return Response(answer.model_dump_json(), status, dict(headers or {}), media_type="application/json")


def known_story(stories: StoryReader, story_id: str) -> StoredStory:
    """The story of that id, or 404."""
    story = stories.get(story_id)
    if story is None:
        raise HTTPException(404, f"there is no story {story_id[:80]!r}")
    return story


def api_routes(searcher: Searcher, stories: StoryReader) -> APIRouter:
    """/api/search, /api/stories, /api/sources."""
    router = APIRouter(prefix="/api", tags=["Stories"])

    @router.get("/search", response_model=SearchAnswer, responses=MISTAKE | UNAVAILABLE)
    def search(request: Request, parameters: AskedParameters) -> Response:
        """Ranked stories with snippets and facets."""
        question = read_question(parameters, searcher.now())
        tag = entity_tag(request, searcher)
        return unchanged(request, tag) or json_response(search_answer(searcher.search(question)), headers=caching(tag))

    @router.get("/stories/{story_id}", response_model=StoredStory, responses=UNKNOWN)
    def story(story_id: StoryId) -> Response:
        """The current version of a story."""
        return json_response(known_story(stories, story_id))

    @router.get("/stories/{story_id}/versions", response_model=VersionsAnswer, responses=UNKNOWN)
    def versions(story_id: StoryId) -> Response:
        """All versions of a story, oldest first."""
        current = known_story(stories, story_id)
        return json_response(VersionsAnswer.model_construct(id=current.id, versions=tuple(stories.versions(story_id))))

    @router.get("/sources", response_model=SourcesAnswer)
    def sources() -> Response:
        """How each source is doing."""
        health = tuple(SourceAnswer.model_validate(source) for source in stories.source_health())
        return json_response(SourcesAnswer.model_construct(sources=health))

    return router


def probe_routes(searcher: Searcher, stories: StoryReader, readiness: Readiness) -> APIRouter:
    """/healthz, /readyz, /metrics: for those who keep it running."""
    router = APIRouter(tags=["Operation"])

    @router.get("/healthz", response_model=HealthAnswer)
    def healthz() -> Response:
        """The process answers."""
        return json_response(HealthAnswer(status="ok"))

    @router.get("/readyz", response_model=ReadyAnswer, responses={503: {"model": ReadyAnswer}})
    def readyz() -> Response:
        """200 while searches are answered, with what is not as it should be; 503 when they can't be."""
        degraded = [str(sentence) for sentence in readiness().get("degraded", ())]
        try:
            searcher.check()
        except (EngineError, StoreError) as error:
            degraded = degraded or [f"searches can't be answered: {error}"]
            return json_response(ReadyAnswer(status="unavailable", degraded=degraded), status=503)
        answer = ReadyAnswer(
            status="ready",
            degraded=degraded,
            index_revision=searcher.revision(),
            store_revision=stories.revision(),
        )
        return json_response(answer)

    return router
