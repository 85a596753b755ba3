"""Facets and folded totals: counts over all stories that match, as the cluster makes them."""

from collections.abc import Mapping
from typing import Any

from model.fields import FACET_FIELDS, PUBLISHED

Counts = tuple[tuple[str, int], ...]

MOST_VALUES = 10_000
"""Facets of so many values are exact, and so is the number of groups of copies."""
_NEARLY_EXACT = 40_000


def no_facets() -> Mapping[str, Counts]:
    """The facets of nothing."""
    return {**{field.name: () for field in FACET_FIELDS}, PUBLISHED: ()}


def aggregations(*, facets: bool, fold: bool) -> dict[str, Any]:
    """What is to be counted."""
    wanted: dict[str, Any] = {}
    if facets:
        wanted |= {field.name: _values(field.name) for field in FACET_FIELDS}
        wanted[PUBLISHED] = _values("month")
    if fold:
        wanted["groups"] = _values("group")
    return wanted


def facets_of(answer: Mapping[str, Any]) -> tuple[Mapping[str, Counts], bool]:
    """The facets of an answer, and whether all of them are exact."""
    counts: dict[str, Counts] = {}
    exact = True
    for name in no_facets():
        found = answer["aggregations"][name]
        exact = exact and _is_exact(found)
        pairs = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in found["buckets"]]
        counts[name] = tuple(
            sorted(pairs) if name == PUBLISHED else sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
        )
    return counts, exact


def folded_total_of(answer: Mapping[str, Any], total: int) -> int | None:
    """The number of hits where of each group one is left; None where there are too many groups to list."""
    found = answer["aggregations"]["groups"]
    return total - _in_groups(answer) + len(found["buckets"]) if _is_exact(found) else None


def groups_about() -> dict[str, Any]:
    """What counts very many groups about."""
    return {"groups": {"cardinality": {"field": "group", "precision_threshold": _NEARLY_EXACT}}}


def folded_total_about(answer: Mapping[str, Any], about: Mapping[str, Any], total: int) -> int:
    """The number of hits where of each group one is left, from an answer to `groups_about`."""
    return int(total - _in_groups(answer) + about["aggregations"]["groups"]["value"])


def _in_groups(answer: Mapping[str, Any]) -> int:
    found = answer["aggregations"]["groups"]
    return int(sum(bucket["doc_count"] for bucket in found["buckets"]) + found["sum_other_doc_count"])


def _values(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": MOST_VALUES, "shard_size": MOST_VALUES}}


def _is_exact(found: Mapping[str, Any]) -> bool:
    return not found["sum_other_doc_count"] and not found["doc_count_error_upper_bound"]
