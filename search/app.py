"""What does the HTTP half consist of?

The JSON API, the HTML pages, the feeds and the probes, behind the guards; every error in one shape.
"""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from search.base import StoryReader
from search.http.middleware.auth import EVERYONE, KEY_HEADER, Admission, Turnstile
from search.http.middleware.concurrency_limiter import Turns
from search.http.middleware.exception_handlers import Refusals
from search.http.middleware.metrics import CountRequests, RequestCounts
from search.http.middleware.request_guards import Guards
from search.http.openapi import Application
from search.http.probes import Figures, Readiness, probe_routes
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
    admission: Admission = EVERYONE,
) -> FastAPI:
    """The application that `uvicorn.run` serves.

    `readiness` tells what is not as it should be, `figures` what /metrics shows besides; `admission` whom it answers.
    """
    app = Application(
        title="Wiredesk",
        summary="Search news stories in bodies and captions, with every version kept.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
    )
    app.promise(keys=bool(admission.keys), limit=admission.limit is not None)
    counts, templates = RequestCounts(), Templates()
    pages = Pages(searcher, stories, templates)
    app.include_router(Api(searcher, stories).routes())
    app.include_router(feed_routes(searcher, templates))
    app.include_router(probe_routes(searcher, stories, readiness, counts, figures))
    app.include_router(pages.routes(app.openapi))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    refusals = Refusals(pages.error)
    refusals.register(app)
    # The last one added is the outermost.
    app.add_middleware(Turns)
    app.add_middleware(Turnstile, admission=admission, refuse=refusals.answer)
    app.add_middleware(CountRequests, counts=counts)
    if admission.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=admission.origins,
            allow_methods=("GET", "HEAD"),
            allow_headers=("Authorization", KEY_HEADER, "If-None-Match"),
            expose_headers=("ETag", "Retry-After", "Content-Disposition"),
        )
    app.add_middleware(Guards, names=admission.hosts)
    return app
