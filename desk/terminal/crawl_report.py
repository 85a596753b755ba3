"""Report of one crawl run by hand: all sources side by side, and a table of their outcomes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from rich.console import Console
from rich.table import Table

from crawler.results import CrawlRunSummary
from desk.progress import Advance
from model.outcomes import Outcome
from model.source import Source

_MOST_POISON = 20


class CrawlSource(Protocol):
    """What this asks of a crawler: `Crawler.crawl`."""

    def __call__(self, source: Source, progress: Advance | None = None) -> CrawlRunSummary:
        """One crawl run of one source."""


def crawl_once(sources: Sequence[Source], crawl: CrawlSource, progress: Advance) -> list[CrawlRunSummary]:
    """Crawl all sources side by side; the summaries come in the order of the sources."""
    with ThreadPoolExecutor(max(1, len(sources)), thread_name_prefix="run") as threads:
        return list(threads.map(lambda source: crawl(source, progress), sources))


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
