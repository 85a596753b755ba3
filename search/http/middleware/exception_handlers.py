"""Exception handlers: every error, ours or the user's, as an answer of one shape.

That shape is {"error": {"code", "message", "parameter"}}, as JSON for programs and as a page for people.
"""

from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from model.errors import EngineError, QueryError, StoreError
from search.http.line_limits import LineLimiter
from search.http.schemas import ErrorAnswer, ErrorDetail
from search.question import NowhereError

log = structlog.get_logger(__name__)

ErrorPage = Callable[[Request, int, str], str]
"""Renders an error for people: request, status, message."""

_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    400: "bad_request",
    401: "unauthorized",
    429: "too_many_requests",
}


def error_response(status: int, code: str, message: str, parameter: str | None = None) -> JSONResponse:
    """An error as JSON."""
    answer = ErrorAnswer(error=ErrorDetail(code=code, message=message, parameter=parameter))
    return JSONResponse(answer.model_dump(exclude_none=True), status)


def _allowed(methods: str) -> str:
    """The methods of a route with HEAD, which is answered wherever GET is."""
    names = {name.strip() for name in methods.split(",")}
    return ", ".join(sorted(names | {"HEAD"} if "GET" in names else names))


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


class ExceptionHandlers:
    """The error handlers of the application."""

    def __init__(self, error_page: ErrorPage, lines: LineLimiter) -> None:
        self._error_page = error_page
        self._lines = lines

    def register(self, app: FastAPI) -> None:
        """Handle every error of `app`."""
        app.add_exception_handler(QueryError, self._query)
        app.add_exception_handler(EngineError, self._unavailable)
        app.add_exception_handler(StoreError, self._unavailable)
        app.add_exception_handler(RequestValidationError, self._validation)
        app.add_exception_handler(StarletteHTTPException, self._http)
        app.add_exception_handler(Exception, self._unexpected)

    async def _query(self, request: Request, error: Exception) -> Response:
        parameter = error.parameter if isinstance(error, QueryError) else None
        if isinstance(error, NowhereError):
            return self.respond(request, 404, "not_found", str(error), parameter)
        return self.respond(request, 400, "bad_parameter", str(error), parameter)

    async def _unavailable(self, request: Request, error: Exception) -> Response:
        if self._lines.admit("search unavailable"):
            log.error("search unavailable", error=str(error), kind=type(error).__name__)
        message = "searches can't be answered just now; the index or the store can't be read (see /readyz)"
        return self.respond(request, 503, "unavailable", message)

    async def _validation(self, request: Request, error: Exception) -> Response:
        first = error.errors()[0] if isinstance(error, RequestValidationError) and error.errors() else {}
        name = str(first.get("loc", ("", ""))[-1]) or None
        return self.respond(request, 400, "bad_parameter", f"{name}: {first.get('msg', 'not valid')}", name)

    async def _http(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, StarletteHTTPException) else 500
        message = str(error.detail) if isinstance(error, StarletteHTTPException) else "error"
        if message == "Not Found":
            message = f"there is nothing at {request.url.path}; /docs lists what there is"
        response = self.respond(request, status, _CODES.get(status, "error"), message)
        if isinstance(error, StarletteHTTPException) and error.headers:
            response.headers.update(error.headers)
        if status == 405:
            response.headers["Allow"] = _allowed(response.headers.get("Allow", "GET"))
        return response

    async def _unexpected(self, request: Request, error: Exception) -> Response:
        if self._lines.admit("request failed"):
            log.error("request failed", path=request.url.path, exc_info=error)
        return self.respond(request, 500, "internal_error", "something went wrong here; the log says what")

    def respond(self, request: Request, status: int, code: str, message: str, parameter: str | None = None) -> Response:
        """The answer that says what is wrong, for a person or a program."""
        if wants_page(request):
            return HTMLResponse(self._error_page(request, status, message), status)
        return error_response(status, code, message, parameter)
