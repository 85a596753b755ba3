"""Routes of the HTML pages."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from model.errors import EngineError
from model.fields import HEADLINE, PUBLISHED, TEXT_FIELDS
from search.base import StoryReader
from search.highlight.version_diff import differences
from search.http.api_reference import operations
from search.http.conditional_requests import caching, entity_tag, unchanged
from search.http.query_parameters import PAGE
from search.http.request import QueryParameters, read_question
from search.http.routes import StoryId, known_story
from search.service import Searcher
from search.web.date_histogram import histogram
from search.web.facts import facts
from search.web.rendering import Templates
from search.web.result_page import FACET_TITLES, address, chips, facets, otherwise_folded, page_links, pairs_of, sorts
from text.analysis import coverage

LATEST = 12
"""Stories on the first page."""
SIMILAR = 6
"""Stories like the one that is read."""
MAX_VERSIONS = 30
"""Versions compared on a story's page, the newest."""


class Pages:
    """The HTML pages: first page, results, story, sources, help."""

    def __init__(self, searcher: Searcher, stories: StoryReader, templates: Templates) -> None:
        self._searcher = searcher
        self._stories = stories
        self._templates = templates

    def routes(self, openapi: Callable[[], dict[str, Any]]) -> APIRouter:
        """/, /search, /story/{id}, /sources, /help, and /docs over the OpenAPI document."""

        def docs() -> Response:
            return self._page("docs.html", {"Cache-Control": "no-cache"}, operations=operations(openapi()))

        router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
        pages: dict[str, Callable[..., Response]] = {
            "/": self.home,
            "/search": self.results,
            "/story/{story_id}": self.story,
            "/sources": self.sources,
            "/help": self.help,
            "/docs": docs,
        }
        for path, page in pages.items():
            router.add_api_route(path, page)
        return router

    def home(self, request: Request) -> Response:
        """The search box, what the desk holds and its latest stories."""
        try:
            tag = entity_tag(request, self._searcher)
            if held := unchanged(request, tag):
                return held
            latest = self._searcher.search(read_question(QueryParameters(size=str(LATEST)), self._searcher.now()))
        except EngineError:  # the box is there before the first index is
            tag, latest = 'W/"none"', None
        return self._page("home.html", caching(tag), latest=latest, health=list(self._stories.source_health()))

    def results(self, request: Request) -> Response:
        """Hits with facets, histogram and the way to the next page."""
        tag = entity_tag(request, self._searcher)
        if held := unchanged(request, tag):
            return held
        asked = PAGE.of(request)
        page = self._searcher.search(read_question(asked, self._searcher.now()))
        pairs = pairs_of(asked)
        return self._page(
            "search.html",
            caching(tag, partial=page.partial),
            q=asked.q,
            page=page,
            facets=list(facets(page, pairs)),
            chips=chips(pairs),
            sorts=sorts(pairs, asked.sort),
            page_links=page_links(page, pairs),
            otherwise_folded=otherwise_folded(pairs),
            histogram=histogram(page.facets.get(PUBLISHED, ()), pairs),
            kept=[pair for pair in pairs if pair[0] != "q"],
            kept_dates=[pair for pair in pairs if pair[0] not in ("after", "before")],
            after=asked.after or "",
            before=asked.before or "",
            feed=address(pairs, "/feed.atom"),
            json=address(pairs, "/api/search"),
            export=[(name, address([*pairs, ("format", name)], "/api/export")) for name in ("csv", "ndjson")],
            suggested=address([("q", page.suggestion), *pairs[1:]]) if page.suggestion else None,
        )

    def story(self, request: Request, story_id: StoryId) -> Response:
        """A story as it reads now, where it was read from, and what changed since its first version."""
        story = known_story(self._stories, story_id)
        if story.id != story_id:
            return RedirectResponse(f"/story/{story.id}", 301)
        versions = list(self._stories.versions(story.id))[-MAX_VERSIONS:]
        q = request.query_params.get("q", "")
        try:
            similar = self._searcher.similar(story, SIMILAR)
        except EngineError:  # the story can be read without an index
            similar = ()
        return self._page(
            "story.html",
            {"Cache-Control": "no-cache"},
            story=story,
            facts=list(facts(story)),
            q=q,
            changes=differences(versions),
            copies=self._searcher.copies(story),
            similar=similar,
        )

    def sources(self) -> Response:
        """How each source is doing."""
        return self._page("sources.html", {"Cache-Control": "no-cache"}, health=list(self._stories.source_health()))

    def help(self) -> Response:
        """The query language."""
        fields = [field.name for field in TEXT_FIELDS if field is not HEADLINE]
        return self._page("help.html", {"Cache-Control": "no-cache"}, other_fields=fields, languages=coverage())

    def error(self, request: Request, status: int, message: str) -> str:
        """The page that says what went wrong."""
        q = request.query_params.get("q", "") if request.url.path == "/search" else ""
        return self._templates.render("error.html", self._shared() | {"status": status, "message": message, "q": q})

    def _page(self, template: str, headers: dict[str, str], **values: Any) -> HTMLResponse:
        return HTMLResponse(self._templates.render(template, self._shared() | values), headers=headers)

    def _shared(self) -> dict[str, Any]:
        return {"now": self._searcher.now(), "q": "", "facet_titles": FACET_TITLES}
