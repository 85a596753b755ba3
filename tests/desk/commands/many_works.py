"""Sixty works side by side that show progress and log meanwhile; prints nothing at the end.

Run by tests/desk/commands/test_progress.py: `python -m tests.desk.commands.many_works json`.
"""

import logging
import sys
import threading
import time

import structlog

from desk.logs import configure_logs
from desk.progress import shown

WORKS = 60
STEPS = 12


def main() -> None:
    """Advance each work by steps, the later ones later, with a log line now and then."""
    configure_logs("info", "json" if sys.argv[1] == "json" else "console")
    log = structlog.get_logger("before")
    log.info("before", number=-1)
    with shown("pages") as progress:

        def work(number: int) -> None:
            for step in range(1, STEPS + 1):
                progress(f"source-{number:02}", step, STEPS)
                if step == STEPS // 2:
                    log.info(
                        "half", number=number, url=f"https://example.org/{number}/" + "a/long/address/" * (number % 9)
                    )
                if step == STEPS and number % 20 == 0:
                    logging.getLogger("library").warning("a library's own line of work %d", number)
                time.sleep(0.05 + number * 0.002)
                if (number, step) == (WORKS - 1, STEPS - 1):
                    time.sleep(1)  # so that a look catches it on a busy machine, too

        threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
