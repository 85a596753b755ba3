"""Benchmark of page reading: quality and speed, beside other parsers.

    python benchmarks/parse.py FOLDER... [--only ours,trafilatura,...] [--addresses] [--memory 10000]

Each FOLDER is one of the two sets of benchmarks/pages/samples.py, and is scored with the metric of its kind
(pages/metric.py, pages/word_metric.py): the part that may be looked at, and the part that is only scored. Pages are
read as `parse FILE` reads them, without their addresses; `--addresses` gives these. Peers that are not installed are
left out (locks/bench.txt holds them). pages/s is CPU time of one core from bytes to result; all read the same page in
turn, so that a busy machine slows them alike, and the first pages are read twice to leave out what is built once.
`--memory N` reads N pages with our parser instead and prints the resident memory on the way.
"""

import argparse
import gc
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.pages.readers import Reader
    from benchmarks.pages.samples import Part, SamplePage

ROOT = Path(__file__).resolve().parents[1]
WARM_UP = 8
NEWS_COLUMNS = ("headline", "date", "byline", "body", "caption", "caption, lenient", "credit", "leak")


def main() -> None:
    """Print a table for each part of each set, or the memory on the way."""
    arguments = parse_arguments()
    sys.path.insert(0, str(ROOT))
    from benchmarks.pages.readers import available_readers
    from benchmarks.pages.samples import PARTS, read_samples

    sets = {folder: list(read_samples(folder)) for folder in arguments.folders}
    if arguments.memory:
        print_memory([sample for samples in sets.values() for sample in samples], arguments.memory)
        return
    readers = {name: reader for name, reader in available_readers() if not arguments.only or name in arguments.only}
    for folder, samples in sets.items():
        read, seconds = run(samples, readers, addresses=arguments.addresses)
        for part in PARTS:
            print_table(f"{folder}, {part}", samples, part, read)
        for name in readers:
            print(f"{name:12}{len(samples) / seconds[name]:8.1f} pages/s")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, metavar="FOLDER", nargs="+")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="NAMES")
    parser.add_argument("--addresses", action="store_true", help="read pages with their addresses")
    parser.add_argument("--memory", type=int, default=0, metavar="N")
    return parser.parse_args()


def run(
    samples: list["SamplePage"], readers: dict[str, "Reader"], *, addresses: bool
) -> tuple[dict[str, dict[str, dict[str, Any]]], dict[str, float]]:
    """What each parser read of each page, nothing where it refused or failed; and its CPU seconds."""
    read: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in readers}
    seconds = dict.fromkeys(readers, 0.0)
    failures: Counter[str] = Counter()
    for sample in samples[:WARM_UP]:
        for reader in readers.values():
            attempt(reader, sample, addresses=addresses)
    # As a crawler's readers do before their first page: the collector need not look through what was loaded.
    gc.collect()
    gc.freeze()
    for sample in samples:
        for name, reader in readers.items():
            begun = time.process_time()
            found = attempt(reader, sample, addresses=addresses)
            seconds[name] += time.process_time() - begun
            read[name][sample.name] = {} if isinstance(found, Exception) else found
            if isinstance(found, Exception):
                failures[f"{name}: {type(found).__name__}"] += 1
    for failure, number in sorted(failures.items()):
        print(f"{failure} of {number} pages", file=sys.stderr)
    return read, seconds


def attempt(reader: "Reader", sample: "SamplePage", *, addresses: bool) -> dict[str, Any] | Exception:
    """What was read, or what the parser raised."""
    try:
        return reader(sample.content, sample.url if addresses else None)
    except Exception as error:
        return error


def print_table(
    title: str, samples: list["SamplePage"], part: "Part", read: dict[str, dict[str, dict[str, Any]]]
) -> None:
    """One line a parser."""
    from benchmarks.pages import metric, word_metric

    expected = {sample.name: sample.expected for sample in samples if sample.part == part}
    of_words = any("main_content" in page for page in expected.values())
    columns = word_metric.COLUMNS if of_words else NEWS_COLUMNS
    print(f"\n{title}: {len(expected)} pages")
    print(f"{'':12}", *(f"{column:>16}" for column in columns))
    for name, pages in read.items():
        figures = (word_metric if of_words else metric).score(expected, pages)
        print(f"{name:12}", *(f"{figures[column]:16.3f}" for column in columns))


def print_memory(samples: list["SamplePage"], count: int) -> None:
    """Resident memory after each thousand pages, in MiB."""
    from benchmarks.pages.readers import our_reader

    reader = our_reader()
    for number in range(1, count + 1):
        attempt(reader, samples[number % len(samples)], addresses=True)
        if number % 1000 == 0:
            print(f"{number:8} pages {resident_mebibytes():8.1f} MiB")


def resident_mebibytes() -> float:
    """The resident set of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    main()
