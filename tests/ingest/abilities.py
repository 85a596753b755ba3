"""Abilities of the four ways in: what each can't express, and the cases that follow from that.

What a way can't express stands in one table; the others make parameters of it, in which it is skipped with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import pytest

WAYS = ("crawl", "warc", "html", "line")
CANNOT: Mapping[str, Mapping[str, str]] = {
    "bring what is older": {"crawl": "a crawl looks now"},
    "have a page": {"line": "a line has no HTML"},
    "claim another address": {"line": "a line has one address"},
    "ask over TLS": {"crawl": "the proxy of these tests speaks plain HTTP"},
    "be led elsewhere": {
        "warc": "redirects of an archive are no pages",
        "html": "a saved page has one address",
        "line": "a line has one address",
    },
    "have a feed": {
        "warc": "an archive has no feed",
        "html": "a saved page has no feed",
        "line": "a line has no feed",
    },
    "tell more than a page": {
        "crawl": "a page has no id of ours and no status",
        "warc": "a page has no id of ours and no status",
        "html": "a page has no id of ours and no status",
    },
    "be a file": {"crawl": "a crawl reads no files"},
    "be without an address": {
        "crawl": "what is crawled has an address",
        "warc": "a record has an address",
    },
}
"""What a way can't express, and why."""


def can(way: str, need: str) -> bool:
    """Whether a way can express that."""
    return way not in CANNOT[need]


def ways(*needed: str) -> list[Any]:
    """All ways as parameters; those that can't do what is needed are skipped with the reason."""
    return [_case((name,), (needed,)) for name in WAYS]


def pairs(first: Sequence[str] = (), second: Sequence[str] = ()) -> list[Any]:
    """All ordered pairs of ways as parameters, with what is needed of the one that comes first and of the other."""
    return [_case(names, (first, second)) for names in product(WAYS, WAYS)]


def spread(cases: Iterable[str], first: Sequence[str] = (), second: Sequence[str] = ()) -> list[Any]:
    """Cases with all ordered pairs of ways, as parameters `case`, `first` and `second`.

    Every run tries each case with each second way and, over the cases, each pair; the others belong to the long suite.
    """
    firsts = [way for way in WAYS if all(can(way, need) for need in first)]
    found = []
    for number, case in enumerate(cases):
        sampled = {(firsts[(number + place) % len(firsts)], other) for place, other in enumerate(WAYS)}
        for pair in pairs(first, second):
            marks = pair.marks or (() if pair.values in sampled else (pytest.mark.long,))
            found.append(pytest.param(case, *pair.values, id=f"{case}-{pair.id}", marks=marks))
    return found


def _case(names: tuple[str, ...], needs: Sequence[Sequence[str]]) -> Any:
    wanted = [(name, need) for name, needed in zip(names, needs, strict=True) for need in needed]
    reasons = [CANNOT[need][name] for name, need in wanted if not can(name, need)]
    marks = [pytest.mark.skip(reason=reasons[0])] if reasons else []
    return pytest.param(*names, id="-".join(names), marks=marks)
