"""Report of one crawl run by hand: all sources side by side, and a table of their outcomes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from rich.console import Console
from rich.table import Table

from crawler.results import CrawlRunSummary
from crawler.source_claims import SourceClaims
from desk.progress import Advance
from model.outcomes import Outcome
from model.source import Source
from store.base import Leases
from store.coordination import SOURCE_LEASE
from store.lease_keeper import Claim

_MOST_POISON = 20


class CrawlByHand(Protocol):
    """What this asks of a crawler: `Crawler.crawl`."""

    def __call__(self, source: Source, progress: Advance | None = None, *, claim: Claim) -> CrawlRunSummary:
        """One crawl run of one source."""


def crawl_once(
    sources: Sequence[Source], claims: SourceClaims, crawl: CrawlByHand, progress: Advance
) -> dict[str, CrawlRunSummary | None]:
    """Crawl all sources side by side; the summary of each by its name, None where another worker is crawling it."""

    def crawl_one(source: Source) -> CrawlRunSummary | None:
        claim = claims.claim(source)
        if claim is None:
            return None
        try:
            return crawl(source, progress, claim=claim.kept)
        finally:
            claims.release(claim)

    with ThreadPoolExecutor(max(1, len(sources)), thread_name_prefix="run") as threads:
        return dict(zip((source.name for source in sources), threads.map(crawl_one, sources), strict=True))


def lines_of_others(crawled: Mapping[str, CrawlRunSummary | None], leases: Leases) -> list[str]:
    """A line a source that was left to another worker, with who that is."""
    lines = []
    for name in (name for name, summary in crawled.items() if summary is None):
        lease = leases.current(SOURCE_LEASE + name)
        by = f"{lease.owner}, whose lease lasts until {lease.ends_at:%H:%M:%S} UTC" if lease else "another worker"
        lines.append(f"{name}: not crawled now: it is being crawled by {by}")
    return lines


def print_summaries(summaries: Sequence[CrawlRunSummary], console: Console) -> None:
    """One line a source with its outcomes, then what went wrong."""
    used = [outcome for outcome in Outcome if any(summary.counts.get(outcome) for summary in summaries)]
    table = Table("source", *(outcome.value for outcome in used), "seconds", box=None, pad_edge=False)
    for summary in summaries:
        counts = (str(summary.counts.get(outcome, 0) or "·") for outcome in used)
        table.add_row(summary.source, *counts, f"{summary.seconds:.1f}")
    if len(summaries) > 1:
        totals: Counter[Outcome] = Counter()
        for summary in summaries:
            totals.update(summary.counts)
        table.add_row("all", *(str(totals[outcome] or "·") for outcome in used), "", style="bold")
    console.print(table)
    for summary in summaries:
        for endpoint, reason in (*summary.endpoint_errors.items(), *summary.endpoint_losses.items()):
            console.print(f"{summary.source}: {endpoint}: {reason}", soft_wrap=True, markup=False, highlight=False)
        if summary.no_stories:
            told = ", ".join(f"{count} {reason}" for reason, count in Counter(summary.no_stories).most_common())
            console.print(f"{summary.source}: NOT_A_STORY: {told}", soft_wrap=True, markup=False, highlight=False)
        for line in (*_poison_lines(summary), *([f"{summary.source}: {summary.alarm}"] if summary.alarm else [])):
            console.print(line, soft_wrap=True, markup=False, highlight=False)


def _poison_lines(summary: CrawlRunSummary) -> Iterator[str]:
    """Each page that no reader survived, why, and when it is tried again."""
    for result in summary.poison[:_MOST_POISON]:
        next_look = f"; next look {result.recheck_at:%Y-%m-%d %H:%M} UTC" if result.recheck_at else ""
        yield f"{summary.source}: POISON {result.url}: {result.detail}{next_look}"
    if len(summary.poison) > _MOST_POISON:
        yield f"{summary.source}: {len(summary.poison) - _MOST_POISON} more pages ended in POISON; the log names them"
