"""Benchmark of interrupts: the time a command takes to end on Ctrl-C or SIGTERM.

python -m benchmarks.interrupts            ten seeded moments of each command
python -m benchmarks.interrupts crawl -n 20
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from demo.wire import DemoWire
from tests.desk.commands.interrupting import STAGES, Moment, Preparations, slow_host
from tests.desk.desk_process import DeskProcess


def main() -> None:
    """Print a table: command, times to end sorted, statuses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="*", default=list(STAGES), metavar="COMMAND")
    parser.add_argument("-n", type=int, default=10, help="moments of each")
    parser.add_argument("--times", type=int, default=1, help="how much more there is to do than in the tests")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    with (
        DemoWire(pace_seconds=0, slow_seconds=0.5) as wire,
        slow_host() as slow,
        tempfile.TemporaryDirectory() as prepared,
    ):
        made = Preparations(Path(prepared), options.times)
        sources = [*wire.sources(), *slow]
        for command in options.commands:
            work, longest = STAGES[command]
            found = []
            for number in range(options.n):
                with tempfile.TemporaryDirectory() as directory:
                    desk = DeskProcess(Path(directory), sources)
                    moment = Moment.seeded(f"{options.seed} {command} {number}", longest * options.times)
                    found.append(work(desk, made, moment))
            times = [ended.seconds for ended in found if ended.seconds is not None]
            statuses = sorted({ended.status for ended in found})
            tracebacks = sum("Traceback" in ended.stderr or "Aborted" in ended.stderr for ended in found)
            print(
                f"{command:9} worst {max(times, default=0):.2f} s, median {median(times or [0]):.2f} s"
                f" of {len(times)} interrupted; statuses {statuses}; tracebacks {tracebacks}",
                flush=True,
            )


if __name__ == "__main__":
    main()
