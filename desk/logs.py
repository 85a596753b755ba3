"""Logs of the desk: the shape of a line, and where it goes.

One event a line on standard error: for people (coloured where a terminal is attached) or as JSON for collectors. The
libraries' own warnings come in the same shape. Credentials in addresses (user names, passwords, and what a query calls
a key or a token) are masked on the way out, wherever in an event they stand.
"""

import io
import logging
import re
import sys
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["console", "json"]

_CREDENTIALS = re.compile(r"(?<=://)[^/\s\"'?#]+@")
_QUERY_SECRETS = re.compile(
    r"""([?&;][\w.-]*(?:key|token|secret|passw(?:or)?d|pwd|auth|signature)=)[^&;\s"'#]+""", re.IGNORECASE
)


class _StandardError(io.StringIO):
    """Whatever standard error is at the moment: while bars are shown there, lines go above them.

    Loggers keep the stream that they are made with.
    """

    def write(self, text: str, /) -> int:
        """Write at once: a line is one call."""
        written = sys.stderr.write(text)
        sys.stderr.flush()
        return written

    def flush(self) -> None:
        """Nothing waits here."""


def configure_logs(level: str = "info", form: Format = "console") -> None:
    """Set up structlog, and let the libraries' own warnings through it."""
    number = getattr(logging, level.upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    ending, stream = _ending(form), _StandardError()
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(shared, ending, stream)


def mask_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A processor that takes credentials out of addresses."""
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(item) for item in value]
    return _QUERY_SECRETS.sub(r"\1***", _CREDENTIALS.sub("***@", str(value)))  # errors and paths may name addresses too


def _ending(form: Format) -> list[Processor]:
    """The last steps: tracebacks become text before they are masked, too."""
    trace: Processor = structlog.processors.format_exc_info
    if form == "json":
        return [trace, mask_secrets, structlog.processors.JSONRenderer(ensure_ascii=False)]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        pad_event_to=0,
        pad_level=False,
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [trace, mask_secrets, console]


def _configure_libraries(shared: list[Processor], ending: list[Processor], stream: TextIO) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # A round that is still running when the next is due is coalesced: that is meant, not worth a warning each time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # What goes wrong with a request to the engine's servers is an error of ours, in a sentence.
    logging.getLogger("opensearch").setLevel(logging.CRITICAL)
