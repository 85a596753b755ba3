"""Which segments are merged when a commit is made?

A tiered policy: segments of like size are merged once there are MOST_IN_TIER of them, so that each story is rewritten
a few times in its life, and the commits in between stay fast. Whoosh's own policy reckons by Fibonacci numbers and
rewrites everything in cascades that take seconds.
"""

from collections.abc import Callable, Sequence

from whoosh.codec.base import Segment
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

MOST_IN_TIER = 8
TIER_GROWTH = 8
SMALLEST_TIER = 64
MOST_DELETED = 0.2
"""A segment of which a larger share is deleted is rewritten."""

MergePolicy = Callable[[SegmentWriter, list[Segment]], list[Segment]]


def tier_of(stories: int) -> int:
    """The tier of a segment of that many stories: 0 up to SMALLEST_TIER, then one more each TIER_GROWTH times."""
    tier, limit = 0, SMALLEST_TIER
    while stories > limit:
        tier, limit = tier + 1, limit * TIER_GROWTH
    return tier


def choose(segments: Sequence[Segment]) -> list[Segment]:
    """The segments to be merged with the one being written: the fullest of the low tiers, and those with many gaps."""
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        tiers.setdefault(tier_of(segment.doc_count()), []).append(segment)
    chosen: list[Segment] = []
    for tier in sorted(tiers):
        # What a full tier makes belongs to the next one: it counts there as one more.
        if len(tiers[tier]) + bool(chosen) < MOST_IN_TIER:
            break
        chosen += tiers[tier]
    with_gaps = [s for s in segments if s not in chosen and s.deleted_count() > MOST_DELETED * s.doc_count_all()]
    return chosen + with_gaps


def merge_by_tier(writer: SegmentWriter, segments: list[Segment]) -> list[Segment]:
    """A Whoosh merge policy: copy the chosen segments into the one being written, and return the others."""
    chosen = choose(segments)
    for segment in chosen:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
    return [segment for segment in segments if segment not in chosen]
