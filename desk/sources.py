"""How does a person see the health of the sources, and add one?"""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from desk.health import SourceHealth


def print_sources(sources: Sequence[SourceHealth], console: Console, now: datetime) -> None:
    """One line a source: stories, when it was last crawled, and why it failed."""
    if not sources:
        console.print("No sources are configured and no stories are stored.")
        return
    table = Table("source", "stories", "last round", "last story", "next round", "state", box=None, pad_edge=False)
    for source in sources:
        table.add_row(
            source.name,
            str(source.stories),
            ago(source.last_round_at, now),
            ago(source.last_story_at, now),
            ago(source.next_due_at, now),
            _state(source),
        )
    console.print(table)


def ago(instant: datetime | None, now: datetime) -> str:
    """ "3 min ago", "in 2 h", "never"."""
    if instant is None:
        return "never"
    seconds = (now - instant).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if size >= length:
            text = f"{size / length:.0f} {unit}"
            break
    else:
        text = f"{size:.0f} s"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def _state(source: SourceHealth) -> str:
    if source.last_error:
        return f"failing ({source.failures} in a row): {source.last_error}"
    return "well" if source.last_success_at else "not crawled yet"
