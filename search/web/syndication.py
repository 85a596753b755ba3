"""Syndication of queries: an Atom feed (RFC 4287), and the OpenSearch description (1.1) for browsers."""

from datetime import datetime

import regex
from fastapi import APIRouter, Request
from fastapi.responses import Response

from search.base import StoryReader
from search.http.conditional_requests import caching, entity_tag, unchanged
from search.http.query_parameters import NARROWED
from search.http.request import read_question
from search.http.routes import MISTAKE, UNAVAILABLE
from search.question import Hit, Question, ResultPage
from search.service import Searcher
from search.web.rendering import Templates
from search.web.result_page import address, pairs_of
from search.web.tombstones import MOST, Tombstone, forgotten_tombstones, withdrawn_tombstones

ENTRIES = 50
ATOM = "application/atom+xml"
_NOT_IN_XML = regex.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed_routes(searcher: Searcher, stories: StoryReader, templates: Templates) -> APIRouter:
    """/feed.atom and /opensearch.xml."""
    router = APIRouter(tags=["Feeds"])

    @router.get(
        "/feed.atom",
        response_class=Response,
        responses=MISTAKE | UNAVAILABLE | _documented(ATOM),
        openapi_extra=NARROWED.documented,
    )
    def feed(request: Request) -> Response:
        """The newest stories of a query as an Atom feed; takes a search's query and filters."""
        tag = entity_tag(request, searcher)
        if held := unchanged(request, tag):
            return held
        parameters = NARROWED.of(request)
        question = read_question(parameters.ordered("newest", ENTRIES), searcher.now())
        page = searcher.search(question)
        tombstones, is_partial = _tombstones(question, page)
        base = str(request.base_url)
        title = _NOT_IN_XML.sub(" ", parameters.q).strip()
        text = templates.render(
            "feed.xml",
            {
                "address": _NOT_IN_XML.sub("", str(request.url)),
                "page_address": base.rstrip("/") + address(pairs_of(parameters)),
                "base": base,
                "title": f"Wiredesk: {title}" if title else "Wiredesk: latest stories",
                "updated": max([*map(_updated, page.hits), *(one.when for one in tombstones)], default=searcher.now()),
                "entries": [(hit, _updated(hit)) for hit in page.hits],
                "tombstones": tombstones,
            },
        )
        return Response(text, headers=caching(tag, partial=page.partial or is_partial), media_type=ATOM)

    def _tombstones(question: Question, page: ResultPage) -> tuple[list[Tombstone], bool]:
        forgotten = list(forgotten_tombstones(stories, searcher.now()))
        if any(hit.story.status == "withdrawn" for hit in page.hits):  # the feed is one of withdrawn stories
            return forgotten, False
        withdrawn, is_partial = searcher.withdrawn(question, MOST)
        return [*withdrawn_tombstones(withdrawn, stories), *forgotten], is_partial

    @router.get("/opensearch.xml", response_class=Response, include_in_schema=False)
    def opensearch(request: Request) -> Response:
        """The description by which a browser adds the desk as a search engine."""
        text = templates.render("opensearch.xml", {"base": str(request.base_url)})
        return Response(text, media_type="application/opensearchdescription+xml")

    return router


def _updated(hit: Hit) -> datetime:
    """When an entry last changed; one that returned after a withdrawal is newer than its tombstone."""
    return max(hit.story.seen_at, hit.story.status_at or hit.story.seen_at)


def _documented(media_type: str) -> dict[int | str, dict[str, object]]:
    return {200: {"description": "The feed.", "content": {media_type: {"schema": {"type": "string"}}}}}
