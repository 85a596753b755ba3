"""JSON routes of the HTTP interface."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json

from model.story import StoredStory
from search.base import StoryReader
from search.export import MEDIA_TYPES, check_format, lines, stories_of
from search.http.conditional_requests import caching, entity_tag, unchanged
from search.http.direct_route import DirectRoute
from search.http.query_parameters import ALL, PAGE
from search.http.request import read_question
from search.http.schemas import (
    ErrorAnswer,
    SearchAnswer,
    SimilarAnswer,
    SourceAnswer,
    SourcesAnswer,
    SuggestAnswer,
    SuggestionAnswer,
    VersionsAnswer,
    search_answer,
    similar_answer,
)
from search.http.streaming import PieceQueue
from search.service import Searcher

Responses = dict[int | str, dict[str, Any]]
MISTAKE: Responses = {400: {"model": ErrorAnswer, "description": "A parameter can't be used; the message says why."}}
NO_SUCH_PAGE: Responses = {404: {"model": ErrorAnswer, "description": "The cursor, or a page so deep, leads nowhere."}}
UNAVAILABLE: Responses = {503: {"model": ErrorAnswer, "description": "Searches can't be answered just now."}}
UNKNOWN: Responses = {404: {"model": ErrorAnswer, "description": "There is no such story."}}
EXPORT: Responses = {
    200: {
        "description": "One story a line, or one a row.",
        "content": {name.partition(";")[0]: {"schema": {"type": "string"}} for name in MEDIA_TYPES.values()},
    }
}

_FORMAT = Query(
    alias="format",
    description="ndjson: a story a line; csv: a story a row.",
    json_schema_extra={"enum": [*MEDIA_TYPES]},
)
StoryId = Annotated[str, Path(description="The id of a story; ids of merged stories go on answering.")]


def json_response(answer: str | bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is JSON already, without a second validation."""
    return Response(answer, status, dict(headers or {}), media_type="application/json")


def known_story(stories: StoryReader, story_id: str) -> StoredStory:
    """The story of that id, or 404."""
    story = stories.get(story_id)
    if story is None:
        raise HTTPException(404, f"there is no story {story_id[:80]!r}")
    return story


class Api:
    """The JSON routes over one searcher and one store."""

    def __init__(self, searcher: Searcher, stories: StoryReader) -> None:
        self._searcher = searcher
        self._stories = stories
        self._pieces = PieceQueue()

    def routes(self) -> APIRouter:
        """/api/search, /api/stories, /api/sources, /api/suggest, /api/export."""
        router = APIRouter(prefix="/api", tags=["Stories"])
        failures = MISTAKE | UNAVAILABLE
        router.add_api_route(
            "/search",
            self.search,
            response_model=SearchAnswer,
            responses=failures | NO_SUCH_PAGE,
            openapi_extra=PAGE.documented,
            route_class_override=DirectRoute,
        )
        router.add_api_route("/stories/{story_id}", self.story, response_model=StoredStory, responses=UNKNOWN)
        router.add_api_route(
            "/stories/{story_id}/versions", self.versions, response_model=VersionsAnswer, responses=UNKNOWN
        )
        router.add_api_route(
            "/stories/{story_id}/similar", self.similar, response_model=SimilarAnswer, responses=UNKNOWN | failures
        )
        router.add_api_route("/sources", self.sources, response_model=SourcesAnswer)
        router.add_api_route("/suggest", self.suggest, response_model=SuggestAnswer, responses=failures)
        router.add_api_route(
            "/export",
            self.export,
            response_class=StreamingResponse,
            responses=failures | EXPORT,
            openapi_extra=ALL.documented,
        )
        return router

    def search(self, request: Request) -> Response:
        """Ranked stories with snippets and facets."""
        question = read_question(PAGE.of(request), self._searcher.now())
        tag = entity_tag(request, self._searcher)
        if held := unchanged(request, tag):
            return held
        page = self._searcher.search(question)
        return json_response(to_json(search_answer(page)), headers=caching(tag, partial=page.partial))

    def story(self, story_id: StoryId) -> Response:
        """The current version of a story."""
        return json_response(known_story(self._stories, story_id).model_dump_json())

    def versions(self, story_id: StoryId) -> Response:
        """All versions of a story, oldest first."""
        current = known_story(self._stories, story_id)
        versions = tuple(self._stories.versions(story_id))
        withdrawals = (*current.past_withdrawals, *([current.withdrawal] if current.withdrawal else []))
        answer = VersionsAnswer.model_construct(id=current.id, versions=versions, withdrawals=withdrawals)
        return json_response(answer.model_dump_json())

    def similar(
        self,
        story_id: StoryId,
        size: Annotated[int, Query(ge=1, le=50, description="How many stories at most.")] = 10,
    ) -> Response:
        """Stories like this one, the most alike first."""
        story = known_story(self._stories, story_id)
        return json_response(to_json(similar_answer(story.id, self._searcher.similar(story, size))))

    def sources(self) -> Response:
        """How each source is doing."""
        health = tuple(SourceAnswer.model_validate(source) for source in self._stories.source_health())
        return json_response(SourcesAnswer(sources=health).model_dump_json())

    def suggest(
        self,
        q: Annotated[str, Query(description="What was typed so far.", examples=["mali capt"])] = "",
        size: Annotated[int, Query(ge=1, le=20, description="How many completions at most.")] = 8,
    ) -> Response:
        """Completions of a query while it is typed: words to search for, and stories by their headlines."""
        found = tuple(SuggestionAnswer.model_validate(suggestion) for suggestion in self._searcher.complete(q, size))
        return json_response(SuggestAnswer(query=q, suggestions=found).model_dump_json())

    def export(
        self,
        request: Request,
        form: Annotated[str, _FORMAT] = "ndjson",
    ) -> Response:
        """All stories that match, streamed; a line of NDJSON is what /api/stories/{id} answers."""
        check_format(form)
        now = self._searcher.now()
        found = stories_of(read_question(ALL.of(request), now), self._searcher, self._stories)
        headers = {"Content-Disposition": f'attachment; filename="wiredesk-{now:%Y-%m-%d}.{form}"'}
        return StreamingResponse(self._pieces.stream(lines(found, form)), media_type=MEDIA_TYPES[form], headers=headers)
