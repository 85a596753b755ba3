"""Command line of the demo wire alone: `python -m demo --port 8901`."""

import argparse
import signal
import threading

from demo.wire import DemoWire


def main() -> None:
    """Serve until interrupted; the addresses go to standard output."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="A small wire service on loopback.")
    parser.add_argument("--port", type=int, default=8901, help="the port on every host; 0 takes a free one")
    parser.add_argument("--pace", type=float, default=15.0, help="seconds from one event to the next; 0: none")
    parser.add_argument("--slow", type=float, default=1.5, help="seconds that the slow host takes for an answer")
    options = parser.parse_args()
    with DemoWire(port=options.port, pace_seconds=options.pace, slow_seconds=options.slow) as wire:
        for source in wire.sources():
            kind = next(name for name in ("feeds", "sitemaps", "fronts") if name in source)
            print(f"{source['title']:<24} {kind:<9} {source[kind][0]}", flush=True)
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):  # asked for by name: a shell's background job ignores Ctrl-C
            signal.signal(number, lambda *_: stopping.set())
        print(f"{len(wire.published())} stories are out; stop with Ctrl-C.", flush=True)
        stopping.wait()


if __name__ == "__main__":
    main()
