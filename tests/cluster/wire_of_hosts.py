"""A wire of many hosts on loopback that publishes and corrects when it is told to, and writes down who asks for what.

Run as a process of its own: `python -m tests.cluster.wire_of_hosts --log FILE`. Each host has a feed of its newest and
its corrected stories, and a sitemap of all. `POST /publish?host=N` and `POST /correct?story=N` answer with the number
of a story.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

_FIRST_HOST = 51
_FEED_ITEMS = 60
_CONSONANTS = tuple("bcdfghjklmnprstvwz")


def host_name(number: int) -> str:
    """The loopback address of a host."""
    return f"127.0.1.{_FIRST_HOST + number}"


def words(seed: str, count: int) -> str:
    """A sentence that no other seed gives."""
    dice = random.Random(seed)
    return " ".join(
        "".join(dice.choice(_CONSONANTS) + dice.choice("aeiou") for _ in range(dice.randint(2, 4)))
        for _ in range(count)
    )


def headline_of(number: int) -> str:
    """The headline of a story, in all of its versions."""
    return f"{words(f'headline {number}', 6)} {number}".capitalize()


class WireStory:
    """A story on its host; `version` counts from 1."""

    def __init__(self, number: int, host: int) -> None:
        self.number = number
        self.host = host
        self.version = 1
        self.changed_at = datetime.now(UTC)

    @property
    def headline(self) -> str:
        return headline_of(self.number)

    def body(self, version: int) -> list[str]:
        paragraphs = [f"{words(f'{self.number} {n}', 40)}.".capitalize() for n in range(4)]
        if version > 1:
            paragraphs.append(f"Correction {version}: {words(f'{self.number} correction {version}', 20)}.")
        return paragraphs

    def page(self) -> str:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.body(self.version))
        return (
            f'<!DOCTYPE html><html lang="en"><head><title>{self.headline}</title>'
            f'<meta property="og:type" content="article"></head><body><article><h1>{self.headline}</h1>'
            f'<time datetime="2026-03-01T12:00:00Z">1 March 2026</time>{text}</article></body></html>'
        )


class Wire:
    """All hosts with their stories."""

    def __init__(self, hosts: int, stories: int, port: int, log: Path, latency_seconds: float) -> None:
        self.port = port
        self.stories = [WireStory(number, number % hosts) for number in range(stories)]
        self._log = log.open("a", buffering=1)
        self._latency_seconds = latency_seconds

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection, one after the other."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked_at = time.time()
                method, target, _ = head.decode("latin-1").partition("\r\n")[0].split(" ")
                host = int(writer.get_extra_info("sockname")[0].rpartition(".")[2]) - _FIRST_HOST
                if method == "GET":
                    self._log.write(f"{asked_at:.6f} {host} {target}\n")
                    await asyncio.sleep(self._latency_seconds)
                writer.write(self._answer(method, target, host))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, method: str, target: str, host: int) -> bytes:
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if method == "POST":
            return _response(str(self._told(path, asked)), "text/plain")
        if path == "/feed.xml":
            return _response(self._feed(host), "application/atom+xml")
        if path == "/sitemap.xml":
            return _response(self._sitemap(host), "application/xml")
        if path.startswith("/story/"):
            return _response(self.stories[int(path.split("/")[2].partition("-")[0])].page(), "text/html; charset=utf-8")
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def _told(self, path: str, asked: dict[str, list[str]]) -> int:
        if path == "/publish":
            self.stories.append(WireStory(len(self.stories), int(asked["host"][0])))
            return len(self.stories) - 1
        story = self.stories[int(asked["story"][0])]
        story.version += 1
        story.changed_at = datetime.now(UTC)
        return story.number

    def _address(self, story: WireStory) -> str:
        return f"http://{host_name(story.host)}:{self.port}/story/{story.number}-of-the-day"

    def _feed(self, host: int) -> str:
        of_host = sorted((story for story in self.stories if story.host == host), key=lambda story: story.changed_at)
        entries = "".join(
            f"<entry><id>{self._address(story)}</id><title>{story.headline}</title>"
            f"<link href='{self._address(story)}'/><updated>{story.changed_at.isoformat()}</updated></entry>"
            for story in reversed(of_host[-_FEED_ITEMS:])
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Host {host}</title>{entries}</feed>'

    def _sitemap(self, host: int) -> str:
        entries = "".join(
            f"<url><loc>{self._address(story)}</loc><lastmod>{story.changed_at.isoformat()}</lastmod></url>"
            for story in self.stories
            if story.host == host
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def _response(content: str, kind: str) -> bytes:
    body = content.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Request(NamedTuple):
    """One line of the wire's own log."""

    at: float
    host: int
    path: str


class WireProcess:
    """The wire in a process of its own."""

    def __init__(self, log: Path, port: int, *, hosts: int, stories: int, latency_seconds: float = 0.0) -> None:
        self.hosts, self.port, self.log = hosts, port, log
        self._hosts_of: dict[int, int] = {}
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "tests.cluster.wire_of_hosts", "--log", str(log), "--port", str(port),
                "--hosts", str(hosts), "--stories", str(stories), "--latency", str(latency_seconds),
            ],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent.parent,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def sources(self, every: str) -> list[dict[str, object]]:
        """The sources of a desk that crawls it."""
        return [
            {
                "name": f"host-{number}",
                "feeds": [f"http://{host_name(number)}:{self.port}/feed.xml"],
                "sitemaps": [f"http://{host_name(number)}:{self.port}/sitemap.xml"],
                "every": every,
            }
            for number in range(self.hosts)
        ]

    def address_of(self, story: int) -> str:
        """Where a story is."""
        return f"http://{host_name(self._hosts_of.get(story, story % self.hosts))}:{self.port}/story/{story}-of-the-day"

    def publish(self, host: int) -> int:
        """One more story; returns its number."""
        number = self._tell(f"publish?host={host}")
        self._hosts_of[number] = host
        return number

    def correct(self, story: int) -> None:
        """Another version of a story."""
        self._tell(f"correct?story={story}")

    def requests(self) -> list[Request]:
        """What was asked for until now, in order."""
        lines = (line.split(" ") for line in self.log.read_text().splitlines())
        return [Request(float(at), int(host), path) for at, host, path in lines]

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _tell(self, what: str) -> int:
        request = urllib.request.Request(f"http://{host_name(0)}:{self.port}/{what}", method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.read())


async def main() -> None:
    """Serve until killed; says when it is ready."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8398)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--stories", type=int, default=5000)
    parser.add_argument("--latency", type=float, default=0.0)
    asked = parser.parse_args()
    wire = Wire(asked.hosts, asked.stories, asked.port, asked.log, asked.latency)
    for number in range(asked.hosts):
        await asyncio.start_server(wire.serve, host_name(number), asked.port, backlog=256)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
