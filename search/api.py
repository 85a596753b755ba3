"""Which questions do programs ask over HTTP, and what JSON do they get?"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from index.story import StoredStory
from search.asking import asked
from search.caching import caching, entity_tag, unchanged
from search.export import MEDIA_TYPES, check_format, lines, stories_of
from search.parameters import Asked, read_question
from search.readers import StoryReader
from search.schemas import (
    ErrorAnswer,
    SearchAnswer,
    SourceAnswer,
    SourcesAnswer,
    SuggestAnswer,
    SuggestionAnswer,
    VersionsAnswer,
    search_answer,
)
from search.searcher import Searcher

Responses = dict[int | str, dict[str, Any]]
MISTAKE: Responses = {400: {"model": ErrorAnswer, "description": "A parameter can't be used; the message says why."}}
UNAVAILABLE: Responses = {503: {"model": ErrorAnswer, "description": "Searches can't be answered just now."}}
UNKNOWN: Responses = {404: {"model": ErrorAnswer, "description": "There is no such story."}}
EXPORT: Responses = {
    200: {
        "description": "One story a line, or one a row.",
        "content": {name.partition(";")[0]: {"schema": {"type": "string"}} for name in MEDIA_TYPES.values()},
    }
}

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
    """/api/search, /api/stories, /api/sources, /api/suggest, /api/export."""
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

    @router.get("/suggest", response_model=SuggestAnswer, responses=UNAVAILABLE)
    def suggest(
        q: Annotated[str, Query(description="What was typed so far.")] = "",
        size: Annotated[int, Query(ge=1, le=20, description="How many completions at most.")] = 8,
    ) -> Response:
        """Completions of a query while it is typed: words to search for, and stories by their headlines."""
        found = tuple(SuggestionAnswer.model_validate(suggestion) for suggestion in searcher.complete(q, size))
        return json_response(SuggestAnswer.model_construct(query=q, suggestions=found))

    @router.get("/export", response_class=StreamingResponse, responses=MISTAKE | UNAVAILABLE | EXPORT)
    def export(
        parameters: AskedParameters,
        form: Annotated[str, Query(alias="format", description="ndjson or csv.")] = "ndjson",
    ) -> Response:
        """All stories that match, streamed; a line of NDJSON is what /api/stories/{id} answers."""
        check_format(form)
        found = stories_of(read_question(parameters, searcher.now()), searcher, stories)
        name = f"wiredesk-{searcher.now():%Y-%m-%d}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(lines(found, form), media_type=MEDIA_TYPES[form], headers=headers)

    return router
