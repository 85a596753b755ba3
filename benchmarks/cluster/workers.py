"""Benchmark of several workers on one store: pages a second with one, two, three of them.

    python -m benchmarks.cluster.workers [--workers 1 3] [--hosts 40] [--seconds 30] [--latency 0.5] [--concurrency 2]

A loopback site whose hosts each answer after `--latency` seconds is crawled without pacing by `schedule` processes,
each with a data directory of its own. What is counted is pages as the site serves them, from a while after the last
worker's first pages on. The store is an SQLite file that they share, as several machines share a database.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter, deque
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

ROOT = Path(__file__).parent.parent.parent
_PORT = 18765
_PAGES = 60
_SETTLED = 10
"""Pages after which a worker's readers have been started."""
_WORDS = ("harbour", "council", "budget", "bridge", "census", "teachers", "rain", "ferry", "market", "orchard")


class Site:
    """Hosts 127.0.9.1 and up, served by one thread; keeps when each page was asked for, and by whom."""

    def __init__(self, hosts: int, latency: float) -> None:
        self.hosts = hosts
        self.pages: deque[tuple[float, str, str]] = deque()
        self._latency = latency
        self._loop = asyncio.new_event_loop()
        Thread(target=self._run, daemon=True).start()

    def sources(self) -> list[dict[str, object]]:
        """Sources for a configuration."""
        return [
            {"name": f"h{n}", "feeds": [f"http://127.0.9.{n}:{_PORT}/feed.xml"], "every": "1h"}
            for n in range(1, self.hosts + 1)
        ]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, "0.0.0.0", _PORT))
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                fields = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
                path, host = lines[0].split(" ")[1], fields["host"]
                if path.startswith("/news/"):
                    self.pages.append((time.monotonic(), fields["user-agent"], host + path))
                await asyncio.sleep(self._latency)
                writer.write(_response(path, host))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def _response(path: str, host: str) -> bytes:
    if path == "/robots.txt":
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    if path == "/feed.xml":
        items = "".join(
            f"<item><title>{_headline(host, n)}</title><link>http://{host}/news/{n}.html</link></item>"
            for n in range(_PAGES)
        )
        body, kind = f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>", "application/rss+xml"
    else:
        number = int(path.split("/")[-1].removesuffix(".html"))
        text = "".join(
            f"<p>On day {number * 7 + n} the {_WORDS[(number + n) % 10]} of {host} asked the {_WORDS[n % 10]}"
            f" for more time because case {number}-{n} was open when the {_WORDS[(number * n) % 10]} was closed.</p>"
            for n in range(12)
        )
        headline = _headline(host, number)
        body, kind = f"<html><title>{headline}</title><article><h1>{headline}</h1>{text}</article></html>", "text/html"
    content = body.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


def _headline(host: str, number: int) -> str:
    first, second = _WORDS[number % 10], _WORDS[(number // 12 + 3) % 10]
    return f"The {first} of {host} asks the {second} about case {number}"


def main() -> None:
    """Crawl with each number of workers, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--concurrency", type=int, default=2)
    arguments = parser.parse_args()
    site = Site(arguments.hosts, arguments.latency)
    print(f"{'workers':>8}{'pages/s':>9}{'twice':>7}")
    for count in arguments.workers:
        with TemporaryDirectory() as folder:
            rate, twice = measure(site, Path(folder), count, arguments.seconds, arguments.concurrency)
        print(f"{count:>8}{rate:>9.1f}{twice:>7}")


def measure(site: Site, folder: Path, count: int, seconds: float, concurrency: int) -> tuple[float, int]:
    """(pages a second, pages that were fetched more than once) with so many workers."""
    site.pages.clear()
    crawler = {"per_host_delay": "0s", "concurrency": concurrency, "allow_private_networks": ["127.0.0.0/8"]}
    with ExitStack() as stack:
        for number in range(count):
            own = folder / str(number)
            own.mkdir()
            values = {"sources": site.sources(), "crawler": {**crawler, "user_agent": f"Worker{number}/1"}}
            (own / "config.yaml").write_text(json.dumps(values), encoding="utf-8")
            program = [sys.executable, str(ROOT / "tests/desk/shared_desk.py"), str(folder / "store")]
            command = [*program, "--config", str(own / "config.yaml"), "schedule"]
            with (own / "log").open("wb") as log:
                process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
            stack.callback(process.kill)
        while not _have_begun(site, count):
            time.sleep(0.1)
        began = time.monotonic()
        time.sleep(seconds)
        found = [at for at, _, _ in list(site.pages) if at >= began]
        urls = [url for _, _, url in list(site.pages)]
    return len(found) / seconds, len(urls) - len(set(urls))


def _have_begun(site: Site, count: int) -> bool:
    asked = Counter(agent for _, agent, _ in list(site.pages))
    return len(asked) == count and min(asked.values()) >= _SETTLED


if __name__ == "__main__":
    main()
