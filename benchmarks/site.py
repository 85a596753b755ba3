"""Twenty publishers on loopback for the crawl benchmark: so many pages of ordinary weight, and a sitemap each.

Run as a process of its own, so that serving takes none of the measured process's time: it answers whole responses from
memory. Pages are those of a folder (`.html`, `.html.gz`), one after the other under ever new addresses, or made up.
"""

import argparse
import asyncio
import gzip
import random
from pathlib import Path

PORT = 8399
FIRST_HOST = 11
_VOCABULARY = (
    "the a of to in and that for on with said was at by from has its after officials people market river council "
    "report week vote city plan water school court north storm budget minister talks border film team music history"
)
_WORDS = _VOCABULARY.split()
_SCRIPT_BYTES = 230_000


def host(number: int) -> str:
    """The loopback address of a publisher."""
    return f"127.0.0.{FIRST_HOST + number}"


def load_pages(folder: Path | None) -> list[bytes]:
    """The pages to serve."""
    if folder is None:
        return [make_page(number) for number in range(60)]
    paths = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths]


def make_page(number: int) -> bytes:
    """A page of some 350 KB: a story of 800 words among navigation, cards, styles and a script's state."""
    dice = random.Random(number)

    def text(words: int) -> str:
        return " ".join(dice.choice(_WORDS) for _ in range(words)).capitalize()

    story = "".join(f'<p class="text">{text(60)}.</p>' for _ in range(14))
    cards = "".join(
        f'<div class="card card-{n % 7}"><a class="card-link" href="/news/{n}-{dice.randrange(10**6)}"><img '
        f'class="thumb" src="/i/{n}.jpg" width="200" height="120" alt="{text(6)}">'
        f'<span class="card-title">{text(9)}</span></a></div>'
        for n in range(220)
    )
    styles = "".join(f".c{n}{{margin:{n}px;padding:{n % 9}px;color:#{n:06x}}}" for n in range(900))
    state = "".join(f'{{"id":{n},"title":"{text(8)}","tags":["{text(1)}"]}},' for n in range(_SCRIPT_BYTES // 75))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{text(8)} {number}</title><style>{styles}</style>'
        f'<meta property="og:type" content="article"><meta property="article:published_time" '
        f'content="2026-03-01T12:{number % 60:02}:00Z"></head><body><header><nav><ul>'
        + "".join(f'<li class="nav-item"><a href="/s/{n}">{text(2)}</a></li>' for n in range(60))
        + f'</ul></nav></header><main><article class="story"><h1>{text(9)} {number}</h1><div class="byline">By Ann '
        f'Example</div><figure><img src="/i/lead.jpg" width="900" height="500" alt=""><figcaption>{text(16)}.'
        f'</figcaption></figure><div class="story-body">{story}</div></article><aside>{cards}</aside></main>'
        f"<script>window.__STATE__=[{state}null]</script></body></html>"
    ).encode()


class SyntheticSite:
    """Answers /sitemap.xml and /news/N-… on every host."""

    def __init__(self, pages: list[bytes], per_host: int) -> None:
        self._pages = [_response(page, "text/html; charset=utf-8") for page in pages]
        self._per_host = per_host

    def answer(self, path: str, name: str) -> bytes:
        """The whole response for a path."""
        if path == "/sitemap.xml":
            return _response(self._sitemap(name), "application/xml")
        if path.startswith("/news/"):
            return self._pages[int(path.split("/")[2].partition("-")[0]) % len(self._pages)]
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def _sitemap(self, name: str) -> bytes:
        first = (int(name.rpartition(":")[0].rpartition(".")[2]) - FIRST_HOST) * self._per_host
        entries = (
            f"<url><loc>http://{name}/news/{number}-a-story-of-the-day</loc>"
            f"<lastmod>2026-03-01T{number % 24:02}:00:00Z</lastmod></url>"
            for number in range(first, first + self._per_host)
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'.encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection, one after the other."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                name = next(line[5:].strip() for line in lines if line.lower().startswith("host:"))
                writer.write(self.answer(lines[0].split(" ")[1], name))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _response(content: bytes, kind: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


async def main() -> None:
    """Serve until killed; says when it is ready."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--per-host", type=int, default=250)
    arguments = parser.parse_args()
    site = SyntheticSite(load_pages(arguments.pages), arguments.per_host)
    for number in range(arguments.hosts):
        await asyncio.start_server(site.serve, host(number), PORT, backlog=256)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
