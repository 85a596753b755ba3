"""Reparse of stored pages: each read again with today's extractor.

Today's reading of each stored page replaces the earlier one: no version is added, and what the
old parser had read as a story is never lost.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from itertools import islice
from typing import NamedTuple

from desk.progress import Advance
from model.errors import CrawlError
from model.page import Page
from model.story import StoredStory, Story
from model.versions import differing_fields
from store.opening import Store

_BATCH = 100

Parse = Callable[[Page], Story]


class Reread(NamedTuple):
    """What another reading changed: `changed` counts versions by field, `lost` names those that are read no more."""

    pages: int
    replaced: int
    changed: dict[str, int]
    lost: tuple[str, ...]


def reread(
    store: Store, found: Iterable[tuple[StoredStory, int]], parse: Parse, threads: Executor, progress: Advance
) -> Reread:
    """Read stored pages again, with today's parser; `found` pairs each version with the number of its page."""

    def read(pair: tuple[StoredStory, int]) -> Story | CrawlError | None:
        page = store.pages.load(pair[1])
        if page is None:
            return None
        try:
            return parse(page)
        except CrawlError as error:
            return error

    pages = replaced = 0
    changed: Counter[str] = Counter()
    lost: list[str] = []
    pairs = iter(found)
    while batch := list(islice(pairs, _BATCH)):
        for (version, _), reading in zip(batch, threads.map(read, batch), strict=True):
            pages += reading is not None
            if isinstance(reading, CrawlError):
                lost.append(f"{version.id} version {version.version}: {reading}")
            elif reading is not None and _differs(version, reading):
                changed.update(differing_fields(version, _under_its_address(reading, version)))
                store.stories.replace_reading(version.id, version.version, _under_its_address(reading, version))
                replaced += 1
        progress("read again", pages, 0)
    return Reread(pages, replaced, dict(changed), tuple(lost))


def _differs(version: StoredStory, reading: Story) -> bool:
    return version.parser_version != reading.parser_version or bool(
        differing_fields(version, _under_its_address(reading, version))
    )


def _under_its_address(reading: Story, version: StoredStory) -> Story:
    """A story keeps the address under which it was stored: canonical links were weighed then."""
    return reading.model_copy(update={"url": version.url, "source": version.source})


def print_reread(result: Reread) -> None:
    """Say on standard error what another reading changed, field by field."""
    lines = [f"{result.pages} pages read again, {result.replaced} readings replaced"]
    lines += [f"  {field}: {count} changed" for field, count in sorted(result.changed.items())]
    lines += [f"  kept as it was: {lost}" for lost in result.lost]
    print("\n".join(lines), file=sys.stderr)
