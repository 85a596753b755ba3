"""OpenAPI document of the interface.

What FastAPI derives from the routes, made exact: only the errors that are really answered (400 in our shape, never the
framework's 422), and how to give a key.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI

from search.http.middleware.auth import KEY_HEADER, PUBLIC_PATHS

_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
_SECURITY = {
    "header": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic", "description": "The key is the password; any user name will do."},
}


class Application(FastAPI):
    """FastAPI with our document, and routes that stand side by side."""

    _keys = _limit = False

    def promise(self, *, keys: bool, limit: bool) -> None:
        """Say that a key is needed, and that clients are kept to a rate."""
        self._keys, self._limit = keys, limit

    def answer_by(self, *routers: APIRouter) -> None:
        """Take the routes of these routers: an included router is asked twice for each request."""
        for router in routers:
            self.router.routes.extend(router.routes)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for operation in _operations(document):
                operation["responses"].pop("422", None)
            for name in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(name, None)
            self._add_access(document)
        return super().openapi()

    def _add_access(self, document: dict[str, Any]) -> None:
        """How to give a key, and the answers to those without one or above their rate."""
        errors = ({"401": "A key is needed."} if self._keys else {}) | (
            {"429": "Too many requests; Retry-After says for how many seconds to wait."} if self._limit else {}
        )
        guarded = [methods for path, methods in document["paths"].items() if not path.startswith(PUBLIC_PATHS)]
        for operation in (operation for methods in guarded for operation in methods.values()):
            for status, description in errors.items():
                operation["responses"][status] = {"description": description, "content": _ERROR}
            if self._keys:
                operation["security"] = [{name: []} for name in _SECURITY]
        if self._keys:
            document["components"]["securitySchemes"] = _SECURITY


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()
