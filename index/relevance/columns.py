"""Columns and positions of a story, as every engine lays them out."""

from datetime import UTC, date, datetime, timedelta

UNDATED = -(1 << 63)
"""What stands for no date; dates are microseconds since 1970."""

PASSAGE_GAP = 100
"""Positions left free between two passages (paragraphs, captions, tags) so that no phrase runs across them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(instant: datetime | None) -> int:
    """An instant as a date column holds it."""
    return UNDATED if instant is None else (instant - _EPOCH) // _MICROSECOND


def midnight(day: date) -> int:
    """The beginning of a day in UTC, as a date column holds it."""
    return to_microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
