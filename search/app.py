"""What does the HTTP half consist of?

The JSON API, the HTML pages, the feeds and the probes, behind the guards; every error in one shape.
"""

from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from search.api import Readiness, api_routes, probe_routes
from search.guards import Guards
from search.pages import Pages
from search.refusals import Refusals
from search.rendering import Templates
from search.searcher import Searcher, StoryReader

_HERE = Path(__file__).parent


def create_app(
    searcher: Searcher,
    stories: StoryReader,
    *,
    readiness: Readiness,
    names: Collection[str] = (),
) -> FastAPI:
    """The application that `uvicorn.run` serves.

    `readiness` tells what is not as it should be; `names` are hosts, besides localhost, under which a reverse proxy
    on this machine serves the desk.
    """
    app = FastAPI(
        title="Wiredesk",
        summary="Search news stories in bodies and captions, with every version kept.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
    )
    pages = Pages(searcher, stories, Templates())
    app.include_router(api_routes(searcher, stories))
    app.include_router(probe_routes(searcher, stories, readiness))
    app.include_router(pages.routes())
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    Refusals(pages.error).register(app)
    app.add_middleware(Guards, names=names)
    return app
