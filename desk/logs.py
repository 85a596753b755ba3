"""What do log lines look like, and where do they go?

One event a line on standard error: coloured where a terminal is attached, key=value pairs where none is.
"""

import logging
import sys

import structlog


def configure_logs(level: str = "info") -> None:
    """Set up structlog, and let the libraries' own warnings through it."""
    number = getattr(logging, level.upper())
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.dev.ConsoleRenderer(colors=terminal, pad_event_to=0, pad_level=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s"
    )
    # A round that is still running when the next is due is coalesced: that is meant, not worth a warning each time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
