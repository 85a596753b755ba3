"""Is the head of an answer all there?

http.client takes a connection that closes in the middle of the headers for their end, so that an answer cut short
would pass for an empty page; and of the informational answers that may come first it knows only 100.
"""

import re
from http.client import HTTPException, HTTPResponse
from typing import Any

# 103 and its like announce the answer that follows (RFC 9110, section 15.2); 101 would be another protocol.
_INFORMATIONAL = re.compile(rb"^(HTTP/1\.[01] )1(?!01)\d\d(?!\d)")


class CutHeadError(HTTPException):
    """The connection was closed before the headers ended."""


class WholeHeadResponse(HTTPResponse):
    """A response that begins only when its head has come to the empty line at its end."""

    def begin(self) -> None:
        """Read the head. Raises CutHeadError, and HTTPException as http.client does."""
        file: Any = self.fp
        lines: Any = _HeadLines(file)
        self.fp = lines
        try:
            super().begin()
        finally:
            if self.fp is lines:  # it is None where nothing more is read
                self.fp = file


class _HeadLines:
    """The lines of a head: what http.client asks of its file meanwhile."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._begun = False
        self.close = file.close

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        if (line or self._begun) and len(line) < limit and not line.endswith(b"\n"):
            raise CutHeadError("the connection was closed in the middle of the headers")
        self._begun = True
        return _INFORMATIONAL.sub(rb"\g<1>100", line)
