"""Application of the web role: JSON API, pages, feeds and probes, behind its middleware.

Middleware is listed from the inside out: the concurrency limiter next to the routes, the request guards outermost.
"""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from search.base import StoryReader
from search.http.line_limits import LineLimiter
from search.http.middleware.auth import KEY_HEADER, OPEN_ACCESS, AccessControl, AccessPolicy
from search.http.middleware.concurrency_limiter import MOST_WAITING, ConcurrencyLimiter
from search.http.middleware.exception_handlers import ExceptionHandlers
from search.http.middleware.head_requests import HeadRequests
from search.http.middleware.metrics import RequestCounts, RequestMetrics
from search.http.middleware.request_guards import RequestGuards
from search.http.openapi import Application
from search.http.probes import Figures, IndexProbe, Readiness, probe_routes
from search.http.routes import Api
from search.service import Searcher
from search.web.pages import Pages
from search.web.rendering import STATIC, Templates
from search.web.syndication import feed_routes


def create_app(
    searcher: Searcher,
    stories: StoryReader,
    *,
    readiness: Readiness,
    figures: Figures = str,
    access: AccessPolicy = OPEN_ACCESS,
    version: str = "0",
    lines: LineLimiter | None = None,
    most_waiting: int = MOST_WAITING,
    index: IndexProbe | None = None,
) -> FastAPI:
    """The application that `uvicorn.run` serves.

    `readiness` says what is not as it should be, `figures` what /metrics shows besides; `access` who is answered;
    `version` stands in the OpenAPI document; `lines` keeps the log within its bounds, and `most_waiting` requests may
    wait for their turn. `index` is asked by the probes, instead of `searcher`.
    """
    app = Application(
        title="Wiredesk",
        summary="Search news stories in bodies and captions, with every version kept.",
        version=version,
        docs_url=None,
        redoc_url=None,
    )
    app.promise(keys=bool(access.keys), limit=access.limit is not None)
    counts, templates = RequestCounts(), Templates()
    pages = Pages(searcher, stories, templates)
    app.answer_by(Api(searcher, stories).routes(), feed_routes(searcher, stories, templates))
    app.answer_by(probe_routes(index or searcher, stories, readiness, counts, figures), pages.routes(app.openapi))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    handlers = ExceptionHandlers(pages.error, lines or LineLimiter())
    handlers.register(app)
    # The last one added is the outermost.
    app.add_middleware(HeadRequests)
    app.add_middleware(ConcurrencyLimiter, respond=handlers.respond, most_waiting=most_waiting)
    app.add_middleware(AccessControl, access=access, respond=handlers.respond)
    app.add_middleware(RequestMetrics, counts=counts)
    if access.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=access.origins,
            allow_methods=("GET", "HEAD"),
            allow_headers=("Authorization", KEY_HEADER, "If-None-Match"),
            expose_headers=("ETag", "Retry-After", "Content-Disposition"),
        )
    app.add_middleware(RequestGuards, names=access.hosts)
    return app
