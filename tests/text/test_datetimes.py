"""Datetimes in the words and numbers of many languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from text.datetimes import parse_datetime

NOW = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
CASES = [
    ("2024-05-17T14:05:00Z", "2024-05-17T14:05", True),
    ("2024-05-17T14:05:00+02:00", "2024-05-17T12:05", True),
    ("2024-05-17T14:05:00.123+0200", "2024-05-17T12:05", True),
    ("2024-05-17 14:05:00", "2024-05-17T12:05", True),
    ("2024-05-17", "2024-05-16T22:00", False),
    ("20240517T140500Z", "2024-05-17T14:05", True),
    ("Fri, 17 May 2024 14:05:00 +0000", "2024-05-17T14:05", True),
    ("1715954700", "2024-05-17T14:05", True),
    ("May 17, 2024 2:05 p.m. EDT", "2024-05-17T18:05", True),
    ("17 May 2024 14:05 GMT", "2024-05-17T14:05", True),
    ("Published 5:30 AM UTC, May 17, 2024", "2024-05-17T05:30", True),
    ("17. Mai 2024, 14:05 Uhr", "2024-05-17T12:05", True),
    ("17.05.2024, 14.05 Uhr", "2024-05-17T12:05", True),
    ("17.5.24", "2024-05-16T22:00", False),
    ("17 de mayo de 2024 14:05h", "2024-05-17T12:05", True),
    ("17 mai 2024 à 14h05", "2024-05-17T12:05", True),
    ("17 maggio 2024", "2024-05-16T22:00", False),
    ("17 de maio de 2024 às 14h05", "2024-05-17T12:05", True),
    ("17 мая 2024, 14:05 МСК", "2024-05-17T12:05", True),
    ("17 maja 2024", "2024-05-16T22:00", False),
    ("17 Mayıs 2024 14:05", "2024-05-17T12:05", True),
    ("2024年5月17日 14時05分", "2024-05-17T12:05", True),
    ("2024년 5월 17일", "2024-05-16T22:00", False),
    ("2024/05/17 14:05", "2024-05-17T12:05", True),
    ("5 minutes ago", "2024-05-20T11:55", True),
    ("vor 2 Stunden", "2024-05-20T10:00", True),
    ("il y a 3 heures", "2024-05-20T09:00", True),
    ("hace 2 días", "2024-05-18T12:00", False),
    ("3時間前", "2024-05-20T09:00", True),
    ("yesterday at 14:05", "2024-05-19T12:05", True),
    ("no date here", None, False),
    ("32.13.2024", None, False),
    ("2024-13-45", None, False),
]


@pytest.mark.parametrize(("text", "instant", "timed"), CASES, ids=[case[0] for case in CASES])
def test_a_moment_is_read(text: str, instant: str | None, timed: bool) -> None:
    found = parse_datetime(text, ZoneInfo("Europe/Berlin"), NOW)
    if instant is None:
        assert found is None
    else:
        assert found is not None
        assert (found[0].strftime("%Y-%m-%dT%H:%M"), found[1]) == (instant, timed)


@pytest.mark.parametrize(
    ("month_first", "day"), [(False, "2024-04-03"), (True, "2024-03-04")], ids=["day first", "month first"]
)
def test_numbers_follow_the_custom_of_the_page(month_first: bool, day: str) -> None:
    found = parse_datetime("3/4/2024 10:00", UTC, NOW, month_first=month_first)
    assert found is not None
    assert found[0].date().isoformat() == day
