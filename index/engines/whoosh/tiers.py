"""Which segments are merged when a commit is made?

A tiered policy: segments of like size are merged once there are MOST_IN_TIER of them, so that each story is rewritten
a few times in its life, and the commits in between stay fast. Whoosh's own policy reckons by Fibonacci numbers and
rewrites everything in cascades.
"""

from collections.abc import Sequence

from index.engines.whoosh.codec import ArraySegment

MOST_IN_TIER = 8
TIER_GROWTH = 8
SMALLEST_TIER = 64
MOST_DELETED = 0.2
"""A segment of which a larger share is deleted is rewritten."""


def tier_of(stories: int) -> int:
    """The tier of a segment of that many stories: 0 up to SMALLEST_TIER, then one more each TIER_GROWTH times."""
    tier, limit = 0, SMALLEST_TIER
    while stories > limit:
        tier, limit = tier + 1, limit * TIER_GROWTH
    return tier


def choose_all(segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """All segments, unless there is but one without gaps."""
    return list(segments) if len(segments) > 1 or any(segment.has_deletions() for segment in segments) else []


def choose(segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """The segments to be merged now: all of the low tiers that are full, and those with many gaps."""
    tiers: dict[int, list[ArraySegment]] = {}
    for segment in segments:
        tiers.setdefault(tier_of(segment.doc_count()), []).append(segment)
    chosen: list[ArraySegment] = []
    for tier in sorted(tiers):
        # What a full tier makes belongs to the next one: it counts there as one more.
        if len(tiers[tier]) + bool(chosen) >= MOST_IN_TIER:
            chosen += tiers[tier]
    with_gaps = [s for s in segments if s not in chosen and s.deleted_count() > MOST_DELETED * s.doc_count_all()]
    return [segment for segment in segments if segment in chosen or segment in with_gaps]
