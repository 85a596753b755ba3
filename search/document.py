"""What does the OpenAPI document promise to programs?

What FastAPI derives from the routes, made exact: the values that a parameter takes, and only the errors that are
really answered (400 in our shape, never the framework's 422).
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from search.parameters import FILTERS, MAX_VALUES, SORTS
from search.question import MAX_DEPTH, MAX_SIZE

_DAY = {
    "anyOf": [{"type": "string", "format": "date"}, {"enum": ["", "today", "yesterday"]}],
    "examples": ["2013-01-17"],
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "q": {"type": "string", "default": "", "examples": ["mali captions"]},
    "page": {"type": "integer", "minimum": 1, "maximum": MAX_DEPTH, "default": 1},
    "size": {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": 10},
    "sort": {"enum": list(SORTS), "default": "relevance"},
    "fold": {"enum": ["0", "1"], "default": "1"},
    "explain": {"enum": ["0", "1"], "default": "0"},
    "cursor": {"type": "string", "pattern": "^$|^W[A-Za-z0-9_-]+$"},
    "after": _DAY,
    "before": _DAY,
    "format": {"enum": ["ndjson", "csv"], "default": "ndjson"},
    **{name: {"type": "array", "items": {"type": "string"}, "maxItems": MAX_VALUES} for name in FILTERS},
}


class Application(FastAPI):
    """FastAPI with our document."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for operation in _operations(document):
                operation["responses"].pop("422", None)
                for parameter in operation.get("parameters", ()):
                    # /api/suggest has a size of its own, which FastAPI describes exactly.
                    if parameter["name"] in _SCHEMAS and parameter["schema"].get("type") != "integer":
                        parameter["schema"] = _SCHEMAS[parameter["name"]]
            for name in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(name, None)
        return super().openapi()


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()
