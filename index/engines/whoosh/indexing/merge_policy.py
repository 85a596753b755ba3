"""Merge policy: which segments are merged, and when.

A tiered policy: segments of like size are merged once there are eight of them, sixteen of large ones, so that each
story is rewritten a few times in its life, and a segment with many gaps is rewritten by itself. What is small is merged
within a commit, in a fraction of a second; what is large is left to a process of its own (background_merge.py), so that
no commit waits for it, and waits for more of them: a load of a million stories is rewritten once or twice. A search
looks each word up in every segment: now and then, when there is time, two of like size are enough.
Whoosh's own policy goes by Fibonacci numbers and rewrites everything in cascades, under the writer's lock.
"""

from collections.abc import Callable, Sequence

from index.engines.whoosh.segments.array_segment import ArraySegment

MOST_IN_TIER = 8
TIER_GROWTH = 8
SMALLEST_TIER = 64
SMALL_TIERS = 2
"""Segments of these tiers (up to 512 stories) are merged within a commit, 4,096 stories at most."""
SMALLEST_LARGE_TIER = 8192
MOST_IN_LARGE_TIER = LARGE_TIER_GROWTH = 16
"""The others have tiers of their own: up to 8,192 stories, 131,072, two millions."""
SETTLED_FROM = 2
"""So many segments of a tier are merged when there is time."""
MOST_DELETED = 0.2
"""A segment of which a larger share is deleted is rewritten."""


def tier_of(stories: int) -> int:
    """The tier of a segment of that many stories: 0 up to SMALLEST_TIER, then one more each TIER_GROWTH times."""
    return _tier(stories, SMALLEST_TIER, TIER_GROWTH)


def large_tier_of(stories: int) -> int:
    """The tier of one that is too large for a commit: 0 up to SMALLEST_LARGE_TIER."""
    return _tier(stories, SMALLEST_LARGE_TIER, LARGE_TIER_GROWTH)


def _tier(stories: int, limit: int, growth: int) -> int:
    tier = 0
    while stories > limit:
        tier, limit = tier + 1, limit * growth
    return tier


def choose_all(segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """All segments, unless there is but one without gaps."""
    return list(segments) if len(segments) > 1 or any(segment.has_deletions() for segment in segments) else []


def choose_small(segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """The segments to be merged within a commit."""
    return _choose([segment for segment in segments if tier_of(segment.doc_count_all()) < SMALL_TIERS])


def choose_large(segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """The segments to be merged beside the commits."""
    large = [segment for segment in segments if tier_of(segment.doc_count_all()) >= SMALL_TIERS]
    return _choose(large, MOST_IN_LARGE_TIER, large_tier_of)


def choose_settling(segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """The segments to be merged, beside the commits, when there is time: one of a tier is left then."""
    return _choose(segments, SETTLED_FROM)


def _choose(
    segments: Sequence[ArraySegment], most: int = MOST_IN_TIER, numbered: Callable[[int], int] = tier_of
) -> list[ArraySegment]:
    tiers: dict[int, list[ArraySegment]] = {}
    for segment in segments:
        tiers.setdefault(numbered(segment.doc_count()), []).append(segment)
    chosen: list[ArraySegment] = []
    for tier in sorted(tiers):
        # What is merged already may belong to this tier: it counts as one more.
        made = bool(chosen) and numbered(sum(segment.doc_count() for segment in chosen)) >= tier
        if len(tiers[tier]) + made >= most:
            chosen += tiers[tier]
    chosen += [s for s in segments if s not in chosen and s.deleted_count() > MOST_DELETED * s.doc_count_all()]
    return [segment for segment in segments if segment in chosen]
