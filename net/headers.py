"""Response headers that are known to be complete.

http.client takes a connection that closes in the middle of the headers for their end, so that a truncated response
would pass for an empty page; and of the informational responses that may come first it knows only 100.
"""

import re
from http.client import HTTPException, HTTPResponse
from typing import Any

# 103 and its like announce the response that follows (RFC 9110, section 15.2); 101 would be another protocol.
_INFORMATIONAL = re.compile(rb"^(HTTP/1\.[01] )1(?!01)\d\d(?!\d)")


class TruncatedHeadersError(HTTPException):
    """The connection was closed before the headers ended."""


class CompleteHeadersResponse(HTTPResponse):
    """A response that begins only when its headers have come to the empty line at their end."""

    def begin(self) -> None:
        """Read the status line and the headers. Raises TruncatedHeadersError, and HTTPException as http.client does."""
        file: Any = self.fp
        lines: Any = _HeaderLines(file)
        self.fp = lines
        try:
            super().begin()
        finally:
            if self.fp is lines:  # it is None where nothing more is read
                self.fp = file


class _HeaderLines:
    """The lines up to the end of the headers: what http.client asks of its file meanwhile."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._begun = False
        self.close = file.close

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        if (line or self._begun) and len(line) < limit and not line.endswith(b"\n"):
            raise TruncatedHeadersError("the connection was closed in the middle of the headers")
        self._begun = True
        return _INFORMATIONAL.sub(rb"\g<1>100", line)
