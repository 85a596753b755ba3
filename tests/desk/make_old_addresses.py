"""Makes a data directory whose addresses were made canonical by the first rules, for the tests of upgrades.

    .venv/bin/python tests/desk/make_old_addresses.py tests/desk/upkeep/fixtures/addresses-1.tar.gz

Run with the code of version 1 of the canonicaliser; the file is kept for good. A paper of many spellings is crawled
once.
"""

import io
import re
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from config import SourceConfig
from crawler.extraction import parse
from desk.upkeep.forgetting import find_named, forget_named
from tests.crawler.crawl_bench import HandClock, crawl_bench
from tests.crawler.fault_server import FaultServer, Route, answer
from tests.crawler.recheck_pages import make_story, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "http://www.paper.example"
FEED = "http://feeds.paper.example/all.xml"
PAPER = SourceConfig(name="paper", feeds=(FEED,))
LINKS = {
    1: f"{HOST}/world/1-campaign?cmp=rss",
    2: f"{HOST}/world/2-family?at_medium=RSS&at_campaign=K",
    3: f"{HOST}/world/3-channel?ref=rss",
    4: f"{HOST}/story.php?id=4&ico=home",
    5: f"{HOST}/world/5-slash/",
    6: f"{HOST}/world/6-index/index.html",
    7: f"{HOST}/world/7-script/index.php",
    8: "http://www.paßstraße.example/world/8-host",
    9: f"{HOST}/story.php?part=a&amp;id=9&amp;utm_source=x",
    10: f"{HOST}/index.php?/news/10",
    11: f"{HOST}/story.php?part=a;id=11",
    12: f"{HOST}/world/12-twin/amp",
    13: f"{HOST}/watch?feature=13",
    14: f"{HOST}/world/14-plain",
}
"""The addresses that the feed gives, by the number of their story."""
FORGOTTEN = f"{HOST}/world/15-forgotten?cmp=rss"
FIRST_AT_WATCH = 13


class PaperOfManySpellings(dict[str, Route]):
    """What a proxy is asked for: a story is named by the largest number in its address, on whichever host."""

    addition = ""
    """A paragraph that stands at the end of every story."""

    def announce(self, links: Iterable[str]) -> None:
        """Let the feed hold these addresses."""
        items = "".join(f"<item><link>{escape(url)}</link></item>" for url in links)
        rss = f'<rss version="2.0"><channel>{items}</channel></rss>'
        self[FEED] = answer(rss.encode(), content_type="application/rss+xml")

    def get(self, url: str, default: Route) -> Route:  # type: ignore[override]
        if url in self or "robots.txt" in url:
            return super().get(url, default)
        numbers = [int(number) for number in re.findall(r"(?<!%)\b\d+", unquote(url.split("example", 1)[-1]))]
        number = max(numbers, default=FIRST_AT_WATCH)
        told = make_story(number, NOW - timedelta(hours=number))
        return answer(page(told, paragraphs=(*told.paragraphs, *filter(None, [self.addition]))))


def main(target: Path) -> None:
    """Crawl the paper, forget one story, and pack the data directory without locks and logs."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "data"
        paper = PaperOfManySpellings()
        paper.announce([*LINKS.values(), FORGOTTEN])
        with FaultServer(paper) as proxy, crawl_bench(data, parse, HandClock(NOW), proxy=proxy.url()) as bench:
            counts = bench.crawl(PAPER).counts
            forget_named(find_named([FORGOTTEN], bench.store).named, bench.store, NOW)
            bench.store.checkpoint()
            print(dict(counts), bench.store.stories.count(), "stories")
        with tarfile.open(target, "w:gz") as archive:
            for path in sorted(data.rglob("*")):
                if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm")):
                    member = tarfile.TarInfo(str(path.relative_to(directory)))
                    content = path.read_bytes()
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
