"""Report of where each paragraph of a page went: its blocks with role, score and reason, and what was dropped.

As text one line a block, cut where it is long; as JSON whole. Pages are read one by one in this process, so that what
takes a reader's time or life can be seen too.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

import click

from desk.terminal.parse_report import UNREADABLE, ParsedFile, in_words, page_of, row, sheet
from model.explanation import Explanation
from model.page import Page

_SHOWN = 100


def explain_files(
    files: Sequence[str],
    url: str | None,
    explain: Callable[[Page], Explanation],
    fetch: Callable[[str], Page],
    clock: Callable[[], datetime],
    *,
    as_json: bool,
) -> int:
    """Print how each file or address is read, block by block; returns the number of those that are no story."""
    failed = 0
    for name in files:
        explanation = None
        try:
            explanation = explain(page_of(name, url, fetch, clock))
            error = None if explanation.refusal is None else f"not a story: {explanation.refusal}"
            parsed = ParsedFile(name, explanation.story, error)
        except UNREADABLE as error_met:
            parsed = ParsedFile(name, None, in_words(error_met))
        failed += parsed.story is None
        if as_json:
            click.echo(json.dumps({**row(parsed), **_keys(explanation)}, ensure_ascii=False))
        else:
            click.echo("\n".join([sheet(parsed).rstrip("\n"), *_lines(explanation), ""]))
    return failed


def _keys(explanation: Explanation | None) -> dict[str, object]:
    if explanation is None:
        return {"blocks": [], "dropped": [], "candidates": {}}
    return {
        "blocks": [asdict(block) for block in explanation.blocks],
        "dropped": [asdict(element) for element in explanation.dropped],
        "candidates": {
            field: [{"value": value, "rule": rule} for rule, value in statements]
            for field, statements in explanation.candidates.items()
        },
    }


def _lines(explanation: Explanation | None) -> Iterator[str]:
    if explanation is None:
        return
    yield "  blocks"
    for block in explanation.blocks:
        yield f"    {block.role:11} {block.score:.2f}  {_cut(block.text)}"
        yield f"    {'':17} <{block.element}> {block.reason}"
    yield "  dropped"
    for element in explanation.dropped:
        yield f"    <{element.element}> {element.characters} characters: {element.reason}"
        yield f"      {_cut(element.opening)}"
    yield "  candidates"
    for field, statements in explanation.candidates.items():
        for rule, value in statements:
            yield f"    {field:13} {_cut(value)}  [{rule}]"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
