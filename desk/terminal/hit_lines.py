"""Lines of search results in the terminal, through a pager where one is attached."""

import html
import os
import re

import click
from rich.console import Console
from rich.text import Text

from desk.interrupts import Interrupts
from search.question import Hit, ResultPage

_MARK = re.compile(r"<mark>(.*?)</mark>")


def show_hits(page: ResultPage, interrupts: Interrupts) -> None:
    """Print the hits, through the reader's pager where a terminal is attached."""
    console = Console()
    if not console.is_terminal:
        print_hits(page, console)
        return
    with console.capture() as captured:
        print_hits(page, console)
    # No pager for what fits the screen, colours let through, the screen left as it is (less(1)).
    os.environ["LESS"] = os.environ.get("LESS") or "-FRX"
    with interrupts.left_to_others():
        click.echo_via_pager(captured.get())


def print_hits(page: ResultPage, console: Console) -> None:
    """Each hit with headline, source, date and the labelled snippet; first how many there are."""
    noun = "story" if page.total == 1 else "stories"
    folded = f" ({page.folded_total} without copies)" if page.folded_total < page.total else ""
    console.print(f"{page.total} {noun}{folded} in {page.took_ms} ms", style="dim", highlight=False)
    for note in page.notes:
        console.print(Text(str(note), style="yellow"))
    for hit in page.hits:
        _print_hit(hit, console)


def _print_hit(hit: Hit, console: Console) -> None:
    story = hit.story
    date = f"{story.published_at:%Y-%m-%d %H:%M} UTC" if story.published_at else "undated"
    console.print()
    console.print(Text(story.headline, style="bold"), soft_wrap=True)
    facts = [story.source, date, *story.byline[:3], *story.agencies]
    if story.version > 1:
        facts.append(f"version {story.version}")
    if story.is_uncertain:
        facts.append("may not be a story")
    console.print(Text(" · ".join(facts), style="dim"), soft_wrap=True)
    snippet = Text(f"{hit.extract.field}: " if hit.extract.field else "", style="cyan")
    console.print(snippet.append_text(_highlighted(hit.extract.snippet)), soft_wrap=True)
    if hit.copies:
        sources = dict.fromkeys(copy.source for copy in hit.copies)
        console.print(Text(f"also in {', '.join(sources)}", style="dim"), soft_wrap=True)
    console.print(Text(f"{story.url or ''}  [{story.id}]", style="dim"), soft_wrap=True)


def _highlighted(snippet: str) -> Text:
    """HTML with <mark> as text for the terminal."""
    text = Text(style="default")
    for position, part in enumerate(_MARK.split(snippet)):
        text.append(html.unescape(part), style="bold yellow" if position % 2 else "default")
    return text
