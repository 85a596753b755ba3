"""How is the index made again, and how are stored pages read again?

`reread` puts today's reading of each stored page in the place of the earlier one: no version is added, and what the
old parser had read as a story is never lost.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from crawler.errors import CrawlError
from desk.progress import Advance
from index.page import Page
from index.store import Store
from index.store.versions import differing_fields
from index.story import StoredStory, Story

Parse = Callable[[Page], Story]


class Reread(NamedTuple):
    """What another reading changed: `changed` counts versions by field, `lost` names those that are read no more."""

    pages: int
    replaced: int
    changed: dict[str, int]
    lost: tuple[str, ...]


def reread(store: Store, selection: Iterable[StoredStory], parse: Parse, progress: Advance) -> Reread:
    """Read the stored page of every version of the selected stories again, with today's parser."""
    pages = replaced = 0
    changed: Counter[str] = Counter()
    lost: list[str] = []
    for done, selected in enumerate(selection, 1):
        for version in store.stories.versions(selected.id):
            page_id = store.stories.page_of(selected.id, version.version)
            page = store.pages.load(page_id) if page_id is not None else None
            if page is None:
                continue
            pages += 1
            try:
                reading = parse(page)
            except CrawlError as error:
                lost.append(f"{selected.id} version {version.version}: {error}")
                continue
            fields = differing_fields(version, _under_its_address(reading, version))
            changed.update(fields)
            if fields or reading.parser_version != version.parser_version:
                store.stories.replace_reading(version.id, version.version, _under_its_address(reading, version))
                replaced += 1
        progress("read again", done, 0)
    return Reread(pages, replaced, dict(changed), tuple(lost))


def _under_its_address(reading: Story, version: StoredStory) -> Story:
    """A story keeps the address under which it was stored: canonical links were weighed then."""
    return reading.model_copy(update={"url": version.url, "source": version.source})


def print_reread(result: Reread) -> None:
    """Say on standard error what another reading changed, field by field."""
    lines = [f"{result.pages} pages read again, {result.replaced} readings replaced"]
    lines += [f"  {field}: {count} changed" for field, count in sorted(result.changed.items())]
    lines += [f"  kept as it was: {lost}" for lost in result.lost]
    print("\n".join(lines), file=sys.stderr)
