"""Benchmark of crawling: pages fetched, read, stored and indexed in a second, beside Scrapy with trafilatura.

    python -m benchmarks.crawl [--pages FOLDER] [--count 5000] [--hosts 20] [--rounds 1] [--scrapy PYTHON]

A loopback site of `--hosts` publishers serves `--count` pages: those of FOLDER, or made-up ones of 350 KB. Ours is
`run.py crawl` as it is, politeness off, from its start to its end, when everything is searchable. The peer, where
PYTHON (default: this one) has Scrapy and trafilatura, fetches the same pages, extracts text and metadata and writes
JSON lines. Both obey robots.txt. One table with the medians of all rounds and their ratio; processor time, over all
processes of each, says more than the clock where other work shares the machine.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.site import PORT, host

ROOT = Path(__file__).parent.parent
SPIDER = """
import scrapy
import trafilatura


class Peer(scrapy.spiders.SitemapSpider):
    name = "peer"
    sitemap_urls = {sitemaps}
    custom_settings = {{
        "ROBOTSTXT_OBEY": True, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 32, "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "FEEDS": {{"{output}": {{"format": "jsonlines"}}}},
    }}

    def parse(self, response):
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if found is not None:
            fields = found if isinstance(found, dict) else found.as_dict()
            names = ("title", "author", "date", "text", "description")
            yield {{"url": response.url, **{{name: fields.get(name) for name in names}}}}
"""


def main() -> None:
    """Serve, crawl with each, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--scrapy", default=sys.executable, metavar="PYTHON")
    arguments = parser.parse_args()
    peers = {"wiredesk": crawl_with_ours}
    if has_scrapy(arguments.scrapy):
        peers["scrapy + trafilatura"] = lambda folder, hosts: crawl_with_scrapy(folder, hosts, arguments.scrapy)
    rates: dict[str, list[float]] = {name: [] for name in peers}
    costs: dict[str, list[float]] = {name: [] for name in peers}
    kept: dict[str, int] = {}
    with site(arguments.pages, arguments.hosts, arguments.count // arguments.hosts):
        for _ in range(arguments.rounds):
            for name, crawl in peers.items():
                with TemporaryDirectory() as folder:
                    began, spent = time.monotonic(), cpu_seconds()
                    kept[name] = crawl(Path(folder), arguments.hosts)
                    rates[name].append(arguments.count / (time.monotonic() - began))
                    costs[name].append(1000 * (cpu_seconds() - spent) / arguments.count)
    print_table(rates, costs, kept, arguments.count)


def cpu_seconds() -> float:
    """Processor time of all child processes that have ended, their own children included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_table(rates: dict[str, list[float]], costs: dict[str, list[float]], kept: dict[str, int], count: int) -> None:
    """One line a system."""
    print(f"{'':24}{'pages':>8}{'stories':>9}{'pages/s':>9}{'ratio':>7}{'CPU ms/page':>13}")
    ours = median(rates["wiredesk"])
    for name, found in rates.items():
        rate, cost = median(found), median(costs[name])
        print(f"{name:24}{count:>8}{kept[name]:>9}{rate:>9.1f}{ours / rate:>7.2f}{cost:>13.1f}")


@contextmanager
def site(pages: Path | None, hosts: int, per_host: int) -> Iterator[None]:
    """The publishers, in a process of their own."""
    options = [f"--hosts={hosts}", f"--per-host={per_host}", *([f"--pages={pages}"] if pages else [])]
    command = [sys.executable, "-m", "benchmarks.site", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise SystemExit("the loopback site did not start")
            yield
        finally:
            process.kill()


def crawl_with_ours(folder: Path, hosts: int) -> int:
    """One round of all sources; returns the number of stories."""
    sources = [
        {"name": f"host{number}", "sitemaps": [f"http://{host(number)}:{PORT}/sitemap.xml"]} for number in range(hosts)
    ]
    crawler = {"per_host_delay": "0s", "allow_private_networks": ["127.0.0.0/8"]}
    values = {"data_dir": "data", "sources": sources, "crawler": crawler}
    config = folder / "config.yaml"
    config.write_text(json.dumps(values), encoding="utf-8")
    run = [sys.executable, str(ROOT / "run.py"), "--config", str(config)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIREDESK_")}
    done = subprocess.run([*run, "crawl"], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    checked = subprocess.run([*run, "check"], capture_output=True, text=True, env=environment, check=True)
    return int(checked.stdout.split()[-2])


def crawl_with_scrapy(folder: Path, hosts: int, python: str) -> int:
    """The same pages with the peer; returns the number of lines."""
    output = folder / "items.jsonl"
    sitemaps = [f"http://{host(number)}:{PORT}/sitemap.xml" for number in range(hosts)]
    spider = folder / "spider.py"
    spider.write_text(SPIDER.format(sitemaps=sitemaps, output=output.as_uri()), encoding="utf-8")
    subprocess.run([python, "-m", "scrapy", "runspider", str(spider)], cwd=folder, check=True)
    return len(output.read_text(encoding="utf-8").splitlines())


def has_scrapy(python: str) -> bool:
    """Whether that interpreter can run the peer."""
    return (
        subprocess.run([python, "-c", "import scrapy, trafilatura"], capture_output=True, check=False).returncode == 0
    )


if __name__ == "__main__":
    main()
