"""Table of how sure the reader is of dates, and how often it is right.

    python -m benchmarks.pages.dated WCXB_DIR

Reads the articles of the Web Content Extraction Benchmark (pages/NNNN.html.gz and .json with `url`, `type` and
`publish_date`) without their addresses, as files are read, and prints for each range of confidences how many dates fall
into it, the mean confidence, and the share whose day is right, in UTC or as it is stated. A third of the hosts is kept
apart, as in training: of these only the sums are printed.

The Web Content Extraction Benchmark is licensed CC BY 4.0, (c) 2026 Murrough Foley.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.extraction.metadata.headline import main_heading

from crawler.extraction.document.document import read_document
from crawler.extraction.metadata.dates import read_dates
from crawler.extraction.metadata.shown_dates import shown_dates
from ingest.readers.saved_pages import stated_address
from model.page import NO_ADDRESS, Link, Page

RANGES = (0.0, 0.7, 0.8, 0.9, 0.95, 1.01)


class DatedPage(NamedTuple):
    """One page whose day is known: how sure its date was (0 where none was read), and whether it was right."""

    kept_apart: bool
    confidence: float
    right: bool


def main() -> None:
    """Print the table of each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wcxb", type=Path)
    pages = list(dated_pages(parser.parse_args().wcxb))
    for title, kept_apart in (("trained on", False), ("kept apart", True)):
        part = [page for page in pages if page.kept_apart == kept_apart]
        print(f"{title}: {len(part)} pages, {sum(page.right for page in part) / max(1, len(part)):.3f} right")
        for low, high in pairwise(RANGES):
            found = [page for page in part if low <= page.confidence < high]
            if found:
                mean = sum(page.confidence for page in found) / len(found)
                print(f"  {low:.2f} {len(found):5} {mean:.3f} {sum(page.right for page in found) / len(found):.3f}")


def dated_pages(wcxb: Path) -> Iterator[DatedPage]:
    """Every article with a known day."""
    for path in sorted(wcxb.glob("pages/*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        day = (expected["publish_date"] or "")[:10]
        if expected["type"] == "article" and len(day) == 10:
            host = (urlsplit(expected["url"] or "").hostname or "").removeprefix("www.")
            kept_apart = int(hashlib.sha1(host.encode(), usedforsecurity=False).hexdigest(), 16) % 3 == 0
            yield DatedPage(kept_apart, *_read(gzip.decompress(path.with_suffix(".html.gz").read_bytes()), day))


def _read(content: bytes, day: str) -> tuple[float, bool]:
    address = stated_address(content) or NO_ADDRESS
    link = Link(url=address, source="benchmark")
    document = read_document(
        Page(link=link, url=address, final_url=address, fetched_at=datetime.now(UTC), content=content)
    )
    published, _ = read_dates(document, shown_dates(document.root, main_heading(document)))
    if published is None:
        return 0.0, False
    return published.confidence, day in (published.at.date().isoformat(), (published.local or "")[:10])


if __name__ == "__main__":
    main()
