"""Query parameters of each route: which it takes, how they are read, and what the OpenAPI document says of them.

They come as text, are checked in our own words (search/http/request.py), and are read straight from the address: the
framework would take a sixth of a search's time to do it.
"""

from typing import Any

from fastapi import Request

from model.fields import FILTERS
from search.http.request import MAX_VALUES, SORTS, QueryParameters
from search.question import MAX_DEPTH, MAX_SIZE

_DAY = {
    "anyOf": [{"type": "string", "format": "date"}, {"enum": ["", "today", "yesterday"]}],
    "examples": ["2013-01-17"],
}
_DAY_HELP = "A day in UTC, as 2013-01-17; also 2013-01, yesterday, 3 days ago."
_VALUES = {"type": "array", "items": {"type": "string"}, "maxItems": MAX_VALUES}
_SWITCH = {"enum": ["0", "1"]}
_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "q": (
        "What to search for; /help describes the language.",
        {"type": "string", "default": "", "examples": ["mali captions"]},
    ),
    **dict.fromkeys(FILTERS, ("Only these; may be repeated.", _VALUES)),
    "after": (_DAY_HELP, _DAY),
    "before": (_DAY_HELP, _DAY),
    "page": (
        "Number of the page; page x size is at most 10000, cursor goes on from there.",
        {"type": "integer", "minimum": 1, "maximum": MAX_DEPTH, "default": 1},
    ),
    "size": (
        "Hits on a page, at most 100.",
        {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": 10},
    ),
    "sort": (
        "relevance blends in recency, score does not; newest, oldest: published, else first seen.",
        {"enum": list(SORTS), "default": "relevance"},
    ),
    "cursor": (
        "next_cursor of the page before; reaches any depth.",
        {"type": "string", "pattern": "^$|^W[A-Za-z0-9_-]+$"},
    ),
    "fold": ("1 folds near-identical copies into one hit, 0 shows each.", {**_SWITCH, "default": "1"}),
    "explain": (
        "1 adds to each hit where its words were found, and the parts of its score.",
        {**_SWITCH, "default": "0"},
    ),
}


class ParameterSet:
    """Some of a search's parameters, read and documented for the routes that take them."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._texts = [name for name in names if name not in FILTERS]

    def of(self, request: Request) -> QueryParameters:
        """What is asked for; of a text that is given twice the last one counts."""
        given = request.query_params
        filters = {name: given.getlist(name) for name in FILTERS}
        return QueryParameters(filters=filters, **{name: given[name] for name in self._texts if name in given})

    @property
    def documented(self) -> dict[str, Any]:
        """What they add to the description of a route (`openapi_extra`)."""
        named = [(name, *_PARAMETERS[name]) for name in self._names]
        return {
            "parameters": [
                {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
                for name, description, schema in named
            ]
        }


NARROWED = ParameterSet("q", *FILTERS, "after", "before")
"""What to search for and in what."""
ALL = ParameterSet("q", *FILTERS, "after", "before", "sort")
"""All that is found, in some order."""
PAGE = ParameterSet(*_PARAMETERS)
"""One page of what is found."""
