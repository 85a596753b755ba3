"""Benchmark of page reading: quality and speed, beside other parsers.

    python benchmarks/parse.py PAGES_DIR [--only ours,trafilatura,...] [--memory 10000]

PAGES_DIR holds <folder>/<page>.html.gz and beside each <page>.json with the expected url, headline, byline,
published_at, deck, body and captions. Peers that are not installed are left out (locks/bench.txt holds them). The
metric is in pages/metric.py. pages/s is CPU time of one core from bytes to result; all read the same page in turn, so
that a busy machine slows them alike, and the first pages are read twice to leave out what is built once. `--memory N`
reads N pages with our parser instead and prints the resident memory on the way.
"""

import argparse
import gzip
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
WARM_UP = 8
COLUMNS = ("headline", "date", "byline", "body", "caption", "caption, lenient", "credit", "leak")
Reader = Callable[[bytes, str], dict[str, Any]]


class GoldenPage(NamedTuple):
    """One page: its name, its bytes and what is expected of it."""

    name: str
    content: bytes
    expected: dict[str, Any]


def main() -> None:
    """Print one table, or the memory on the way."""
    arguments = parse_arguments()
    sys.path.insert(0, str(ROOT))
    samples = list(read_samples(arguments.pages))
    if arguments.memory:
        print_memory(samples, arguments.memory)
        return
    readers = {name: reader for name, reader in available_readers() if not arguments.only or name in arguments.only}
    print_table(samples, *run(samples, readers))


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, metavar="PAGES_DIR")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="NAMES")
    parser.add_argument("--memory", type=int, default=0, metavar="N")
    return parser.parse_args()


def read_samples(folder: Path) -> Iterator[GoldenPage]:
    """All pages that have expected values."""
    for path in sorted(folder.glob("*/*.json")):
        page = path.with_name(f"{path.stem}.html.gz")
        if page.exists():
            content = gzip.decompress(page.read_bytes())
            yield GoldenPage(f"{path.parent.name}/{path.stem}", content, json.loads(path.read_text(encoding="utf-8")))


def available_readers() -> Iterator[tuple[str, Reader]]:
    """We, and the peers that are installed."""
    makers = {
        "ours": ("crawler.extraction", our_reader),
        "trafilatura": ("trafilatura", trafilatura_reader),
        "newspaper4k": ("newspaper", newspaper_reader),
        "goose3": ("goose3", goose_reader),
        "readability": ("readability", readability_reader),
    }
    for name, (module, make) in makers.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        yield name, make()


def run(
    samples: list[GoldenPage], readers: dict[str, Reader]
) -> tuple[dict[str, dict[str, dict[str, Any]]], dict[str, float]]:
    """What each parser read, and its CPU seconds."""
    read: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in readers}
    seconds = dict.fromkeys(readers, 0.0)
    for sample in samples[:WARM_UP]:
        for reader in readers.values():
            attempt(reader, sample)
    for sample in samples:
        for name, reader in readers.items():
            begun = time.process_time()
            read[name][sample.name] = attempt(reader, sample)
            seconds[name] += time.process_time() - begun
    return read, seconds


def attempt(reader: Reader, sample: GoldenPage) -> dict[str, Any]:
    """What was read; nothing where the parser fails or refuses, whatever it raises."""
    try:
        return reader(sample.content, sample.expected["url"])
    except Exception as error:
        print(f"{sample.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return {}


def print_table(
    samples: list[GoldenPage], read: dict[str, dict[str, dict[str, Any]]], seconds: dict[str, float]
) -> None:
    """One line a parser: quality, then speed."""
    from benchmarks.pages.metric import score

    expected = {sample.name: sample.expected for sample in samples}
    print(f"{len(samples)} pages")
    print(f"{'':12}", *(f"{column:>16}" for column in (*COLUMNS, "pages/s")))
    for name, pages in read.items():
        figures = score(expected, pages)
        shown = [f"{figures[column]:16.3f}" for column in COLUMNS]
        print(f"{name:12}", *shown, f"{len(samples) / seconds[name]:16.1f}")


def print_memory(samples: list[GoldenPage], count: int) -> None:
    """Resident memory after each thousand pages, in MiB."""
    reader = our_reader()
    for number in range(1, count + 1):
        attempt(reader, samples[number % len(samples)])
        if number % 1000 == 0:
            print(f"{number:8} pages {resident_mebibytes():8.1f} MiB")


def resident_mebibytes() -> float:
    """The resident set of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def our_reader() -> Reader:
    """Our parser."""
    from crawler.extraction import parse
    from model.page import Link, Page

    def read(content: bytes, url: str) -> dict[str, Any]:
        link = Link(url=url, source="benchmark")
        page = Page(link=link, url=url, final_url=url, fetched_at=datetime.now(UTC), content=content)
        return parse(page).model_dump(mode="json")

    return read


def trafilatura_reader() -> Reader:
    """trafilatura with metadata and without comments."""
    from trafilatura import bare_extraction

    def read(content: bytes, url: str) -> dict[str, Any]:
        found = bare_extraction(content, url=url, with_metadata=True, include_comments=False)
        story = found.as_dict() if hasattr(found, "as_dict") else found or {}
        authors = [name.strip() for name in (story.get("author") or "").split(";") if name.strip()]
        return {
            "headline": story.get("title"),
            "byline": authors,
            "published_at": story.get("date"),
            "body": (story.get("text") or "").split("\n"),
        }

    return read


def newspaper_reader() -> Reader:
    """newspaper4k."""
    from newspaper import Article

    def read(content: bytes, url: str) -> dict[str, Any]:
        article = Article(url, fetch_images=False)
        article.download(input_html=content.decode("utf-8", "replace"))
        article.parse()
        at = article.publish_date
        return {
            "headline": article.title,
            "byline": list(article.authors),
            "published_at": at.isoformat() if at else None,
            "body": article.text.split("\n"),
        }

    return read


def goose_reader() -> Reader:
    """goose3."""
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def read(content: bytes, url: str) -> dict[str, Any]:
        article = goose.extract(raw_html=content.decode("utf-8", "replace"))
        at = article.publish_datetime_utc
        return {
            "headline": article.title,
            "byline": list(article.authors),
            "published_at": at.isoformat() if at else article.publish_date,
            "body": article.cleaned_text.split("\n"),
        }

    return read


def readability_reader() -> Reader:
    """readability-lxml: title and text alone."""
    from lxml import html
    from readability import Document

    def read(content: bytes, url: str) -> dict[str, Any]:
        document = Document(content.decode("utf-8", "replace"))
        text = html.fromstring(document.summary()).text_content()
        return {"headline": document.short_title(), "body": text.split("\n")}

    return read


if __name__ == "__main__":
    main()
