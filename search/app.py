"""What does the HTTP half consist of?

The JSON API, the HTML pages, the feeds and the probes, behind the guards; every error in one shape.
"""

from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from search.api import Api
from search.document import Application
from search.feeds import feed_routes
from search.guards import Guards
from search.metrics import CountRequests, RequestCounts
from search.pages import Pages
from search.probes import Figures, Readiness, probe_routes
from search.readers import StoryReader
from search.refusals import Refusals
from search.rendering import Templates
from search.searcher import Searcher

_HERE = Path(__file__).parent


def create_app(
    searcher: Searcher,
    stories: StoryReader,
    *,
    readiness: Readiness,
    figures: Figures = str,
    names: Collection[str] = (),
) -> FastAPI:
    """The application that `uvicorn.run` serves.

    `readiness` tells what is not as it should be, `figures` what /metrics shows besides; `names` are hosts, besides
    localhost, under which a reverse proxy on this machine serves the desk.
    """
    app = Application(
        title="Wiredesk",
        summary="Search news stories in bodies and captions, with every version kept.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
    )
    counts, templates = RequestCounts(), Templates()
    pages = Pages(searcher, stories, templates)
    app.include_router(Api(searcher, stories).routes())
    app.include_router(feed_routes(searcher, templates))
    app.include_router(probe_routes(searcher, stories, readiness, counts, figures))
    app.include_router(pages.routes(app.openapi))
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    Refusals(pages.error).register(app)
    app.add_middleware(CountRequests, counts=counts)
    app.add_middleware(Guards, names=names)
    return app
