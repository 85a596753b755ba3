"""Knowledge of hosts: which blocks recur in their stories, what no single page can tell.

It is taken from the newest stories of a source, as they are held: from their bodies, and from what was left out of them
for the same reason, so that it doesn't forget by being used. Nothing is kept for it beside the stories; it is bounded
by their number and follows them. Stories that are alike (two addresses of one story, an update, agency copies, parts of
a live blog) count once.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from crawler.extraction.recurring_blocks import NOTHING_RECURS, RecurringBlocks
from crawler.extraction.texts import text_weight, word_key
from model.page import Page
from model.story import StoredStory, Story

NEWEST_STORIES = 100
"""So many stories of a source tell what recurs."""
_RENEWED_AFTER = timedelta(minutes=10)
_MOST_SOURCES = 1000
_SEVERAL = 3
_MANY = 5
_MOST_STORIES = 0.5
_ALIKE_SHARE = 0.5
_LEAST_WEIGHT = 12  # "Nine mths" stands in every other report of earnings

NewestStories = Callable[[str, int], Sequence[StoredStory]]
"""The newest stories of a source, at most so many."""


class HostKnowledge:
    """What recurs on the host of a page; found again every ten minutes, for a thousand sources. Safe to share."""

    def __init__(self, newest: NewestStories, clock: Callable[[], datetime]) -> None:
        self._newest = newest
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[datetime, dict[str, RecurringBlocks]]] = OrderedDict()

    def of(self, page: Page) -> RecurringBlocks:
        """What recurs in the stories of the page's source that stand on its host. Raises StoreError."""
        return self._of_source(page.link.source).get(_host(page.final_url), NOTHING_RECURS)

    def _of_source(self, source: str) -> dict[str, RecurringBlocks]:
        now = self._clock()
        with self._lock:
            found = self._known.get(source)
            if found is not None and now - found[0] < _RENEWED_AFTER:
                return found[1]
            by_host: dict[str, list[Story]] = defaultdict(list)
            for story in self._newest(source, NEWEST_STORIES):
                by_host[_host(story.url or "")].append(story)
            known = {host: recurring_blocks(stories) for host, stories in by_host.items() if host}
            self._known[source] = (now, known)
            self._known.move_to_end(source)
            if len(self._known) > _MOST_SOURCES:
                self._known.popitem(last=False)
        return known


def recurring_blocks(stories: Sequence[Story]) -> RecurringBlocks:
    """The blocks that several stories of one host have, of which no two are alike."""
    texts = [frozenset(filter(_is_long_enough, map(word_key, (*one.body, *one.left_out)))) for one in stories]
    holders: dict[str, list[int]] = defaultdict(list)
    for number, keys in enumerate(texts):
        for key in keys:
            holders[key].append(number)
    alike: dict[tuple[int, int], bool] = {}

    def are_alike(one: int, other: int) -> bool:
        if (one, other) not in alike:
            alike[one, other] = _are_alike(texts[one], texts[other])
        return alike[one, other]

    counts: dict[str, int] = {}
    for key, numbers in holders.items():
        if len(numbers) >= _SEVERAL:
            counts[key] = _distinct(numbers, are_alike)
    often = frozenset(key for key, count in counts.items() if count >= _SEVERAL)
    most = max(_MANY, _MOST_STORIES * len(stories))
    return RecurringBlocks(often, frozenset(key for key in often if counts[key] >= most))


def _distinct(numbers: Iterable[int], are_alike: Callable[[int, int], bool]) -> int:
    """How many of the stories are no copies of one another."""
    chosen: list[int] = []
    for number in numbers:
        if not any(are_alike(before, number) for before in islice(chosen, NEWEST_STORIES)):
            chosen.append(number)
    return len(chosen)


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    smaller = min(sum(map(len, one)), sum(map(len, other)))
    return sum(map(len, one & other)) > _ALIKE_SHARE * smaller


def _is_long_enough(key: str) -> bool:
    return text_weight(key) >= _LEAST_WEIGHT


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
