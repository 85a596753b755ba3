"""Table of the sources' health for the terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.health import SourceStatus


def print_sources(sources: Sequence[SourceStatus], console: Console, now: datetime) -> None:
    """One line a source: stories, how often and when it last published, and what is wrong with it."""
    if not sources:
        console.print("No sources are configured and no stories are stored.")
        return
    headings = ("source", "stories", "a day", "last story", "last success", "next round", "state")
    table = Table(*headings, box=None, pad_edge=False)
    for source in sources:
        table.add_row(
            source.name,
            str(source.stories),
            "·" if source.stories_a_day is None else f"{source.stories_a_day:.1f}",
            ago(source.last_story_at, now),
            ago(source.last_success_at, now),
            ago(source.next_due_at, now),
            Text(state_of(source, now)),
        )
    console.print(table)


def ago(instant: datetime | None, now: datetime) -> str:
    """ "3 min ago", "in 2 h", "never"."""
    if instant is None:
        return "never"
    seconds = (now - instant).total_seconds()
    return f"{_length(abs(seconds))} ago" if seconds >= 0 else f"in {_length(-seconds)}"


def state_of(source: SourceStatus, now: datetime) -> str:
    """In words: failing and why, quiet, partly failing, well; then identifiers that are not believed, uncertain stories
    and POISON."""
    told = [_state_of(source, now)]
    if source.distrusted_ids:
        ids = "identifier" if source.distrusted_ids == 1 else "identifiers"
        told.append(f"{source.distrusted_ids} {ids} given to different stories: not believed")
    if source.uncertain:
        stories = "story" if source.uncertain == 1 else "stories"
        told.append(f"{source.uncertain} uncertain {stories} (is:uncertain)")
    if source.poison:
        pages = "page" if source.poison == 1 else "pages"
        told.append(f"{source.poison} {pages} POISON, the first tried again {ago(source.poison_retry_at, now)}")
    return "; ".join(told)


def _state_of(source: SourceStatus, now: datetime) -> str:
    if source.failures:
        since = f" for {_length((now - source.failing_since).total_seconds())}" if source.failing_since else ""
        return f"failing{since} ({source.failures} in a row): {source.last_error or 'unknown'}"
    if source.alarm:
        return f"alarm: {source.alarm}" + (f"; partly failing: {source.last_error}" if source.last_error else "")
    if source.last_error:
        return f"partly failing: {source.last_error}"
    return "well" if source.last_success_at else "not crawled yet"


def _length(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
