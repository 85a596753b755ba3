"""What does the OpenAPI document promise to programs?

What FastAPI derives from the routes, made exact: the values that a parameter takes, and only the errors that are
really answered (400 in our shape, never the framework's 422).
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from search.admission import KEY_HEADER, OPEN
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


_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
_SECURITY = {
    "header": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic", "description": "The key is the password; any user name will do."},
}


class Application(FastAPI):
    """FastAPI with our document."""

    _keys = _limit = False

    def promise(self, *, keys: bool, limit: bool) -> None:
        """Say that a key is needed, and that clients are kept to a rate."""
        self._keys, self._limit = keys, limit

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
            self._add_admission(document)
        return super().openapi()

    def _add_admission(self, document: dict[str, Any]) -> None:
        """How to give a key, and the answers to those who are not admitted."""
        refusals = ({"401": "A key is needed."} if self._keys else {}) | (
            {"429": "Too many requests; Retry-After says for how many seconds to wait."} if self._limit else {}
        )
        guarded = [methods for path, methods in document["paths"].items() if not path.startswith(OPEN)]
        for operation in (operation for methods in guarded for operation in methods.values()):
            for status, description in refusals.items():
                operation["responses"][status] = {"description": description, "content": _ERROR}
            if self._keys:
                operation["security"] = [{name: []} for name in _SECURITY]
        if self._keys:
            document["components"]["securitySchemes"] = _SECURITY


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()
