"""View model of a result page: facets to narrow by, links to further pages, filters that are on.

All of it is links, so that the page works without JavaScript.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from urllib.parse import urlencode

from model.fields import BY_NAME, FILTERS
from search.http.request import QueryParameters
from search.question import MAX_DEPTH, ResultPage

Pairs = list[tuple[str, str]]
_NARROWING = sorted((BY_NAME[name] for name in FILTERS.values() if BY_NAME[name].facet), key=attrgetter("facet"))
FACET_TITLES = {field.filter: field.name.capitalize() for field in _NARROWING}
"""Parameter -> the title of its facet, in the order of the page."""
FACET_VALUES = 8


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value to narrow by; `address` adds it to the search, or takes it off where it is chosen."""

    value: str
    count: int
    address: str
    chosen: bool
    share: int
    """Percent of the most frequent value."""


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field; those beyond the first few are shown on request."""

    title: str
    shown: tuple[FacetValue, ...]
    more: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    address: str


def pairs_of(asked: QueryParameters) -> Pairs:
    """The parameters that make this search what it is, without its page."""
    pairs = [("q", asked.q)]
    if asked.sort != "relevance":
        pairs.append(("sort", asked.sort))
    if asked.fold != "1":
        pairs.append(("fold", asked.fold))
    if asked.explain != "0":
        pairs.append(("explain", asked.explain))
    if asked.size != "10":
        pairs.append(("size", asked.size))
    pairs += [(name, value) for name in FILTERS for value in asked.filters.get(name, ()) if value.strip()]
    pairs += [(name, value) for name, value in (("after", asked.after), ("before", asked.before)) if value]
    return pairs


def address(pairs: Pairs, path: str = "/search") -> str:
    """The address of a search."""
    return f"{path}?{urlencode(pairs)}"


def without(pairs: Pairs, *names: str) -> Pairs:
    """The parameters but those of these names."""
    return [pair for pair in pairs if pair[0] not in names]


def facets(page: ResultPage, pairs: Pairs) -> Iterator[Facet]:
    """The facets of a page, those with nothing to choose left out."""
    for parameter, title in FACET_TITLES.items():
        counts = dict(page.facets.get(FILTERS[parameter], ()))
        for name, value in pairs:
            if name == parameter:
                counts.setdefault(value, 0)
        most = max(counts.values(), default=0) or 1
        values = [_value(parameter, value, count, most, pairs) for value, count in counts.items()]
        values.sort(key=lambda value: not value.chosen)
        if len(values) > 1 or any(value.chosen for value in values):
            yield Facet(title, tuple(values[:FACET_VALUES]), tuple(values[FACET_VALUES:40]))


def _value(parameter: str, value: str, count: int, most: int, pairs: Pairs) -> FacetValue:
    pair = (parameter, value)
    chosen = pair in pairs
    changed = [held for held in pairs if held != pair] if chosen else [*pairs, pair]
    return FacetValue(value, count, address(changed), chosen, max(2, round(100 * count / most)))


def chips(pairs: Pairs) -> list[Chip]:
    """The filters that are on."""
    return [
        Chip(f"{FACET_TITLES.get(name, name.capitalize())}: {value}", address([p for p in pairs if p != (name, value)]))
        for name, value in pairs
        if name in FILTERS or name in ("after", "before")
    ]


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The pages before and after; None where there is none."""

    before: str | None
    after: str | None
    first: int
    last: int


def page_links(page: ResultPage, pairs: Pairs) -> PageLinks:
    """The links to the neighbouring pages, by number as far as numbers reach and by cursor beyond."""
    question = page.question
    if question.cursor:
        after = address([*pairs, ("cursor", page.next_cursor)]) if page.next_cursor else None
        return PageLinks(None, after, 0, 0)
    first = (question.page - 1) * question.size + 1
    after = None
    if page.next_cursor:
        numbered = (question.page + 1) * question.size <= MAX_DEPTH
        after = address([*pairs, ("page", str(question.page + 1)) if numbered else ("cursor", page.next_cursor)])
    before = address([*pairs, ("page", str(question.page - 1))]) if question.page > 1 else None
    return PageLinks(before, after, first, first + len(page.hits) - 1)


def otherwise_folded(pairs: Pairs) -> str:
    """The address of the same search with each copy shown, or with copies folded where they are shown."""
    rest = without(pairs, "fold")
    return address(rest if len(rest) < len(pairs) else [*rest, ("fold", "0")])


def sorts(pairs: Pairs, current: str) -> Sequence[tuple[str, str, bool]]:
    """(title, address, chosen) of each order."""
    names = {"relevance": "Relevance", "newest": "Newest", "oldest": "Oldest"}
    rest = without(pairs, "sort")
    return [(title, address([*rest, ("sort", name)]), name == current) for name, title in names.items()]
